"""Each policy of the crisis does what its name says by another deed, not by a mere ban; the switches are all read."""

import pytest

import offramp
from offramp.scenario.edits import Forbid, parse_edit
from offramp.scenario.load import load

NULL = "maximum_pressure"
# Policy -> the outcome that it is about, and the way in which it must move under the same noise.
AIMS = {
    "stay_in_deal": ("leu_stock_end", -1),
    "syria_only_reprisal": ("strikes_in_iraq", -1),
    "answer_early": ("us_air_strikes", +1),
    "no_commander_strike": ("commander_killed", -1),
    "diplomatic_exit": ("talks_held", +1),
    "strategic_patience": ("us_air_strikes", -1),
    "embassy_ultimatum": ("seen_as_expelled_end", +1),
    "timetable_exit": ("us_troops_end", -1),
    "back_iraqi_reform": ("iran_influence_end", -1),
    "smaller_embassy": ("embassy_closed", -1),
}


@pytest.fixture(scope="module")
def policies():
    return load("us-iran-iraq").document.policies


@pytest.fixture(scope="module")
def compared():
    return offramp.load("us-iran-iraq").compare(policies=[*AIMS, NULL], runs=256, seed=11)


def test_the_policies_are_those_asked_for(policies) -> None:
    assert set(policies) == {*AIMS, NULL}


@pytest.mark.parametrize("name", [*AIMS, NULL])
def test_a_policy_says_why_and_does_something_instead(policies, name: str) -> None:
    policy = policies[name]
    assert policy.title
    assert policy.why
    assert not all(isinstance(parse_edit(text).action, Forbid) for text in policy.edits) or name == NULL


def test_every_rival_reading_is_a_switch_that_some_formula_reads() -> None:
    folder = load("us-iran-iraq").folder
    text = "".join(file.read_text(encoding="utf-8") for file in folder.glob("*.yaml"))
    switches = load("us-iran-iraq").document.switches
    assert set(switches) == {f"R{n}" for n in range(1, 8)}
    assert [name for name in switches if f"switch.{name} ==" not in text] == []


@pytest.mark.slow
def test_every_policy_moves_what_it_is_about_the_way_it_says(compared) -> None:
    moved = {name: compared.comparisons[name].outcomes[outcome].difference for name, (outcome, _) in AIMS.items()}
    assert {name: by for name, by in moved.items() if AIMS[name][1] * by <= 0} == {}


@pytest.mark.slow
def test_maximum_pressure_is_the_baseline_to_the_last_bit(compared) -> None:
    comparison = compared.comparisons[NULL]
    assert comparison.alternative.is_null
    assert comparison.divergence.share == 0


@pytest.mark.slow
def test_by_a_timetable_everybody_leaves_and_by_patience_nobody(compared) -> None:
    left = {name: compared.comparisons[name].outcomes["us_troops_end"].edited for name in AIMS}
    assert left["timetable_exit"] < 50
    assert left["strategic_patience"] > 5000
