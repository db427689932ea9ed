"""Effects: names, sizes, delays."""

from __future__ import annotations

from typing import Any

import pytest

from offramp.core.errors import ScenarioError
from offramp.expr.ir import Const, Param
from offramp.model.model import Draw, EffectModel


@pytest.fixture
def effects(lowered) -> Any:
    """The effects of a move, and the names of the parameters."""

    def of(*written: dict[str, Any], step: str = "1 d") -> tuple[tuple[EffectModel, ...], list[str]]:
        model = lowered(
            scenario={"name": "s", "title": "S", "clock": {"start": "2020-01-01", "days": 60, "step": step}},
            moves={"blue.act": {"title": "Act", "effects": list(written)}},
        )
        return model.leaves[0].effects, [parameter.path for parameter in model.parameters]

    return of


def test_effects_are_named_by_their_quantity_and_number(effects):
    found, _ = effects({"on": "x", "add": 1}, {"on": "x", "set": 1}, {"on": "x", "scale": 1})
    assert [(effect.path, effect.op) for effect in found] == [
        ("blue.act.effects.x", "add"),
        ("blue.act.effects.x.2", "set"),
        ("blue.act.effects.x.3", "scale"),
    ]


def test_a_size_is_drawn_per_event_and_its_arguments_may_be_priors(effects):
    (effect,), parameters = effects({"on": "x", "add": "Normal(Normal(0.1, 0.02), 0.05, low=0, high=1)"})
    assert parameters == ["blue.act.effects.x.add.mean"]
    assert effect.size == Draw("Normal", (Param(0), Const(0.05)), Const(0.0), Const(1.0))


def test_a_plain_formula_is_a_constant_of_the_event(effects):
    (effect,), parameters = effects({"on": "x", "scale": 0.5, "probability": "Beta(1, 1)", "condition": "1"})
    assert effect.size == Draw("Constant", (Const(0.5),))
    assert (effect.probability, effect.condition, parameters) == (Param(0), None, ["blue.act.effects.x.probability"])


@pytest.mark.parametrize(
    ("delay", "step", "steps"),
    [(None, "1 d", 0), ("10 d", "1 d", 10), ("0.5 d", "1 d", 1), ("10 d", "1 week", 1), ("11 d", "1 week", 2)],
)
def test_a_constant_delay_is_rounded_to_steps(effects, delay, step, steps):
    (effect,), _ = effects({"on": "x", "add": 1} | ({"delay": delay} if delay else {}), step=step)
    assert (effect.delay, effect.max_delay) == (Draw("Constant", (Const(float(steps)),)), steps)


@pytest.mark.parametrize(
    ("delay", "step", "most"),
    [
        ("Exponential(1 / 10 d, high=60 d)", "1 d", 60),
        ("LogNormal(20 d, 0.3, high=60 d)", "1 week", 9),
        ("Uniform(1 d, 12 d)", "1 d", 12),
    ],
)
def test_a_drawn_delay_stays_in_days_and_has_a_greatest_length(effects, delay, step, most):
    (effect,), _ = effects({"on": "x", "add": 1, "delay": delay}, step=step)
    assert effect.delay.family != "Constant"
    assert effect.max_delay == most


@pytest.mark.parametrize(("delay", "code"), [("Exponential(1 / 10 d)", "E603"), ("x * 10 d", "E604")])
def test_a_delay_without_bound_is_refused_where_it_is_written(effects, delay, code):
    with pytest.raises(ScenarioError) as error:
        effects({"on": "x", "add": 1}, {"on": "x", "add": 1, "delay": delay})
    (problem,) = error.value.problems
    assert problem.code == code
    assert problem.place is not None
    assert problem.place.line > 40  # the delay stands near the end of the file
