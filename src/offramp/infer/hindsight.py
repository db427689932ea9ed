"""What would have been in this world: the recorded history lived again under edits, with the noise that it implies.

Particles that have lived through the whole record (`condition`) are its histories. Each is lived twice: as it was, and
edited, under a coupling (`engine.hindsight`). No record can tell which coupling is true: all of them give the same
chances on either side and differ only in which histories would have gone which way. So a second coupling is run
beside the first. Bounds that hold under every coupling are in `analyse.bounds`; they take chances over fresh noise
(`afresh`).

Source : oberst2019 (Gumbel coupling)
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

    def simulator(self, intervention: Intervention, *, counted: Sequence[int], with_trail: bool = False) -> Simulate:
        """Return what simulates the histories: as they were, or edited under the Gumbel coupling."""
        if intervention.is_null:
            return self.recorded(counted=counted, with_trail=with_trail)
        return self.edited(intervention, counted=counted, with_trail=with_trail)

    def recorded(self, *, counted: Sequence[int], with_trail: bool = False) -> Simulate:
        """Return what simulates the histories as they were."""
        return self._relived(EMPTY, 0, counted=counted, with_trail=with_trail)

    def edited(
        self,
        intervention: Intervention,
        *,
        counted: Sequence[int],
        with_trail: bool = False,
        coupling: Coupling = "gumbel",
    ) -> Simulate:
        """Return what simulates the same histories under edits."""
        return self._relived(intervention, 1, counted=counted, with_trail=with_trail, coupling=coupling)

    def _relived(
        self,
        intervention: Intervention,
        side: int,
        *,
        counted: Sequence[int],
        with_trail: bool,
        coupling: Coupling = "gumbel",
    ) -> Simulate:
        """Return what simulates one side, 0 as recorded and 1 as edited, its trail from the first step on."""
        plain, world = self._world(EMPTY), self._world(intervention)

        def simulate(first: int, n: int, steps: NDArray[np.int64]) -> Block:
            own = slice(first, first + n)
            kept = self.conditioned.coordinates[own], self.conditioned.keys[:, own]
            histories = Histories(*kept, first, steps, counted, with_trail)
            return relive(plain, world, intervention, histories=histories, coupling=coupling)[side]

        return simulate

    def afresh(
        self, intervention: Intervention, *, from_step: int, counted: Sequence[int], with_trail: bool = False
    ) -> Simulate:
        """Return what simulates the same pasts going on with fresh noise, under edits, from a step on."""
        world = self._world(intervention)

        def simulate(first: int, n: int, steps: NDArray[np.int64]) -> Block:
            own = slice(first, first + n)
            return simulate_branch(
                world, coordinates=self.conditioned.coordinates[own], keys=self.conditioned.keys[:from_step, own],
                first_run=first, sample_steps=steps, counted=counted, with_trail=with_trail,
            )  # fmt: skip

        return simulate

    def _world(self, intervention: Intervention) -> CompiledWorld:
        program = build(self.model)
        return compile_world(program, self.observed.observed, seed=self.seed, intervention=intervention)


def first_step_of(intervention: Intervention, model: Model) -> int:
    """Find the first step on which an edit can act: 0 if parameters are shifted, the last of all if there is none."""
    first = intervention.first_step
    return model.n_steps if first is None else first


def day_of(model: Model, step: int) -> dt.date:
    """Return the first day of a step."""
    return dt.date.fromordinal(int(model.days[step]))
