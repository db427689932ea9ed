"""What would have been in this world: the recorded history lived again under edits, with the noise that it implies.

Particles that have lived through the whole record (`condition`) are its histories. Each is lived twice: as it was, and
edited, under a coupling (`engine.hindsight`). No record can tell which coupling is true: all of them give the same
chances on either side and differ only in who would have been among the lucky. So a second coupling is run beside the
first, and of what happens or not the *Frechet bounds* are given, which hold under every coupling whatever:

    P(edited | recorded) between max(0, (e + r - 1) / r) and min(1, e / r),   e, r = chances from the same past

where the past is that of each history up to the day on which edits begin, and chances are taken over fresh noise.

Source : oberst2019 (Gumbel coupling); tian2000 (bounds on probabilities of causation)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offramp.engine.block import Block
from offramp.engine.branch import simulate_branch
from offramp.engine.conditioned import CompiledWorld, States, compile_world
from offramp.engine.hindsight import Coupling, Histories, relive
from offramp.engine.program import build
from offramp.ensemble.run import Simulate
from offramp.infer.condition import Conditioned
from offramp.infer.observed import ObservedRecord
from offramp.model.intervention import EMPTY, Intervention
from offramp.model.model import Model


@dataclass(frozen=True, eq=False)
class Hindsight:
    """A model given its whole record.

    conditioned : particles after the last step of the window; run k of every side is particle k
    """

    model: Model
    observed: ObservedRecord
    seed: int
    conditioned: Conditioned[States]

    def recorded(self, *, counted: Sequence[int], with_trail: bool = False) -> Simulate:
        """Return what simulates the histories as they were."""
        return self._branches(self.model.n_steps, EMPTY, counted=counted, with_trail=with_trail)

    def edited(
        self,
        intervention: Intervention,
        *,
        counted: Sequence[int],
        with_trail: bool = False,
        coupling: Coupling = "gumbel",
    ) -> Simulate:
        """Return what simulates the same histories under edits."""
        plain, world = self._world(EMPTY), self._world(intervention)

        def simulate(first: int, n: int, steps: NDArray[np.int64]) -> Block:
            own = slice(first, first + n)
            kept = self.conditioned.coordinates[own], self.conditioned.keys[:, own]
            histories = Histories(*kept, first, steps, counted, with_trail)
            return relive(plain, world, intervention, histories=histories, coupling=coupling)[1]

        return simulate

    def afresh(
        self, intervention: Intervention, *, from_step: int, counted: Sequence[int], with_trail: bool = False
    ) -> Simulate:
        """Return what simulates the same pasts going on with fresh noise, under edits, from a step on."""
        return self._branches(from_step, intervention, counted=counted, with_trail=with_trail)

    def _branches(
        self, n_lived: int, intervention: Intervention, *, counted: Sequence[int], with_trail: bool
    ) -> Simulate:
        world = self._world(intervention)

        def simulate(first: int, n: int, steps: NDArray[np.int64]) -> Block:
            own = slice(first, first + n)
            return simulate_branch(
                world, coordinates=self.conditioned.coordinates[own], keys=self.conditioned.keys[:n_lived, own],
                first_run=first, sample_steps=steps, counted=counted, with_trail=with_trail,
            )  # fmt: skip

        return simulate

    def _world(self, intervention: Intervention) -> CompiledWorld:
        program = build(self.model)
        return compile_world(program, self.observed.observed, seed=self.seed, intervention=intervention)


def first_step_of(intervention: Intervention, model: Model) -> int:
    """Find the first step on which an edit can act: 0 if parameters are shifted, the last of all if there is none."""
    if intervention.shifts:
        return 0
    return min((activity.first_step for activity in intervention.activities), default=model.n_steps)


def day_of(model: Model, step: int) -> dt.date:
    """Return the first day of a step."""
    return dt.date.fromordinal(int(model.days[step]))


def frechet_bounds(recorded: NDArray[np.float64], chances: tuple[float, float]) -> tuple[float, float]:
    """Bound the share of histories in which something happens in the edited world, under any coupling.

    Parameters
    ----------
    recorded : (history,) 1 where it happens as recorded, else 0
    chances : of its happening over fresh noise from the same pasts, unedited and edited
    """
    r, e = chances
    share = float(np.mean(recorded))
    happened, not_happened = _bounds(e, r), _bounds(e, 1 - r)
    low = share * happened[0] + (1 - share) * not_happened[0]
    high = share * happened[1] + (1 - share) * not_happened[1]
    return low, high


def _bounds(e: float, condition: float) -> tuple[float, float]:
    """Bound P(edited | something of probability `condition` in the recorded world)."""
    if condition <= 0:
        return 0.0, 1.0
    return max(0.0, (e + condition - 1) / condition), min(1.0, e / condition)
