"""The syntax tree of an expression: names not yet resolved, every node with its columns.

`offramp.expr.parse` makes it from text; `check` reads it for kinds and units; lowering turns it
into IR (`offramp.expr.ir`). Columns count characters of the expression's own text from 0.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """Columns of a piece of the expression's text: [start, end)."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Number:
    """A plain number."""

    value: float
    span: Span


@dataclass(frozen=True, slots=True)
class Duration:
    """A number with a unit of time, in days: `10 d`, `6 weeks`."""

    days: float
    span: Span


@dataclass(frozen=True, slots=True)
class Date:
    """A calendar date, as a proleptic ordinal."""

    ordinal: int
    span: Span


@dataclass(frozen=True, slots=True)
class Name:
    """A dotted name: a quantity, or `section.name`; `variant` for `us.airstrike[syria]`."""

    path: str
    span: Span
    variant: str | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A function, memory, reducer or distribution applied to arguments."""

    function: str
    args: tuple[Tree, ...]
    keywords: tuple[tuple[str, Tree], ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Operation:
    """Arithmetic, comparison or logic; `op` is a name of `offramp.expr.ir.OPERATIONS` or "pow".

    A rate such as `0.3 / day` is Operation("per_day", (number,)).
    """

    op: str
    args: tuple[Tree, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Pair:
    """A parenthesised pair, as in `between=(2019-05-01, 2019-12-31)`."""

    first: Tree
    second: Tree
    span: Span


Tree = Number | Duration | Date | Name | Call | Operation | Pair
