"""The recorded history under edits: both worlds, with the noise that the record implies (`kernels.hindsight`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from offramp.engine.block import Block
from offramp.engine.cache import load
from offramp.engine.conditioned import CompiledWorld, block_of, room_for
from offramp.engine.edits import edit
from offramp.model.intervention import Intervention

Coupling = Literal["gumbel", "independent"]

_ENTRY = '''"""The day loop of hindsight, compiled once for all scenarios. Written by offramp.engine.hindsight."""

from numba import njit

from offramp.engine.kernels import hindsight


@njit(error_model="numpy", nogil=True, _nrt=False, cache=True)
def relive(
    recorded, edited, watches, herds, room, forbids, seed, numbers, sample_steps, counts, results, is_afresh
):
    hindsight.relive_particles(
        recorded, edited, watches, herds, room, forbids, seed, numbers, sample_steps, counts, results, is_afresh
    )
'''


@cache
def _loop() -> Any:
    return load("hindsight", _ENTRY)


@dataclass(frozen=True, eq=False)
class Histories:
    """Particles whose histories are lived again, and what is wanted of them.

    coordinates : (particle, coordinate); keys : (step, particle) of all steps; first_run : number of the first
    sample_steps, counted, with_trail : as in `compiled.simulate`
    """

    coordinates: NDArray[np.float64]
    keys: NDArray[np.uint64]
    first_run: int
    sample_steps: NDArray[np.int64]
    counted: Sequence[int]
    with_trail: bool = False


def relive(
    recorded: CompiledWorld,
    edited: CompiledWorld,
    intervention: Intervention,
    *,
    histories: Histories,
    coupling: Coupling = "gumbel",
) -> tuple[Block, Block]:
    """Live histories through the window as they were recorded, and as edited. Safe to call from many threads at once.

    Parameters
    ----------
    recorded, edited : the worlds of one program and record, without and with the edits
    """
    n = len(histories.coordinates)
    steps = np.ascontiguousarray(histories.sample_steps, np.int64)
    counts = np.array(histories.counted, np.int64) + recorded.edited.sizes.totals
    worlds = (recorded.alone(), edited.shifted())
    states = [world.begin(histories.coordinates) for world in worlds]
    results = [world.room_for_samples(state, len(steps), counts) for world, state in zip(worlds, states, strict=True)]
    if histories.with_trail:
        trail = (recorded.n_steps, states[0].n_groups * recorded.group_size)
        results = [result._replace(trail=np.zeros(trail, np.uint32)) for result in results]
    numbers = recorded.for_lanes(states[0], histories.keys)
    room = room_for(edited.edited, edited.watch, is_noted=True)
    _loop().relive(
        recorded.edited, edited.edited, (recorded.watch, edited.watch), (states[0].herd, states[1].herd), room,
        edit(edited.program, intervention).forbids, np.uint64(recorded.seed), numbers, steps, counts, tuple(results),
        coupling == "independent",
    )  # fmt: skip
    first, second = (
        block_of(result, n, first_run=histories.first_run, with_trail=histories.with_trail) for result in results
    )
    return first, second
