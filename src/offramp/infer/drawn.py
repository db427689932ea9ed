"""Runs whose parameters are draws of a posterior: run k has those of draw k, round and round, and noise of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offramp.engine.block import Block
from offramp.engine.branch import simulate_branch
from offramp.engine.conditioned import compile_world
from offramp.engine.program import build
from offramp.ensemble.run import Simulate
from offramp.model.intervention import Intervention
from offramp.model.model import Model
from offramp.model.observed import NEVER_CAUGHT, Observed


@dataclass(frozen=True, eq=False)
class Drawn:
    """A model whose parameters are given: coordinates (draw, parameter) inside (0, 1)."""

    model: Model
    coordinates: NDArray[np.float64]
    seed: int

    def simulator(self, intervention: Intervention, *, counted: Sequence[int], with_trail: bool = False) -> Simulate:
        """Return what simulates blocks of runs, with edits or as it is; `counted` : see `engine.branch`."""
        caught = np.full((self.model.n_steps, len(self.model.leaves)), NEVER_CAUGHT, np.int16)
        nothing = Observed(caught, (), (), ())
        world = compile_world(build(self.model), nothing, seed=self.seed, intervention=intervention)

        def simulate(first: int, n: int, steps: NDArray[np.int64]) -> Block:
            own = self.coordinates[np.arange(first, first + n) % len(self.coordinates)]
            return simulate_branch(
                world, coordinates=own, keys=np.zeros((0, n), np.uint64), first_run=first, sample_steps=steps,
                counted=counted, with_trail=with_trail,
            )  # fmt: skip

        return simulate


def drawn(model: Model, fitted: Model, *, coordinates: NDArray[np.float64], seed: int) -> Drawn:
    """Give a model the draws (draw, coordinate) of a fit of the same scenario, perhaps in another window."""
    at = {parameter.path: place for place, parameter in enumerate(fitted.parameters)}
    places = [at[parameter.path] for parameter in model.parameters]
    return Drawn(model, np.ascontiguousarray(coordinates[:, places]), seed)
