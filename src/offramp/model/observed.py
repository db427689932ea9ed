"""What the record says of each step, in the indices of a Model: the data of a likelihood.

A *report* is one recorded event: on which step (or in which period, if its date is uncertain), and which leaves it may
have been, each with the probability that such an event would be written down so. *Caught* tells of every leaf and step
whether the record would hold its events: never, always, or with the probability of a cell. Silence where events are
caught is data, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

NEVER_CAUGHT: Final = -2  # the record says nothing of these events
ALWAYS_CAUGHT: Final = -1


@dataclass(frozen=True, slots=True)
class Cell:
    """A share recorded, common to some moves in some period: r ~ Beta(a, b)."""

    name: str
    a: float
    b: float


@dataclass(frozen=True, slots=True)
class Mark:
    """What a recorded event added to a quantity, all its effects on it together."""

    quantity: int
    value: float


@dataclass(frozen=True, slots=True)
class Report:
    """A recorded event.

    first_step, last_step : the steps of its period, the same step twice for a certain date
    leaves, weights : what it may have been, and the probability of such an entry given that it was, in (0, 1]
    marks : what it added; a quantity that is not named was not recorded
    """

    id: str
    first_step: int
    last_step: int
    leaves: tuple[int, ...]
    weights: tuple[float, ...]
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """A measured value of a quantity at the end of a step.

    sd : > 0, of its error; left_out : of what the model may have left out since the last one; in the quantity's unit
    """

    step: int
    quantity: int
    value: float
    sd: float
    left_out: float = 0.0


@dataclass(frozen=True, eq=False)  # it holds arrays
class Observed:
    """The record of a window.

    caught : (step, leaf) int16, a cell or one of the two constants above
    reports, readings : in order of their first step
    misfit : probability, per slot and step, that something is recorded whatever the model says; it is spread evenly
        over the leaves of a channel (or of a spontaneous move) that are caught then, so nothing has probability 0
    """

    caught: NDArray[np.int16]
    cells: tuple[Cell, ...]
    reports: tuple[Report, ...]
    readings: tuple[Reading, ...]
    misfit: float = 1e-6

    @property
    def uncertain(self) -> tuple[int, ...]:
        """Numbers of the reports whose date is uncertain, in order: each has a coordinate of its own."""
        return tuple(number for number, report in enumerate(self.reports) if report.first_step < report.last_step)
