"""Numbers printed no finer than what they are known to: rounded to two figures of a scale, such as half an interval."""

from __future__ import annotations

import math

from offramp.core.words import number

FIGURES = 2


def rounded(value: float, scale: float | None) -> float:
    """Round a value to two significant figures of a scale; as it is where the scale is 0 or unknown."""
    if not scale or not math.isfinite(scale) or not math.isfinite(value):
        return value
    found = round(value, FIGURES - 1 - math.floor(math.log10(abs(scale))))
    return found + 0.0  # no negative zero


def number_at(value: float | None, scale: float | None) -> str:
    """Print a value rounded to a scale."""
    return number(value if value is None else rounded(value, scale))
