"""Read the neutral numbers file and give each coefficient block its shape.

NumPy only: this file also runs in the peers' own environments.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np


def load(path: Path) -> dict[str, Any]:
    """Read the fixed numbers by name."""
    with np.load(path) as numbers:
        return {name: numbers[name] for name in numbers.files}


def shape_of(numbers: dict[str, Any], block: str) -> tuple[int, ...]:
    """Return the shape of a coefficient block: the structure that it goes with has the same."""
    beside = {
        "weight": "weight_on",
        "memory": "memory_of",
        "effect_mean": "effect_on",
        "effect_sd": "effect_on",
        "coupling": "coupled_to",
    }
    return numbers[beside[block]].shape if block in beside else (-1,)


def draw_theta(numbers: dict[str, Any], z: Any) -> dict[str, Any]:
    """Turn standard normals (coefficient, ...) into one array per block, trailing axes kept."""
    over = (slice(None),) + (None,) * (z.ndim - 1)
    centre, sd = numbers["theta_centre"][over], numbers["theta_sd"][over] * z
    positive = numbers["theta_positive"][over]
    theta = np.where(positive, centre * np.exp(np.where(positive, sd, 0)), centre + sd)
    theta = theta.astype(z.dtype)
    starts = numbers["theta_start"]
    return {
        str(block): theta[first:last].reshape(shape_of(numbers, str(block)) + z.shape[1:])
        for block, first, last in zip(numbers["theta_block"], starts[:-1], starts[1:], strict=True)
    }
