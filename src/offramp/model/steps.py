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

from offramp.core.units import duration_days


@dataclass(frozen=True)
class Steps:
    """The steps of a run.

    days : (step,) proleptic ordinal of the first day of each; end : ordinal of the day after the last step
    step_days : length of a step in days (30.4375 for a month)
    months : months of a calendar step, 0 if it is one of days; month_day : day of the month on which such a step begins
    """

    days: NDArray[np.int64]
    end: int
    step_days: float
    months: int = 0
    month_day: int = 1

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

    def covering(self, days: float, *, before: int = 0) -> int:
        """Count the steps that cover a length of time, at most one more than the run and the steps before it have.

        A longer wait never ends inside the run, so all that are longer are alike.
        """
        return self.spanning(min(days, (before + len(self) + 1) * self.step_days))

    def ago(self, date: dt.date) -> int:
        """Count how many steps before the first one is the step that holds an earlier date (1: the one before)."""
        first = dt.date.fromordinal(int(self.days[0]))
        if not self.months:
            return self.spanning((first - date).days)
        is_of_month_before = date.day < min(self.month_day, calendar.monthrange(date.year, date.month)[1])
        behind = (first.year - date.year) * 12 + first.month - date.month + is_of_month_before
        return -(-behind // self.months)

    def nearest(self, days: float) -> int:
        """Count the steps nearest to a length of time, halves up, as delays are rounded."""
        return math.floor(days / self.step_days + 0.5)


def lay_out(step: str, *, clock_start: dt.date, start: dt.date, end: dt.date) -> Steps:
    """Lay out the steps of a window, `end` inclusive.

    Parameters
    ----------
    step : a whole number of days, weeks, months or years. Months and years follow the calendar, though each counts
        as 30.4375 or 365.25 days in rates.
    """
    step_days = duration_days(step) or 1.0
    months = _calendar_months(step)
    firsts = _month_firsts(clock_start, end, months) if months else _day_firsts(clock_start, end, int(step_days))
    begun = [day for day in firsts if day <= start.toordinal()]
    window = [day for day in firsts if start.toordinal() < day <= end.toordinal()]
    days = [begun[-1], *window]
    after = next(day for day in firsts if day > days[-1])
    return Steps(np.array(days, np.int64), after, step_days, months, clock_start.day)


def _calendar_months(step: str) -> int:
    """Count the months of a step; 0 if it is one of days or weeks."""
    number, unit = step.split()
    per_unit = {"month": 1, "year": 12}.get(unit.removesuffix("s"), 0)
    return int(float(number) * per_unit)


def _day_firsts(start: dt.date, end: dt.date, step: int) -> list[int]:
    """First days of steps of some days, the first one after the end included."""
    return list(range(start.toordinal(), end.toordinal() + step + 1, step))


def _month_firsts(start: dt.date, end: dt.date, step: int) -> list[int]:
    """First days of steps of some months: the start's day of the month, or the month's last where that is earlier."""
    firsts: list[int] = []
    month = start.year * 12 + start.month - 1
    while not firsts or firsts[-1] <= end.toordinal():
        year, index = divmod(month, 12)
        day = min(start.day, calendar.monthrange(year, index + 1)[1])
        firsts.append(dt.date(year, index + 1, day).toordinal())
        month += step
    return firsts
