"""Betas of a batch of runs have the bits of betas one by one, whatever the shapes and however far out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numba import njit

from offramp.core import draws
from offramp.core.draws import UNBOUNDED, truncated_beta
from offramp.engine.kernels.betas import ROOM_ROWS, draw_betas
from offramp.engine.kernels.lanes import N_LANES
from offramp.engine.tables import PARAMETER

STEP = 2.0**-23  # between neighbouring uniforms


_jit: Any = njit


@_jit(error_model="numpy", _nrt=False)
def draw(rows: Any, parameters: Any, room: Any) -> None:
    draw_betas(rows, parameters[0], room)


def parameter(a: float, b: float) -> Any:
    """Return a table of one parameter, in row 1."""
    return np.array([(1, 0, draws.BETA, a, b, -UNBOUNDED, UNBOUNDED, 0, 0)], PARAMETER)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (3.0, 6.0),
        (1.0, 60.0),
        (6.0, 3.0),
        (1.0, 1.0),
        (0.3, 0.4),
        (0.01, 5.0),
        (9000.0, 0.05),
        (1e-9, 1e9),
        (40.0, 7e3),
    ],
)
def test_a_batch_draws_the_bits_of_each_alone(a: float, b: float) -> None:
    near = (np.arange(N_LANES // 4) + 0.5) * STEP  # both tails as far out as uniforms go, and the middle
    middle = (np.random.default_rng(1).integers(0, 2**23, N_LANES - 2 * len(near)) + 0.5) * STEP
    uniforms = np.concatenate([near, 1.0 - near, middle]).astype(np.float32)
    rows = np.zeros(2 * N_LANES, np.float32)
    rows[N_LANES:] = uniforms
    draw(rows, parameter(a, b), np.zeros(ROOM_ROWS * N_LANES, np.float32))
    alone = [truncated_beta(np.float32(a), np.float32(b), -UNBOUNDED, UNBOUNDED, np.float32(u)) for u in uniforms]
    assert rows[N_LANES:].tobytes() == np.array(alone, np.float32).tobytes()
