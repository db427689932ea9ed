"""The record: dated events and measured quantities, each with the day from which it was known.

An *event row* is one happening of a move (or of several at once, `count`), with its marks: what it added to tallies.
A row dated to a week or a month stands on the first day of its period, which is how the record files write it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from offramp.core.errors import Place, Problem

Precision = Literal["day", "week", "month"]


@dataclass(frozen=True, slots=True)
class Event:
    """One row of the event file that is an event of the model.

    date : the day, or the first day of the week or month; count : how many events the row stands for
    move : a move, or a variant such as `us.airstrike[syria]`; marks : tally -> what the row adds to it
    candidates : what the row may have been, `move` first: each with its weight in (0, 1], the probability that such an
        event, if it is recorded, is recorded in such words; (move, 1) alone where nothing else comes in question
    """

    id: str
    date: dt.date
    precision: Precision
    move: str
    count: int
    marks: Mapping[str, float]
    known_from: dt.date
    place: Place
    candidates: tuple[tuple[str, float], ...] = ()

    def __post_init__(self) -> None:
        if not self.candidates:
            object.__setattr__(self, "candidates", ((self.move, 1.0),))


@dataclass(frozen=True, slots=True)
class Measurement:
    """One measured value of a quantity, in the quantity's unit.

    sd : of its error, 0 if taken as exact
    left_out : standard deviation of what a model may leave out of it in 30 days; it grows as the square root of time
    """

    quantity: str
    date: dt.date
    value: float
    sd: float
    known_from: dt.date
    place: Place
    left_out: float = 0.0


@dataclass(frozen=True)
class Record:
    """What was observed, in order of date.

    covers : first and last day between which silence means that nothing of note was seen; None without events.
    unmapped : rows of the event file that no rule of the event map matches; set_aside : rows that one maps to nothing.
    """

    events: tuple[Event, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    covers: tuple[dt.date, dt.date] | None = None
    unmapped: tuple[Place, ...] = ()
    set_aside: int = 0
    problems: tuple[Problem, ...] = field(default=(), compare=False)  # notes and warnings; errors are raised

    def events_of(self, moves: Iterable[str], *, before: dt.date | None = None) -> list[Event]:
        """List the events of some moves or variants, in order of date.

        A move stands for all of its variants; a variant for the rows that name it. A row of several candidates counts
        as the first of them: once in a sum over all, and never twice in sums over moves that have none in common.
        """
        wanted = set(moves)
        names = {name for name in self._names if name in wanted or name.partition("[")[0] in wanted}
        return [event for event in self.events if event.move in names and (before is None or event.date < before)]

    @cached_property
    def _names(self) -> frozenset[str]:
        """The moves and variants that events name."""
        return frozenset(event.move for event in self.events)

    def measured(self, quantity: str, *, before: dt.date | None = None) -> list[Measurement]:
        """List the measurements of a quantity, in order of date."""
        return [
            measurement
            for measurement in self.measurements
            if measurement.quantity == quantity and (before is None or measurement.date < before)
        ]
