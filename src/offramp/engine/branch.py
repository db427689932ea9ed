"""Runs that begin as particles: what was conditioned on a record lives on without one, with edits or as it is.

Each run tells its particle's history again up to the branch, and from there lives with the noise of the run of its own
number: so all branches of a particle share everything that they can, and one that no edit touches differs by nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from offramp.engine.block import Block
from offramp.engine.conditioned import CompiledWorld, block_of


def simulate_branch(
    world: CompiledWorld,
    *,
    coordinates: NDArray[np.float64],
    keys: NDArray[np.uint64],
    first_run: int,
    sample_steps: NDArray[np.int64],
    counted: Sequence[int],
    with_trail: bool = False,
) -> Block:  # budget(parameters): what a branch depends on
    """Simulate consecutive runs from consecutive particles. Safe to call from many threads at once.

    Parameters
    ----------
    coordinates : (particle, coordinate); keys : (step before the branch, particle)
    first_run, sample_steps, counted, with_trail : as in `compiled.simulate`; the trail of steps before the branch is 0
    """
    world, n = world.alone(), len(coordinates)
    states = world.begin(coordinates)
    steps = np.ascontiguousarray(sample_steps, np.int64)
    counts = np.array(counted, np.int64) + world.edited.sizes.totals
    results = world.room_for_samples(states, len(steps), counts)
    if with_trail:
        results = results._replace(trail=np.zeros((world.n_steps, states.n_groups * world.group_size), np.uint32))
    lived = 0
    for sample, step in enumerate(steps[steps < len(keys)]):
        world.advance_through(states, lived, keys[lived : step + 1])
        lived = int(step) + 1
        world.sample(states, sample, counts, results)
    world.advance_through(states, lived, keys[lived:])
    world.branch(states)
    world.live_on(states, first_step=len(keys), first_run=first_run, sample_steps=steps, counts=counts, results=results)
    return block_of(results, n, first_run=first_run, with_trail=with_trail)
