"""Tree -> text: the inverse of `parse`, with no more parentheses than needed.

`parse(to_text(tree))` is the tree again, spans apart.
"""

from __future__ import annotations

import datetime as dt
from typing import assert_never

from offramp.core.units import duration_text
from offramp.expr.tree import Call, Date, Duration, Name, Number, Operation, Pair, Tree

_ATOM, _POWER, _SIGN, _PRODUCT, _SUM, _COMPARISON, _NOT, _AND, _OR, _CHOICE = range(10)
_BINARY = {
    "add": ("+", _SUM),
    "sub": ("-", _SUM),
    "mul": ("*", _PRODUCT),
    "div": ("/", _PRODUCT),
    "and": ("and", _AND),
    "or": ("or", _OR),
    "lt": ("<", _COMPARISON),
    "le": ("<=", _COMPARISON),
    "gt": (">", _COMPARISON),
    "ge": (">=", _COMPARISON),
    "eq": ("==", _COMPARISON),
    "ne": ("!=", _COMPARISON),
}


def to_text(tree: Tree) -> str:
    """Write a tree as a formula."""
    return _write(tree)[0]


def _write(tree: Tree) -> tuple[str, int]:
    """Text and the loosest operator outside all parentheses."""
    match tree:
        case Number():
            return _number(tree.value), _SIGN if tree.value < 0 else _ATOM
        case Duration():
            text = duration_text(abs(tree.days))
            return (f"-{text}", _SIGN) if tree.days < 0 else (text, _ATOM)
        case Date():
            return dt.date.fromordinal(tree.ordinal).isoformat(), _ATOM
        case Name():
            return tree.path if tree.variant is None else f"{tree.path}[{tree.variant}]", _ATOM
        case Pair():
            return f"({to_text(tree.first)}, {to_text(tree.second)})", _ATOM
        case Call():
            named = [f"{name}={to_text(value)}" for name, value in tree.keywords]
            return f"{tree.function}({', '.join([*map(to_text, tree.args), *named])})", _ATOM
        case Operation():
            return _operation(tree)
        case _:
            assert_never(tree)


def _operation(tree: Operation) -> tuple[str, int]:
    args = tree.args
    match tree.op:
        case "neg":
            return f"-{_within(args[0], _POWER)}", _SIGN
        case "not":
            return f"not {_within(args[0], _NOT)}", _NOT
        case "per_day":
            return f"{_within(args[0], _PRODUCT)} / day", _PRODUCT
        case "pow":
            return f"{_within(args[0], _ATOM)} ** {to_text(args[1])}", _POWER
        case "where":
            condition, yes, no = args
            return f"{_within(yes, _OR)} if {_within(condition, _OR)} else {_within(no, _CHOICE)}", _CHOICE
        case _:
            sign, level = _BINARY[tree.op]
            left = level - 1 if level == _COMPARISON else level  # comparisons chain, so neither side may be bare
            return f"{_within(args[0], left)} {sign} {_within(args[1], level - 1)}", level


def _within(tree: Tree, loosest: int) -> str:
    text, level = _write(tree)
    return text if level <= loosest else f"({text})"


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
