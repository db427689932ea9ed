"""What stands out of many comparisons: differences that are clear even after counting how many were looked at.

Ten policies and forty outcomes make four hundred intervals of 90 %, of which forty leave out 0 by chance alone. A
difference *stands out* if its interval would leave out 0 at a level that one in twenty such tables of nothing reaches
(Bonferroni), by the normal law; shares are asked for enough pairs that changed for that law.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

from offramp.analyse.compare import Comparison, OutcomeDifference
from offramp.analyse.intervals import Z

FALSE_ALARM = 0.05
FEWEST_CHANGED = 5  # pairs, below which a difference is not shown


@dataclass(frozen=True, slots=True)
class Standout:
    """An outcome that an alternative changes clearly; size : in standard deviations of the baseline's runs."""

    outcome: OutcomeDifference
    size: float


def n_changed(outcome: OutcomeDifference, n_runs: int) -> int:
    """Count the pairs in which an outcome differs."""
    return round(outcome.share_changed * n_runs)


def is_shown(outcome: OutcomeDifference, n_runs: int) -> bool:
    """Tell whether enough pairs differ for a difference to be shown."""
    return n_changed(outcome, n_runs) >= FEWEST_CHANGED


def standouts(comparisons: Sequence[Comparison]) -> dict[str, tuple[Standout, ...]]:
    """Find what stands out of some comparisons, alternative by alternative, the largest first."""
    looked_at = sum(outcome.kind != "first" for c in comparisons for outcome in c.outcomes.values())
    ratio = NormalDist().inv_cdf(1 - FALSE_ALARM / 2 / max(looked_at, 1)) / Z
    return {c.alternative.name: _of(c, ratio) for c in comparisons}


def _of(comparison: Comparison, ratio: float) -> tuple[Standout, ...]:
    found = []
    for outcome in comparison.outcomes.values():
        if outcome.kind == "first" or not is_shown(outcome, comparison.n_runs):
            continue
        if outcome.difference is None or outcome.interval is None or not outcome.spread:
            continue
        half = max(outcome.interval[1] - outcome.difference, outcome.difference - outcome.interval[0])
        if half > 0 and abs(outcome.difference) > ratio * half:
            found.append(Standout(outcome, outcome.difference / outcome.spread))
    return tuple(sorted(found, key=lambda one: -abs(one.size)))
