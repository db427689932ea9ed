"""Block: what an engine returns for a range of runs. The same arrays from every engine."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Block:
    """Results of consecutive runs first_run .. first_run + n - 1.

    outcomes : (run, outcome) float32; `first` outcomes are -1 where they never happen.
    counts : (run, leaf) float32, events of each leaf over the run.
    samples : (sample, quantity, run) float32, value at the end of each sampled step.
    sample_counts : (sample, leaf, run) float32, events up to and including each sampled step; of some leaves only
        if so asked.
    clips : (run, quantity) float32, how many times a stage cut the quantity at its range.
    cuts : (run, move) float32, steps on which a spontaneous count was cut at `max_count`.
    last_step : (run,) float32, the last step that was lived through (n_steps - 1 unless ended).
    parameters : (run, parameter) float32, the draws, as shifted by edits.
    trail : (step, run) uint32, digest of all states up to the end of each step; None unless it was asked for. Two runs
        differ from the first step on which their digests do.
    """

    first_run: int
    outcomes: NDArray[np.float32]
    counts: NDArray[np.float32]
    samples: NDArray[np.float32]
    sample_counts: NDArray[np.float32]
    clips: NDArray[np.float32]
    cuts: NDArray[np.float32]
    last_step: NDArray[np.float32]
    parameters: NDArray[np.float32]
    trail: NDArray[np.uint32] | None = None
