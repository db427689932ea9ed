"""The rival readings of the crisis do what they are named for: held to one reading, the same edit leads elsewhere."""

import re
import shutil
from pathlib import Path

import pytest

import offramp
from offramp.scenario.load import load

PAIRS = 512  # under every reading the difference is at least three of its standard errors from the other's


def held(folder: Path, switch: str, reading: str) -> offramp.Case:
    """The crisis with a switch held (as good as) to one reading."""
    shutil.copytree(load("us-iran-iraq").folder, folder)
    for file in folder.glob("*.yaml"):
        text = file.read_text(encoding="utf-8")
        found = re.search(rf"^  {switch}:\n    title: .*\n    prior: Categorical\((.*)\)$", text, re.MULTILINE)
        if found:
            names = [odds.partition("=")[0].strip() for odds in found[1].split(",")]
            rest = 1e-6
            odds = ", ".join(f"{n}={1 - rest * (len(names) - 1) if n == reading else rest}" for n in names)
            file.write_text(text[: found.start(1)] + odds + text[found.end(1) :], encoding="utf-8")
            return offramp.load(folder)
    raise AssertionError(f"no switch {switch}")


def effect(case: offramp.Case, outcome: str, *, policy: str = "", do: tuple[str, ...] = ()) -> float:
    result = case.compare(do=list(do), policies=[policy] if policy else [], runs=PAIRS, seed=5)
    (comparison,) = result.comparisons.values()
    return comparison.outcomes[outcome].difference


@pytest.mark.slow
@pytest.mark.parametrize(
    ("switch", "higher", "lower", "outcome", "edit"),
    [
        ("R1", "exit_rewards", "force_frightens", "rocket_attacks", "policy embassy_ultimatum"),
        ("R2", "revenge", "nothing", "rocket_attacks", "force us.targeted_killing on 2019-09-01"),
        ("R2", "nothing", "deters", "rocket_attacks", "force us.targeted_killing on 2019-09-01"),
        ("R4", "any_strike", "place", "embassy_stormed", "force us.airstrike[syria] on 2019-09-01"),
        ("R5", "iraq", "gulf", "gulf_attacks", "policy stay_in_deal"),
        ("R5", "gulf", "iraq", "rocket_attacks", "policy stay_in_deal"),
        ("R6", "strikes_hard", "invites_attack", "rocket_attacks", "forbid us.disavow_war"),
        ("R7", "waiting", "satisfied", "rocket_attacks", "hold seen_as_expelled = 1"),
    ],
)
def test_the_same_edit_leads_elsewhere_under_the_rival_reading(
    tmp_path: Path, switch: str, higher: str, lower: str, outcome: str, edit: str
) -> None:
    policy = edit.removeprefix("policy ") if edit.startswith("policy ") else ""
    do = () if policy else (edit,)
    effects = {
        reading: effect(held(tmp_path / reading, switch, reading), outcome, policy=policy, do=do)
        for reading in (higher, lower)
    }
    assert effects[higher] > effects[lower]


@pytest.mark.slow
def test_attacks_drive_cuts_under_one_reading_alone(tmp_path: Path) -> None:
    fewer = tuple(f"scale {actor}.force.opportunities by 0.5" for actor in ("militias", "kataib_hezbollah"))
    kept = {
        reading: effect(held(tmp_path / reading, "R3", reading), "us_troops_end", do=fewer)
        for reading in ("under_fire", "capability")
    }
    assert kept["under_fire"] > 100 > kept["capability"]
