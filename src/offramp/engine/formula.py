"""What a formula is worth, in plain Python: the operations of the IR (`offramp.expr.operate`) on what it reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offramp.expr.ir import Active, Apply, Const, Daily, Memory, Node, Param, Quantity, View
from offramp.expr.operate import OPERATE

Float = np.float32
ZERO, ONE = Float(0), Float(1)


@dataclass(slots=True)
class Reading:
    """The numbers that a formula may read: those of a frozen morning, or the truth at the stage that asks."""

    theta: Sequence[Float]
    x: Sequence[Float]
    memories: Sequence[Float]
    daily: NDArray[np.float32]
    views: Sequence[Float] = ()
    active: Sequence[Float] = ()  # of each activity of the edits: 1 while it is in force


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
        case Active(index):
            return at.active[index]
        case Apply(op, args):
            return OPERATE[op](*[evaluate(argument, at) for argument in args])


def holds(condition: Node | None, at: Reading) -> bool:
    """Tell whether a condition is true; no condition is."""
    return condition is None or bool(evaluate(condition, at) != 0)
