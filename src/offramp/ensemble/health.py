"""Health of an ensemble: what to distrust, in sentences."""

from __future__ import annotations

from offramp.ensemble.ensemble import Ensemble

CLIPPED_OFTEN = 0.05  # share of steps; above it a range shapes the dynamics rather than guards them
CUT_OFTEN = 0.001


def health(ensemble: Ensemble) -> tuple[str, ...]:
    """Say what to distrust in an ensemble; empty if all is well."""
    said = []
    if not ensemble.is_complete:
        said.append(f"Interrupted: {ensemble.n_runs:,} of {ensemble.requested:,} runs were made.")
    for name, outcome in ensemble.outcomes.items():
        if outcome.n == 0:
            said.append(f"Outcome `{name}` asks about days that are not in this run: it has no value.")
    for path, n in ensemble.lost.items():
        said.append(
            f"`{path}` grew beyond any number in {n:,} values, which are left out: its feedback has no bound. "
            "Give the quantity a range, or put log1p(...) around what feeds it."
        )
    for path, share in ensemble.clips.items():
        if share > CLIPPED_OFTEN:
            often = f"{100 * share:.0f} % of steps"
            said.append(f"`{path}` is cut at its range on {often}: widen the range or weaken what drives it.")
    for path, share in ensemble.cuts.items():
        if share > CUT_OFTEN:
            said.append(
                f"`{path}` would happen more often than its max_per_day on {100 * share:.1f} % of steps: raise it."
            )
    return tuple(said)
