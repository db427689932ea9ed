"""Priors and switches: numbers drawn once per run, each named by the path where it is written."""

from __future__ import annotations

from offramp.core.distributions import FAMILIES, Distribution
from offramp.core.noise import slot
from offramp.expr import parse
from offramp.expr.ir import Const, Node, Param
from offramp.expr.tree import Call, Name, Operation, Tree
from offramp.model.calls import bind
from offramp.model.lowering import Reading
from offramp.model.model import Parameter
from offramp.model.nodes import apply


def parameter(reading: Reading, call: Call) -> Node:
    """Make the prior that stands at a path the parameter of that name."""
    lowering, path = reading.lowering, reading.path

    def make() -> Parameter:
        return Parameter(path, distribution(reading, call), slot("prior", path))

    return Param(lowering.parameters.index(path, make))


def distribution(reading: Reading, call: Call) -> Distribution:
    """Read a distribution whose arguments are numbers."""
    if call.function == "Categorical":
        return Distribution("Categorical", tuple(reading.constant(weight) for _, weight in call.keywords))
    arguments, bounds = split_arguments(call)
    low, high = (None if bound is None else reading.constant(bound) for bound in bounds)
    return Distribution(call.function, tuple(map(reading.constant, arguments)), low, high)


def split_arguments(call: Call) -> tuple[list[Tree], tuple[Tree | None, Tree | None]]:
    """Split the arguments of a distribution from its bounds (low, high), None where there is none."""
    named = dict(call.keywords) if FAMILIES[call.function].can_truncate else {}
    return bind(call), (named.get("low"), named.get("high"))


def switch(reading: Reading, name: str) -> Node:
    """Find the parameter of a switch; its value is the number of the alternative, from 0, as they are written."""
    return reading.elsewhere(reading.lowering.document.switches[name].prior, f"switch.{name}")


def switch_of(tree: Operation) -> tuple[str, str] | None:
    """Read a comparison of a switch with an alternative, either way round: (switch, alternative)."""
    match tree:
        case Operation("eq" | "ne", (Name() as left, Name() as right)):
            switched, other = (left, right) if left.path.startswith("switch.") else (right, left)
            section, _, name = switched.path.partition(".")
            return (name, other.path) if section == "switch" else None
        case _:
            return None


def is_alternative(reading: Reading, name: str, alternative: str, *, op: str) -> Node:
    """Compare a switch with one of its alternatives."""
    prior = parse(reading.lowering.document.switches[name].prior)
    assert isinstance(prior, Call), "check lets a switch be Categorical only"
    alternatives = [written for written, _ in prior.keywords]
    return apply(op, switch(reading, name), Const(float(alternatives.index(alternative))))
