"""Outcomes: reducers of a run over a window of its steps, and payoffs.

    payoff(actor) = sum over steps of  dt * 2 ** (-t / half_life) * sum over goals q of  w_q * g_q(x_q)

with t in days from the start of the run and dt the length of a step, so that a payoff hardly depends on the step.
It reads the truth, and runs to the scenario's `payoff_horizon` unless the outcome gives a window.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from offramp.core.units import duration_days
from offramp.expr import parse
from offramp.expr.ir import Daily, Node
from offramp.expr.tree import Call, Name, Pair, Tree
from offramp.model.calls import bind
from offramp.model.formula import Reader
from offramp.model.lowering import Column, Lowering
from offramp.model.model import OutcomeKind, OutcomeModel
from offramp.model.nodes import add, multiply
from offramp.model.utility import discount_rate, goal_weight, shaped
from offramp.scenario.document import Outcome

_CONDITIONS = frozenset({"any", "first"})


@dataclass(frozen=True, slots=True)
class Measure:
    """What an outcome reduces, and how."""

    kind: OutcomeKind
    node: Node | None
    leaves: tuple[int, ...]
    unit: str


def lower_outcome(lowering: Lowering, name: str) -> OutcomeModel:
    """Lower an outcome."""
    written = lowering.document.outcomes[name]
    outcome = Outcome(measure=written) if isinstance(written, str) else written
    call = parse(outcome.measure)
    assert isinstance(call, Call), "check lets only a reducer stand outermost"
    measure = _measure(lowering, f"outcome.{name}", call)
    first, last, is_cut = _window(lowering, call)
    return OutcomeModel(
        name=name,
        kind=measure.kind,
        node=measure.node,
        leaves=measure.leaves,
        first_step=first,
        last_step=last,
        unit=outcome.unit or measure.unit,
        title=outcome.title or "",
        is_cut=is_cut,
    )


def _measure(lowering: Lowering, path: str, call: Call) -> Measure:
    (reduced,) = bind(call, outermost=True)
    match call.function:
        case "count":
            assert isinstance(reduced, Name), "check lets only moves be counted"
            return Measure("count", None, lowering.names.select(reduced), "events")
        case "payoff":
            assert isinstance(reduced, Name), "check lets only an actor have a payoff"
            return Measure("sum", _payoff(lowering, reduced.path), (), "payoff")
        case _:
            kind: OutcomeKind = call.function  # type: ignore[assignment]  # the other reducers are the kinds
            return Measure(kind, Reader(lowering, path).node(reduced), (), _unit(lowering, kind, reduced))


def _unit(lowering: Lowering, kind: OutcomeKind, reduced: Tree) -> str:
    """Name the unit in which results tell an outcome that does not say: that of the quantity reduced, if it is one."""
    if kind == "first":
        return "d"  # results tell it in days, whatever the step
    if kind in _CONDITIONS or not isinstance(reduced, Name):
        return "1" if kind == "any" else ""
    quantity = lowering.plain.quantities.get(reduced.path)
    return "" if quantity is None else quantity.unit


def _payoff(lowering: Lowering, actor: str) -> Node:
    rate = discount_rate(lowering, actor)

    def discounts() -> Column:
        days = lowering.steps.days - lowering.steps.days[0]
        return np.asarray(lowering.steps.step_days * np.exp(-rate * days), np.float32)

    goals = lowering.document.actors[actor].goals
    terms = [
        multiply(
            [goal_weight(lowering, actor, path, observer=None), shaped(goal, Reader(lowering, actor).quantity(path))]
        )
        for path, goal in sorted(goals.items())
    ]
    return multiply([Daily(lowering.columns.index(f"discount({actor})", discounts)), add(terms)])


def _window(lowering: Lowering, call: Call) -> tuple[int, int, bool]:
    """Find the steps of an outcome's window, 0 to -1 if the run does not touch it, and whether it is cut."""
    steps, named = lowering.steps, dict(call.keywords)
    reader = Reader(lowering, "")
    first, last = 0, len(steps) - 1
    if "by" in named:
        last = steps.holding(reader.ordinal(named["by"]))
    elif "between" in named:
        window = named["between"]
        assert isinstance(window, Pair), "check lets only two dates be a window"
        first, last = (steps.holding(reader.ordinal(date)) for date in (window.first, window.second))
    elif call.function == "payoff" and lowering.document.scenario.payoff_horizon is not None:
        horizon = duration_days(lowering.document.scenario.payoff_horizon) or 0.0
        last = math.ceil(horizon / steps.step_days) - 1
    within = max(first, 0), min(last, len(steps) - 1)
    is_cut = within != (first, last)
    return (*within, is_cut) if within[0] <= within[1] else (0, -1, is_cut)


def lower_end(lowering: Lowering, index: int) -> Node:
    """Lower a condition that ends a run."""
    return Reader(lowering, f"ends.{index}").node(parse(lowering.document.ends[index]))
