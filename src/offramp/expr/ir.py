"""Expression IR: what a scenario's formulas become once every name is an index.

A `Node` is a tree. Leaves read one number of one run; `Apply` combines them. All engines
evaluate the same tree in the same order in float32, so a tree *is* its arithmetic:
``Apply("add", (Apply("add", (a, b)), c))`` rounds after each addition, left to right.

Every operation is total: no tree can produce NaN or infinity from finite leaves of ordinary
size (see `OPERATIONS` for the value at the edge of each domain). Truth is 1.0, falsehood 0.0;
any non-zero value counts as true.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Const:
    """A number known when the scenario is lowered (rounded to float32 by the engines)."""

    value: float


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter of the run: one draw from a prior, index into ``Model.parameters``."""

    index: int


@dataclass(frozen=True, slots=True)
class Quantity:
    """The true value of a quantity at the stage that evaluates the node."""

    index: int


@dataclass(frozen=True, slots=True)
class View:
    """A quantity as one actor sees it this morning (lag and error), index into ``Model.views``."""

    index: int


@dataclass(frozen=True, slots=True)
class Memory:
    """A feature of past moves, index into ``Model.memories``."""

    index: int


@dataclass(frozen=True, slots=True)
class Daily:
    """A number that depends on the date alone, index into the columns of ``Model.daily``."""

    index: int


@dataclass(frozen=True, slots=True)
class Active:
    """1 while an edit is in force today, else 0: index into the activities of an Intervention; only edits read it."""

    index: int


@dataclass(frozen=True, slots=True)
class Apply:
    """An operation of `OPERATIONS` on its arguments, evaluated left to right."""

    op: str
    args: tuple[Node, ...]


Node = Const | Param | Quantity | View | Memory | Daily | Active | Apply

# name -> (number of arguments, meaning in float32)
OPERATIONS: dict[str, tuple[int, str]] = {
    "add": (2, "a + b"),
    "sub": (2, "a - b"),
    "mul": (2, "a * b"),
    "div": (2, "a / b, and 0 where b is 0"),
    "neg": (1, "-a"),
    "abs": (1, "a if a >= 0 else -a"),
    "min": (2, "a if a < b else b"),
    "max": (2, "a if a > b else b"),
    "exp": (1, "exp32(a): argument clamped to [-80, 80]"),
    "log": (1, "log32(max(a, 1e-30))"),
    "log1p": (1, "log32(max(1 + a, 1e-30))"),
    "sqrt": (1, "sqrt(max(a, 0))"),
    "logistic": (1, "1 / (1 + exp32(-a))"),
    "lt": (2, "1 if a < b else 0"),
    "le": (2, "1 if a <= b else 0"),
    "gt": (2, "1 if a > b else 0"),
    "ge": (2, "1 if a >= b else 0"),
    "eq": (2, "1 if a == b else 0"),
    "ne": (2, "1 if a != b else 0"),
    "and": (2, "1 if a != 0 and b != 0 else 0 (both evaluated)"),
    "or": (2, "1 if a != 0 or b != 0 else 0 (both evaluated)"),
    "not": (1, "1 if a == 0 else 0"),
    "where": (3, "b if a != 0 else c (all evaluated)"),
}
