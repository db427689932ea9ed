"""One run told in full: every event with the effects drawn for it, and the state after every step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from offramp.engine.history import Event
from offramp.engine.reference import live, reduced
from offramp.model.fitted import PRIORS_ONLY, Fitted
from offramp.model.intervention import EMPTY, Intervention
from offramp.model.model import EffectOp, Model


@dataclass(frozen=True, slots=True)
class TracedEffect:
    """An effect that an event has: its size as drawn (deaths, say), and the step on which it is felt."""

    path: str  # "guard.raid.effects.tension"
    quantity: str
    op: EffectOp
    size: float
    due_step: int


@dataclass(frozen=True, slots=True)
class TracedEvent:
    """Something that happened, in the order of the day."""

    step: int
    date: date
    leaf: str  # "guard.raid", "us.airstrike[syria]"
    occurrence: int  # slot of the channel, or number of the spontaneous event of the day
    sightings: tuple[str, ...]  # "guard.raid@blue": those who saw it, where seeing it is a matter of chance
    effects: tuple[TracedEffect, ...]


@dataclass(frozen=True, repr=False)
class Trace:
    """One run, told in full.

    days : (step,) ordinal of the first day of each step that was lived through.
    states : (step, quantity) float32, value at the end of each of them, in the unit of the quantity.
    quantities : path of each column of `states`.
    """

    model: str
    seed: int
    run: int
    days: NDArray[np.int64]
    quantities: tuple[str, ...]
    states: NDArray[np.float32]
    events: tuple[TracedEvent, ...]
    parameters: Mapping[str, float]
    outcomes: Mapping[str, float]

    def __repr__(self) -> str:
        told = f"{len(self.events)} events in {len(self.days)} steps"
        return f"Trace({self.model!r}, seed {self.seed}, run {self.run}: {told})"

    @property
    def last_step(self) -> int:
        """The step with which the run ended."""
        return len(self.days) - 1


def trace(
    model: Model, *, seed: int, run: int, intervention: Intervention = EMPTY, fitted: Fitted = PRIORS_ONLY
) -> Trace:
    """Tell one run in full, edited or not: the same history that `simulate` condenses."""
    history = live(model, seed, run, intervention, fitted=fitted)
    outcomes = zip(model.outcomes, history.reductions, strict=True)
    n_steps = len(history.evenings)
    states = np.array([evening.x for evening in history.evenings], np.float32)
    return Trace(
        model=model.name,
        seed=seed,
        run=run,
        days=model.days[:n_steps],
        quantities=tuple(quantity.path for quantity in model.quantities),
        states=states.reshape(n_steps, len(model.quantities)),
        events=tuple(
            _told(model, step, event) for step, evening in enumerate(history.evenings) for event in evening.events
        ),
        parameters={p.path: float(value) for p, value in zip(model.parameters, history.theta, strict=True)},
        outcomes={outcome.name: float(reduced(outcome, reduction)) for outcome, reduction in outcomes},
    )


def _told(model: Model, step: int, event: Event) -> TracedEvent:
    effects = (
        TracedEffect(e.effect.path, model.quantities[e.effect.quantity].path, e.effect.op, float(e.size), e.due)
        for e in event.effects
    )
    return TracedEvent(
        step=step,
        date=date.fromordinal(int(model.days[step])),
        leaf=model.leaves[event.leaf].path,
        occurrence=event.occurrence,
        sightings=tuple(model.sightings[number].path for number in event.seen),
        effects=tuple(effects),
    )
