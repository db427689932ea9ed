"""The days of which the record is read: those of the window that it covers, up to the last day that may be known."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offramp.model.model import Model
from offramp.record.record import Event, Record

DAYS_OF_A_WEEK = 7
DECEMBER = 12


@dataclass(frozen=True, eq=False)  # it holds arrays
class Spoken:
    """Days, as proleptic ordinals, inclusive.

    firsts, lasts : (step,) first and last day of each step
    window : of the run; covered : in which silence about events counts at all; limit : the last that may be known
    """

    firsts: NDArray[np.int64]
    lasts: NDArray[np.int64]
    window: tuple[int, int]
    covered: tuple[int, int]
    limit: int

    @property
    def steps(self) -> NDArray[np.bool_]:
        """Tell of each step whether all of its days are read."""
        inside: NDArray[np.bool_] = (self.firsts >= self.covered[0]) & (self.lasts <= min(self.covered[1], self.limit))
        return inside

    def holding(self, day: int) -> int:
        """Find the step that holds a day of the window."""
        return int(np.searchsorted(self.firsts, day, side="right")) - 1

    def place(self, first: int, last: int) -> tuple[int, int] | str:
        """Find the first and last step of a period; in words why not, if some of it is not read."""
        if last < self.window[0]:
            return "before the first step: memories start from it"
        if first > self.window[1]:
            return "after the last step"
        if first > self.limit:
            return "after the last day that is read"
        if last < self.covered[0] or first > self.covered[1]:
            return "outside the days that the record covers"
        earliest, latest = max(self.window[0], self.covered[0]), min(self.window[1], self.covered[1], self.limit)
        if first < earliest or last > latest:
            return "its period is only partly inside the days that are read"
        steps = self.holding(first), self.holding(last)
        return steps if bool(self.steps[list(steps)].all()) else "its step is only partly inside the days that are read"


def spoken_days(model: Model, record: Record, *, limits: tuple[dt.date | None, ...] = ()) -> Spoken:
    """Lay out which days are read; of `limits` the earliest that is a day counts."""
    end = int(np.ceil(model.days[-1] + model.step_days))
    lasts = np.append(model.days[1:], end) - 1
    window = int(model.days[0]), end - 1
    known = [limit.toordinal() for limit in limits if limit is not None]
    covered = (1, 0) if record.covers is None else (record.covers[0].toordinal(), record.covers[1].toordinal())
    return Spoken(model.days, lasts, window, covered, min([window[1], *known]))


def period(event: Event) -> tuple[int, int]:
    """Find the first and last day on which an event may have been: never after the day on which it was known."""
    first = event.date.toordinal()
    match event.precision:
        case "day":
            return first, first
        case "week":
            last = first + DAYS_OF_A_WEEK - 1
        case "month":
            last = _month_later(event.date).toordinal() - 1
    return first, min(last, event.known_from.toordinal())


def _month_later(date: dt.date) -> dt.date:
    years, month = divmod(date.month, DECEMBER)
    first = dt.date(date.year + years, month + 1, 1)
    following = first + dt.timedelta(days=31)
    length = (following.replace(day=1) - first).days
    return first.replace(day=min(date.day, length))
