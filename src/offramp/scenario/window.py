"""Windows of the clock: which days a scenario covers, and which of them a run covers by default."""

from __future__ import annotations

import datetime as dt

from offramp.scenario.document import ScenarioDocument, Window


def clock_window(document: ScenarioDocument) -> Window:
    """Return the first and last day of the scenario's clock, both inclusive."""
    clock = document.scenario.clock
    last = clock.end or clock.start + dt.timedelta(days=(clock.days or 1) - 1)
    return Window(start=clock.start, end=last)


def default_window(document: ScenarioDocument) -> Window:
    """Return the window that a run covers unless it is told otherwise."""
    return document.scenario.default_run or clock_window(document)
