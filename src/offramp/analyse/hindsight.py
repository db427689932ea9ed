"""A difference in hindsight, and what other couplings of the two worlds make of it.

A record tells what happened, not who would have acted otherwise. The answer is given under the Gumbel coupling; beside
it stands that under an independent one. Of what happens or not stand bounds that hold under every coupling, for
somebody who is told of the record after the edit *only whether it happened*: the record tells more than that, so an
answer may lie outside them. Given a whole record, no bound holds under every coupling but 0 and 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from offramp.analyse.bounds import frechet_bounds
from offramp.analyse.compare import Comparison, OutcomeDifference, is_yes_or_no
from offramp.analyse.intervals import Interval
from offramp.ensemble.ensemble import Ensemble
from offramp.model.model import Model


@dataclass(frozen=True, slots=True)
class Coupled:
    """The difference of one outcome under two couplings; intervals are 90 %, of the number of histories only.

    is_share : shares of histories in which it happens; for `first`, of its happening at all
    bounds : of the difference under any coupling, told only whether it happened; None unless it happens or does not
    """

    name: str
    title: str
    unit: str
    is_share: bool
    difference: float | None
    interval: Interval | None
    independent: float | None
    independent_interval: Interval | None
    bounds: Interval | None

    @property
    def disagrees(self) -> bool:
        """Tell whether a difference is clear of 0 under one coupling, but not on the same side under the other."""
        if self.difference is None or self.independent is None:
            return False
        clear = _is_clear(self.interval), _is_clear(self.independent_interval)
        return any(clear) and not (all(clear) and self.difference * self.independent > 0)

    def as_json(self) -> dict[str, object]:
        """Return the shape that `--json` promises."""
        return {
            "difference": self.difference,
            "interval": list(self.interval) if self.interval else None,
            "independent": self.independent,
            "independent_interval": list(self.independent_interval) if self.independent_interval else None,
            "bounds": list(self.bounds) if self.bounds else None,
        }


def coupled(
    model: Model, gumbel: Comparison, *, independent: Comparison, afresh: tuple[Ensemble, Ensemble]
) -> dict[str, Coupled]:
    """Set the differences of one alternative under two couplings side by side, with bounds.

    Parameters
    ----------
    afresh : the same pasts lived on with fresh noise, without and with the edits
    """
    out, by_name = {}, {outcome.name: outcome for outcome in model.outcomes}
    for name, one in gumbel.outcomes.items():  # in the order in which they are told
        outcome, other = by_name[name], independent.outcomes[name]
        is_first = outcome.kind == "first"
        is_share = is_first or is_yes_or_no(model, outcome)
        bounds = _bounds(one, afresh) if is_share else None
        if gumbel.alternative.is_null and is_share:
            bounds = (0.0, 0.0)
        out[name] = Coupled(name, one.title, one.unit, is_share, *_difference(one), *_difference(other), bounds)
    return out


def disagreements(found: Iterable[Coupled]) -> tuple[str, ...]:
    """Say which differences are clear under one coupling and not so under the other."""
    return tuple(
        f"In hindsight, the two couplings disagree on whether `{one.title or one.name}` rises or falls: this record "
        "cannot tell."
        for one in found
        if one.disagrees
    )


def as_json(found: Mapping[str, Coupled]) -> dict[str, object]:
    """Return the shape that `--json` promises."""
    return {name: one.as_json() for name, one in found.items()}


def _difference(outcome: OutcomeDifference) -> tuple[float | None, Interval | None]:
    share = outcome.share
    return (share.difference, share.interval) if share is not None else (outcome.difference, outcome.interval)


def _bounds(outcome: OutcomeDifference, afresh: tuple[Ensemble, Ensemble]) -> Interval | None:
    recorded = outcome.share.baseline if outcome.share is not None else outcome.baseline
    chances = [_chance(side, outcome.name) for side in afresh]
    if recorded is None or chances[0] is None or chances[1] is None:
        return None
    low, high = frechet_bounds(np.array([recorded]), (chances[0], chances[1]))
    return low - recorded, high - recorded


def _chance(side: Ensemble, name: str) -> float | None:
    found = side.outcomes[name]
    return found.share if found.kind == "first" else found.mean


def _is_clear(interval: Interval | None) -> bool:
    return interval is not None and (interval[0] > 0 or interval[1] < 0)
