"""The clock, and what has to lie inside it."""

from __future__ import annotations

import datetime as dt
import re

from offramp.core.units import duration_days
from offramp.scenario.checks.context import LAST_DAY, Context
from offramp.scenario.document import Clock
from offramp.scenario.limits import MAX_STEPS

_WHOLE_STEP = re.compile(r"0*[1-9]\d*\s+(d|days?|weeks?|months?|years?)", re.ASCII)
_SHORTER = f"A clock has at most {MAX_STEPS:,} steps: shorten it, or take a longer `step`."


def check_clock(context: Context) -> None:
    """Check the clock, the default run and the calendar."""
    header = context.document.scenario
    clock = header.clock
    if (clock.end is None) == (clock.days is None):
        both = "both `end` and `days`" if clock.end is not None else "neither `end` nor `days`"
        context.report_key("E617", "scenario.clock", f"The clock has {both}.")
        return
    if context.clock is None:
        _report_end(context, clock)
        return
    first, last = context.clock
    step = duration_days(clock.step)
    if step and (last - first + 1) / step > MAX_STEPS:
        context.report(
            "E618", "scenario.clock", f"The clock has {(last - first + 1) / step:,.0f} steps.", hint=_SHORTER
        )
    if step and not _WHOLE_STEP.fullmatch(clock.step.strip()):
        context.report(
            "E621", "scenario.clock.step", f"`{clock.step}` is not a whole number of days, weeks, months or years."
        )
    _check_default_run(context, first, last)
    for name, entry in context.document.calendar.items():
        if not first <= entry.date.toordinal() <= last:
            context.report(
                "W205",
                f"calendar.{name}.date",
                f"`{name}` lies outside the clock, on {entry.date}.",
                hint=f"The clock runs from {clock.start} to {dt.date.fromordinal(last)}.",
            )


def _report_end(context: Context, clock: Clock) -> None:
    """Say why a clock has no last day: it lies before the first, or later than any that is read."""
    if clock.end is not None and clock.end < clock.start:
        message = f"The clock ends on {clock.end}, before it begins on {clock.start}."
        context.report("E615", "scenario.clock.end", message)
        return
    path = "scenario.clock.days" if clock.end is None else "scenario.clock.end"
    last = dt.date.fromordinal(LAST_DAY)
    context.report("E618", path, f"The clock ends after {last}, the last day that is read.", hint=_SHORTER)


def _check_default_run(context: Context, first: int, last: int) -> None:
    window = context.document.scenario.default_run
    if window is None:
        return
    if window.start > window.end:
        context.report("E615", "scenario.default_run", "The default run ends before it begins.")
    elif not first <= window.start.toordinal() <= window.end.toordinal() <= last:
        context.report(
            "E616",
            "scenario.default_run",
            f"The default run, {window.start} to {window.end}, is not inside the clock.",
            hint=f"The clock runs from {dt.date.fromordinal(first)} to {dt.date.fromordinal(last)}.",
        )
