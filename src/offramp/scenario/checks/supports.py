"""What a number may be: ranges of quantities, probabilities, rates, half-lives, delays.

A number settled before the run (a constant or a prior) must lie wholly inside; one that is computed in the run is
refused only where it can never lie inside.
"""

from __future__ import annotations

from offramp.expr import to_text
from offramp.expr.tree import Call, Duration, Name, Number, Operation, Pair, Tree
from offramp.scenario.checks.distributions import find_distributions, is_distribution
from offramp.scenario.checks.values import INFINITY, Value
from offramp.scenario.checks.walk import Walker
from offramp.scenario.limits import MAX_DELAY_DAYS


def check_support(walker: Walker, tree: Tree, value: Value) -> None:
    """Report what a formula's field can never accept."""
    field = walker.field
    key = field.path.rpartition(".")[2]
    section = field.path.partition(".")[0]
    if field.want == "probability":
        _inside(walker, tree, value, (0.0, 1.0), code="E607", what="a probability")
    elif field.want == "rate":
        _inside(walker, tree, value, (0.0, INFINITY), code="E608", what="a rate")
    elif key == "half_life":
        if value.high <= 0.0 or (is_settled(tree) and value.low < 0.0):
            can_be = "is" if value.is_constant else "can be"
            _report(
                walker, tree, "E605", f"`{to_text(tree)}` {can_be} 0 or less; a half-life is above 0.", _bounded(tree)
            )
    elif key in {"noise", "error"} and section == "quantities":
        _inside(walker, tree, value, (0.0, INFINITY), code="E606", what="a standard deviation")
    elif key == "start" and section == "quantities":
        _start(walker, tree, value)
    elif key in {"add", "set", "delay"}:
        _EFFECT[key](walker, tree, value)


def is_settled(tree: Tree) -> bool:
    """Whether a formula is known before the run: numbers, priors and parameters only."""
    match tree:
        case Name():
            return tree.path.startswith("parameter.")
        case Operation():
            return all(map(is_settled, tree.args))
        case Call():
            parts = (*tree.args, *(value for _, value in tree.keywords))
            return tree.function not in {"recent", "count", "since", "ever"} and all(map(is_settled, parts))
        case Pair():
            return False
        case _:
            return True


def _inside(walker: Walker, tree: Tree, value: Value, bounds: tuple[float, float], *, code: str, what: str) -> bool:
    low, high = bounds
    outside = value.low < low or value.high > high
    impossible = value.high < low or value.low > high
    if impossible or (outside and is_settled(tree)):
        span = "0 or more" if high == INFINITY and low == 0.0 else f"from {_number(low)} to {_number(high)}"
        _report(
            walker,
            tree,
            code,
            f"`{to_text(tree)}` {_reach(tree, value, low)}; {what} is {span}.",
            f"Write a value {span}." if value.is_constant else _bounded(tree, low, high),
        )
        return False
    return True


def _reach(tree: Tree, value: Value, low: float) -> str:
    """What is wrong with a value: a number as written, a number that is worked out, or one that varies."""
    way, end = ("low", value.low) if value.low < low else ("high", value.high)
    if value.is_constant:
        return f"is too {way}" if isinstance(tree, Number) else f"is {_number(end)}"
    return f"can be as {way} as {_number(end)}" if abs(end) < INFINITY else "can be anything"


def _number(value: float) -> str:
    return f"{value:g}" if abs(value) < INFINITY else ("infinity" if value > 0 else "minus infinity")


def _bounded(tree: Tree, low: float = 0.0, high: float = INFINITY) -> str | None:
    """Hint that bounds a distribution, where that is what is missing."""
    if not find_distributions(tree):
        return None
    bounds = [f"low={_number(low)}"] if low > -INFINITY else []
    bounds += [f"high={_number(high)}"] if high < INFINITY else []
    return f"Bound it: `{', '.join(bounds)}` within the parentheses, or take a family of such numbers."


def _start(walker: Walker, tree: Tree, value: Value) -> None:
    name = walker.field.path.split(".")[1]
    quantity = walker.names.quantities[name]
    if quantity.low < quantity.high:
        _inside(walker, tree, value, (quantity.low, quantity.high), code="E609", what=f"`{name}`")
    if quantity.kind in {"tally", "flag"} and not value.is_whole:
        _report(
            walker, tree, "E612", f"`{to_text(tree)}` need not be whole; a {quantity.kind} is a whole number.", None
        )


def _target(walker: Walker) -> str | None:
    """Quantity that an effect acts on."""
    return walker.context.effect_targets.get(walker.field.path.rpartition(".")[0])


def _add(walker: Walker, tree: Tree, value: Value) -> None:
    quantity = walker.names.quantities.get(_target(walker) or "")
    is_believed = ".believes." in walker.field.path  # an expected change may be a fraction, or lives saved
    if quantity is None or quantity.kind != "tally" or is_believed:
        return
    if not value.is_whole or value.low < 0.0:
        _report(
            walker,
            tree,
            "E611",
            f"`{to_text(tree)}` need not be a whole number of 0 or more; a tally takes only such.",
            "Draw it from Poisson, NegBinomial or Bernoulli, write a whole number, or make the quantity a stock.",
        )


def _set(walker: Walker, tree: Tree, value: Value) -> None:
    name = _target(walker)
    quantity = walker.names.quantities.get(name or "")
    if quantity is None:
        return
    inside = _inside(walker, tree, value, (quantity.low, quantity.high), code="E610", what=f"`{name}`")
    if inside and quantity.kind == "flag" and not value.is_whole:
        _report(walker, tree, "E612", f"`{to_text(tree)}` need not be 0 or 1; a flag is one of the two.", None)


def _delay(walker: Walker, tree: Tree, value: Value) -> None:
    if value.low < 0.0:
        _report(walker, tree, "E613", f"`{to_text(tree)}` can be below 0; a delay is 0 or more.", _bounded(tree))
        return
    if not is_distribution(tree):
        if not value.is_constant or not _is_constant(tree):
            _report(
                walker,
                tree,
                "E604",
                f"`{to_text(tree)}` is not known before the run; a delay is.",
                "Write a length of time, or a distribution of one whose `high` is a length of time.",
            )
            return
    elif value.high == INFINITY:
        _report(
            walker,
            tree,
            "E603",
            f"`{to_text(tree)}` can be of any length.",
            "Bound it: `Exponential(1 / 10 d, high=60 d)`.",
        )
        return
    if value.high > MAX_DELAY_DAYS:
        _report(
            walker,
            tree,
            "E614",
            f"`{to_text(tree)}` can be {value.high:g} days; at most {MAX_DELAY_DAYS:g} are kept.",
            "Shorten it, or bound it with `high=`.",
        )


def _is_constant(tree: Tree) -> bool:
    if isinstance(tree, Operation):
        return all(map(_is_constant, tree.args))
    return isinstance(tree, Number | Duration)


def _report(walker: Walker, tree: Tree, code: str, message: str, hint: str | None) -> None:
    walker.report(code, tree, message, hint=hint)


_EFFECT = {"add": _add, "set": _set, "delay": _delay}
