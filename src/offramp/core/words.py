"""Numbers as words: one way to print a number, a share and an interval everywhere."""

from __future__ import annotations


def number(value: float | None) -> str:
    """Print a number with about three significant figures and no false precision; a dash for None."""
    if value is None:
        return "–"
    if abs(value) >= 1e15:  # infinite ones, too
        return f"{value:.3g}"
    if value == round(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    if abs(value) >= 10:
        return f"{value:.1f}"
    return f"{value:.3g}"


def percent(share: float | None) -> str:
    """Print a share in per cent; below 0.1 % it says so rather than 0."""
    if share is None:
        return "–"
    if 0 < share < 0.001:
        return "< 0.1 %"
    return f"{100 * share:.1f} %" if share < 0.1 else f"{100 * share:.0f} %"
