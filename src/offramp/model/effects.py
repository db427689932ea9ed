"""Effects of moves: what one event does to a quantity, and what an actor expects it to do on the average.

In `add`, `set`, `scale` and `delay` a distribution is drawn per event (`Draw`), and its arguments may be priors;
everywhere else in an effect a distribution is a prior.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from offramp.core.distributions import FAMILIES, mean
from offramp.core.noise import slot
from offramp.expr import parse
from offramp.expr.ir import Const, Node
from offramp.expr.tree import Call
from offramp.model.calls import is_distribution
from offramp.model.formula import Reader, lower_condition, lower_formula, read
from offramp.model.lowering import Lowering
from offramp.model.model import Draw, EffectModel, EffectOp
from offramp.model.nodes import ZERO, apply, is_constant
from offramp.model.priors import split_arguments
from offramp.scenario.document import Effect, Formula


@dataclass(frozen=True, slots=True)
class Placed:
    """An effect as written, under the path that names it."""

    path: str
    effect: Effect

    @property
    def op(self) -> EffectOp:
        """What it does to its quantity."""
        return "add" if self.effect.add is not None else "set" if self.effect.set is not None else "scale"

    @property
    def size(self) -> Formula:
        """By how much, to what or by which factor."""
        size = getattr(self.effect, self.op)
        assert isinstance(size, int | float | str)
        return size


def place_effects(owner: str, effects: Sequence[Effect], *, section: str = "effects") -> tuple[Placed, ...]:
    """Name the effects of a move or variant: `OWNER.SECTION.QUANTITY`, then `.2` and so on for more on the same."""
    counts: dict[str, int] = {}
    placed = []
    for effect in effects:
        counts[effect.on] = counts.get(effect.on, 0) + 1
        number = f".{counts[effect.on]}" if counts[effect.on] > 1 else ""
        placed.append(Placed(f"{owner}.{section}.{effect.on}{number}", effect))
    return tuple(placed)


def lower_effect(lowering: Lowering, placed: Placed) -> EffectModel:
    """Lower one effect; its condition, probability and arguments read the truth of the morning."""
    path, effect = placed.path, placed.effect
    delay, max_delay = _delay(lowering, placed)
    return EffectModel(
        path=path,
        quantity=lowering.names.quantities[effect.on],
        op=placed.op,
        size=draw(Reader(lowering, f"{path}.{placed.op}"), placed.size),
        delay=delay,
        max_delay=max_delay,
        probability=None
        if effect.probability is None
        else lower_formula(lowering, effect.probability, f"{path}.probability"),
        condition=lower_condition(lowering, effect.condition, f"{path}.condition"),
        probability_slot=slot("effect-probability", path),
        size_slot=slot("effect-size", path),
        delay_slot=slot("effect-delay", path),
    )


def draw(reader: Reader, formula: Formula) -> Draw:
    """Lower a size or a delay: a distribution to draw from per event, or a value."""
    tree = read(formula)
    if not isinstance(tree, Call) or not is_distribution(tree):
        return Draw("Constant", (reader.node(tree),))
    arguments, bounds = split_arguments(tree)
    names = [name for name, _ in FAMILIES[tree.function].arguments]
    args = tuple(reader.at(name).node(argument) for name, argument in zip(names, arguments, strict=True))
    low, high = (
        None if bound is None else reader.at(name).node(bound)
        for name, bound in zip(("low", "high"), bounds, strict=True)
    )
    return Draw(tree.function, args, low, high)


def expected(lowering: Lowering, drawn: Draw) -> Node:
    """Find the mean of a size or a delay.

    Exact where the arguments are numbers. Where they are parameters, a truncated distribution is given its untruncated
    mean held within the bounds.
    """
    if drawn.family == "Constant":
        return drawn.args[0]
    bounds = [bound for bound in (drawn.low, drawn.high) if bound is not None]
    if is_constant([*drawn.args, *bounds]):
        args = tuple(arg.value for arg in drawn.args if isinstance(arg, Const))
        low, high = (bound.value if isinstance(bound, Const) else None for bound in (drawn.low, drawn.high))
        return Const(mean(drawn.family, args, low, high))
    family = FAMILIES[drawn.family]
    by_name = {name: arg for (name, _), arg in zip(family.arguments, drawn.args, strict=True)}
    untruncated = Reader(lowering, "", bound=by_name).node(parse(family.mean))
    if drawn.low is not None:
        untruncated = apply("max", untruncated, drawn.low)
    return untruncated if drawn.high is None else apply("min", untruncated, drawn.high)


def _delay(lowering: Lowering, placed: Placed) -> tuple[Draw, int]:
    """Lower a delay: a constant one in steps, one drawn per event in days with its greatest value in steps."""
    path = f"{placed.path}.delay"
    if placed.effect.delay is None:
        return Draw("Constant", (ZERO,)), 0
    drawn = draw(Reader(lowering, path), placed.effect.delay)
    if drawn.family == "Constant":
        steps = lowering.steps.nearest(_constant(lowering, drawn.args[0], placed))
        return Draw("Constant", (Const(float(steps)),)), steps
    return drawn, lowering.steps.nearest(_longest(lowering, drawn, placed))


def _longest(lowering: Lowering, drawn: Draw, placed: Placed) -> float:
    """Find the greatest delay that can be drawn, in days."""
    if drawn.high is not None:
        return _constant(lowering, drawn.high, placed)
    if drawn.family == "Uniform":
        return _constant(lowering, drawn.args[1], placed)
    if drawn.family in {"Beta", "Bernoulli"}:
        return 1.0
    raise lowering.refuse(
        "E603",
        f"{placed.path}.delay",
        message=f"A delay drawn from {drawn.family} can be of any length.",
        hint="Bound it: `Exponential(1 / 10 d, high=60 d)`.",
    )


def _constant(lowering: Lowering, node: Node, placed: Placed) -> float:
    if isinstance(node, Const):
        return node.value
    raise lowering.refuse(
        "E604",
        f"{placed.path}.delay",
        message="The delay, or its greatest length, depends on the run.",
        hint="A delay is a length of time such as `10 d`, or a distribution of one whose `high` is a length of time.",
    )
