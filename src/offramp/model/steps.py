"""The steps of a window of the clock: on which day each begins, and which one holds a date.

Steps are counted from the start of the scenario's clock, whatever window is run, so that two windows share their
days and hence their noise. A window takes the steps that begin in it; the first one may also have begun before.
"""

from __future__ import annotations

import calendar
import datetime as dt
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offramp.core.units import DAYS_PER_UNIT, duration_days


@dataclass(frozen=True)
class Steps:
    """The steps of a run.

    days : (step,) proleptic ordinal of the first day of each; end : ordinal of the day after the last step
    step_days : length of a step in days (30.4375 for a month)
    """

    days: NDArray[np.int64]
    end: int
    step_days: float

    def __len__(self) -> int:
        return len(self.days)

    def holding(self, ordinal: int) -> int:
        """Find the step that holds a day: -1 if it comes before the first, len(self) if after the last."""
        if ordinal >= self.end:
            return len(self.days)
        return int(np.searchsorted(self.days, ordinal, side="right")) - 1

    def spanning(self, days: float) -> int:
        """Count the steps that it takes to cover a length of time, rounded up."""
        return math.ceil(days / self.step_days - 1e-9)  # 7 d / 7 d is 1, whatever the division leaves behind

    def nearest(self, days: float) -> int:
        """Count the steps nearest to a length of time, halves up, as delays are rounded."""
        return math.floor(days / self.step_days + 0.5)


def lay_out(step: str, *, clock_start: dt.date, start: dt.date, end: dt.date) -> Steps:
    """Lay out the steps of a window, `end` inclusive.

    Parameters
    ----------
    step : `1 d`, `N d`, `1 week` or `1 month`, as the clock says it
    """
    if step.rsplit(maxsplit=1)[-1].startswith("month"):
        step_days = DAYS_PER_UNIT["month"]
        firsts = _month_firsts(clock_start, end)
    else:
        step_days = duration_days(step) or 1.0
        firsts = list(range(clock_start.toordinal(), end.toordinal() + int(step_days) + 1, int(step_days)))
    begun = [day for day in firsts if day <= start.toordinal()]
    window = [day for day in firsts if day > start.toordinal() and day <= end.toordinal()]
    days = [begun[-1], *window]
    after = next(day for day in firsts if day > days[-1])
    return Steps(np.array(days, np.int64), after, step_days)


def _month_firsts(start: dt.date, end: dt.date) -> list[int]:
    """First days of months counted from a date: its day of the month, or the month's last day where that is earlier."""
    firsts: list[int] = []
    month = start.year * 12 + start.month - 1
    while not firsts or firsts[-1] <= end.toordinal():
        year, index = divmod(month, 12)
        day = min(start.day, calendar.monthrange(year, index + 1)[1])
        firsts.append(dt.date(year, index + 1, day).toordinal())
        month += 1
    return firsts
