"""One run in the making, as the reference interpreter keeps it: its draws, its state, and what has happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from offramp.core.noise import day_key, draw_word, gumbel, normal, occurrence, uniform
from offramp.engine.formula import ONE, Float, Reading
from offramp.model.intervention import Intervention
from offramp.model.model import EffectModel, MemoryModel, Model


@dataclass(frozen=True, slots=True)
class Noise:
    """The draws of one run on one day, by address (``slot``) and occurrence (``j``)."""

    d0: int
    d1: int

    def _word(self, slot: int, j: int) -> int:
        return draw_word(self.d0, self.d1, occurrence(slot, j))

    def uniform(self, slot: int, j: int = 0) -> Float:
        """Draw strictly between 0 and 1."""
        return uniform(self._word(slot, j))

    def normal(self, slot: int, j: int = 0) -> Float:
        """Draw from the standard Gaussian."""
        return normal(self._word(slot, j))

    def gumbel(self, slot: int, j: int = 0) -> Float:
        """Draw from the standard Gumbel distribution."""
        return gumbel(self._word(slot, j))


def noise_on(key: tuple[int, int], day: int) -> Noise:
    """Give the draws of the run with this key on one day."""
    return Noise(*day_key(*key, day))


@dataclass(frozen=True, slots=True)
class DrawnEffect:
    """An effect that will happen: its size is drawn, and the step on which it is due."""

    effect: EffectModel
    size: Float
    due: int


@dataclass(frozen=True, slots=True)
class Event:
    """One doing of a leaf. ``occurrence`` is the slot of the channel, or the number of the spontaneous event."""

    leaf: int
    occurrence: int
    effects: tuple[DrawnEffect, ...] = ()
    seen: tuple[int, ...] = ()  # the sightings of it, by those who saw it


@dataclass(slots=True)
class Reduction:
    """One outcome so far, and the number of steps that it has taken in."""

    value: Float
    n_steps: int = 0


@dataclass(frozen=True, slots=True)
class Evening:
    """How a step ended: quantities, events of each leaf since the start, and what happened."""

    x: list[Float]
    totals: list[Float]
    events: list[Event]


@dataclass
class InForce:
    """Edits today: by number of their activity, and what they amount to.

    has_come : of each activity, whether its condition has held (`once`); active : 1 while it is in force
    has_begun : whether it is in force today and was not on the step before
    kept : of each hold, the value to which it holds its quantity; None while it does not
    forbidden : leaves that are not available
    """

    has_come: list[bool]
    active: list[Float]
    has_begun: list[bool]
    kept: list[Float | None]
    forbidden: set[int] = field(default_factory=set)


@dataclass
class Run:
    """One history in the making: the state, then what is only counted.

    remembered : memories of the model, then those that edits mention besides
    daily : (step, column) what depends on the date alone, in the same order
    """

    model: Model
    intervention: Intervention
    remembered: tuple[MemoryModel, ...]
    daily: NDArray[np.float32]
    in_force: InForce
    key: tuple[int, int]
    theta: list[Float]
    x: list[Float]
    memories: list[Float]
    arrivals: list[list[Float]]  # per memory: events of each step, the oldest first
    ready: list[int]
    clips: list[Float]
    cuts: list[Float]
    totals: list[Float]
    reductions: list[Reduction]
    pending: list[DrawnEffect] = field(default_factory=list)
    mornings: list[list[Float]] = field(default_factory=list)
    evenings: list[Evening] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)  # of the step in progress; until stage 5, of the step before
    step: int = -1

    def set(self, quantity: int, value: Float) -> None:
        """Give a quantity a value, cut at its range."""
        self.x[quantity] = clip(self.model, quantity, value)
        if self.x[quantity] != value:
            self.clips[quantity] += ONE

    def truth(self) -> Reading:
        """Read the state as it is at this moment."""
        return Reading(self.theta, self.x, self.memories, self.daily[self.step], active=self.in_force.active)

    def count(self, leaves: Sequence[int], sightings: Sequence[int] = ()) -> Float:
        """Count the events of leaves, and those that were seen, on the latest step that has events."""
        events_of_leaves = sum(event.leaf in leaves for event in self.events)
        return Float(events_of_leaves + sum(sighting in sightings for event in self.events for sighting in event.seen))


def clip(model: Model, quantity: int, value: Float) -> Float:
    """Hold a value inside the range of a quantity."""
    low, high = Float(model.quantities[quantity].low), Float(model.quantities[quantity].high)
    return low if value < low else (high if value > high else value)
