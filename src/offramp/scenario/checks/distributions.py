"""Distributions in formulas: their arguments, what they can yield, and in which unit."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from offramp.core.distributions import FAMILIES, Distribution, faults, support
from offramp.expr import find_function, to_text
from offramp.expr.functions import Function
from offramp.expr.tree import Call, Operation, Tree
from offramp.scenario.checks.fields import Field
from offramp.scenario.checks.values import UNKNOWN, Kind, Value


class Walker(Protocol):
    """A walk over a formula (`offramp.scenario.checks.walk`), as far as distributions need it."""

    field: Field

    def report(self, code: str, tree: Tree, message: str, *, hint: str | None = None) -> None:
        """Report a problem at a piece of the formula."""

    def value(self, tree: Tree) -> Value:
        """Kind, unit and bounds of a piece."""

    def arguments(self, call: Call, function: Function) -> list[Tree] | None:
        """Arguments in the order of the function's parameters."""


_LOCATIONS = ("mean", "median", "low", "high", "sd")


def is_distribution(tree: Tree) -> bool:
    """Whether a piece is a distribution."""
    function = find_function(tree.function) if isinstance(tree, Call) else None
    return function is not None and function.role == "distribution"


def find_distributions(tree: Tree) -> list[Call]:
    """Outermost distributions of a formula, in the order written."""
    if isinstance(tree, Call):
        if is_distribution(tree):
            return [tree]
        return [found for arg in (*tree.args, *(v for _, v in tree.keywords)) for found in find_distributions(arg)]
    if isinstance(tree, Operation):
        return [found for arg in tree.args for found in find_distributions(arg)]
    return []


def value(walker: Walker, call: Call, function: Function) -> Value:
    """Kind, unit and support of a distribution; problems of its arguments are reported."""
    if function.name == "Categorical":
        walker.report(
            "E323",
            call,
            "`Categorical` chooses between alternatives of a switch, and stands only there.",
            hint="Write it as the `prior` of an entry of `switches`.",
        )
        return UNKNOWN
    written = walker.arguments(call, function)
    if written is None:
        return UNKNOWN
    bounds = {name: tree for name, tree in call.keywords if name in function.keywords}
    by_name = {**dict(zip(function.parameters, written, strict=False)), **bounds}
    found = {name: _argument(walker, tree) for name, tree in by_name.items()}
    if any(arg.kind == "unknown" for arg in found.values()):
        return UNKNOWN
    kind = _kind(walker, call, found)
    if kind is None:
        return UNKNOWN
    return _supported(walker, call, found, kind)


def _argument(walker: Walker, tree: Tree) -> Value:
    """Argument of a distribution: a number; drawn per event, a prior or what a formula may read."""
    if not walker.field.per_event:
        if not _is_number(tree):
            walker.report("E317", tree, f"`{to_text(tree)}` is not a number; the arguments of a prior are.")
            return UNKNOWN
        return walker.value(tree)
    inner = replace(walker.field, per_event=False)
    outer, walker.field = walker.field, inner
    argument = walker.value(tree)
    walker.field = outer
    return argument


def _is_number(tree: Tree) -> bool:
    if isinstance(tree, Operation):
        return tree.op in {"add", "sub", "mul", "div", "neg", "pow", "per_day"} and all(map(_is_number, tree.args))
    return type(tree).__name__ in {"Number", "Duration"}


def _kind(walker: Walker, call: Call, found: dict[str, Value]) -> Kind | None:
    """Kind of what is drawn: that of its location; None where the arguments do not agree."""
    locations = {name: arg for name, arg in found.items() if name in _LOCATIONS}
    if "rate" in found and found["rate"].kind == "duration":
        walker.report(
            "E303",
            call,
            f"The rate of `{call.function}` is a length of time.",
            hint="Write one over it: `Exponential(1 / 10 d)`.",
        )
        return None
    kinds: set[Kind] = {arg.kind for arg in locations.values() if arg.kind in {"duration", "rate"}}
    if "rate" in found and found["rate"].kind == "rate":
        kinds.add("duration")
    if not kinds:
        return "number"
    bare = [name for name, arg in locations.items() if arg.kind not in kinds and not arg.never]
    if len(kinds) > 1 or bare:
        what = f"`{bare[0]}`" if bare else "another"
        walker.report(
            "E302",
            call,
            f"One argument of `{call.function}` is a length of time or a rate, {what} is not.",
            hint="Give all of them the same unit: `Normal(20 d, 5 d, low=0 d)`.",
        )
        return None
    return kinds.pop()


def _supported(walker: Walker, call: Call, found: dict[str, Value], kind: Kind) -> Value:
    family = FAMILIES[call.function]
    names = [name for name, _ in family.arguments]
    low, high = found.get("low"), found.get("high")
    is_bounded = family.can_truncate
    constant = all(arg.is_constant for arg in found.values())
    if constant:
        args = tuple(found[name].low for name in names)
        distribution = Distribution(
            call.function,
            args,
            low.low if low and is_bounded else None,
            high.high if high and is_bounded else None,
        )
        for sentence in faults(distribution)[:1]:
            walker.report("E620", call, sentence)
            return UNKNOWN
        least, greatest = support(call.function, args, distribution.low, distribution.high)
        return Value(kind, None, least, greatest, family.is_count)
    _refuse_impossible(walker, call, found)
    if call.function == "Uniform":
        return Value(kind, None, found["low"].low, found["high"].high)
    least, greatest = {"Normal": (-float("inf"), float("inf")), "Beta": (0.0, 1.0), "Bernoulli": (0.0, 1.0)}.get(
        call.function, (0.0, float("inf"))
    )
    least = max(least, low.low) if low else least
    greatest = min(greatest, high.high) if high else greatest
    return Value(kind, None, least, greatest, family.is_count)


def _refuse_impossible(walker: Walker, call: Call, found: dict[str, Value]) -> None:
    """Of arguments that vary, refuse those that can never be right."""
    for name, rule in FAMILIES[call.function].arguments:
        arg = found[name]
        if rule in {"positive", "shape", "count_mean"} and arg.high <= 0.0:
            walker.report("E620", call, f"{name} of {call.function} is never above 0; it must be.")
        elif rule == "probability" and (arg.low > 1.0 or arg.high < 0.0):
            walker.report("E620", call, f"{name} of {call.function} is never between 0 and 1; it must be.")
