"""Runs kept one by one: what a summary of many runs forgets and a report needs to choose runs and screen numbers.

Runs are made again from their seed, bit for bit the same, a few at a time; of each are kept its outcomes, its drawn
numbers, how often everything happened month by month, some moves day by day, and some quantities on some days.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offramp.engine.block import Block
from offramp.ensemble.run import Simulate
from offramp.ensemble.stream import in_order
from offramp.model.model import Model

MAX_KEPT = 2_000  # runs; twenty months of a hundred moves of so many take some 40 MB
AT_ONCE = 64  # runs of which every day is held in memory at one time, by each worker
MOST_A_DAY = 255  # events of one kind


@dataclass(frozen=True)
class Watched:
    """What is kept besides outcomes and monthly counts.

    leaves : indices of those kept day by day. quantities : indices of those kept at the end of `steps`, ascending.
    """

    leaves: tuple[int, ...]
    quantities: tuple[int, ...]
    steps: NDArray[np.int64]


@dataclass(frozen=True)
class KeptRuns:
    """Runs 0 .. n - 1 of an ensemble.

    outcomes : (run, outcome) float32, -1 where a `first` never happens; parameters : (run, parameter) float32
    months : first day of each; monthly : (month, leaf, run) float32 counts
    daily : (leaf of `watched`, step, run) uint8 counts
    levels : (step of `watched`, quantity of `watched`, run) float32
    """

    watched: Watched
    months: tuple[dt.date, ...]
    outcomes: NDArray[np.float32]
    parameters: NDArray[np.float32]
    monthly: NDArray[np.float32]
    daily: NDArray[np.uint8]
    levels: NDArray[np.float32]

    @property
    def n_runs(self) -> int:
        """Number of runs."""
        return len(self.outcomes)


def keep(
    model: Model, simulate: Simulate, *, runs: int, watched: Watched, workers: int | None, stop: threading.Event
) -> KeptRuns | None:
    """Make runs and keep them; None if it was stopped before the first of them.

    Parameters
    ----------
    simulate : (first_run, n_runs, steps) -> Block with the counts of all leaves; called from several threads.
    """
    months, ends = month_ends(model)

    def make(first: int, n: int) -> KeptRuns | None:
        parts = []
        for start in range(first, first + n, AT_ONCE):
            block = simulate(start, min(AT_ONCE, first + n - start), np.arange(model.n_steps, dtype=np.int64))
            parts.append(_reduced(block, watched, months, ends))
        return _joined(parts)

    blocks = list(in_order(make, range(min(runs, MAX_KEPT)), workers=workers, stop=stop))
    return _joined(blocks) if blocks else None


def month_ends(model: Model) -> tuple[tuple[dt.date, ...], NDArray[np.int64]]:
    """List the months of a model's window by their first day, and the last step that begins in each."""
    days = [dt.date.fromordinal(int(day)).replace(day=1) for day in model.days]
    months = tuple(sorted(set(days)))
    ends = np.array([max(i for i, day in enumerate(days) if day == month) for month in months], np.int64)
    return months, ends


def _reduced(
    block: Block, watched: Watched, months: tuple[dt.date, ...], ends: NDArray[np.int64]
) -> KeptRuns:  # budget(positional): what is kept of one block
    running = block.sample_counts
    daily = np.diff(running[:, list(watched.leaves)], axis=0, prepend=np.float32(0)).transpose(1, 0, 2)
    return KeptRuns(
        watched, months, block.outcomes, block.parameters,
        monthly=np.diff(running[ends], axis=0, prepend=np.float32(0)),
        daily=np.minimum(daily, MOST_A_DAY).astype(np.uint8),
        levels=block.samples[np.ix_(watched.steps, np.array(watched.quantities, np.int64))],
    )  # fmt: skip


def _joined(parts: Sequence[KeptRuns]) -> KeptRuns:
    def along(name: str, axis: int) -> NDArray[np.float32]:
        return np.concatenate([getattr(part, name) for part in parts], axis=axis)

    return KeptRuns(
        parts[0].watched, parts[0].months, along("outcomes", 0), along("parameters", 0), along("monthly", 2),
        daily=np.concatenate([part.daily for part in parts], axis=2), levels=along("levels", 2),
    )  # fmt: skip


def leaf_indices(model: Model, moves: Iterable[str]) -> tuple[int, ...]:
    """Find the leaves of some moves or variants; a move stands for all of its variants."""
    wanted = set(moves)
    return tuple(
        i for i, leaf in enumerate(model.leaves) if leaf.path in wanted or leaf.path.partition("[")[0] in wanted
    )
