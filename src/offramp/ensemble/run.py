"""Run an ensemble: blocks of 256 runs on a thread pool, merged in block order.

Kernels release the interpreter lock, so threads scale; at most a few blocks are in flight, so
memory does not grow with the number of runs. An interrupt (Ctrl-C) is noted and acted on between
blocks, never in the middle of a merge: the completed prefix is kept, and `resume` goes on from it.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from offramp.engine.block import Block
from offramp.ensemble import store
from offramp.ensemble.ensemble import Ensemble, label
from offramp.ensemble.summary import Summary
from offramp.model.model import Model

BLOCK_RUNS = 256
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
    with _interrupts_noted(options.stop):
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
    for block in _blocks(summary.n_runs, simulate, steps, options):
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


# budget(nesting): the pool, its clean-up and the two loops that keep it fed are one idea
def _blocks(done: int, simulate: Simulate, steps: NDArray[np.int64], options: Options) -> Iterator[Block]:
    """Yield the blocks from run `done` on, in order, with a bounded number in flight."""
    workers = options.workers or os.cpu_count() or 1
    starts = iter(range(done, options.runs, BLOCK_RUNS))
    waiting: deque[tuple[Future[Block], int]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        try:
            while not options.stop.is_set():
                while len(waiting) < workers + 2 and (first := next(starts, None)) is not None:
                    n = min(BLOCK_RUNS, options.runs - first)
                    waiting.append((pool.submit(simulate, first, n, steps), n))
                if not waiting:
                    return
                future, n = waiting.popleft()
                block = _wait(future, options.stop)
                if block is None or block.outcomes.shape[0] < n:  # stopped within a block: it is made anew on resuming
                    return
                yield block
        finally:
            for future, _ in waiting:
                future.cancel()


def _wait(future: Future[Block], stop: threading.Event) -> Block | None:
    """Wait for a block, but not past a wish to stop."""
    while not stop.is_set():
        try:
            return future.result(timeout=0.2)
        except TimeoutError:
            continue
    return None


@contextmanager
def _interrupts_noted(stop: threading.Event) -> Iterator[None]:
    """Turn the first Ctrl-C into `stop`; a second one interrupts at once, as usual."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGINT)

    def note(_number: int, _frame: object) -> None:
        stop.set()
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, note)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
