"""Run an ensemble: blocks of 256 runs on a thread pool, merged in block order.

After an interrupt (Ctrl-C) the completed prefix is kept, and `resume` goes on from it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from offramp.engine.block import Block
from offramp.ensemble import store
from offramp.ensemble.ensemble import Ensemble, label
from offramp.ensemble.stream import BLOCK_RUNS, in_order, interrupts_noted
from offramp.ensemble.summary import Summary
from offramp.model.model import Model

CHECKPOINT_SECONDS = 5.0
MAX_SAMPLES = 48
Simulate = Callable[[int, int, NDArray[np.int64]], Block]  # first run, number of runs, sampled steps


@dataclass(frozen=True)
class Options:
    """How to run, apart from what is run.

    runs : how many; workers : threads (default: one per processor core).
    groups : chart name -> leaves whose running count it shows.
    identity : what the bytes of the result depend on; names the checkpoint. None: no checkpoint.
    on_progress : called with (runs done, runs requested) after each block.
    """

    runs: int
    workers: int | None = None
    groups: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    identity: Mapping[str, object] | None = None
    resume: bool = False
    on_progress: Callable[[int, int], None] | None = None
    stop: threading.Event = field(default_factory=threading.Event)  # set it to stop early


def sample_steps(n_steps: int) -> NDArray[np.int64]:
    """Choose the steps at which quantities are recorded: evenly spaced, the last one included."""
    every = max(1, -(-n_steps // MAX_SAMPLES))
    steps = np.arange(every - 1, n_steps, every, dtype=np.int64)
    return steps if len(steps) and steps[-1] == n_steps - 1 else np.append(steps, np.int64(n_steps - 1))


def run(model: Model, simulate: Simulate, *, options: Options) -> Ensemble:
    """Run an ensemble and return its summary; after an interrupt, that of the completed prefix.

    Parameters
    ----------
    simulate : (first_run, n_runs, sampled steps) -> Block; called from several threads.

    Returns
    -------
    Ensemble; `is_complete` is false if it was interrupted.
    """
    steps = sample_steps(model.n_steps)
    summary = Summary(model, len(steps), tuple(options.groups.values()))
    checkpoint = store.checkpoint_path(options.identity) if options.identity is not None else None
    _restore(summary, checkpoint, options)
    with interrupts_noted(options.stop):
        _fold(summary, simulate, steps, options, checkpoint)
    if checkpoint is not None:
        if summary.n_runs == options.runs:
            checkpoint.unlink(missing_ok=True)
        else:
            _keep(summary, checkpoint)
    return label(model, summary, requested=options.runs, sample_steps=steps, group_names=tuple(options.groups))


def _restore(summary: Summary, checkpoint: Path | None, options: Options) -> None:
    if checkpoint is None or not options.resume:
        return
    state = store.load(checkpoint)
    if state is not None and int(state["n_runs"]) <= options.runs:
        summary.restore(state)


def _fold(summary: Summary, simulate: Simulate, steps: NDArray[np.int64], options: Options,
          checkpoint: Path | None) -> None:  # fmt: skip
    """Fold blocks into the summary in order, keeping a checkpoint every few seconds."""
    saved = time.monotonic()

    def make(first: int, n: int) -> Block | None:
        block = simulate(first, n, steps)
        return block if block.outcomes.shape[0] == n else None  # fewer if it was stopped within

    remaining = range(summary.n_runs, options.runs)
    for block in in_order(make, remaining, workers=options.workers, stop=options.stop):
        summary.add(block)
        if options.on_progress is not None:
            options.on_progress(summary.n_runs, options.runs)
        if summary.n_runs < options.runs and time.monotonic() - saved > CHECKPOINT_SECONDS:
            _keep(summary, checkpoint)
            saved = time.monotonic()


def _keep(summary: Summary, checkpoint: Path | None) -> None:
    """Write the checkpoint if it can be written: a full disk must not lose the job in memory."""
    if checkpoint is None or summary.n_runs % BLOCK_RUNS:
        return
    try:
        store.save(checkpoint, summary.state())
    except OSError:
        return
