"""Addressed noise for many runs at once: the draws of `core.noise`, whose word functions take arrays of words too."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offramp.core.noise import day_key, draw_word, run_key, uniform


@dataclass(frozen=True)
class RunKeys:
    """Keys of consecutive runs, from which each of their draws follows by day and slot."""

    words: tuple[int, int]  # arrays of words, (run,) uint64 each

    @classmethod
    def of(cls, seed: int, runs: range) -> RunKeys:
        """Derive the keys of runs."""
        return cls(run_key(seed, np.arange(runs.start, runs.stop, dtype=np.uint64)))  # type: ignore[arg-type]

    def uniforms(self, day: int, slot: int) -> NDArray[np.float32]:
        """Draw one uniform inside (0, 1) for each run."""
        found: NDArray[np.float32] = uniform(draw_word(*day_key(*self.words, day), slot))  # type: ignore[assignment]
        return found
