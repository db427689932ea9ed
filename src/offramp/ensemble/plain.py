"""Blocks of runs by the reference interpreter, run by run, so that it can be stopped between two of them."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from offramp.engine import reference
from offramp.engine.block import Block
from offramp.ensemble.blocks import joined
from offramp.model.intervention import Intervention
from offramp.model.model import Model


@dataclass(frozen=True)
class Plain:
    """Simulates by the reference interpreter."""

    model: Model
    seed: int
    intervention: Intervention
    with_trail: bool
    counted: list[int]

    def simulate(self, runs: range, steps: NDArray[np.int64], *, stop: threading.Event) -> Block:
        """Simulate runs, all of them or those that were done when it was stopped."""
        blocks = [self._block(range(runs.start, runs.start), steps)]
        for k in runs:
            if not stop.is_set():
                blocks.append(self._block(range(k, k + 1), steps))
        return joined(blocks)

    def _block(self, runs: range, steps: NDArray[np.int64]) -> Block:
        block = reference.simulate(
            self.model, seed=self.seed, first_run=runs.start, n_runs=len(runs), sample_steps=steps.tolist(),
            intervention=self.intervention, with_trail=self.with_trail,
        )  # fmt: skip
        return replace(block, sample_counts=np.ascontiguousarray(block.sample_counts[:, self.counted]))
