"""Formulas to IR: what each construct becomes, by value or by tree."""

from __future__ import annotations

import numpy as np
import pytest

from offramp.core.errors import ScenarioError
from offramp.expr.ir import Apply, Const, Daily, Memory, Param, Quantity
from tests.model.small import value_of


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("1 + 2 * 3 - 4 / 8", 6.5),
        ("-x", -0.5),
        ("x ** 3", 0.125),
        ("x ** 0", 1.0),
        ("(x + 1) ** 2", 2.25),
        ("1 / 10 d", 0.1),
        ("2 weeks", 14.0),
        ("1 year / 1 month", 12.0),
        ("0.5 / week * 7", 0.5),
        ("min(3, x, 2)", 0.5),
        ("max(3, x, 4)", 4.0),
        ("clip(x, 0.6, 0.9)", 0.6),
        ("clip(x, 0.1, 0.2)", 0.2),
        ("where(x > 0.4, 7, 8)", 7.0),
        ("7 if x > 0.6 else 8", 8.0),
        ("where(a=7, b=8, condition=x < 0.6)", 7.0),
        ("0.4 < x < 0.6", 1.0),
        ("0.4 < x < 0.5", 0.0),
        ("x == 0.5 and not x > 1 or x != 0.5", 1.0),
        ("log1p(0) + exp(0) + sqrt(4) + abs(-3) + logistic(0)", 6.5),
        ("x / 0", 0.0),
    ],
)
def test_a_formula_is_worth_what_a_reader_expects(valued, formula, value):
    assert valued(formula) == pytest.approx(value, rel=1e-6)


def test_constants_are_folded_in_float32(lowered):
    model = lowered(outcomes={"o": "final(1 / 3 + x)"})
    assert model.outcomes[0].node == Apply("add", (Const(float(np.float32(1) / np.float32(3))), Quantity(0)))


def test_a_factor_of_one_is_left_out(lowered):
    assert lowered(outcomes={"o": "final(1 * x * (3 - 2))"}).outcomes[0].node == Quantity(0)


def test_a_prior_is_named_by_where_it_stands_and_may_be_scaled(lowered):
    moves = {"blue.act": {"title": "Act", "utility": {"base": "Normal(-1, 2)", "heat": "Normal(1, 0.5) * x"}}}
    model = lowered(moves=moves)
    assert [parameter.path for parameter in model.parameters] == ["blue.act.utility.base", "blue.act.utility.heat"]
    assert model.parameters[0].distribution.args == (-1.0, 2.0)
    assert model.moves[0].utility == Apply("add", (Param(0), Apply("mul", (Param(1), Quantity(0)))))


def test_arguments_of_a_prior_may_be_durations_bounds_and_names(lowered):
    x = {
        "kind": "level",
        "unit": "1",
        "range": [0, 1],
        "rest": 0,
        "half_life": "LogNormal(log_sd=0.3, median=20 d, high=60 d)",
    }
    (parameter,) = lowered(quantities={"x": x}).parameters
    assert (parameter.distribution.args, parameter.distribution.low, parameter.distribution.high) == (
        (20, 0.3),
        None,
        60,
    )


def test_a_rate_prior_keeps_its_unit(lowered):
    actors = {
        "blue": {"title": "B", "kind": "state", "channels": {"force": {"opportunities": "Gamma(3, rate=6) / week"}}}
    }
    model = lowered(actors=actors, moves={"blue.act": {"title": "Act"}})
    probability = value_of(model, model.channels[0].probability, theta=0.7)
    assert probability == pytest.approx(1 - np.exp(-0.1), rel=1e-5)


def test_a_shared_parameter_is_one_draw_wherever_it_is_read(lowered):
    model = lowered(
        parameters={"size": {"prior": "Normal(2, 1)"}, "idle": {"prior": "Normal(0, 1)"}, "plain": {"prior": 3}},
        outcomes={"a": "final(parameter.size * x)", "b": "final(parameter.size + parameter.plain)"},
    )
    assert [parameter.path for parameter in model.parameters] == ["parameter.idle", "parameter.size"]  # read or not
    assert value_of(model, model.outcomes[0].node, theta=4) == 2.0
    assert value_of(model, model.outcomes[1].node, theta=4) == 7.0


@pytest.mark.parametrize(
    ("formula", "value"), [("switch.R1 == b", 1.0), ("b == switch.R1", 1.0), ("switch.R1 != b", 0.0)]
)
def test_a_switch_is_the_number_of_its_alternative(lowered, formula, value):
    model = lowered(switches={"R1": {"prior": "Categorical(a=0.5, b=0.3, c=0.2)"}}, outcomes={"o": f"final({formula})"})
    assert model.parameters[0].path == "switch.R1"
    assert model.parameters[0].distribution.args == (0.5, 0.3, 0.2)
    assert value_of(model, model.outcomes[0].node, theta=1) == value


def test_the_largest_dated_piece_becomes_one_column(lowered):
    vote = {"vote": {"date": "2020-01-04"}}
    formula = "x * exp(-days_until(calendar.vote) / 2 d) + x"
    model = lowered(calendar=vote, outcomes={"o": f"final({formula})"})
    assert model.daily_names == ("exp(-days_until(calendar.vote) / 2 d)",)
    assert model.outcomes[0].node == Apply("add", (Apply("mul", (Quantity(0), Daily(0))), Quantity(0)))
    assert model.daily[:5, 0] == pytest.approx(np.exp([-1.5, -1, -0.5, 0, 0]), rel=1e-6)


@pytest.mark.parametrize(
    ("formula", "values"),
    [
        ("days_until(calendar.vote)", [2, 1, 0, 0]),
        ("days_since(2020-01-03)", [0, 0, 0, 1]),
        ("after(calendar.vote)", [0, 0, 1, 1]),
        ("before(calendar.vote)", [1, 1, 0, 0]),
        ("min(days_since(calendar.vote), 0.5)", [0, 0, 0, 0.5]),
    ],
)
def test_calendar_functions_count_days(lowered, formula, values):
    model = lowered(calendar={"vote": {"date": "2020-01-03"}}, outcomes={"o": f"final({formula})"})
    assert list(model.daily[:4, 0]) == values


@pytest.mark.parametrize(
    ("fill", "values"), [("previous", [1, 1, 1, 1, 5, 5]), ("linear", [1, 1, 7 / 3, 11 / 3, 5, 5])]
)
def test_an_input_is_filled_in_from_its_rows(lowered, fill, values):
    rows = "date,which,value\n2020-01-02,oil,1\n2020-01-05,oil,5\n2020-01-03,gas,9\n"
    inputs = {"oil": {"file": "oil.csv", "unit": "usd", "fill": fill, "where": {"which": "oil"}}}
    model = lowered(files={"oil.csv": rows}, inputs=inputs, outcomes={"o": "final(input.oil)"})

    assert list(model.daily[:6, 0]) == pytest.approx(values)


def test_a_window_that_depends_on_a_parameter_is_refused(lowered):
    with pytest.raises(ScenarioError, match="E602"):
        lowered(parameters={"w": {"prior": "Gamma(2, 1)"}}, outcomes={"o": "final(count(blue.act, parameter.w))"})


def test_memories_are_shared_and_since_is_in_days(lowered):
    clock = {"start": "2020-01-01", "days": 70, "step": "1 week"}
    model = lowered(
        scenario={"name": "s", "title": "S", "clock": clock},
        outcomes={
            "a": "final(since(blue.act))",
            "b": "final(2 * since(blue.act))",
            "c": "final(count(blue.act, 3 weeks))",
        },
    )
    assert [memory.path for memory in model.memories] == ["count(blue.act, 21 d)", "since(blue.act)"]
    assert model.outcomes[0].node == Apply("mul", (Memory(1), Const(7.0)))
    assert model.memories[0].window == 3
