"""Intervention: edits as data over one Model, for both engines. The Model and the Program stay as they are.

Each edit has an *activity*: a flag that stage 4 settles anew on every step, before anything else of that stage. What an
edit does, it does on the steps on which its activity is in force; formulas read the flag as `Active`. Formulas of edits
read the truth. They may mention memories and dates that the Model lacks: those follow the Model's own in number, so
`Memory(i)` and `Daily(i)` with an `i` beyond the Model's mean `memories` and `daily` of the Intervention.

docs/reference/semantics.md ("Edits") says exactly when each part acts; `offramp.model.edits` makes Interventions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from offramp.core.errors import Problem
from offramp.expr.ir import Node
from offramp.model.model import MemoryModel


@dataclass(frozen=True, slots=True)
class Activity:
    """When an edit is in force, between two steps inclusive.

    always : on each of these steps. while : on those of them on whose stage 4 the condition holds.
    once : on those of them from which on the condition has held: on some step since `watched_from`, that one included.
    """

    path: str  # "--do 1", "policies.restraint.0": what to call it
    how: Literal["always", "once", "while"]
    first_step: int
    last_step: int
    condition: Node | None = None
    watched_from: int = 0


@dataclass(frozen=True, slots=True)
class Shift:
    """Added to a parameter as soon as it is drawn, before anything reads it."""

    parameter: int
    amount: float


@dataclass(frozen=True, slots=True)
class EditSet:
    """Stage 4, in order: the quantity takes the value, clipped and counted as a clip like that of a rule.

    on_entry : only on steps on which the activity is in force and was not on the step before
    """

    activity: int
    quantity: int
    value: Node
    on_entry: bool


@dataclass(frozen=True, slots=True)
class Hold:
    """The value is worked out in stage 4, after all sets, and kept for the day: see semantics.md."""

    activity: int
    quantity: int
    value: Node


@dataclass(frozen=True, slots=True)
class Forbid:
    """The leaf is not available."""

    activity: int
    leaf: int


@dataclass(frozen=True, slots=True)
class Scale:
    """Stands in for a channel's `probability`, or for the `rate` of a spontaneous move, on every morning.

    The node reads flags (`Active`) and is worth the Model's own number where no factor is in force.
    """

    what: Literal["channel", "move"]
    index: int
    node: Node


@dataclass(frozen=True, slots=True)
class Force:
    """The move happens; `leaf` None leaves the variant to the actor. on_entry : as in `EditSet`."""

    activity: int
    move: int
    leaf: int | None
    on_entry: bool


@dataclass(frozen=True, slots=True)
class Replacement:
    """Where the leaf would happen, the other move happens, in that leaf or (None) in one that the actor chooses.

    offset : added (mod 2**32) to the occurrence number of the event that is replaced; 0 within one channel, else an
        address, so that an event in another's place shares no noise with the move's own events of that day
    """

    activity: int
    leaf: int
    by_move: int
    by_leaf: int | None
    offset: int


@dataclass(frozen=True, eq=False)  # two are the same only if they are one: 0 equals -0, but has other bits
class Intervention:
    """Edits of one comparison, in the order in which they were given. Without any part it changes nothing.

    memories : that formulas of edits mention beyond those of the Model; none of them has sightings
    daily : columns that they mention beyond those of the Model; each has one number a step
    notes : warnings, such as of an edit whose days lie outside the run
    """

    activities: tuple[Activity, ...] = ()
    shifts: tuple[Shift, ...] = ()
    sets: tuple[EditSet, ...] = ()  # what an announced edit tells a belief is a set on entry, after the edit's own
    holds: tuple[Hold, ...] = ()
    forbids: tuple[Forbid, ...] = ()
    scales: tuple[Scale, ...] = ()  # at most one of each channel and move
    forces: tuple[Force, ...] = ()
    replacements: tuple[Replacement, ...] = ()
    memories: tuple[MemoryModel, ...] = ()
    daily: tuple[tuple[float, ...], ...] = ()
    notes: tuple[Problem, ...] = ()

    @property
    def is_null(self) -> bool:
        """Whether it changes nothing, whatever happens."""
        return not (self.activities or self.shifts)

    @property
    def first_step(self) -> int | None:
        """The first step on which anything can differ; None of an Intervention that changes nothing."""
        if self.shifts:
            return 0
        return min((activity.first_step for activity in self.activities), default=None)


EMPTY = Intervention()
