"""How much does pairing help? Small edits of the flagship, 90 days on: variance of unrelated over that of paired runs.

Run k of both sides has the same noise, so what the edit does not touch stays the same. The variance ratio says how many
times as many runs a comparison without common noise would need. The gate is on continuous outcomes: levels, which hold
no whole numbers. Counts and yes/no outcomes are reported. An outcome that no run changes has no ratio and counts as
unchanged. `python -m benchmarks.measures.pairing` prints every ratio.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

import numpy as np

import offramp
from benchmarks.measures.warm import FLAGSHIP
from offramp.analyse.compare import is_whole, is_yes_or_no

DAYS, PAIRS, SEED = 90, 2_000, 1
EDITS = (
    "scale us.posture.opportunities by 0.9",
    "scale iran.nuclear.opportunities by 0.9",
    "scale militias.force.opportunities by 0.9",
    "forbid us.targeted_killing",
    "forbid us.close_embassy",
    "replace us.airstrike[iraq] with us.airstrike[syria]",
    "shift us.show_of_force.utility.base by 0.05",
    "shift iran.ship_attack.utility.base by 0.05",
    "shift militias.rocket_attack.utility.base by 0.05",
    "set tension = 0.3 on 2019-06-01",
    "set us_troops_added = 500 on 2019-06-01",
)
"""Small on purpose: a rate a tenth lower, a rare move forbidden, a utility a twentieth higher, one day's push."""
Kind = Literal["continuous", "counts", "yes or no"]


@dataclass(frozen=True, slots=True)
class Ratio:
    """How much pairing helps one outcome under one edit; None where no run changes."""

    edit: str
    outcome: str
    kind: Kind
    ratio: float | None
    share_changed: float


def measure() -> list[Ratio]:
    """Compare the flagship with each edit."""
    case = offramp.load(FLAGSHIP)
    start, end = case.window.start, case.window.start + timedelta(days=DAYS - 1)
    kinds = _kinds(case.model(start, end))
    ratios = []
    for edit in EDITS:
        result = case.compare(do=[edit], runs=PAIRS, seed=SEED, start=start, end=end)
        for name, outcome in result.compared.comparisons[0].outcomes.items():
            ratios.append(Ratio(edit, name, kinds[name], outcome.variance_ratio, outcome.share_changed))
    return ratios


def _kinds(model: Any) -> dict[str, Kind]:
    """Tell which outcomes are continuous."""
    return {
        outcome.name: "yes or no"
        if is_yes_or_no(model, outcome)
        else "counts"
        if is_whole(model, outcome)
        else "continuous"
        for outcome in model.outcomes
    }


def least(ratios: list[Ratio]) -> Ratio:
    """Return the continuous outcome that pairing helps least."""
    return min((r for r in ratios if r.kind == "continuous" and r.ratio), key=lambda r: r.ratio or 0.0)


def pairing_table(ratios: list[Ratio]) -> str:
    """Return one row an edit: least and median ratio of each kind of outcome."""
    head = (
        "| edit | continuous: least (outcome) | median | counts: least | median | yes or no: least | median "
        "| outcomes that no run changes |\n|---|---:|---:|---:|---:|---:|---:|---:|"
    )
    return "\n".join([head, *(_row(edit, [r for r in ratios if r.edit == edit]) for edit in _edits(ratios))])


def _edits(ratios: list[Ratio]) -> list[str]:
    return list(dict.fromkeys(r.edit for r in ratios))


def _row(edit: str, ratios: list[Ratio]) -> str:
    cells = []
    for kind in ("continuous", "counts", "yes or no"):
        known = [(r.ratio, r.outcome) for r in ratios if r.kind == kind and r.ratio is not None]
        name = f" ({min(known)[1]})" if known and kind == "continuous" else ""
        cells += [f"{min(known)[0]:.3g}{name}", f"{np.median([k[0] for k in known]):.3g}"] if known else ["", ""]
    unchanged = sum(r.ratio is None for r in ratios)
    return f"| `{edit}` | {' | '.join(cells)} | {unchanged} of {len(ratios)} |"


def main() -> None:
    """Print every ratio, the least first."""
    ratios = measure()
    for r in sorted((r for r in ratios if r.ratio), key=lambda r: r.ratio or 0.0):
        print(f"{r.ratio:10.2f}  {r.kind:10}  {r.share_changed:6.1%} changed  {r.outcome:24}  {r.edit}")
    print(pairing_table(ratios))


if __name__ == "__main__":
    main()
