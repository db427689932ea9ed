"""Differences in hindsight as rows of a table, in words: under two couplings, and between bounds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from offramp.analyse.hindsight import Coupled
from offramp.present.compare_rows import excludes_zero, points, points_interval, signed_at, signed_interval

GUMBEL = "in hindsight, under the Gumbel coupling"
LEGEND = (
    "Which of two worlds with the same chances would have been is not in any record. Gumbel: where something differs, "
    "actors choose with the chance that the record implies. Independent: they choose afresh. Bounds: under every "
    "coupling, told of the record since the first edit only whether it happened; the record tells more, so an answer "
    "may lie outside. Intervals (90 %) speak of the number of histories alone."
)


@dataclass(frozen=True, slots=True)
class CoupledRow:
    """One row: texts to print, and whether the interval leaves 0 out."""

    title: str
    unit: str
    difference: str
    interval: str
    independent: str
    independent_interval: str
    bounds: str
    is_clear: bool


def coupled_rows(found: Iterable[Coupled]) -> tuple[CoupledRow, ...]:
    """Write differences as rows, those left out that are 0 under both couplings."""
    return tuple(_row(one) for one in found if one.difference or one.independent)


def _row(one: Coupled) -> CoupledRow:
    if one.is_share:
        changes = points(one.difference), points(one.independent)
        intervals = points_interval(one.interval), points_interval(one.independent_interval)
    else:
        changes = signed_at(one.difference, one.interval), signed_at(one.independent, one.independent_interval)
        intervals = signed_interval(one.interval), signed_interval(one.independent_interval)
    return CoupledRow(
        one.title or one.name, "" if one.is_share else one.unit, changes[0], intervals[0], changes[1], intervals[1],
        points_interval(one.bounds) if one.bounds else "", excludes_zero(one.interval),
    )  # fmt: skip
