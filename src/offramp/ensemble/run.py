"""Run an ensemble: blocks of 256 runs on a thread pool, merged in block order.

After an interrupt (Ctrl-C) the completed prefix is kept, and `resume` goes on from it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from offramp.engine.block import Block
from offramp.ensemble import store
from offramp.ensemble.ensemble import Ensemble, label
from offramp.ensemble.stream import BLOCK_RUNS, in_order, interrupts_noted
from offramp.ensemble.summary import State, Summary
from offramp.model.model import Model

CHECKPOINT_SECONDS = 5.0
MAX_SAMPLES = 48
Made_contra = TypeVar("Made_contra", contravariant=True)
Simulate = Callable[[int, int, NDArray[np.int64]], Block]  # first run, number of runs, sampled steps


@dataclass(frozen=True)
class Options:
    """How to run, apart from what is run.

    runs : how many; workers : threads (default: one per processor core).
    groups : chart name -> leaves whose running count it shows, as positions in `Block.sample_counts`.
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

    def make(first: int, n: int) -> Block | None:
        block = simulate(first, n, steps)
        return block if block.outcomes.shape[0] == n else None  # fewer if it was stopped within

    fold(summary, make, options=options)
    return label(model, summary, requested=options.runs, sample_steps=steps, group_names=tuple(options.groups))


class Total(Protocol[Made_contra]):
    """What blocks are folded into, in order, and what a checkpoint keeps of it."""

    @property
    def n_runs(self) -> int:
        """Number of runs folded in."""

    def add(self, made: Made_contra, /) -> None:
        """Fold in what was made of the next block."""

    def state(self) -> State:
        """Return all of it as named arrays."""

    def restore(self, state: State, /) -> bool:
        """Take over a state; return False, and change nothing, if it is of another shape."""


def fold(total: Total[Made_contra], make: Callable[[int, int], Made_contra | None], *, options: Options) -> None:
    """Fold what `make` gives for each block into a total, in order, from a checkpoint and to one where asked for."""
    checkpoint = store.checkpoint_path(options.identity) if options.identity is not None else None
    _restore(total, checkpoint, options)
    with interrupts_noted(options.stop):
        _fold_blocks(total, make, options, checkpoint)
    if checkpoint is not None:
        if total.n_runs == options.runs:
            store.discard(checkpoint)
        else:
            _keep(total, checkpoint)


def _restore(total: Total[Made_contra], checkpoint: Path | None, options: Options) -> None:
    if checkpoint is None or not options.resume:
        return
    state = store.load(checkpoint)
    if state is not None and "n_runs" in state and int(state["n_runs"]) <= options.runs:
        total.restore(state)


def _fold_blocks(total: Total[Made_contra], make: Callable[[int, int], Made_contra | None], options: Options,
                 checkpoint: Path | None) -> None:  # fmt: skip
    """Fold blocks in order, keeping a checkpoint every few seconds."""
    saved = time.monotonic()
    for made in in_order(make, range(total.n_runs, options.runs), workers=options.workers, stop=options.stop):
        total.add(made)
        if options.on_progress is not None:
            options.on_progress(total.n_runs, options.runs)
        if total.n_runs < options.runs and time.monotonic() - saved > CHECKPOINT_SECONDS:
            _keep(total, checkpoint)
            saved = time.monotonic()


def _keep(total: Total[Made_contra], checkpoint: Path | None) -> None:
    """Write the checkpoint if it can be written: a full disk must not lose the job in memory."""
    if checkpoint is None or total.n_runs % BLOCK_RUNS:
        return
    try:
        store.save(checkpoint, total.state())
    except OSError:
        return
