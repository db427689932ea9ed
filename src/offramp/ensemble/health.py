"""Health of an ensemble: what to distrust, in sentences."""

from __future__ import annotations

import datetime as dt

from offramp.core.draws import UNBOUNDED
from offramp.core.words import percent
from offramp.ensemble.ensemble import Ensemble
from offramp.model.model import Model, OutcomeModel

CLIPPED_OFTEN = 0.05  # share of steps; above it a range shapes the dynamics rather than guards them
CUT_OFTEN = 0.001


def health(ensemble: Ensemble) -> tuple[str, ...]:
    """Say what to distrust in an ensemble; empty if all is well."""
    said = []
    if not ensemble.is_complete:
        said.append(f"Interrupted: {ensemble.n_runs:,} of {ensemble.requested:,} runs were made.")
    for path, n in ensemble.lost.items():
        said.append(
            f"`{path}` grew beyond any number in {n:,} values, which are left out: its feedback has no bound. "
            "Give the quantity a range, or put log1p(...) around what feeds it."
        )
    said += _of_windows(ensemble)
    if ensemble.ended_early:
        said.append(
            f"{percent(ensemble.ended_early / max(ensemble.n_runs, 1))} of runs ended early, by a condition of `ends`: "
            "what is counted or summed up over a run is of fewer days in these."
        )
    unbounded = {q.path for q in ensemble.model.quantities if q.low <= -UNBOUNDED and q.high >= UNBOUNDED}
    for path, share in ensemble.clips.items():
        if share and path in unbounded:
            said.append(f"`{path}` reached the largest number there is: its feedback has no bound. Give it a range.")
        elif share > CLIPPED_OFTEN:
            often = f"{100 * share:.0f} % of steps"
            said.append(f"`{path}` is cut at its range on {often}: widen the range or weaken what drives it.")
    for path, share in ensemble.cuts.items():
        if share > CUT_OFTEN:
            said.append(
                f"`{path}` would happen more often than its max_per_day on {100 * share:.1f} % of steps: raise it."
            )
    return tuple(said)


def _of_windows(ensemble: Ensemble) -> list[str]:
    """Name the outcomes whose window is not, or not wholly, in the run."""
    said = []
    for outcome in ensemble.model.outcomes:
        if outcome.last_step < outcome.first_step:
            said.append(f"Outcome `{outcome.name}` asks about days that are not in this run: it has no value.")
        elif outcome.is_cut:
            first, last = (dt.date.fromordinal(int(day)) for day in _days(ensemble.model, outcome))
            said.append(
                f"Outcome `{outcome.name}` asks about more days than are in this run: it is of {first} to {last} alone."
            )
    return said


def _days(model: Model, outcome: OutcomeModel) -> tuple[int, int]:
    """Return the first and last day of an outcome's steps."""
    end = int(model.days[outcome.last_step]) + max(1, round(model.step_days)) - 1
    return int(model.days[outcome.first_step]), end
