"""Derive the base rates that the crisis' priors cite: `python -m tools.base_rates FOLDER`.

FOLDER holds `mie/mie_1.0.parquet` and `icbe/icbe_events_agreed.parquet`, which are not part of the project. Written are
derived aggregates alone: base-rates.csv beside the scenario, and from it the tables of docs/explanation/base-rates.md.
Nothing in the scenario is changed: where a number cited is not found again, the page says so. Takes some five minutes.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from offramp.scenario.load import load
from tools.base_rates import after, choice, icbe, mie, rates
from tools.base_rates.cited import Checked, Value, check
from tools.base_rates.page import PAGE, renewed

SCENARIO = "us-iran-iraq"
LOTS = 5  # ways of dating the rows whose day is unknown
COLUMNS = ("id", "data", "what", "value", "spread", "cited", "agrees", "used_by")
NO_SPREAD = 0.0


def derive(folder: Path) -> dict[str, Value]:
    """Work out every aggregate; of MIE the mean over several lots, with their standard deviation."""
    runs = [_from_mie(mie.read(folder / "mie", seed)) for seed in range(1, LOTS + 1)]
    found = {
        name: (float(np.mean([run[name] for run in runs])), float(np.std([run[name] for run in runs], ddof=1)))
        for name in runs[0]
    }
    return found | {name: (value, NO_SPREAD) for name, value in _from_icbe(icbe.read(folder / "icbe")).items()}


def _from_mie(pairs: Mapping[mie.Pair, mie.Acts]) -> dict[str, float]:
    fits = {outcome: rates.estimate(pairs, outcome) for outcome in rates.LIKELY}
    chosen = choice.estimate(pairs)
    force, low, any_act = fits["force"], fits["low"], fits["any"]
    at_one_tempo = force.days * force.acted.sum() / force.days.sum()
    with_memories = [_left_over(fit.acted, fit.expected, sides) for fit in (force, any_act) for sides in (False, True)]
    return {
        "after_attack_7": after.followed(pairs, mie.ATTACK, by_opponent=True, days=7).value,
        "after_attack_30": after.followed(pairs, mie.ATTACK, by_opponent=True, days=30).value,
        "after_force_same_day": after.same_day(pairs).value,
        "force_on_opponent_force": force.of("opponent_force")[0],
        "force_on_opponent_force_sd": _width(force, "opponent_force"),
        "low_on_opponent_force": low.of("opponent_force")[0],
        "low_on_opponent_force_sd": _width(low, "opponent_force"),
        "low_on_opponent_low": low.of("opponent_low")[0],
        "low_on_opponent_low_sd": _width(low, "opponent_low"),
        "any_on_own_force": any_act.of("own_force")[0],
        "force_on_own_force": force.of("own_force")[0],
        "choice_of_own_class_14": chosen["own_14"],
        "choice_of_own_class_365": chosen["own_365"],
        "spread_with_memories_least": min(with_memories),
        "spread_with_memories_most": max(with_memories),
        "spread_without_memories_pairs": _left_over(force.acted, at_one_tempo, False),
        "spread_without_memories_sides": _left_over(force.acted, at_one_tempo, True),
    }


def _from_icbe(crises: Mapping[int, Sequence[icbe.Act]]) -> dict[str, float]:
    wanted = {
        "ultimatum_sender_escalates": ("ultimatum", True, "escalate"),
        "ultimatum_addressee_escalates": ("ultimatum", False, "escalate"),
        "offer_addressee_cooperates": ("offer", False, "cooperate"),
        "mediation_addressee_escalates": ("mediation", False, "escalate"),
        "any_addressee_escalates": ("any", False, "escalate"),
    }
    return {
        name: icbe.next_act(crises, kind, by_sender=by_sender).shares[label]
        for name, (kind, by_sender, label) in wanted.items()
    }


def _width(fit: rates.Fit, name: str) -> float:
    """Standard deviation of a prior for a new rivalry: of the estimate and between pairs."""
    _, error, tau = fit.of(name)
    return float(np.hypot(error, tau))


def _left_over(acted: rates.Array, expected: rates.Array, by_side: bool) -> float:
    if by_side:
        return rates.left_over(acted, expected)
    return rates.left_over(acted[0::2] + acted[1::2], expected[0::2] + expected[1::2])


def write(checked: Sequence[Checked], path: Path) -> None:
    """Write the aggregates and what cites them."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for one in checked:
            cited = one.cited
            told = (f"{one.value:.4f}", f"{one.spread:.4f}", cited.cited, "yes" if one.agrees else "no")
            writer.writerow((cited.id, cited.data, cited.what, *told, ";".join(cited.used_by)))


def main(folder: str) -> None:
    """Derive, write, and print what does not agree."""
    checked = check(derive(Path(folder)))
    write(checked, load(SCENARIO).folder / "base-rates.csv")
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    for one in checked:
        if not one.agrees:
            print(f"{one.cited.id}: cited {one.cited.cited}, found {one.value:.3f} (lot {one.spread:.3f})")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("Give the folder that holds mie and icbe.")
    main(sys.argv[1])
