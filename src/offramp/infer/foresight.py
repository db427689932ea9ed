"""What could have been known on a day: a model conditioned on the rows known by then, and branches from that day on.

The state of the world on the day is a set of particles (`condition`); run k of any branch begins as particle k and
lives on from the next step with the noise of run k, which all branches share. So a branch that no edit touches is the
baseline to the bit.
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
from offramp.engine.program import build
from offramp.ensemble.run import Simulate
from offramp.infer.condition import Conditioned, Options, Progress, begin, proceed
from offramp.infer.observed import ObservedRecord
from offramp.model.intervention import EMPTY, Intervention
from offramp.model.model import Model


@dataclass(frozen=True, eq=False)
class Foresight:
    """A model given its record up to a day.

    as_of : the day; observed : the record known then; conditioned : the particles, after the step that holds the day
    """

    model: Model
    as_of: dt.date
    observed: ObservedRecord
    seed: int
    conditioned: Conditioned[States]

    def simulator(self, intervention: Intervention, *, counted: Sequence[int], with_trail: bool = False) -> Simulate:
        """Return what simulates blocks of branches; see `engine.branch`."""
        world = _world(self.model, self.observed, self.seed, intervention=intervention)
        coordinates, keys = self.conditioned.coordinates, self.conditioned.keys

        def simulate(first: int, n: int, steps: NDArray[np.int64]) -> Block:
            own = slice(first, first + n)
            return simulate_branch(
                world, coordinates=coordinates[own], keys=keys[:, own], first_run=first, sample_steps=steps,
                counted=counted, with_trail=with_trail,
            )  # fmt: skip

        return simulate


def foresee(
    model: Model,
    observed: ObservedRecord,
    *,
    as_of: dt.date,
    n: int,
    seed: int,
    workers: int,
    options: Options | None = None,
    progress: Progress | None = None,
) -> Foresight:  # budget(parameters): what a conditioning depends on
    """Condition a model on the record known on a day.

    Parameters
    ----------
    observed : lowered for that day; n : particles, one for each run of a branch
    """
    world = _world(model, observed, seed, workers=workers)
    found = proceed(
        world, begin(world, n, seed=seed), last_step=last_step(model, as_of), options=options, progress=progress
    )
    return Foresight(model, as_of, observed, seed, found)


def last_step(model: Model, day: dt.date) -> int:
    """Find the last step that has been lived to its end by the evening of a day; -1 if none has."""
    ends = np.append(model.days[1:] - 1, model.days[-1] + round(model.step_days) - 1)
    return int(np.searchsorted(ends, day.toordinal(), side="right")) - 1


def _world(
    model: Model, observed: ObservedRecord, seed: int, *, workers: int = 1, intervention: Intervention = EMPTY
) -> CompiledWorld:  # budget(positional): what a world is made of
    return compile_world(build(model), observed.observed, seed=seed, workers=workers, intervention=intervention)
