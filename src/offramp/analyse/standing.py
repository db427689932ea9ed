"""How the recorded value of each outcome stands to the runs of an ensemble."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from offramp.analyse.historical import NEVER, historical_outcomes
from offramp.ensemble.ensemble import Ensemble, OutcomeSummary
from offramp.record.record import Record


@dataclass(frozen=True, slots=True)
class Standing:
    """The recorded value of an outcome (days for `first`, -1 where it never happened), and how it stands to the runs.

    is_inside : between the 5 and the 95 % quantile; None where an outcome is yes or no, which is inside almost always.
    is_common : for yes or no, whether most runs agree with the record.
    """

    recorded: float
    is_inside: bool | None
    is_common: bool | None


def standings(ensemble: Ensemble, record: Record | None) -> dict[str, Standing]:
    """Find how the record stands to each outcome that it speaks of."""
    if record is None or not ensemble.n_runs:
        return {}
    recorded = historical_outcomes(ensemble.model, record)
    scale = ensemble.model.step_days
    return {
        name: _standing(outcome, recorded, scale)
        for name, outcome in ensemble.outcomes.items()
        if recorded.get(name) is not None
    }


def _standing(outcome: OutcomeSummary, recorded: Mapping[str, float | None], step_days: float) -> Standing:
    value = recorded[outcome.name]
    assert value is not None, "outcomes without a record are left out before"
    if outcome.kind == "any":
        agree = outcome.mean if value else 1 - (outcome.mean or 0.0)
        return Standing(value, None, is_common=(agree or 0.0) >= 0.5)
    if outcome.kind == "first":
        days = value * step_days if value > NEVER else math.inf
        low, high = (math.inf if q is None else q for q in (outcome.q05, outcome.q95))
        return Standing(value if value < 0 else days, low <= days <= high, None)
    inside = outcome.q05 is not None and outcome.q95 is not None and outcome.q05 <= value <= outcome.q95
    return Standing(value, inside, None)
