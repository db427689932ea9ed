"""Primitives on 32-bit words and ``float32`` values: the only operations whose plain and compiled forms differ in text.

A *word* is a Python ``int`` in 0 .. 2**32 - 1; a *wide word* one in 0 .. 2**64 - 1; a *float* is ``np.float32``.
Every function of ``arithmetic``, ``noise`` and ``draws`` is built from these and from ``+ - * /`` on ``np.float32``, so
that the same source runs uncompiled in the reference interpreter and, with each primitive replaced by one machine
instruction (``offramp.engine.kernels.bits``), inside loops over lanes.  IEEE 754 fixes the result of each of them,
hence both give the same bits.

``select`` stands where Python would say ``a if condition else b``: both sides are always evaluated, so it never
branches and a loop over lanes stays vectorisable.
"""

from typing import Any, TypeVar

import numpy as np

_WORD = 0xFFFFFFFF
_WIDE = 0xFFFFFFFFFFFFFFFF

Value = TypeVar("Value")


def add32(x: int, y: int) -> int:
    """Add two words, modulo 2**32."""
    return (x + y) & _WORD


def sub32(x: int, y: int) -> int:
    """Subtract the second word from the first, modulo 2**32."""
    return (x - y) & _WORD


def mul32(x: int, y: int) -> int:
    """Multiply two words, modulo 2**32."""
    return (x * y) & _WORD


def xor32(x: int, y: int) -> int:
    """Combine two words by exclusive or."""
    return x ^ y


def and32(x: int, y: int) -> int:
    """Keep the bits set in both words."""
    return x & y


def or32(x: int, y: int) -> int:
    """Keep the bits set in either word."""
    return x | y


def shl32(x: int, count: int) -> int:
    """Shift a word left by 0 .. 31 bits, dropping what leaves it."""
    return (x << count) & _WORD


def shr32(x: int, count: int) -> int:
    """Shift a word right by 0 .. 31 bits, filling with zeros."""
    return x >> count


def add64(x: int, y: int) -> int:
    """Add two wide words, modulo 2**64."""
    return (x + y) & _WIDE


def mul64(x: int, y: int) -> int:
    """Multiply two wide words, modulo 2**64."""
    return (x * y) & _WIDE


def xor64(x: int, y: int) -> int:
    """Combine two wide words by exclusive or."""
    return x ^ y


def shr64(x: int, count: int) -> int:
    """Shift a wide word right by 0 .. 63 bits, filling with zeros."""
    return x >> count


def low_word(x: int) -> int:
    """Take the lower 32 bits of a wide word."""
    return x & _WORD


def high_word(x: int) -> int:
    """Take the upper 32 bits of a wide word."""
    return x >> 32


def float_bits(x: np.float32) -> int:
    """Read the bit pattern of a float as a word."""
    return int(x.view(np.uint32))


def bits_float(word: int) -> np.float32:
    """Read a word as the bit pattern of a float."""
    value: np.float32 = np.uint32(word).view(np.float32)
    return value


def word_to_float(word: int) -> np.float32:
    """Convert a word below 2**31 to the nearest float (exact below 2**24)."""
    return np.float32(word)


def float_to_word(x: np.float32) -> int:
    """Truncate a float in [0, 2**31) to a word."""
    return int(x)


def sqrt_float(x: np.float32) -> np.float32:
    """Take the correctly rounded square root of a float that is not negative."""
    root: np.float32 = np.sqrt(x)
    return root


def floor_float(x: np.float32) -> np.float32:
    """Round a float down to a whole number."""
    whole: np.float32 = np.floor(x)
    return whole


def select(condition: Any, chosen: Value, otherwise: Value) -> Value:
    """Return ``chosen`` where the condition holds, else ``otherwise``; both are evaluated."""
    return chosen if condition else otherwise
