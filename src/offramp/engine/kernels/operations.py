"""The operations of formulas over float32, as both forms of the compiled engine write them.

What is not here is Python's own ``+``, ``-``, ``*`` or a function of ``core.arithmetic``. The meaning of each operation
is in `offramp.expr.ir.OPERATIONS`; truth is 1 and falsehood 0.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba.extending import register_jitable

from offramp.core.arithmetic import log32, maximum32
from offramp.core.bits import select
from offramp.engine.kernels import shared as _shared_functions  # noqa: F401  (imported for its registrations)

ZERO, ONE, LEAST = np.float32(0), np.float32(1), np.float32(1e-30)
FORGOTTEN = np.float32(1e-20)  # a decaying count below this is 0: denormal numbers are slow


@register_jitable(forceinline=True)
def truth(condition: Any) -> Any:
    """Return 1 for true and 0 for false."""
    return select(condition, ONE, ZERO)


@register_jitable(forceinline=True)
def both(a: Any, b: Any) -> Any:
    """Tell whether two numbers are both true."""
    return truth((a != ZERO) & (b != ZERO))


@register_jitable(forceinline=True)
def either(a: Any, b: Any) -> Any:
    """Tell whether at least one of two numbers is true."""
    return truth((a != ZERO) | (b != ZERO))


@register_jitable(forceinline=True)
def negation(a: Any) -> Any:
    """Tell whether a number is false."""
    return truth(a == ZERO)


@register_jitable(forceinline=True)
def where(a: Any, b: Any, c: Any) -> Any:
    """Return the second number where the first is true, else the third."""
    return select(a != ZERO, b, c)


@register_jitable(forceinline=True)
def absolute(a: Any) -> Any:
    """Drop the sign of what is below zero."""
    return select(a >= ZERO, a, -a)


@register_jitable(forceinline=True)
def logarithm(a: Any) -> Any:
    """Take the logarithm of at least 1e-30."""
    return log32(maximum32(a, LEAST))


@register_jitable(forceinline=True)
def logarithm_of_one_plus(a: Any) -> Any:
    """Take the logarithm of one more, at least 1e-30."""
    return log32(maximum32(ONE + a, LEAST))


@register_jitable(forceinline=True)
def fade(count: Any, decay: Any, n: Any) -> Any:
    """Let a decaying count grow older by one step, and take in what happened."""
    faded = count * decay + n
    return select(faded < FORGOTTEN, ZERO, faded)
