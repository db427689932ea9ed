"""What differs between runs of a baseline and the same runs under edits, streamed in blocks.

Run k of both sides has the same noise, so everything is taken pair by pair: moments of the difference say far more
than two averages. Statistics of a block are formed in float64 from that block alone and folded in block order.
A difference is always *edited minus baseline*.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offramp.engine.block import Block
from offramp.engine.fold import moments_of
from offramp.ensemble.bins import Bins, Histogram
from offramp.ensemble.summary import Moments, State
from offramp.model.model import Model

EXAMPLES = 100  # changed runs that are remembered, to choose one to tell
BASELINE, EDITED, DIFFERENCE = 0, 1, 2  # rows of the moments of outcomes
MOMENTS = ("outcomes", "counts", "levels", "group_counts", "readings")
SWITCH = "switch."  # paths of switches begin so
COUNTERS = ("changed", "rose", "fell", "only_baseline", "only_edited", "diverged", "example_runs", "example_values")
HISTOGRAMS = ("outcome_histogram", "level_histograms", "group_histograms")


@dataclass(frozen=True)
class Charts:
    """What is followed over time with its whole distribution, not only its mean.

    quantities : indices of quantities. groups : for each chart of moves, the leaves whose running counts are added up.
    """

    quantities: tuple[int, ...]
    groups: tuple[tuple[int, ...], ...]


class Differences:
    """Everything that is kept of the pairs of one alternative.

    outcomes : (3, outcome) moments of baseline, edited and difference, over pairs in which both are finite and, for
        `first`, happen. changed, rose, fell : (outcome,) pairs that differ at all, and whose difference is above and
        below 0. only_baseline, only_edited : (outcome,) pairs in which a `first` happens on that side alone.
    counts, levels, group_counts : moments of the difference per leaf, (sample, quantity) and (sample, group).
    readings : (reading, outcome) moments of the difference among the runs that drew one alternative of a switch;
        readings_of : switch -> the rows of its alternatives, in their order.
    diverged : (step,) pairs that first differ on that step. example_runs, example_values : the first
        `EXAMPLES` runs that changed (-1 where there are fewer) and their differences (run, outcome), no number where
        an outcome has none.
    """

    def __init__(self, model: Model, n_samples: int, charts: Charts) -> None:
        n_outcomes = len(model.outcomes)
        self.charts = charts
        self.is_first = np.array([outcome.kind == "first" for outcome in model.outcomes], bool)
        self.n_runs = 0
        self.outcomes = Moments.empty((3, n_outcomes))
        self.counts = Moments.empty((len(model.leaves),))
        self.levels = Moments.empty((n_samples, len(model.quantities)))
        self.group_counts = Moments.empty((n_samples, len(charts.groups)))
        self.readings_of, self._drawn = _number_readings(model)
        self.readings = Moments.empty((len(self._drawn), n_outcomes))
        self.changed, self.rose, self.fell, self.only_baseline, self.only_edited = np.zeros((5, n_outcomes), np.int64)
        self.diverged = np.zeros(model.n_steps, np.int64)
        self.example_runs = np.full(EXAMPLES, -1, np.int64)
        self.example_values = np.zeros((EXAMPLES, n_outcomes))
        self.outcome_histogram = [Histogram(Bins("log"), n_outcomes)]
        self.level_histograms = [Histogram(Bins("log"), n_samples) for _ in charts.quantities]
        self.group_histograms = [Histogram(Bins("log"), n_samples) for _ in charts.groups]

    def add(self, baseline: Block, edited: Block) -> None:
        """Fold in the same runs of both sides."""
        self.n_runs += baseline.outcomes.shape[0]
        step = first_difference(baseline, edited)
        self.diverged += np.bincount(step[step >= 0], minlength=len(self.diverged))
        difference = self._add_outcomes(baseline.outcomes.T, edited.outcomes.T)
        self._remember(baseline.first_run + np.flatnonzero(step >= 0), difference[:, step >= 0].T)
        self._add_readings(baseline.parameters, difference)
        self.counts.add(edited.counts.T.astype(np.float64) - baseline.counts.T)
        self._add_paths(baseline, edited)

    def _add_outcomes(self, a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float64]:
        """Fold in outcomes (outcome, run) and return their differences, no number where there is none."""
        both_sound = np.isfinite(a) & np.isfinite(b)
        self.changed += outcomes_differ(a, b).sum(axis=1)
        happens = [~self.is_first[:, None] | (side >= 0) for side in (a, b)]
        self.only_baseline += (both_sound & happens[0] & ~happens[1]).sum(axis=1)
        self.only_edited += (both_sound & happens[1] & ~happens[0]).sum(axis=1)
        valid = both_sound & happens[0] & happens[1]
        with np.errstate(invalid="ignore"):  # infinite on both sides: no number, and left out
            table = np.stack([a, b, b.astype(np.float64) - a])
        table[:, ~valid] = np.nan
        difference: NDArray[np.float64] = table[DIFFERENCE]
        self.rose += (difference > 0).sum(axis=1)
        self.fell += (difference < 0).sum(axis=1)
        self.outcomes.add(np.where(valid, table, 0.0), np.broadcast_to(valid, table.shape))
        self.outcome_histogram[0].add(difference.astype(np.float32))
        return difference

    def _add_readings(self, parameters: NDArray[np.float32], difference: NDArray[np.float64]) -> None:
        if self._drawn:
            among = [difference[:, parameters[:, p] == value] for p, value in self._drawn]
            self.readings.merge(*np.stack([moments_of(values[:, None, :], 0) for values in among], axis=1))

    def _remember(self, runs: NDArray[np.int64], differences: NDArray[np.float64]) -> None:
        done = int((self.example_runs >= 0).sum())
        new = min(len(runs), EXAMPLES - done)
        self.example_runs[done : done + new] = runs[:new]
        self.example_values[done : done + new] = differences[:new]

    def _add_paths(self, baseline: Block, edited: Block) -> None:
        with np.errstate(invalid="ignore"):  # infinite on both sides: no number, and left out
            levels = edited.samples - baseline.samples
        charted = dict(zip(self.charts.quantities, self.level_histograms, strict=True))
        moments = [charted[q].add(levels, q) if q in charted else moments_of(levels, q) for q in range(levels.shape[1])]
        self.levels.merge(*columns(moments, self.levels.n.shape))
        if self.charts.groups:
            sides = (grouped_counts(block, self.charts.groups) for block in (baseline, edited))
            grouped = np.subtract(*reversed([*sides]))
            moments = [histogram.add(grouped, g) for g, histogram in enumerate(self.group_histograms)]
            self.group_counts.merge(*columns(moments, self.group_counts.n.shape))

    def state(self) -> State:
        """Return the whole state as named arrays."""
        out: State = {name: getattr(self, name) for name in COUNTERS}
        for name in MOMENTS:
            moments: Moments = getattr(self, name)
            out.update({f"{name}_n": moments.n, f"{name}_mean": moments.mean, f"{name}_m2": moments.m2})
        for name in HISTOGRAMS:
            for i, histogram in enumerate(getattr(self, name)):
                out[f"{name}_{i}"] = histogram.table
        return {"n_runs": np.array(self.n_runs), **out}

    def restore(self, state: State) -> None:
        """Take over a state of the same shape."""
        self.n_runs = int(state["n_runs"])
        for name in COUNTERS:
            setattr(self, name, np.array(state[name]))
        for name in MOMENTS:
            parts = (state[f"{name}_n"], state[f"{name}_mean"], state[f"{name}_m2"])
            setattr(self, name, Moments(*(np.array(part, np.float64) for part in parts)))
        for name in HISTOGRAMS:
            for i, histogram in enumerate(getattr(self, name)):
                histogram.table = np.array(state[f"{name}_{i}"], np.float64)


def _number_readings(model: Model) -> tuple[dict[str, range], list[tuple[int, float]]]:
    """Number the alternatives of all switches: the rows of each switch, and of each row its parameter and value."""
    rows: dict[str, range] = {}
    drawn: list[tuple[int, float]] = []
    for p, parameter in enumerate(model.parameters):
        if parameter.path.startswith(SWITCH):
            n = len(parameter.distribution.args)
            rows[parameter.path.removeprefix(SWITCH)] = range(len(drawn), len(drawn) + n)
            drawn += [(p, float(value)) for value in range(n)]
    return rows, drawn


def first_difference(baseline: Block, edited: Block) -> NDArray[np.int64]:
    """Find the first step on which each run differs from its pair, by their trails; -1 where it never does.

    Where two histories are the same and only outcomes differ, because these read a parameter that an edit shifts, the
    step is the last one, with which outcomes are settled.
    """
    assert baseline.trail is not None
    assert edited.trail is not None
    differs = baseline.trail != edited.trail
    differs[-1] |= outcomes_differ(baseline.outcomes.T, edited.outcomes.T).any(axis=0)
    return np.where(differs.any(axis=0), differs.argmax(axis=0), -1).astype(np.int64)


def outcomes_differ(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Tell which outcomes differ; two that are no numbers do not."""
    return np.not_equal(a, b) & ~(np.isnan(a) & np.isnan(b))


def grouped_counts(block: Block, groups: Sequence[Sequence[int]]) -> NDArray[np.float32]:
    """Add up the running counts of each group of leaves: (sample, group, run)."""
    return np.stack([block.sample_counts[:, list(leaves), :].sum(axis=1) for leaves in groups], axis=1)


def columns(moments: Sequence[NDArray[np.float64]], shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Put the moments (3, row) of some columns side by side: (3, row, column)."""
    return np.stack(moments, axis=-1) if moments else np.zeros((3, *shape))
