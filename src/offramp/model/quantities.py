"""Quantities with their drift, and the updates of beliefs.

Per step of `dt` days: relaxation covers ``1 - 2 ** (-dt / half_life)`` of the distance to rest, a flow is
``per_day * dt``, and noise has the standard deviation ``noise * sqrt(dt)``.
"""

from __future__ import annotations

import math

from offramp.core.noise import slot
from offramp.expr.ir import Const, Node
from offramp.expr.tree import Name
from offramp.model import beforehand
from offramp.model.formula import Reader, lower_formula, read
from offramp.model.lowering import Lowering
from offramp.model.memories import known_events
from offramp.model.model import BeliefUpdate, QuantityModel
from offramp.model.nodes import apply, multiply, share_lost
from offramp.model.ranges import range_of
from offramp.scenario.document import BeliefRule, QuantityDocument


def lower_quantity(lowering: Lowering, path: str) -> QuantityModel:
    """Lower one quantity."""
    quantity = lowering.plain.quantities[path]
    step = Const(lowering.steps.step_days)
    low, high = range_of(quantity)
    return QuantityModel(
        path=path,
        kind=quantity.kind,
        unit=quantity.unit,
        low=low,
        high=high,
        start=_start(lowering, path, quantity),
        rest=_rest(lowering, path, quantity),
        relax=_relax(lowering, path, quantity),
        noise=None
        if quantity.noise is None
        else multiply([lower_formula(lowering, quantity.noise, f"{path}.noise"), apply("sqrt", step)]),
        flows=tuple(
            multiply([lower_formula(lowering, per_day, flow), step]) for flow, per_day in lowering.plain.flows[path]
        ),
        slot=slot("noise", path),
        owner=None if quantity.owner is None else lowering.names.actors[quantity.owner],
    )


def lower_updates(lowering: Lowering, path: str) -> list[BeliefUpdate]:
    """Lower the update rules of a belief, in the order in which they are written."""
    quantity = lowering.plain.quantities[path]
    return [_update(lowering, f"{path}.updates.{index}", path, rule) for index, rule in enumerate(quantity.updates)]


def _start(lowering: Lowering, path: str, quantity: QuantityDocument) -> Node:
    measured = beforehand.measured_start(lowering, path)
    return lower_formula(lowering, quantity.start if measured is None else measured, f"{path}.start")


def _rest(lowering: Lowering, path: str, quantity: QuantityDocument) -> Node | None:
    """Find where a quantity relaxes to: its start, unless it says."""
    if quantity.half_life is None:
        return None
    if quantity.rest is None:
        return lower_formula(lowering, quantity.start, f"{path}.start")
    return lower_formula(lowering, quantity.rest, f"{path}.rest")


def _relax(lowering: Lowering, path: str, quantity: QuantityDocument) -> Node | None:
    if quantity.half_life is None:
        return None
    half_life = lower_formula(lowering, quantity.half_life, f"{path}.half_life")
    return share_lost(apply("div", Const(math.log(2.0) * lowering.steps.step_days), half_life))


def _update(lowering: Lowering, path: str, belief: str, rule: BeliefRule) -> BeliefUpdate:
    selectors = (rule.on,) if isinstance(rule.on, str) else rule.on
    selected = {leaf for selector in selectors for leaf in _leaves(lowering, selector)}
    owner = lowering.plain.quantities[belief].owner
    known = known_events(Reader(lowering, path, owner), sorted(selected), owner)
    return BeliefUpdate(
        path=path,
        quantity=lowering.names.quantities[belief],
        rule="delta" if rule.likelihood is None else "bayes",
        leaves=known.leaves,
        sightings=known.numbers,
        args=_update_arguments(lowering, path, rule),
    )


def _update_arguments(lowering: Lowering, path: str, rule: BeliefRule) -> tuple[Node, Node]:
    if rule.likelihood is not None:
        return (
            lower_formula(lowering, rule.likelihood.if_true, f"{path}.likelihood.if_true"),
            lower_formula(lowering, rule.likelihood.if_false, f"{path}.likelihood.if_false"),
        )
    assert rule.toward is not None, "check lets no rule pass without an aim"
    assert rule.rate is not None, "check lets no rule pass without a rate"
    return lower_formula(lowering, rule.toward, f"{path}.toward"), lower_formula(lowering, rule.rate, f"{path}.rate")


def _leaves(lowering: Lowering, selector: str) -> tuple[int, ...]:
    name = read(selector)
    assert isinstance(name, Name), "check lets only moves move a belief"
    return lowering.names.select(name)
