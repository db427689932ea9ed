"""Blocks of runs made on a thread pool and handed out in order: what every streamed job shares.

Kernels release the interpreter lock, so threads scale; at most a few blocks are in flight, so memory does not grow
with the number of runs. An interrupt (Ctrl-C) is noted and acted on between blocks, never in the middle of a merge.
"""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

BLOCK_RUNS = 256
Made = TypeVar("Made")


# budget(nesting): the pool, its clean-up and the two loops that keep it fed are one idea
def in_order(
    make: Callable[[int, int], Made | None], runs: range, *, workers: int | None, stop: threading.Event
) -> Iterator[Made]:
    """Yield what `make` gives for each block of runs, in order, with a bounded number in flight.

    Parameters
    ----------
    make : (first run, number of runs) -> what is wanted of that block, or None if it was stopped within it: such a
        block and all behind it are left out, and made anew on resuming. Called from several threads.
    runs : the runs to make; its start is a multiple of the block's size.
    workers : threads; None: one per processor core. stop : set it to end early.
    """
    workers = workers or os.cpu_count() or 1
    starts = iter(range(runs.start, runs.stop, BLOCK_RUNS))
    waiting: deque[Future[Made | None]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        try:
            while not stop.is_set():
                while len(waiting) < workers + 2 and (first := next(starts, None)) is not None:
                    waiting.append(pool.submit(make, first, min(BLOCK_RUNS, runs.stop - first)))
                if not waiting:
                    return
                made = _wait(waiting.popleft(), stop)
                if made is None:
                    return
                yield made
        finally:
            for future in waiting:
                future.cancel()


def _wait(future: Future[Made | None], stop: threading.Event) -> Made | None:
    """Wait for a block, but not past a wish to stop."""
    while not stop.is_set():
        try:
            return future.result(timeout=0.2)
        except TimeoutError:
            continue
    return None


@contextmanager
def interrupts_noted(stop: threading.Event) -> Iterator[None]:
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
