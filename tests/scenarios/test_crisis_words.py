"""What the evidence of the crisis says in words of its sizes is what its numbers come to, in the state of 2018."""

import math
from statistics import NormalDist

import pytest

import offramp
from offramp.scenario.load import load

RUNS = 1024  # a share has a standard error of at most 0.016; bands are wider than the words by four of them
DAY, NEXT = "2018-09-05", "2018-09-06"
KILLING = f"force us.targeted_killing on {DAY}"
OPERATIONS = (f"force us.airstrike[iraq] on {DAY}", "force us.targeted_killing on 2018-09-08")
MISSILES = f"force iran.missile_strike on {DAY}"


@pytest.fixture(scope="module")
def case() -> offramp.Case:
    return offramp.load("us-iran-iraq")


def run(case: offramp.Case, end: str, *do: str):
    return case.run(runs=RUNS, seed=4, start="2018-09-01", end=end, do=list(do))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "low", "high", "outcome", "end", "do"),
    [
        ("one in three within ten days", 0.25, 0.45, "us_air_strikes", "2018-09-15", (f"set us_deaths = 1 on {DAY}",)),
        ("even odds within a month", 0.40, 0.62, "missiles_at_us_bases", "2018-10-05", (KILLING,)),
        ("one in five within a month", 0.13, 0.27, "expulsion_vote", "2018-10-05", OPERATIONS),
        ("one in eight within a week", 0.08, 0.23, "embassy_stormed", "2018-09-12", OPERATIONS[:1]),
        ("about two in five", 0.30, 0.50, "talks_held", "2018-12-01", (f"force us.open_negotiations on {DAY}",)),
    ],
)
def test_what_follows_comes_as_often_as_the_words_say(case, words, low, high, outcome, end, do) -> None:
    assert low < run(case, end, *do).outcomes[outcome].mean < high, words


@pytest.mark.slow
def test_after_missiles_deaths_decide_between_standing_down_and_striking_back(case) -> None:
    spared = run(case, "2018-09-20", MISSILES, "hold us_deaths = 0").ensemble.moves
    hit = run(case, "2018-09-20", MISSILES, f"hold us_deaths = 5 from {NEXT}").ensemble.moves
    assert spared["us.strike_iran"]["mean_count"] < 0.02
    assert 0.12 < hit["us.strike_iran"]["mean_count"] < 0.28  # one in five
    assert spared["us.stand_down"]["mean_count"] > 1.5 * hit["us.stand_down"]["mean_count"]
    assert spared["iran.conclude_response"]["mean_count"] > 0.6


@pytest.mark.slow
def test_armed_groups_are_partly_controlled(case) -> None:
    def attacks(word: int) -> dict[str, float]:
        held = (f"hold directive.{group} = {word}" for group in ("militias", "kataib_hezbollah"))
        moves = run(case, "2019-03-01", *held).ensemble.moves
        return {group: moves[f"{group}.rocket_attack"]["mean_count"] for group in ("militias", "kataib_hezbollah")}

    restrained, allowed, ordered = attacks(-1), attacks(0), attacks(1)
    for group, count in allowed.items():
        assert 0 < restrained[group] < 0.6 * count  # heard, and now and then disobeyed
        assert ordered[group] > 2 * count


def test_one_attack_in_twenty_five_kills_an_american() -> None:
    document = load("us-iran-iraq").document
    for group in ("militias", "kataib_hezbollah"):
        (deaths,) = (e for e in document.moves[f"{group}.rocket_attack"].effects if e.on == "us_deaths")
        assert deaths.add == "NegBinomial(LogNormal(0.06, 0.6), 0.05)"
    quantiles = (NormalDist().inv_cdf((n + 0.5) / 2000) for n in range(2000))
    means = [0.06 * math.exp(0.6 * z) for z in quantiles]
    kills = sum(1 - (0.05 / (0.05 + mean)) ** 0.05 for mean in means) / len(means)
    assert round(1 / kills) == 25


def test_the_base_of_rockets_and_the_share_recorded_come_to_the_rows_there_are() -> None:
    record = offramp.load("us-iran-iraq").record
    assert record is not None
    rows = record.events_of(["militias.rocket_attack", "kataib_hezbollah.rocket_attack"])
    year = [row for row in rows if "2018-05-01" <= row.date.isoformat() <= "2019-04-30"]
    attacks = 323 * math.exp(-4.8) + 287 * math.exp(-4.67)
    assert round(attacks * 6 / (6 + 2), 1) == sum(row.count for row in year)  # Beta(6, 2) of recording.csv
