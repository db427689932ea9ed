"""Utilities by hand: named terms, and what goals give to believed effects."""

from __future__ import annotations

import math
from typing import Any

import pytest

from tests.model.small import value_of

QUANTITIES = {
    "x": {"kind": "level", "unit": "index", "range": [0, 1], "start": 0.9},
    "dead": {"kind": "tally", "unit": "people", "start": 3},
    "wealth": {"kind": "stock", "unit": "usd", "start": 5},
}


@pytest.fixture
def utility(lowered) -> Any:
    """The utility of `blue.act` with some goals and effects, all parameters at `theta`."""

    def of(goals: dict[str, Any], *effects: dict[str, Any], theta: float = 0.0, **move: Any) -> float:
        blue = {
            "title": "Blue",
            "kind": "state",
            "goals": goals,
            "discount_half_life": "10 d",
            "channels": {"force": {"opportunities": "1 / day"}},
        }
        act = {"title": "Act", "effects": list(effects)} | move
        model = lowered(actors={"blue": blue}, quantities=QUANTITIES, moves={"blue.act": act})
        return value_of(model, model.moves[0].utility, theta=theta)

    return of


def test_terms_add_up(utility):
    assert utility({}, utility={"base": -2, "heat": "0.5 * x"}) == pytest.approx(-1.55)


def test_an_added_change_is_clipped_to_the_range(utility):
    assert utility({"x": {"weight": -2}}, {"on": "x", "add": 0.05}) == pytest.approx(-0.1, rel=1e-5)
    assert utility({"x": {"weight": -2}}, {"on": "x", "add": 0.2}) == pytest.approx(-0.2, rel=1e-5)


def test_a_goal_counts_the_mean_of_what_is_drawn(utility):
    assert utility({"dead": {"weight": -1}}, {"on": "dead", "add": "Poisson(0.4)"}) == pytest.approx(-0.4)
    truncated = {"on": "wealth", "add": "Normal(0, 1, low=0)"}
    assert utility({"wealth": {"weight": 1}}, truncated) == pytest.approx(math.sqrt(2 / math.pi), rel=1e-5)


def test_a_mean_may_be_a_parameter(utility):
    uncertain = {"on": "wealth", "add": "LogNormal(Normal(2, 1), 0.5)"}
    assert utility({"wealth": {"weight": 1}}, uncertain, theta=3) == pytest.approx(3 * math.exp(0.125), rel=1e-6)
    bounded = {"on": "wealth", "add": "Normal(Normal(2, 1), 0.5, high=2)"}
    assert utility({"wealth": {"weight": 1}}, bounded, theta=3) == pytest.approx(2)


def test_setting_and_scaling_are_changes_from_now(utility):
    assert utility({"x": {"weight": 1}}, {"on": "x", "set": 0.2}) == pytest.approx(-0.7, rel=1e-5)
    assert utility({"x": {"weight": 1}}, {"on": "x", "scale": 0.5}) == pytest.approx(-0.45, rel=1e-5)
    assert utility({"x": {"weight": 1}}, {"on": "x", "scale": 2}) == pytest.approx(0.1, rel=1e-5)


def test_probability_condition_and_delay_weigh_an_effect(utility):
    goal = {"wealth": {"weight": 2}}
    assert utility(goal, {"on": "wealth", "add": 1, "probability": 0.25}) == pytest.approx(0.5)
    assert utility(goal, {"on": "wealth", "add": 1, "delay": "20 d"}) == pytest.approx(0.5, rel=1e-5)
    assert utility(goal, {"on": "wealth", "add": 1, "condition": "x > 0.95"}) == 0.0
    assert utility(goal, {"on": "wealth", "add": 1, "condition": "dead", "probability": 0.5}) == pytest.approx(1.0)
    exponential = {"on": "wealth", "add": 1, "delay": "Uniform(0 d, 20 d)"}
    assert utility(goal, exponential) == pytest.approx(1.0, rel=1e-5)  # mean 10 d, one half-life


def test_effects_on_one_goal_are_summed_apart(utility):
    effects = ({"on": "x", "add": 0.08}, {"on": "x", "add": 0.08})
    assert utility({"x": {"weight": 1}}, *effects) == pytest.approx(0.16, rel=1e-5)  # not 0.1, the room that is left


def test_shapes_of_goals(utility):
    alarm = {"x": {"weight": -3, "shape": {"threshold": 0.95}}}
    assert utility(alarm, {"on": "x", "add": 0.02}) == 0.0
    assert utility(alarm, {"on": "x", "add": 0.06}) == -3.0
    dead = {"dead": {"weight": -1, "shape": {"concave": 10}}}
    expected = -10 * (math.log1p(0.8) - math.log1p(0.3))
    assert utility(dead, {"on": "dead", "add": 5}) == pytest.approx(expected, rel=1e-5)


def test_weights_may_be_priors_and_formulas(utility):
    assert utility({"wealth": {"weight": "Normal(0, 1) * x"}}, {"on": "wealth", "add": 2}, theta=3) == pytest.approx(
        5.4
    )


def test_what_is_believed_replaces_or_joins_what_is_declared(utility):
    goal, declared, believed = {"wealth": {"weight": 1}}, {"on": "wealth", "add": 1}, {"on": "wealth", "add": 10}
    assert utility(goal, declared, believes={"replace": [believed]}) == 10
    assert utility(goal, declared, believes={"replace": []}) == 0
    assert utility(goal, declared, believes={"add": [believed, believed]}) == 21


def test_effects_of_a_variant_count_in_the_second_stage_only(lowered):
    blue = {
        "title": "Blue",
        "kind": "state",
        "goals": {"wealth": {"weight": 1}},
        "channels": {"f": {"opportunities": 1}},
    }
    variants = {
        "far": {"effects": [{"on": "wealth", "add": 7}], "utility": {"base": 1}, "requires": "x > 0.95"},
        "near": {},
    }
    act = {"title": "Act", "effects": [{"on": "wealth", "add": 2}], "variants": variants}
    model = lowered(actors={"blue": blue}, quantities=QUANTITIES, moves={"blue.act": act})
    assert value_of(model, model.moves[0].utility) == 2
    assert [leaf.path for leaf in model.leaves] == ["blue.act[far]", "blue.act[near]"]
    assert [value_of(model, leaf.utility) for leaf in model.leaves] == [8, 0]
    assert [len(leaf.effects) for leaf in model.leaves] == [2, 1]
    assert value_of(model, model.leaves[0].available) == 0
    assert model.leaves[1].available is None


def test_a_goal_reads_what_its_actor_sees(lowered):
    quantities = {"x": QUANTITIES["x"] | {"seen_by": {"blue": {"lag": "3 d", "error": "Gamma(2, 20)"}}}}
    blue = {"title": "B", "kind": "state", "goals": {"x": {"weight": 1}}, "channels": {"f": {"opportunities": 1}}}
    act = {"title": "Act", "requires": "x > 0", "effects": [{"on": "x", "add": 0.1, "condition": "x < 2"}]}
    model = lowered(actors={"blue": blue}, quantities=quantities, moves={"blue.act": act})
    (view,) = model.views
    assert (view.path, view.lag, model.parameters[0].path) == ("x@blue", 3, "x.seen_by.blue.error")
    assert "View" in repr(model.moves[0].utility)
    assert "Quantity" not in repr(model.moves[0].utility)
    assert "View" not in repr((model.moves[0].available, model.leaves[0].effects))


def test_a_sponsor_controls_by_its_word(lowered):
    channels = {"f": {"opportunities": 1}}
    proxy = {
        "title": "P", "kind": "proxy", "sponsor": "blue", "channels": channels,
        "directive": {"start": "order", "control": "Normal(1, 1)", "moves": ["proxy.raid", "proxy.wait"]},
    }  # fmt: skip
    model = lowered(
        actors={"blue": {"title": "B", "kind": "state", "channels": channels}, "proxy": proxy},
        moves={
            "blue.rein": {"title": "Rein in", "directs": {"proxy": "restrain"}},
            "proxy.raid": {"title": "Raid", "utility": {"base": -1}},
            "proxy.wait": {"title": "Wait"},
            "proxy.free": {"title": "Free"},
        },
    )
    utilities = {move.path: value_of(model, move.utility, theta=2) for move in model.moves}
    assert utilities == {"blue.rein": 0, "proxy.free": 0, "proxy.raid": 1, "proxy.wait": 2}
    assert [parameter.path for parameter in model.parameters] == ["proxy.directive.control"]
    (effect,) = model.leaves[0].effects
    assert (effect.path, effect.op, value_of(model, effect.size.args[0])) == (
        "blue.rein.effects.directive.proxy", "set", -1,
    )  # fmt: skip
