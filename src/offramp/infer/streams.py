"""Addressed uniforms of sampling: each is a function of (seed, generation, purpose, particle, coordinate).

A *generation* is one act of sampling (the first draw, one resampling, one round of moves); it stands where the noise of
a model has its day, and no calendar day is as small, so both can share a seed. Uniforms have 32 bits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offramp.core.noise import day_key, draw_word, occurrence, run_key, slot

EDGE = 2.0**-24
"""Coordinates lie in EDGE .. 1 - EDGE, so that they are inside (0, 1) as float32, too. So the prior's tails are cut at
a probability of 6e-8 on either side."""

_SCALE, _HALF = 2.0**-32, 0.5


@dataclass(frozen=True)
class Stream:
    """The uniforms of one generation of one seed."""

    seed: int
    generation: int

    def uniforms(self, purpose: str, n: int) -> NDArray[np.float64]:
        """Draw (particle,) uniforms inside (0, 1), one for each of n particles."""
        d0, d1 = self._keys(np.arange(n))
        return _inside(draw_word(d0, d1, slot("sampling", purpose)))  # type: ignore[arg-type]

    def table(self, purpose: str, n: int, *, width: int, rows: NDArray[np.int64] | None = None) -> NDArray[np.float64]:
        """Draw (particle, coordinate) uniforms inside (0, 1) for n particles, or for some `rows` of them."""
        d0, d1 = self._keys(np.arange(n) if rows is None else rows)
        slots = occurrence(slot("sampling", purpose), np.arange(width, dtype=np.uint32))  # type: ignore[arg-type]
        return _inside(draw_word(d0[:, None], d1[:, None], slots))  # type: ignore[arg-type]

    def one(self, purpose: str) -> float:
        """Draw a single uniform."""
        return float(self.uniforms(purpose, 1)[0])

    def _keys(self, particles: NDArray[np.int64]) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
        """Give the two words of the key of each particle in this generation."""
        k0, k1 = run_key(self.seed, particles.astype(np.uint64))  # type: ignore[arg-type]
        d0, d1 = day_key(k0, k1, self.generation)
        return np.asarray(d0).astype(np.uint32), np.asarray(d1).astype(np.uint32)


def prior_coordinates(seed: int, n: int, *, width: int) -> NDArray[np.float64]:
    """Draw the coordinates of n particles evenly: (particle, coordinate), in EDGE .. 1 - EDGE."""
    return EDGE + (1 - 2 * EDGE) * Stream(seed, 0).table("coordinate", n, width=width)


def fresh_keys(generation: int, n: int) -> NDArray[np.uint64]:
    """Give each slot a run number that no other slot and no other generation has.

    Generation 0 is the noise of runs 0 .. n - 1 as they would be without a record.
    """
    return (np.uint64(generation) << np.uint64(32)) | np.arange(n, dtype=np.uint64)


def _inside(words: NDArray[np.uint32]) -> NDArray[np.float64]:
    return (words.astype(np.float64) + _HALF) * _SCALE
