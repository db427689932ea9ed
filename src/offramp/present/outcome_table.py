"""Outcomes as rows: what happens in the runs, what was recorded, and where each rests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from offramp.analyse.rests import Rests
from offramp.analyse.standing import Standing
from offramp.core.words import number, percent
from offramp.ensemble.ensemble import Ensemble, OutcomeSummary
from offramp.present.evidence_table import anchor, element_title

HALF = 1.645  # standard errors in half a 90 % interval


@dataclass(frozen=True)
class OutcomeRow:
    """One outcome, in texts. place : how the record stands to the runs; evidence : (anchor, title) of what it reads."""

    name: str
    title: str
    unit: str
    share: str
    centre: str
    band: str
    recorded: str
    place: str
    evidence: tuple[tuple[str, str], ...]


def outcome_rows(
    ensemble: Ensemble, found: Rests, standings: Mapping[str, Standing]
) -> tuple[OutcomeRow, ...]:
    """Write the outcomes of an ensemble as rows, in its order."""
    models = {outcome.name: outcome for outcome in ensemble.model.outcomes}
    return tuple(
        _row(outcome, standings.get(name), tuple(
            (anchor(path), element_title(found.document, path))
            for path in found.of_outcome(ensemble.model, models[name])
        ))
        for name, outcome in ensemble.outcomes.items()
    )  # fmt: skip


def _row(outcome: OutcomeSummary, standing: Standing | None, evidence: tuple[tuple[str, str], ...]) -> OutcomeRow:
    recorded, place = _beside(outcome, standing)
    error = number(HALF * outcome.se) if outcome.se is not None else ""
    share = centre = band = ""
    if outcome.kind == "any":
        share = percent(outcome.mean) + (f" ± {percent(HALF * outcome.se)}" if outcome.se is not None else "")
    elif outcome.kind == "first":
        share = percent(outcome.share)
        centre = f"day {number(outcome.q50)}" if outcome.q50 is not None else "never in most runs"
        band = f"day {number(outcome.q05)} to {number(outcome.q95) if outcome.q95 is not None else 'never'}"
    else:
        centre = number(outcome.mean) + (f" ± {error}" if error else "")
        band = f"{number(outcome.q05)} to {number(outcome.q95)}; half above {number(outcome.q50)}"
    unit = "" if outcome.kind in ("any", "first") else outcome.unit
    title = outcome.title or outcome.name
    return OutcomeRow(outcome.name, title, unit, share, centre, band, recorded, place, evidence)


def _beside(outcome: OutcomeSummary, standing: Standing | None) -> tuple[str, str]:
    if standing is None:
        return "not in the record", ""
    if outcome.kind == "any":
        return ("happened" if standing.recorded else "did not happen"), ""
    place = "inside" if standing.is_inside else "outside"
    if outcome.kind == "first":
        return ("never" if standing.recorded < 0 else f"day {number(standing.recorded)}"), place
    return number(standing.recorded), place
