"""Outcomes: kinds, windows, payoffs."""

from __future__ import annotations

import datetime as dt

import pytest

from offramp.engine import reference
from tests.model.small import ALWAYS

WEEKLY = {"name": "s", "title": "S", "clock": {"start": "2020-01-01", "days": 70, "step": "1 week"}}


def test_reducers_and_their_units(lowered):
    measures = {
        "a": "any(x > 1)", "b": "first(x > 1)", "c": "count(blue.*)", "d": "max(x)", "e": "mean(x * 2)",
        "f": {"measure": "final(x)", "unit": "points", "title": "X"},
    }  # fmt: skip
    found = [(o.name, o.kind, o.unit, o.leaves) for o in lowered(outcomes=measures).outcomes]
    assert found == [
        ("a", "any", "1", ()),
        ("b", "first", "d", ()),
        ("c", "count", "events", (0,)),
        ("d", "max", "index", ()),
        ("e", "mean", "", ()),
        ("f", "final", "points", ()),
    ]


@pytest.mark.parametrize(
    ("window", "steps"),
    [
        ("", (0, 9)),
        (", by=2020-01-04", (0, 3)),
        (", by=2020-03-01", (0, 9)),
        (", between=(2020-01-03, 2020-01-05)", (2, 4)),
        (", between=(2019-01-03, calendar.vote)", (0, 6)),
        (", between=(2020-02-01, 2020-02-05)", (0, -1)),
        (", by=2019-12-31", (0, -1)),
    ],
)
def test_windows_are_counted_in_steps_of_the_run(lowered, window, steps):
    model = lowered(outcomes={"o": f"any(x > 1{window})"}, calendar={"vote": {"date": "2020-01-07"}})
    assert (model.outcomes[0].first_step, model.outcomes[0].last_step) == steps


def test_a_window_of_a_weekly_clock_holds_the_steps_that_it_touches(lowered):
    model = lowered(scenario=WEEKLY, outcomes={"o": "any(x > 1, between=(2020-01-14, 2020-01-15))"})
    assert (model.outcomes[0].first_step, model.outcomes[0].last_step) == (1, 2)


def test_a_window_moves_with_the_start_of_the_run(lowered):
    model = lowered(start=dt.date(2020, 1, 3), outcomes={"o": "any(x > 1, by=2020-01-04)"})
    assert (model.outcomes[0].first_step, model.outcomes[0].last_step) == (0, 1)


def test_a_payoff_sums_discounted_goals_over_its_horizon(lowered):
    blue = {
        "title": "B", "kind": "state", "discount_half_life": "2 d", "channels": {"f": {"opportunities": 100}},
        "goals": {"x": {"weight": 2}, "y": {"weight": -1, "shape": {"threshold": 3}}},
    }  # fmt: skip
    quantities = {
        "x": {"kind": "level", "unit": "1", "range": [0, 1], "start": 0.5},
        "y": {"kind": "tally", "unit": "1"},
    }
    moves = {"blue.act": {"title": "A", "utility": ALWAYS, "effects": [{"on": "y", "add": 1}]}}
    header = {"name": "s", "title": "S", "clock": {"start": "2020-01-01", "days": 10}, "payoff_horizon": "4 d"}
    model = lowered(
        scenario=header, actors={"blue": blue}, quantities=quantities, moves=moves,
        outcomes={"value": "payoff(blue)", "later": "payoff(blue, by=2020-01-02)"},
    )  # fmt: skip
    block = reference.simulate(model, seed=1, first_run=0, n_runs=1, sample_steps=[])
    half = 2**-0.5
    assert block.outcomes[0] == pytest.approx([1 + half, 1 + half + 0.5 * (1 - 1) + half**3 * (1 - 1)], rel=1e-5)


def test_ends_are_conditions_in_the_order_written(lowered):
    assert len(lowered(ends=["x > 2", "ever(blue.act)"]).ends) == 2
