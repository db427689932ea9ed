"""What a formula is worth, in plain Python: the operations of the expression IR, one float32 rounding each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offramp.core.arithmetic import divide32, exp32, log32, logistic, maximum32, minimum32, sqrt32
from offramp.expr.ir import Apply, Const, Daily, Memory, Node, Param, Quantity, View

Float = np.float32
ZERO, ONE = Float(0), Float(1)
LEAST = Float(1e-30)  # logarithms start here


@dataclass(slots=True)
class Reading:
    """The numbers that a formula may read: those of a frozen morning, or the truth at the stage that asks."""

    theta: Sequence[Float]
    x: Sequence[Float]
    memories: Sequence[Float]
    daily: NDArray[np.float32]
    views: Sequence[Float] = ()


def _truth(condition: Any) -> Float:
    return ONE if condition else ZERO


OPERATIONS: dict[str, Callable[..., Float]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": divide32,
    "neg": lambda a: -a,
    "abs": lambda a: a if a >= 0 else -a,
    "min": minimum32,
    "max": maximum32,
    "exp": exp32,
    "log": lambda a: log32(maximum32(a, LEAST)),
    "log1p": lambda a: log32(maximum32(ONE + a, LEAST)),
    "sqrt": sqrt32,
    "logistic": logistic,
    "lt": lambda a, b: _truth(a < b),
    "le": lambda a, b: _truth(a <= b),
    "gt": lambda a, b: _truth(a > b),
    "ge": lambda a, b: _truth(a >= b),
    "eq": lambda a, b: _truth(a == b),
    "ne": lambda a, b: _truth(a != b),
    "and": lambda a, b: _truth(a != 0 and b != 0),
    "or": lambda a, b: _truth(a != 0 or b != 0),
    "not": lambda a: _truth(a == 0),
    "where": lambda a, b, c: b if a != 0 else c,
}


def evaluate(node: Node, at: Reading) -> Float:
    """Evaluate a formula, arguments from left to right."""
    match node:
        case Const(value):
            return Float(value)
        case Param(index):
            return at.theta[index]
        case Quantity(index):
            return at.x[index]
        case View(index):
            return at.views[index]
        case Memory(index):
            return at.memories[index]
        case Daily(index):
            return Float(at.daily[index])
        case Apply(op, args):
            return OPERATIONS[op](*[evaluate(argument, at) for argument in args])


def holds(condition: Node | None, at: Reading) -> bool:
    """Tell whether a condition is true; no condition is."""
    return condition is None or bool(evaluate(condition, at) != 0)
