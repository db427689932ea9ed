"""How much the record minds that a coordinate is drawn anew: what blocks of moves are chosen by.

A few particles have each coordinate by itself drawn anew from its prior, and their histories told again. The *cost* of
a coordinate is -log of the share of such moves that would be accepted: near 0 where the record says nothing of it.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from offramp.infer.moves import Stage
from offramp.infer.particles import Particles, in_step_order, replay
from offramp.infer.streams import EDGE
from offramp.infer.world import World

States = TypeVar("States")
SOUNDED = 8  # particles
LEAST_SHARE = 0.01  # accepted moves that a cost is worked out from at least


def sound(world: World[States], particles: Particles, *, n_steps: int, stage: Stage) -> NDArray[np.float64]:
    """Work out the (coordinate,) costs at the power of a stage.

    Raises
    ------
    Stopped : the stage's `stop` was set.
    """
    n, width = particles.coordinates.shape
    chosen = np.arange(SOUNDED) * n // SOUNDED
    histories = np.repeat(
        particles.coordinates[chosen, None], width, axis=1
    )  # (particle, coordinate changed, coordinate)
    fresh = EDGE + (1 - 2 * EDGE) * stage.stream.table("sounding", SOUNDED, width=width)
    histories[:, np.arange(width), np.arange(width)] = fresh
    keys = np.repeat(particles.keys[:n_steps, chosen], width, axis=1)
    _, increments = replay(world, histories.reshape(-1, width), keys=keys, stop=stage.stop, tell=stage.tell)
    after = in_step_order(increments).reshape(SOUNDED, width)
    before = particles.log_likelihood[chosen, None]
    share = np.exp(np.minimum(stage.power * (np.where(np.isfinite(after), after, -np.inf) - before), 0.0)).mean(axis=0)
    cost: NDArray[np.float64] = -np.log(np.maximum(share, LEAST_SHARE))
    return cost
