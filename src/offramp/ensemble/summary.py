"""Streaming summaries: fixed blocks of runs, merged in block order.

Each statistic of a block is formed in float64 from that block alone and folded into the total in
block order, so the bytes of a summary depend on the runs and not on workers, batches or pauses.
Moments are merged by Chan, Golub and LeVeque's pairwise rule.

Source : chan1983, eq. 1.5
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from offramp.engine.block import Block
from offramp.engine.fold import moments_of_blocks
from offramp.ensemble.bins import Bins, Histogram, bins_for
from offramp.expr.ir import Quantity
from offramp.model.model import Model, OutcomeModel

State = dict[str, NDArray[np.generic]]
HISTOGRAMS = ("outcome_histograms", "level_histograms", "group_histograms", "count_histograms")
WAITING_BLOCKS = 8
COUNTERS = ("clips", "cuts", "lost_outcomes", "lost_levels")


@dataclass
class Moments:
    """Number, mean and sum of squared deviations of each column of a table; grows by blocks."""

    n: NDArray[np.float64]
    mean: NDArray[np.float64]
    m2: NDArray[np.float64]

    @classmethod
    def empty(cls, shape: tuple[int, ...]) -> Moments:
        """Return the moments of no runs."""
        return cls(np.zeros(shape), np.zeros(shape), np.zeros(shape))

    def add(self, values: NDArray[np.floating], valid: NDArray[np.bool_] | None = None) -> None:
        """Fold in one block; the last axis of `values` is the run."""
        kept = np.ones(values.shape, bool) if valid is None else valid
        v = np.where(kept, values, 0).astype(np.float64)
        n = kept.sum(axis=-1).astype(np.float64)
        mean = v.sum(axis=-1) / np.maximum(n, 1.0)
        self.merge(n, mean, (np.where(kept, v - mean[..., None], 0.0) ** 2).sum(axis=-1))

    def merge(self, n: NDArray[np.float64], mean: NDArray[np.float64], m2: NDArray[np.float64]) -> None:
        """Fold in the moments of one block."""
        total = self.n + n
        delta = mean - self.mean
        share = n / np.maximum(total, 1.0)
        self.m2 += m2 + delta**2 * self.n * share
        self.mean += delta * share
        self.n = total

    @property
    def sd(self) -> NDArray[np.float64]:
        """Standard deviation of each column (n - 1 in the denominator; 0 for fewer than 2 runs)."""
        return np.sqrt(self.m2 / np.maximum(self.n - 1.0, 1.0))


def outcome_bins(model: Model, outcome: OutcomeModel) -> Bins:
    """Choose the histogram of an outcome: exact for days, counts and shares."""
    if outcome.kind == "any":
        return Bins("flag")
    if outcome.kind in ("first", "count"):
        return Bins("integer")
    if outcome.kind in ("max", "min", "mean", "final") and isinstance(outcome.node, Quantity):
        q = model.quantities[outcome.node.index]
        return bins_for(q.low, q.high, whole=q.kind in ("tally", "flag") and outcome.kind != "mean")
    return Bins("log")


class Summary:
    """Everything that is kept of the runs: moments and histograms, never the runs themselves.

    Parameters
    ----------
    model : the Model that is run.
    n_samples : number of sampled steps.
    count_groups : for each chart of moves, the leaves whose cumulative counts are added up.
    charted : quantities whose distribution over time is kept, by default all; of the others the mean is. A histogram of
        a quantity takes a megabyte.
    """

    def __init__(
        self,
        model: Model,
        n_samples: int,
        count_groups: tuple[tuple[int, ...], ...],
        charted: Sequence[int] | None = None,
    ) -> None:
        self.groups = count_groups
        self.charted = tuple(range(len(model.quantities)) if charted is None else charted)
        self.outcome_kinds = tuple(outcome.kind for outcome in model.outcomes)
        n_quantities, n_leaves, n_groups = len(model.quantities), len(model.leaves), len(count_groups)
        self.n_runs = 0
        self.outcomes = Moments.empty((len(model.outcomes),))
        self.counts = Moments.empty((n_leaves,))
        self.levels = Moments.empty((n_samples, n_quantities))
        self.group_counts = Moments.empty((n_samples, n_groups))
        self.outcome_histograms = [Histogram(outcome_bins(model, outcome), 1) for outcome in model.outcomes]
        self.level_histograms = [
            Histogram(bins_for(q.low, q.high, whole=q.kind in ("tally", "flag")), n_samples)
            for q in (model.quantities[i] for i in self.charted)
        ]
        self.group_histograms = [Histogram(Bins("integer"), n_samples) for _ in count_groups]
        self.count_histograms = [Histogram(Bins("integer"), n_leaves)]
        self.clips = np.zeros(n_quantities)
        self.cuts = np.zeros(len(model.moves))
        self.lost_outcomes = np.zeros(len(model.outcomes), np.int64)  # values that are infinite or no numbers
        self.lost_levels = np.zeros(n_quantities, np.int64)
        self.steps_lived = 0.0
        self.n_steps, self.ended_early = model.n_steps, 0  # runs that a condition of `ends` ended before the last step
        self._waiting: list[NDArray[np.float32]] = []

    def add(self, block: Block) -> None:
        """Fold in one block of runs."""
        self.n_runs += block.outcomes.shape[0]
        self._add_outcomes(block.outcomes.T)
        self.counts.merge(*self.count_histograms[0].add(block.counts.T))
        self._waiting.append(block.samples)
        if len(self._waiting) == WAITING_BLOCKS:
            self.settle()
        if self.groups:
            grouped = np.stack([block.sample_counts[:, list(g), :].sum(axis=1) for g in self.groups], axis=1)
            counts = [histogram.add(grouped, g) for g, histogram in enumerate(self.group_histograms)]
            self.group_counts.merge(*_columns(counts, self.group_counts.n.shape))
        self.clips += block.clips.sum(axis=0, dtype=np.float64)
        self.cuts += block.cuts.sum(axis=0, dtype=np.float64)
        self.steps_lived += float(block.last_step.sum(dtype=np.float64)) + block.last_step.size
        self.ended_early += int((block.last_step < self.n_steps - 1).sum())

    def settle(self) -> None:
        """Fold in the samples that wait: to be called before anything is read.

        They wait because histograms are larger than the processor's cache: one quantity after another, each with the
        samples of several blocks, takes half the time of one block after another.
        """
        for n_runs, blocks in groupby(self._waiting, key=lambda samples: samples.shape[2]):  # the last may be shorter
            self._settle(list(blocks), n_runs)
        self._waiting.clear()

    def _settle(self, blocks: list[NDArray[np.float32]], n_runs: int) -> None:
        moments = np.zeros((3, len(blocks), *self.levels.n.shape))
        charted = dict(zip(self.charted, self.level_histograms, strict=True))
        for q in range(self.levels.n.shape[1]):
            values = np.stack([samples[:, q] for samples in blocks], axis=1)
            moments[..., q] = charted[q].add_blocks(values) if q in charted else moments_of_blocks(values)
        for b in range(len(blocks)):
            self.levels.merge(*moments[:, b])
            self.lost_levels += (n_runs - moments[0, b]).sum(axis=0).astype(np.int64)

    def _add_outcomes(self, values: NDArray[np.float32]) -> None:
        self.lost_outcomes += (~np.isfinite(values)).sum(axis=1)
        kept = values.copy()
        kept[(values < 0) & np.array([kind == "first" for kind in self.outcome_kinds], bool)[:, None]] = np.nan
        moments = [histogram.add(kept[None], o) for o, histogram in enumerate(self.outcome_histograms)]
        self.outcomes.merge(*_columns(moments, (1, len(self.outcome_kinds)))[:, 0])

    def state(self) -> State:
        """Return the whole state as named arrays (see `offramp.ensemble.store`)."""
        self.settle()
        out: State = {name: np.array(getattr(self, name)) for name in ("n_runs", "steps_lived", "ended_early")}
        for name in ("outcomes", "counts", "levels", "group_counts"):
            moments: Moments = getattr(self, name)
            out.update({f"{name}_n": moments.n, f"{name}_mean": moments.mean, f"{name}_m2": moments.m2})
        for name in HISTOGRAMS:
            for i, histogram in enumerate(getattr(self, name)):
                out.update({f"{name}_{i}": histogram.table})
        out.update({name: getattr(self, name) for name in COUNTERS})
        return out

    def restore(self, state: State) -> bool:
        """Take over a state written by `state`; return False, and change nothing, if it is of another shape."""
        own = self.state()
        if own.keys() != state.keys() or any(own[name].shape != state[name].shape for name in own):
            return False
        self.n_runs, self.steps_lived = int(state["n_runs"]), float(state["steps_lived"])
        self.ended_early = int(state["ended_early"])
        for name in ("outcomes", "counts", "levels", "group_counts"):
            parts = (state[f"{name}_n"], state[f"{name}_mean"], state[f"{name}_m2"])
            setattr(self, name, Moments(*(np.array(part, np.float64) for part in parts)))
        for name in HISTOGRAMS:
            for i, histogram in enumerate(getattr(self, name)):
                histogram.table = np.array(state[f"{name}_{i}"], np.float64)
        for name in COUNTERS:
            setattr(self, name, np.array(state[name]))
        return True


def _columns(moments: list[NDArray[np.float64]], shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Put the moments (3, row) of some columns side by side: (3, row, column)."""
    return np.stack(moments, axis=-1) if moments else np.zeros((3, *shape))
