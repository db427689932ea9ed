"""Quantities: ranges, drift per step, starts."""

from __future__ import annotations

import math
from typing import Any

import pytest

from offramp.expr.ir import Const, Param
from offramp.model.model import UNBOUNDED, Model
from tests.model.small import value_of

WEEKLY = {"name": "s", "title": "S", "clock": {"start": "2020-01-01", "days": 70, "step": "1 week"}}


@pytest.mark.parametrize(
    ("kind", "written", "expected"),
    [
        ("level", [0, 2], (0, 2)),
        ("stock", None, (-UNBOUNDED, UNBOUNDED)),
        ("stock", [0, None], (0, UNBOUNDED)),
        ("tally", None, (0, UNBOUNDED)),
        ("flag", None, (0, 1)),
        ("belief", None, (0, 1)),
    ],
)
def test_each_kind_has_its_range(lowered, kind, written, expected):
    x: dict[str, Any] = {"kind": kind, "unit": "1"} | ({"range": written} if written else {})
    if kind == "belief":
        x["owner"] = "blue"
    (quantity,) = lowered(quantities={"x": x}).quantities
    assert (quantity.low, quantity.high) == expected


def _drifting(lowered: Any, **x: Any) -> Model:
    level = {"kind": "level", "unit": "1", "range": [0, 1]} | x
    flows = {"b": {"on": "x", "per_day": "0.01 * x"}, "a": {"on": "x", "per_day": "Normal(0, 1)"}}
    return lowered(scenario=WEEKLY, quantities={"x": level}, mechanisms=flows)


def test_drift_is_per_step_of_a_week(lowered):
    model = _drifting(lowered, start=0.5, rest=0.2, half_life="14 d", noise=0.02)
    (x,) = model.quantities
    assert value_of(model, x.relax) == pytest.approx(1 - 2**-0.5, rel=1e-6)
    assert value_of(model, x.rest) == pytest.approx(0.2)
    assert value_of(model, x.noise) == pytest.approx(0.02 * math.sqrt(7), rel=1e-6)
    assert [value_of(model, flow, theta=0.1) for flow in x.flows] == pytest.approx([0.7, 0.035])  # by name: a, b
    assert [parameter.path for parameter in model.parameters] == ["mechanism.a"]


def test_a_half_life_may_be_a_prior(lowered):
    model = _drifting(lowered, rest=0.2, half_life="LogNormal(14 d, 0.3)", noise="Gamma(2, 10)", start="Beta(2, 2)")
    (x,) = model.quantities
    assert value_of(model, x.relax, theta=7) == pytest.approx(0.5, rel=1e-5)
    assert [parameter.path for parameter in model.parameters] == ["mechanism.a", "x.half_life", "x.noise", "x.start"]


def test_without_a_rest_a_quantity_returns_to_its_start(lowered):
    model = _drifting(lowered, start="Beta(2, 2)", half_life="7 d")
    (x,) = model.quantities
    assert x.rest == x.start
    assert isinstance(x.start, Param)


def test_nothing_drifts_that_is_not_told_to(lowered):
    (x,) = lowered(quantities={"x": {"kind": "level", "unit": "1", "range": [0, 1], "rest": 0.3}}).quantities
    assert (x.start, x.rest, x.relax, x.noise, x.flows) == (Const(0.0), None, None, None, ())


def test_opportunities_rates_and_cooldowns_are_per_step(lowered):
    blue = {"title": "B", "kind": "state", "channels": {"f": {"opportunities": "0.1 / day", "max_per_day": 2}}}
    moves = {
        "blue.act": {"title": "A", "cooldown": "10 d"},
        "blue.slip": {"title": "S", "rate": "0.02 / day", "max_per_day": 3},
    }
    model = lowered(scenario=WEEKLY, actors={"blue": blue}, moves=moves)
    (channel,), (act, slip) = model.channels, model.moves
    assert value_of(model, channel.probability) == pytest.approx(1 - math.exp(-0.35), rel=1e-6)
    assert (channel.n_slots, channel.moves, act.cooldown, act.rate) == (2, (0,), 2, None)
    assert (slip.channel, slip.max_count) == (None, 21)
    assert value_of(model, slip.rate) == pytest.approx(0.14)


def test_a_cooldown_or_lag_of_ages_runs_as_one_of_the_whole_run(lowered):
    def model(length: str) -> Model:
        return lowered(
            moves={"blue.act": {"title": "A", "cooldown": length, "utility": {"fear": "-1 * x"}}},
            quantities={"x": {"kind": "level", "unit": "1", "range": [0, 1], "seen_by": {"blue": {"lag": length}}}},
        )

    ages, run = model("1000000000000 d"), model("11 d")
    assert (ages.moves[0].cooldown, ages.views[0].lag) == (run.moves[0].cooldown, run.views[0].lag) == (11, 11)
