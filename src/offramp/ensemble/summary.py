"""Streaming summaries: fixed blocks of runs, merged in block order.

Each statistic of a block is formed in float64 from that block alone and folded into the total in
block order, so the bytes of a summary depend on the runs and not on workers, batches or pauses.
Moments are merged by Chan, Golub and LeVeque's pairwise rule.

Source : chan1983, eq. 1.5
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offramp.engine.block import Block
from offramp.ensemble.bins import Bins, Histogram, bins_for
from offramp.expr.ir import Quantity
from offramp.model.model import Model, OutcomeModel

State = dict[str, NDArray[np.generic]]
HISTOGRAMS = ("outcome_histograms", "level_histograms", "group_histograms", "count_histograms")
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
        v = values.astype(np.float64)
        if valid is None:  # the same sums without a mask: most of the cost of a summary was in making it
            n = np.full(v.shape[:-1], float(v.shape[-1]))
            mean = v.sum(axis=-1) / np.maximum(n, 1.0)
            v -= mean[..., None]
            m2 = np.square(v, out=v).sum(axis=-1)
        else:
            n = valid.sum(axis=-1).astype(np.float64)
            mean = np.where(valid, v, 0.0).sum(axis=-1) / np.maximum(n, 1.0)
            m2 = (np.where(valid, v - mean[..., None], 0.0) ** 2).sum(axis=-1)
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
    """

    def __init__(self, model: Model, n_samples: int, count_groups: tuple[tuple[int, ...], ...]) -> None:
        self.groups = count_groups
        self.outcome_kinds = tuple(outcome.kind for outcome in model.outcomes)
        n_quantities, n_leaves, n_groups = len(model.quantities), len(model.leaves), len(count_groups)
        self.n_runs = 0
        self.outcomes = Moments.empty((len(model.outcomes),))
        self.counts = Moments.empty((n_leaves,))
        self.levels = Moments.empty((n_samples, n_quantities))
        self.group_counts = Moments.empty((n_samples, n_groups))
        self.outcome_histograms = [Histogram(outcome_bins(model, outcome), 1) for outcome in model.outcomes]
        self.level_histograms = [
            Histogram(bins_for(q.low, q.high, whole=q.kind in ("tally", "flag")), n_samples) for q in model.quantities
        ]
        self.group_histograms = [Histogram(Bins("integer"), n_samples) for _ in count_groups]
        self.count_histograms = [Histogram(Bins("integer"), n_leaves)]
        self.clips = np.zeros(n_quantities)
        self.cuts = np.zeros(len(model.moves))
        self.lost_outcomes = np.zeros(len(model.outcomes), np.int64)  # values that are infinite or no numbers
        self.lost_levels = np.zeros(n_quantities, np.int64)
        self.steps_lived = 0.0

    def add(self, block: Block) -> None:
        """Fold in one block of runs."""
        self.n_runs += block.outcomes.shape[0]
        self._add_outcomes(block.outcomes.T)
        self.counts.add(block.counts.T)
        self.count_histograms[0].add(block.counts.T)
        samples, finite = _finite(block.samples)
        self.levels.add(samples, finite)
        for q, histogram in enumerate(self.level_histograms):
            histogram.add(samples[:, q, :], None if finite is None else finite[:, q, :])
        if finite is not None:
            self.lost_levels += (~finite).sum(axis=(0, 2))
        if self.groups:
            grouped = np.stack([block.sample_counts[:, list(g), :].sum(axis=1) for g in self.groups], axis=1)
            self.group_counts.add(grouped)
            for g, histogram in enumerate(self.group_histograms):
                histogram.add(grouped[:, g, :])
        self.clips += block.clips.sum(axis=0, dtype=np.float64)
        self.cuts += block.cuts.sum(axis=0, dtype=np.float64)
        self.steps_lived += float(block.last_step.sum(dtype=np.float64)) + block.last_step.size

    def _add_outcomes(self, raw: NDArray[np.float32]) -> None:
        values, finite = _finite(raw)
        valid = np.ones(values.shape, bool) if finite is None else finite
        self.lost_outcomes += (~valid).sum(axis=1)
        for o, kind in enumerate(self.outcome_kinds):
            if kind == "first":
                valid[o] &= values[o] >= 0
            self.outcome_histograms[o].add(values[o][None, :], valid[o][None, :])
        self.outcomes.add(values, valid)

    def state(self) -> State:
        """Return the whole state as named arrays (see `offramp.ensemble.store`)."""
        out: State = {"n_runs": np.array(self.n_runs), "steps_lived": np.array(self.steps_lived)}
        for name in ("outcomes", "counts", "levels", "group_counts"):
            moments: Moments = getattr(self, name)
            out.update({f"{name}_n": moments.n, f"{name}_mean": moments.mean, f"{name}_m2": moments.m2})
        for name in HISTOGRAMS:
            for i, histogram in enumerate(getattr(self, name)):
                out.update({f"{name}_{i}_counts": histogram.counts, f"{name}_{i}_sums": histogram.sums})
        out.update({name: getattr(self, name) for name in COUNTERS})
        return out

    def restore(self, state: State) -> bool:
        """Take over a state written by `state`; return False, and change nothing, if it is of another shape."""
        own = self.state()
        if own.keys() != state.keys() or any(own[name].shape != state[name].shape for name in own):
            return False
        self.n_runs, self.steps_lived = int(state["n_runs"]), float(state["steps_lived"])
        for name in ("outcomes", "counts", "levels", "group_counts"):
            parts = (state[f"{name}_n"], state[f"{name}_mean"], state[f"{name}_m2"])
            setattr(self, name, Moments(*(np.array(part, np.float64) for part in parts)))
        for name in HISTOGRAMS:
            for i, histogram in enumerate(getattr(self, name)):
                histogram.counts = np.array(state[f"{name}_{i}_counts"], np.int64)
                histogram.sums = np.array(state[f"{name}_{i}_sums"], np.float64)
        for name in COUNTERS:
            setattr(self, name, np.array(state[name]))
        return True


def _finite(values: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.bool_] | None]:
    """Put zeros in place of what is infinite or no number, and say where; None if there is none of it."""
    finite = np.isfinite(values)
    if finite.all():
        return values, None
    return np.where(finite, values, np.float32(0)), finite
