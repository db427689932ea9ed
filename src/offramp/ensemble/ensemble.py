"""Ensemble: the summary of many runs, labelled with the names of the scenario."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from offramp.core.words import number, percent
from offramp.ensemble.bins import Histogram
from offramp.ensemble.quantiles import quantile_table
from offramp.ensemble.summary import Summary
from offramp.model.model import Model

if TYPE_CHECKING:
    import xarray

QUANTILES = (0.05, 0.5, 0.95)


@dataclass(frozen=True, slots=True)
class OutcomeSummary:
    """One outcome over the runs. Intervals are 90 %.

    mean, se : of the outcome and its Monte-Carlo standard error. For `first`: days since the start,
        over the runs in which it happens (share of the runs); a run in which it never does sorts
        last, so a quantile that falls among these is None.
    """

    name: str
    kind: str
    unit: str
    title: str
    mean: float | None
    se: float | None
    q05: float | None
    q50: float | None
    q95: float | None
    n: int
    share: float | None = None

    def __str__(self) -> str:
        name = self.title or self.name
        if self.kind == "any":
            return f"{name}: {percent(self.mean)}"
        if self.kind == "first":
            return f"{name}: in {percent(self.share)} of runs, 90 % from day {number(self.q05)} to {number(self.q95)}"
        return f"{name}: mean {number(self.mean)}, 90 % of runs {number(self.q05)} to {number(self.q95)}"

    def as_json(self) -> dict[str, float | int | None]:
        """Return the shape that `--json` promises."""
        out: dict[str, float | int | None] = {
            "mean": self.mean, "se": self.se, "q05": self.q05, "q50": self.q50, "q95": self.q95, "n": self.n,
        }  # fmt: skip
        return out if self.kind != "first" else {**out, "share": self.share}


@dataclass(frozen=True, slots=True)
class Band:
    """A quantity or a running count over time: mean, median and 90 % band at sampled days."""

    name: str
    unit: str
    days: NDArray[np.int64]  # (sample,) proleptic ordinals
    mean: NDArray[np.float64]
    q05: NDArray[np.float64]
    q50: NDArray[np.float64]
    q95: NDArray[np.float64]


@dataclass(frozen=True, repr=False)
class Ensemble:
    """What is known of an ensemble after its runs have streamed by."""

    model: Model
    n_runs: int
    requested: int
    outcomes: Mapping[str, OutcomeSummary]
    moves: Mapping[str, Mapping[str, float]]  # leaf -> mean_count, q05, q95
    quantities: Mapping[str, Band]  # all of them, but in comparisons those that a chart shows
    counts: Mapping[str, Band]  # chart of moves -> running count
    clips: Mapping[str, float]  # quantity -> share of steps on which it was cut at its range
    cuts: Mapping[str, float]  # spontaneous move -> share of steps on which its count was cut
    lost: Mapping[str, int] = field(default_factory=dict)  # outcome or quantity -> values that were no finite numbers
    ended_early: int = 0  # runs that a condition of `ends` ended before their last step

    @property
    def is_complete(self) -> bool:
        """Tell whether all requested runs were made."""
        return self.n_runs == self.requested

    def in_order(self, names: Iterable[str]) -> Ensemble:
        """Return the same with its outcomes in an order of names, such as that in which they are written."""
        return replace(self, outcomes={name: self.outcomes[name] for name in names})

    def __repr__(self) -> str:
        return f"Ensemble({self.model.name!r}, {self.n_runs:,} runs, {len(self.outcomes)} outcomes)"

    def to_xarray(self) -> xarray.Dataset:
        """Return the bands as a labelled Dataset (needs the extra `tables`).

        Raises
        ------
        ImportError : xarray is not installed.
        """
        import xarray

        statistics = ("mean", "q05", "q50", "q95")
        variables: dict[str, Any] = {}
        for kind, bands in (("quantity", self.quantities), ("count", self.counts)):
            for name, band in bands.items():
                values = np.stack([getattr(band, s) for s in statistics])
                variables[f"{kind}:{name}"] = (("statistic", "day"), values, {"units": band.unit})
        days = np.array(next(iter(self.quantities.values())).days if self.quantities else [], np.int64)
        dates = (days - np.datetime64("1970-01-01").astype("O").toordinal()).astype("datetime64[D]")
        return xarray.Dataset(variables, coords={"statistic": list(statistics), "day": dates})


def label(model: Model, summary: Summary, *, requested: int, sample_steps: NDArray[np.int64],
          group_names: tuple[str, ...]) -> Ensemble:  # fmt: skip
    """Turn a summary into an Ensemble."""
    summary.settle()
    days = model.days[sample_steps]
    quantities = {
        model.quantities[i].path: _band(
            (model.quantities[i].path, model.quantities[i].unit), days, summary.levels.mean[:, i], histogram
        )
        for i, histogram in zip(summary.charted, summary.level_histograms, strict=True)
    }
    counts = {
        name: _band((name, "events"), days, summary.group_counts.mean[:, g], histogram)
        for g, (name, histogram) in enumerate(zip(group_names, summary.group_histograms, strict=True))
    }
    steps = max(summary.steps_lived, 1.0)
    return Ensemble(
        model=model,
        n_runs=summary.n_runs,
        requested=requested,
        outcomes={o.name: _outcome(model, summary, i) for i, o in enumerate(model.outcomes)},
        moves={leaf.path: _count(summary, i) for i, leaf in enumerate(model.leaves)},
        quantities=quantities,
        counts=counts,
        clips={q.path: float(summary.clips[i]) / steps for i, q in enumerate(model.quantities)},
        lost=_lost(model, summary),
        ended_early=summary.ended_early,
        cuts={m.path: float(summary.cuts[i]) / steps for i, m in enumerate(model.moves) if m.rate is not None},
    )


def _lost(model: Model, summary: Summary) -> dict[str, int]:
    named = [*((o.name, n) for o, n in zip(model.outcomes, summary.lost_outcomes, strict=True))]
    named += [(q.path, n) for q, n in zip(model.quantities, summary.lost_levels, strict=True)]
    return {name: int(n) for name, n in named if n}


def _outcome(model: Model, summary: Summary, i: int) -> OutcomeSummary:
    outcome = model.outcomes[i]
    if outcome.last_step < outcome.first_step:  # its window has no day of this run
        nothing = dict.fromkeys(("mean", "se", "q05", "q50", "q95"))
        return OutcomeSummary(outcome.name, outcome.kind, outcome.unit, outcome.title, n=0, **nothing)
    happened = int(summary.outcomes.n[i])
    scale = model.step_days if outcome.kind == "first" else 1.0
    mean = float(summary.outcomes.mean[i]) * scale if happened else None
    se = float(summary.outcomes.sd[i]) / happened**0.5 * scale if happened > 1 else None
    total = summary.n_runs if outcome.kind == "first" else None  # runs in which it never happens sort last
    quantiles = summary.outcome_histograms[i].quantiles(0, QUANTILES, total=total)
    q05, q50, q95 = (None if value is None else value * scale for value in quantiles)
    share = happened / summary.n_runs if outcome.kind == "first" and summary.n_runs else None
    return OutcomeSummary(
        name=outcome.name, kind=outcome.kind, unit=outcome.unit, title=outcome.title,
        mean=mean, se=se, q05=q05, q50=q50, q95=q95, n=summary.n_runs, share=share,
    )  # fmt: skip


def _count(summary: Summary, i: int) -> dict[str, float]:
    q05, _, q95 = summary.count_histograms[0].quantiles(i, QUANTILES)
    return {"mean_count": float(summary.counts.mean[i]), "q05": q05 or 0.0, "q95": q95 or 0.0}


def _band(
    name_and_unit: tuple[str, str], days: NDArray[np.int64], mean: NDArray[np.float64], histogram: Histogram
) -> Band:
    table = quantile_table(histogram, QUANTILES)
    return Band(*name_and_unit, days, mean.copy(), table[:, 0], table[:, 1], table[:, 2])
