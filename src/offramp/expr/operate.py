"""The operations of the IR on float32 numbers, one rounding each: the meaning of `offramp.expr.ir.OPERATIONS`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from offramp.core.arithmetic import divide32, exp32, log32, logistic, maximum32, minimum32, sqrt32

_ZERO, _ONE = np.float32(0), np.float32(1)
_LEAST = np.float32(1e-30)  # logarithms start here


def _truth(condition: Any) -> np.float32:
    return _ONE if condition else _ZERO


OPERATE: dict[str, Callable[..., np.float32]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": divide32,
    "neg": lambda a: -a,
    "abs": lambda a: a if a >= 0 else -a,
    "min": minimum32,
    "max": maximum32,
    "exp": exp32,
    "log": lambda a: log32(maximum32(a, _LEAST)),
    "log1p": lambda a: log32(maximum32(_ONE + a, _LEAST)),
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
"""Name -> function of np.float32 arguments."""
