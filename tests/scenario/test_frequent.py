"""Rates beyond what a step can hold: who is warned, and of how many events lost."""

import pytest

from offramp.scenario.check import check_source
from tests.scenario.folders import changed, write

EVIDENCE = "evidence: {status: assumed, why: a sketch}"


def warned(tmp_path, *, rate="1 / week", most=1, opportunities="0.3 / day", step="1 d"):
    """What check says of a spontaneous move's rate, or of a channel's opportunities."""
    move = f'  blue.panic: {{title: Panic, rate: "{rate}", max_per_day: {most}, {EVIDENCE}}}\n'
    text = changed(
        ("moves:\n", f"parameters:\n  often: {{prior: 'Uniform(2, 4)', {EVIDENCE}}}\nmoves:\n{move}"),
        ("opportunities: 0.3 / day", f"opportunities: {opportunities}"),
        ("days: 180", f"days: 180, step: {step}"),
    )
    problems = check_source(write(tmp_path, text))
    return [problem.message for problem in problems if problem.code == "W601"]


@pytest.mark.parametrize(
    ("rate", "most", "asked", "lost"),
    [
        ("5000 / day", 1, "5,000", "4,999"),
        ("2 / day", 1, "2", "1.1"),  # 2 - (1 - exp(-2))
        ("21 / week", 2, "3", "1.2"),  # 3 - (2 - 5 exp(-3))
        ("Gamma(3, rate=1.5) / day", 1, "2", "1.1"),
        ("Gamma(rate=1.5, shape=3) / day", 1, "2", "1.1"),
        ("Exponential(0.5) / day", 1, "2", "1.1"),
        ("parameter.often / day", 1, "3", "2"),  # 3 - (1 - exp(-3)) = 2.05
        ("2 * parameter.often / day", 1, "6", "5"),
        ("(1 + 1) / 1 d", 1, "2", "1.1"),
        ("Normal(1, 1, low=5) / day", 1, "5.2", "4.2"),  # the mean above 4 sd: 1 + 4.226
        ("1e38 * 1e38 / day", 1, "1e+76", "1e+76"),
    ],
)
def test_a_rate_that_a_step_cannot_hold_says_what_is_lost(tmp_path, rate, most, asked, lost):
    (message,) = warned(tmp_path, rate=rate, most=most)
    assert f"means {asked} events in a step" in message
    assert f"at most {most} can happen, so about {lost} are lost" in message


@pytest.mark.parametrize(
    ("rate", "most", "step"),
    [
        ("1 / day", 1, "1 d"),
        ("5 / day", 8, "1 d"),
        ("Exponential(2) / day", 1, "1 d"),
        ("Normal(2, 1, low=0, high=1) / day", 1, "1 d"),
        ("LogNormal(0.1, 60) / day", 1, "1 d"),  # its mean is beyond all numbers, and says nothing
        (" * ".join(["1e38"] * 9) + " / day", 1, "1 d"),
        ("5000 * tension", 1, "1 d"),  # known only in the run, whose report says how often it was cut
        ("1 / day", 1, "1 week"),
    ],
)
def test_a_rate_that_fits_is_not_warned_of(tmp_path, rate, most, step):
    assert warned(tmp_path, rate=rate, most=most, step=step) == []


def test_a_longer_step_holds_more_spontaneous_events(tmp_path):
    (message,) = warned(tmp_path, rate="2 / day", step="1 week")
    assert "means 14 events in a step on average; at most 7 can happen" in message


@pytest.mark.parametrize(("opportunities", "step"), [("10 / day", "1 d"), ("1 / day", "1 week"), ("0.3 / day", "1 d")])
def test_opportunities_may_be_written_to_come_always(tmp_path, opportunities, step):
    assert warned(tmp_path, opportunities=opportunities, step=step) == []


def test_opportunities_far_beyond_the_slots_are_warned_of(tmp_path):
    (message,) = warned(tmp_path, opportunities="500 / day")
    assert "means 500 opportunities in a step on average; at most 1 can be taken, so about 499 are lost." in message
