"""Compare a baseline with alternatives, pair by pair: what changes, by how much, in how many runs, and from when on.

Run k of both sides has the same noise and differs only by what the edits bring about. All differences are *edited minus
baseline*; intervals are 90 % and speak of the number of runs only, not of whether the model is right
(`offramp.analyse.intervals`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offramp.analyse.alternatives import Alternative
from offramp.analyse.intervals import Interval, mean_interval, share_interval
from offramp.analyse.readings import Contested, Switch, contested
from offramp.core.words import number, percent
from offramp.ensemble.bins import Histogram
from offramp.ensemble.differences import BASELINE, DIFFERENCE, EDITED, Differences
from offramp.ensemble.ensemble import QUANTILES, Band
from offramp.ensemble.pairs import Pairs
from offramp.ensemble.quantiles import quantile_table
from offramp.expr.ir import Quantity
from offramp.model.model import Model, OutcomeModel


@dataclass(frozen=True, slots=True)
class ShareDifference:
    """How often a `first` happens at all: shares of runs on both sides, their difference, and in how many on both."""

    baseline: float
    edited: float
    difference: float
    interval: Interval
    both: float


@dataclass(frozen=True, slots=True)
class OutcomeDifference:
    """One outcome on both sides, over n pairs of runs. Intervals are 90 %.

    baseline, edited, difference : means. For `first`: days, over the pairs in which it happens on both sides; `share`
        tells how often it happens.
    interval : of the difference, from the pairs. q05, q95 : how far single pairs differ.
    spread : standard deviation of the outcome over the baseline's runs: a scale on which outcomes can stand together.
    share_changed : share of all pairs whose outcome differs at all.
    variance_ratio : variance of the difference of unrelated runs over that of these pairs: how many times as many runs
        a comparison without common noise would need. None where one of them is 0.
    """

    name: str
    kind: str
    unit: str
    title: str
    baseline: float | None
    edited: float | None
    difference: float | None
    interval: Interval | None
    q05: float | None
    q95: float | None
    spread: float | None
    share_changed: float
    variance_ratio: float | None
    n: int
    share: ShareDifference | None = None

    def __str__(self) -> str:
        name = self.title or self.name
        if self.kind == "first" and self.share is not None:
            return f"{name}: in {percent(self.share.baseline)} of runs, {percent(self.share.edited)} with the edits"
        show = percent if self.kind == "any" else number
        return f"{name}: {show(self.baseline)}, {show(self.edited)} with the edits"

    def as_json(self) -> dict[str, object]:
        """Return the shape that `--json` promises."""
        shown = ("baseline", "edited", "difference", "interval", "share_changed", "variance_ratio", "n", "q05", "q95")
        out: dict[str, object] = {name: getattr(self, name) for name in shown}
        out["interval"] = list(self.interval) if self.interval else None
        if self.share is not None:
            share = {name: getattr(self.share, name) for name in ("baseline", "edited", "difference", "both")}
            out["share"] = {**share, "interval": list(self.share.interval)}
        return out


@dataclass(frozen=True)
class Divergence:
    """When pairs part: the first step at whose end anything differs between the two runs of a pair.

    first, q05, q50, q95 : days, over the pairs that part; None if none does.
    days, counts : (step,) proleptic ordinal of each step, and number of pairs that part on it.
    """

    share: float
    first: dt.date | None
    q05: dt.date | None
    q50: dt.date | None
    q95: dt.date | None
    days: NDArray[np.int64]
    counts: NDArray[np.int64]


@dataclass(frozen=True)
class Comparison:
    """One alternative beside the baseline.

    moves : leaf -> mean number of times a run on either side, and the difference.
    quantities, counts : difference over time of what is charted, with the band that holds 90 % of pairs.
    means : quantity -> mean difference at the sampled days, of every quantity.
    example : number of a typical run that changed, see `typical_run`; None if none did.
    contested : outcomes whose difference depends on the reading of a rival claim, see `readings`.
    """

    alternative: Alternative
    n_runs: int
    outcomes: Mapping[str, OutcomeDifference]
    divergence: Divergence
    moves: Mapping[str, Mapping[str, float]]
    quantities: Mapping[str, Band]
    counts: Mapping[str, Band]
    means: Mapping[str, NDArray[np.float64]]
    example: int | None
    contested: tuple[Contested, ...] = ()


@dataclass(frozen=True, slots=True)
class RegretRow:
    """How far one side falls short of the best side of the same run, in one outcome, over n runs.

    side : number of the side, 0 for the baseline. best_share : share of runs in which no side is better.
    """

    outcome: str
    better: str
    side: int
    mean: float
    q50: float | None
    q95: float | None
    best_share: float
    n: int


@dataclass(frozen=True)
class Compared:
    """What `compare` returns: one comparison for each alternative, and regret where asked for."""

    comparisons: tuple[Comparison, ...]
    regret: tuple[RegretRow, ...]

    def in_order(self, names: Iterable[str]) -> Compared:
        """Return the same with outcomes in an order of names, such as that in which they are written."""
        order = list(names)
        ordered = (replace(c, outcomes={name: c.outcomes[name] for name in order}) for c in self.comparisons)
        return Compared(tuple(ordered), self.regret)


def compare(
    pairs: Pairs, *, alternatives: Sequence[Alternative], switches: Mapping[str, Switch] | None = None
) -> Compared:
    """Say of each alternative what differs from the baseline, and where that hangs on the reading of a switch."""
    told = zip(alternatives, pairs.differences, pairs.sides[1:], strict=True)
    days = pairs.model.days[pairs.sample_steps]
    comparisons = [
        Comparison(
            alternative=alternative,
            n_runs=differences.n_runs,
            outcomes={
                o.name: _outcome(pairs.model, differences, i, alternative) for i, o in enumerate(pairs.model.outcomes)
            },
            divergence=_divergence(pairs.model, differences),
            moves=_moves(pairs.sides[0].moves, edited.moves, differences),
            quantities={b.name: b for b in _quantity_bands(pairs.model, differences, days)},
            counts={b.name: b for b in _count_bands(pairs.group_names, differences, days)},
            means={q.path: differences.levels.mean[:, i].copy() for i, q in enumerate(pairs.model.quantities)},
            example=typical_run(differences),
            contested=contested(pairs.model, differences, switches or {}),
        )
        for alternative, differences, edited in told
    ]
    return Compared(tuple(comparisons), tuple(_regret(pairs)))


def typical_run(differences: Differences) -> int | None:
    """Choose the run to tell: among the first changed runs that were kept, the one nearest to the mean change.

    The distance is summed over outcomes that have a difference in all of these runs, each in standard deviations of
    its difference; the lowest run number wins a tie. So the choice depends on the runs alone.
    """
    runs = differences.example_runs[differences.example_runs >= 0]
    if not len(runs):
        return None
    values = differences.example_values[: len(runs)]
    moments = differences.outcomes
    n, sd = moments.n[DIFFERENCE], moments.sd[DIFFERENCE]
    used = (sd > 0) & np.isfinite(values).all(axis=0)
    among_changed = moments.mean[DIFFERENCE] * n / max(int(differences.diverged.sum()), 1)
    distance = (((values - among_changed)[:, used] / sd[used]) ** 2).sum(axis=1)
    return int(runs[int(distance.argmin())])


def _outcome(model: Model, differences: Differences, i: int, alternative: Alternative) -> OutcomeDifference:
    outcome, moments = model.outcomes[i], differences.outcomes
    n = int(moments.n[DIFFERENCE, i]) if outcome.first_step <= outcome.last_step else 0
    named = (outcome.name, outcome.kind, outcome.unit, outcome.title)
    share_changed = int(differences.changed[i]) / max(differences.n_runs, 1)
    share = _share(differences, i, alternative) if outcome.kind == "first" else None
    if n == 0:
        nothing: dict[str, Any] = dict.fromkeys(
            ("baseline", "edited", "difference", "interval", "q05", "q95", "spread", "variance_ratio")
        )
        return OutcomeDifference(*named, **nothing, share_changed=share_changed, n=0, share=share)
    scale = model.step_days if outcome.kind == "first" else 1.0
    baseline, edited, difference = (float(moments.mean[row, i]) * scale for row in (BASELINE, EDITED, DIFFERENCE))
    interval = (0.0, 0.0) if alternative.is_null else _interval(outcome, model, differences, i)
    low, _, high = differences.outcome_histogram[0].quantiles(i, QUANTILES)
    return OutcomeDifference(
        *named, baseline, edited, difference,
        interval=None if interval is None else (interval[0] * scale, interval[1] * scale),
        q05=None if low is None else low * scale, q95=None if high is None else high * scale,
        spread=float(moments.sd[BASELINE, i]) * scale, share_changed=share_changed,
        variance_ratio=_variance_ratio(differences, i), n=n, share=share,
    )  # fmt: skip


def _interval(outcome: OutcomeModel, model: Model, differences: Differences, i: int) -> Interval | None:
    moments, rose, fell = differences.outcomes, int(differences.rose[i]), int(differences.fell[i])
    n = int(moments.n[DIFFERENCE, i])
    if is_yes_or_no(model, outcome):
        return share_interval(n, rose=rose, fell=fell)
    spread = float(np.hypot(moments.sd[BASELINE, i], moments.sd[EDITED, i]))
    if is_whole(model, outcome):
        spread = max(spread, 1.0)  # whole numbers that never moved in n runs move by 1 at least when they do
    mean, m2 = float(moments.mean[DIFFERENCE, i]), float(moments.m2[DIFFERENCE, i])
    return mean_interval(mean, m2, n=n, n_changed=rose + fell, spread=spread)


def is_yes_or_no(model: Model, outcome: OutcomeModel) -> bool:
    """Tell whether an outcome is 0 or 1 in every run."""
    if outcome.kind == "any":
        return True
    of_flag = isinstance(outcome.node, Quantity) and model.quantities[outcome.node.index].kind == "flag"
    return of_flag and outcome.kind in ("max", "min", "final")


def is_whole(model: Model, outcome: OutcomeModel) -> bool:
    """Tell whether an outcome is a whole number in every run."""
    of_tally = isinstance(outcome.node, Quantity) and model.quantities[outcome.node.index].kind in ("tally", "flag")
    return outcome.kind in ("count", "first") or (of_tally and outcome.kind in ("max", "min", "final", "sum"))


def _variance_ratio(differences: Differences, i: int) -> float | None:
    m2 = differences.outcomes.m2[:, i]
    unpaired, paired = float(m2[BASELINE] + m2[EDITED]), float(m2[DIFFERENCE])
    return unpaired / paired if unpaired > 0 and paired > 0 else None


def _share(differences: Differences, i: int, alternative: Alternative) -> ShareDifference:
    both = int(differences.outcomes.n[DIFFERENCE, i])
    rose, fell, n = int(differences.only_edited[i]), int(differences.only_baseline[i]), max(differences.n_runs, 1)
    interval = (0.0, 0.0) if alternative.is_null else share_interval(n, rose=rose, fell=fell)
    return ShareDifference((both + fell) / n, (both + rose) / n, (rose - fell) / n, interval, both / n)


def _divergence(model: Model, differences: Differences) -> Divergence:
    counts = differences.diverged
    reached, changed = np.cumsum(counts), int(counts.sum())

    def day(share: float) -> dt.date | None:
        rank = max(1, int(np.ceil(share * changed - 1e-9)))
        return dt.date.fromordinal(int(model.days[np.searchsorted(reached, rank)])) if changed else None

    first, q05, q50, q95 = (day(share) for share in (0.0, *QUANTILES))
    return Divergence(changed / max(differences.n_runs, 1), first, q05, q50, q95, model.days, counts.copy())


def _moves(
    baseline: Mapping[str, Mapping[str, float]], edited: Mapping[str, Mapping[str, float]], differences: Differences
) -> dict[str, dict[str, float]]:
    return {
        leaf: {
            "baseline": baseline[leaf]["mean_count"],
            "edited": edited[leaf]["mean_count"],
            "difference": float(differences.counts.mean[i]),
        }
        for i, leaf in enumerate(baseline)
    }


def _quantity_bands(model: Model, differences: Differences, days: NDArray[np.int64]) -> list[Band]:
    charted = zip(differences.charts.quantities, differences.level_histograms, strict=True)
    return [
        _band((model.quantities[q].path, model.quantities[q].unit), days, differences.levels.mean[:, q], histogram)
        for q, histogram in charted
    ]


def _count_bands(names: Sequence[str], differences: Differences, days: NDArray[np.int64]) -> list[Band]:
    means = differences.group_counts.mean
    named = zip(names, differences.group_histograms, strict=True)
    return [_band((name, "events"), days, means[:, g], histogram) for g, (name, histogram) in enumerate(named)]


def _band(
    name_and_unit: tuple[str, str], days: NDArray[np.int64], mean: NDArray[np.float64], histogram: Histogram
) -> Band:
    table = quantile_table(histogram, QUANTILES)
    return Band(*name_and_unit, days, mean.copy(), table[:, 0], table[:, 1], table[:, 2])


def _regret(pairs: Pairs) -> list[RegretRow]:
    rows = []
    for i, preference in enumerate(pairs.regret.preferences):
        better = "higher" if preference.sign > 0 else "lower"
        for side in range(len(pairs.sides)):
            n = int(pairs.regret.moments.n[i, side])
            _, middle, high = pairs.regret.histograms[i].quantiles(side, QUANTILES)
            best_share = int(pairs.regret.best[i, side]) / max(n, 1)
            mean = float(pairs.regret.moments.mean[i, side])
            name = pairs.model.outcomes[preference.outcome].name
            rows.append(RegretRow(name, better, side, mean, middle, high, best_share, n))
    return rows
