"""Outcomes as rows: what happens in the runs, what was recorded, and where each rests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from offramp.analyse.rests import Rests
from offramp.analyse.standing import Standing
from offramp.core.words import number, percent
from offramp.ensemble.ensemble import Ensemble, OutcomeSummary
from offramp.present.evidence_table import anchor, element_title
from offramp.present.precision import number_at

HALF = 1.645  # standard errors in half a 90 % interval


@dataclass(frozen=True)
class OutcomeRow:
    """One outcome, in texts. place : how the record stands to the runs; evidence : (anchor, title) of what it reads."""

    name: str
    title: str
    unit: str
    runs: str
    band: str
    recorded: str
    place: str
    evidence: tuple[tuple[str, str], ...]


def outcome_rows(ensemble: Ensemble, found: Rests, *, standings: Mapping[str, Standing]) -> tuple[OutcomeRow, ...]:
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
    half = HALF * outcome.se if outcome.se else None
    band = ""
    if outcome.kind == "any":
        runs = f"{percent(outcome.mean)} of runs" + (f" (± {percent(half)})" if half else "")
    elif outcome.kind == "first":
        middle = f"median day {number(outcome.q50)}" if outcome.q50 is not None else "in most never"
        runs = f"{percent(outcome.share)} of runs; {middle}"
        band = f"day {number(outcome.q05)} to {number(outcome.q95) if outcome.q95 is not None else 'never'}"
    else:
        runs = f"mean {number_at(outcome.mean, half)}" + (f" (± {number_at(half, half)})" if half else "")
        span = span_of(outcome)
        band = f"{span[0]} to {span[2]}, the middle one {span[1]}" if span is not None else ""
    unit = "" if outcome.kind in ("any", "first") else outcome.unit
    title = outcome.title or outcome.name
    return OutcomeRow(outcome.name, title, unit, runs, band, recorded, place, evidence)


def span_of(outcome: OutcomeSummary) -> tuple[str, str, str] | None:
    """Print where 90 % of runs begin, the middle one, and where they end; None without runs."""
    if outcome.q05 is None or outcome.q50 is None or outcome.q95 is None:
        return None
    fine = (outcome.q95 - outcome.q05) / 10
    return number_at(outcome.q05, fine), number_at(outcome.q50, fine), number_at(outcome.q95, fine)


def _beside(outcome: OutcomeSummary, standing: Standing | None) -> tuple[str, str]:
    if standing is None:
        return "not in the record", ""
    if outcome.kind == "any":
        return ("happened" if standing.recorded else "did not happen"), ""
    place = "inside" if standing.is_inside else "outside"
    if outcome.kind == "first":
        return ("never" if standing.recorded < 0 else f"day {number(standing.recorded)}"), place
    return number(standing.recorded), place
