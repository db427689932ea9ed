"""Fields that name moves as formulas do: `blue.strike`, `us.airstrike[syria]`, `blue.*`."""

from __future__ import annotations

from offramp.expr.parse import ExpressionError, parse
from offramp.expr.tree import Name
from offramp.scenario.checks.context import Context


def parse_selector(context: Context, path: str, text: str) -> Name | None:
    """Read what should name moves; reported where it does not."""
    try:
        tree = parse(text)
    except ExpressionError:
        tree = None
    if isinstance(tree, Name):
        return tree
    context.report("E309", path, f"`{text}` is not the name of a move.")
    return None


def check_selector(context: Context, path: str, text: str) -> list[str]:
    """Find the moves that a text names; reported where there are none."""
    selector = parse_selector(context, path, text)
    return [] if selector is None else context.select(path, selector)
