"""Utilities: the sum of a move's named terms, and what its actor's goals give to the effects that it believes in.

    goals = sum over goal quantities q of  w_q * sum over believed effects e on q of
            P_e * discount ** (mean delay of e) * (g_q(clip(x_q + change_e)) - g_q(x_q))

Everything here is read through the eyes of the actor. Terms come in order of their names, goals in order of their
quantities, effects in the order in which they are written.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from offramp.core.units import duration_days
from offramp.expr.ir import Const, Node
from offramp.model.effects import Placed, draw, expected
from offramp.model.formula import Reader, lower_formula
from offramp.model.lowering import Lowering
from offramp.model.model import UNBOUNDED
from offramp.model.nodes import ONE, ZERO, add, apply, clip, multiply
from offramp.model.ranges import range_of
from offramp.scenario.document import Concave, Formula, Goal, Threshold


def lower_utility(lowering: Lowering, owner: str, *, terms: Mapping[str, Formula], believed: Sequence[Placed]) -> Node:
    """Lower the utility of a move or of a variant, as its actor reads it."""
    actor = owner.partition(".")[0]
    named = [
        lower_formula(lowering, term, f"{owner}.utility.{name}", observer=actor) for name, term in sorted(terms.items())
    ]
    return add([*named, *_goals(lowering, actor, believed)])


def goal_weight(lowering: Lowering, actor: str, quantity: str, *, observer: str | None) -> Node:
    """Lower the weight of an actor's goal."""
    goal = lowering.document.actors[actor].goals[quantity]
    return lower_formula(lowering, goal.weight, f"{actor}.goals.{quantity}", observer=observer)


def shaped(goal: Goal, x: Node) -> Node:
    """Apply the shape of a goal, `g`."""
    match goal.shape:
        case Threshold(threshold=threshold):
            return apply("ge", x, Const(threshold))
        case Concave(concave=scale):
            return multiply([Const(scale), apply("log1p", apply("div", x, Const(scale)))])
        case _:
            return x


def discount_rate(lowering: Lowering, actor: str) -> float:
    """Find at which rate per day an actor discounts."""
    half_life = duration_days(lowering.document.actors[actor].discount_half_life)
    assert half_life, "check lets only a length of time above 0 be a half-life"
    return math.log(2.0) / half_life


def _goals(lowering: Lowering, actor: str, believed: Sequence[Placed]) -> Iterator[Node]:
    for quantity, goal in sorted(lowering.document.actors[actor].goals.items()):
        changes = [
            _expected_change(lowering, placed, actor, goal) for placed in believed if placed.effect.on == quantity
        ]
        if changes:
            yield multiply([goal_weight(lowering, actor, quantity, observer=actor), add(changes)])


def _expected_change(lowering: Lowering, placed: Placed, actor: str, goal: Goal) -> Node:
    """Weigh what one effect is believed to bring: probability, discount, change of the shaped quantity."""
    size = expected(lowering, draw(Reader(lowering, f"{placed.path}.{placed.op}", actor), placed.size))
    return multiply(
        [
            _probability(lowering, placed, actor),
            _discount(lowering, placed, actor),
            _gain(lowering, placed, actor, goal, size),
        ]
    )


def _gain(lowering: Lowering, placed: Placed, actor: str, goal: Goal, size: Node) -> Node:
    """Find how far the shaped quantity is expected to move."""
    quantity = lowering.plain.quantities[placed.effect.on]
    low, high = range_of(quantity)
    cannot_clip = quantity.kind == "tally" or (low <= -UNBOUNDED and high >= UNBOUNDED)
    if placed.op == "add" and goal.shape == "linear" and cannot_clip:
        return size  # x + size - x would only lose digits
    x = Reader(lowering, placed.path, actor).quantity(placed.effect.on)
    after = {"add": apply("add", x, size), "set": size, "scale": apply("mul", x, size)}[placed.op]
    return apply("sub", shaped(goal, clip(after, low, high, unbounded=UNBOUNDED)), shaped(goal, x))


def _probability(lowering: Lowering, placed: Placed, actor: str) -> Node:
    effect, path = placed.effect, placed.path
    probability: Node = ONE
    if effect.probability is not None:
        probability = lower_formula(lowering, effect.probability, f"{path}.probability", observer=actor)
    if effect.condition is None:
        return probability
    condition = lower_formula(lowering, effect.condition, f"{path}.condition", observer=actor)
    return apply("where", condition, probability, ZERO)


def _discount(lowering: Lowering, placed: Placed, actor: str) -> Node:
    if placed.effect.delay is None:
        return ONE
    delay = expected(lowering, draw(Reader(lowering, f"{placed.path}.delay", actor), placed.effect.delay))
    rate = discount_rate(lowering, actor)
    return apply("exp", apply("mul", Const(-rate), delay))
