"""Differences of outcomes as rows of a table, in words: the same on the screen, in the report and in notebooks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from offramp.analyse.compare import Comparison, OutcomeDifference
from offramp.analyse.intervals import Interval
from offramp.analyse.readings import Contested
from offramp.analyse.standouts import n_changed
from offramp.core.words import number, percent
from offramp.present.precision import rounded


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """One row: texts to print, whether no run changed, and whether the interval leaves 0 out.

    n_changed : runs in which it differs.
    """

    title: str
    unit: str
    baseline: str
    edited: str
    difference: str
    interval: str
    changed: str
    ratio: str
    is_unchanged: bool
    is_clear: bool
    n_changed: int


def difference_rows(comparison: Comparison) -> tuple[DifferenceRow, ...]:
    """Write the outcomes of a comparison as rows, in their order; a `first` has two: whether, and when."""
    return tuple(row for outcome in comparison.outcomes.values() for row in _rows(outcome, comparison.n_runs))


def _rows(outcome: OutcomeDifference, n_runs: int) -> Iterable[DifferenceRow]:
    title = outcome.title or outcome.name
    if outcome.kind != "first":
        yield _row(outcome, n_runs, title=title, unit=outcome.unit)
        return
    share = outcome.share
    if share is not None:
        yield DifferenceRow(
            f"{title}: it happens at all", "", percent(share.baseline), percent(share.edited),
            points(share.difference), points_interval(share.interval), percent(outcome.share_changed), "",
            outcome.share_changed == 0, excludes_zero(share.interval), n_changed(outcome, n_runs),
        )  # fmt: skip
    if outcome.n:
        yield _row(outcome, n_runs, title=f"{title}: day, where it happens on both sides", unit="days")


def _row(outcome: OutcomeDifference, n_runs: int, *, title: str, unit: str) -> DifferenceRow:
    is_share = outcome.kind == "any"
    show = percent if is_share else number
    change = points(outcome.difference) if is_share else signed_at(outcome.difference, outcome.interval)
    bounds = points_interval if is_share else signed_interval
    return DifferenceRow(
        title, "" if is_share else unit, show(outcome.baseline), show(outcome.edited), change,
        bounds(outcome.interval), percent(outcome.share_changed), number(outcome.variance_ratio),
        outcome.share_changed == 0, excludes_zero(outcome.interval), n_changed(outcome, n_runs),
    )  # fmt: skip


def readings_in_words(contested: Contested) -> str:
    """Tell the difference of an outcome under each reading of a rival claim."""
    if contested.kind == "any":
        told = [(r.alternative, points(r.difference), points_interval(r.interval)) for r in contested.readings]
    else:
        told = [
            (r.alternative, signed_at(r.difference, r.interval), signed_interval(r.interval))
            for r in contested.readings
        ]
    return "; ".join(f"{alternative} {change} ({bounds})" for alternative, change, bounds in told)


def signed(value: float | None) -> str:
    """Print a difference with its sign; 0 has none."""
    if not value:
        return number(value)
    return f"{'+' if value > 0 else '−'}{number(abs(value))}"


def points(share: float | None) -> str:
    """Print a difference of shares in percentage points."""
    return "–" if share is None else signed(_rounded(100 * share))


def signed_interval(interval: Interval | None) -> str:
    """Print an interval of a difference."""
    return "–" if interval is None else f"{signed_at(interval[0], interval)} to {signed_at(interval[1], interval)}"


def signed_at(value: float | None, interval: Interval | None) -> str:
    """Print a difference with its sign, no finer than its interval is wide."""
    if value is None or interval is None:
        return signed(value)
    return signed(rounded(value, (interval[1] - interval[0]) / 2))


def points_interval(interval: Interval | None) -> str:
    """Print an interval of a difference of shares in percentage points."""
    return "–" if interval is None else f"{points(interval[0])} to {points(interval[1])}"


def _rounded(value: float) -> float:
    """Round to two decimals at most: a hundredth of a percentage point is beyond any number of runs in use."""
    return round(value, 2) + 0.0  # no negative zero


def excludes_zero(interval: Interval | None) -> bool:
    """Tell whether an interval leaves 0 out."""
    return interval is not None and (interval[0] > 0 or interval[1] < 0)
