"""Builders of IR trees that fold constants.

Only a subtree of constants is folded, by the same float32 operation that an engine would apply, and a factor of
exactly 1 left out, so folding changes no bit of any run.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np

from offramp.expr.ir import Apply, Const, Node
from offramp.expr.operate import OPERATE

ZERO, ONE = Const(0.0), Const(1.0)
_SMALL = 0.02  # relative error below it: of the series 3e-7, of the difference above it 4e-6


def apply(op: str, *args: Node) -> Node:
    """Apply an operation: at once where all its arguments are constants, not at all to multiply by exactly 1."""
    if op == "mul" and ONE in args:
        return args[1] if args[0] == ONE else args[0]
    values = [arg.value for arg in args if isinstance(arg, Const)]
    if len(values) < len(args):
        return Apply(op, args)
    with np.errstate(over="ignore"):  # a number beyond float32 is infinite here as it would be in an engine
        return Const(float(OPERATE[op](*map(np.float32, values))))


def add(terms: Iterable[Node]) -> Node:
    """Add terms from left to right; none is 0."""
    return _fold("add", list(terms), ZERO)


def multiply(factors: Iterable[Node]) -> Node:
    """Multiply factors from left to right; none is 1."""
    return _fold("mul", list(factors), ONE)


def clip(node: Node, low: float, high: float, *, unbounded: float) -> Node:
    """Hold a number inside a range; a bound of size `unbounded` is none."""
    if low > -unbounded:
        node = apply("max", node, Const(low))
    if high < unbounded:
        node = apply("min", node, Const(high))
    return node


def share_lost(hazard: Node) -> Node:
    """``1 - exp(-hazard)``: the share of something that goes in a time, or the probability that something comes.

    Of a small hazard the difference would keep few digits, so there stands ``x (1 - x/2 (1 - x/3))``.
    """
    if isinstance(hazard, Const):
        return Const(-math.expm1(-hazard.value))
    series = apply("sub", ONE, multiply([hazard, Const(0.5), apply("sub", ONE, apply("div", hazard, Const(3.0)))]))
    lost = apply("sub", ONE, apply("exp", apply("neg", hazard)))
    return apply("where", apply("lt", hazard, Const(_SMALL)), multiply([hazard, series]), lost)


def is_constant(nodes: Sequence[Node]) -> bool:
    """Tell whether all of some nodes are constants."""
    return all(isinstance(node, Const) for node in nodes)


def _fold(op: str, nodes: Sequence[Node], empty: Node) -> Node:
    if not nodes:
        return empty
    result = nodes[0]
    for node in nodes[1:]:
        result = apply(op, result, node)
    return result
