"""Formulas to IR: every name becomes an index, every function operations.

Where a formula stands decides what its names mean: `observer` is the actor through whose eyes it reads (None: the
truth), and `path` names its prior, if it has one. A subtree of dates, inputs and constants only becomes one column
of `Model.daily`, worked out here in the arithmetic of the engines.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Literal, assert_never

import numpy as np

from offramp.expr import find_function, parse, to_text
from offramp.expr.ir import Apply, Const, Daily, Node, Quantity
from offramp.expr.operate import OPERATE
from offramp.expr.tree import Call, Date, Duration, Name, Number, Operation, Pair, Tree
from offramp.model import memories, priors, views
from offramp.model.calls import bind
from offramp.model.lowering import Column, Lowering
from offramp.model.nodes import apply, multiply
from offramp.scenario.document import Formula


@cache
def read(formula: Formula) -> Tree:
    """Parse a formula; numbers are formulas too."""
    return parse(str(formula))


def lower_formula(lowering: Lowering, formula: Formula, path: str, *, observer: str | None = None) -> Node:
    """Lower a formula that stands at `path`, as `observer` reads it (None: as things are)."""
    return Reader(lowering, path, observer).node(read(formula))


def lower_condition(lowering: Lowering, formula: Formula | None, path: str) -> Node | None:
    """Lower a condition on the truth; one that always holds is None."""
    if formula is None:
        return None
    node = lower_formula(lowering, formula, path)
    return None if isinstance(node, Const) and node.value != 0 else node


@dataclass(frozen=True, slots=True)
class Reader:
    """Lowers trees where it stands; `columns` collects those of a subtree that depends on the date alone."""

    lowering: Lowering
    path: str
    observer: str | None = None
    columns: list[Column] | None = None
    bound: Mapping[str, Node] = field(default_factory=dict)  # names that stand for what is given

    def node(self, tree: Tree) -> Node:
        """Lower a tree."""
        if self.columns is None and _is_dated(tree):
            return self._column(tree)
        match tree:
            case Number():
                return Const(tree.value)
            case Duration():
                return Const(tree.days)
            case Date():
                return Const(float(tree.ordinal))
            case Name():
                return self._name(tree)
            case Operation():
                return self._operation(tree)
            case Call():
                return self._call(tree)
            case Pair():
                raise AssertionError("check lets a pair stand only as a window of an outcome")
            case _:
                assert_never(tree)

    def at(self, label: str) -> Reader:
        """Stand one step further: at `PATH.LABEL`."""
        return replace(self, path=f"{self.path}.{label}")

    def constant(self, tree: Tree) -> float:
        """Lower a tree that can only be a number."""
        node = self.node(tree)
        if isinstance(node, Const):
            return node.value
        raise self.lowering.refuse(
            "E602",
            self.path,
            message=f"`{to_text(tree)}` is not a constant.",
            hint="Half-lives and windows of memories and the arguments of priors are numbers.",
        )

    def elsewhere(self, formula: Formula, path: str) -> Node:
        """Lower the formula that stands at another path, on the truth."""
        return Reader(self.lowering, path).node(read(formula))

    def _name(self, name: Name) -> Node:
        section, _, rest = name.path.partition(".")
        if name.path in self.bound:
            return self.bound[name.path]
        if name.path in self.lowering.names.quantities:
            return self.quantity(name.path)
        if section == "parameter":
            path, formula = self.lowering.plain.parameters[rest]
            return replace(self, path=path).node(read(formula))
        if section == "switch":
            return priors.switch(self, rest)
        assert section == "input", f"check lets {name.path} pass"
        return self._daily(self.lowering.inputs[rest])

    def quantity(self, path: str) -> Node:
        """Read a quantity, as the observer sees it."""
        if self.observer is None:
            return Quantity(self.lowering.names.quantities[path])
        return views.seen(self, path, self.observer)

    def _operation(self, tree: Operation) -> Node:
        switch = priors.switch_of(tree)
        if switch is not None:
            return priors.is_alternative(self, *switch, op=tree.op)
        if tree.op == "pow":
            base, exponent = tree.args
            return multiply([self.node(base)] * round(self.constant(exponent)))
        args = [self.node(arg) for arg in tree.args]
        return args[0] if tree.op == "per_day" else apply(tree.op, *args)

    def _call(self, call: Call) -> Node:
        function = find_function(call.function)
        assert function is not None, f"check lets {call.function} pass"
        match function.role:
            case "distribution":
                return priors.parameter(self, call)
            case "memory":
                return memories.remembered(self, call)
            case "calendar":
                return self._daily(self._calendar(call))
            case _:
                return self._arithmetic(call)

    def _arithmetic(self, call: Call) -> Node:
        function = find_function(call.function)
        assert function is not None
        args = [self.node(arg) for arg in bind(call)]
        if function.name == "clip":
            value, low, high = args
            return apply("min", apply("max", value, low), high)
        assert function.op is not None
        if not function.variadic:
            return apply(function.op, *args)
        result = args[0]
        for arg in args[1:]:
            result = apply(function.op, result, arg)
        return result

    def _column(self, tree: Tree) -> Node:
        def work_out() -> Column:
            columns: list[Column] = []
            node = replace(self, columns=columns).node(tree)
            with np.errstate(all="ignore"):  # a number beyond float32 is infinite, as it would be in an engine
                return evaluate_columns(node, columns, n_steps=len(self.lowering.steps))

        return Daily(self.lowering.columns.index(to_text(tree), work_out))

    def _daily(self, column: Column) -> Node:
        assert self.columns is not None
        self.columns.append(column)
        return Daily(len(self.columns) - 1)

    def _calendar(self, call: Call) -> Column:
        (when,) = bind(call)
        days = self.lowering.steps.days - self.ordinal(when)
        return _CALENDAR[call.function](days).astype(np.float32)

    def ordinal(self, tree: Tree) -> int:
        """Find the day that a calendar entry or a date means."""
        if isinstance(tree, Date):
            return tree.ordinal
        assert isinstance(tree, Name)
        return self.lowering.document.calendar[tree.path.removeprefix("calendar.")].date.toordinal()


_CALENDAR: dict[str, Callable[..., Column]] = {  # of the days since a date
    "days_until": lambda days: np.maximum(-days, 0),
    "days_since": lambda days: np.maximum(days, 0),
    "after": lambda days: days >= 0,
    "before": lambda days: days < 0,
}


def _is_dated(tree: Tree) -> bool:
    """Tell whether a tree depends on the date, and on nothing else."""
    return not _reads(tree, "run") and _reads(tree, "date")


def _reads(tree: Tree, what: Literal["run", "date"]) -> bool:
    """Tell whether a tree depends on the run, or on the date; stops at the first piece that does.

    Long sums nest to the left, and each of their parts is asked: what stands to the right is looked at first, so that
    most are answered at their first term rather than their last.
    """
    match tree:
        case Number() | Duration() | Date():
            return False
        case Name():
            return what == ("date" if tree.path.startswith("input.") else "run")
        case Operation():
            return any(_reads(arg, what) for arg in reversed(tree.args))
        case Call():
            function = find_function(tree.function)
            if function is not None and function.role == "calendar":
                return what == "date"
            if function is None or function.role != "arithmetic":
                return what == "run"
            return any(_reads(arg, what) for arg in reversed(bind(tree)))
        case Pair():
            return what == "run"
        case _:
            assert_never(tree)


def evaluate_columns(node: Node, columns: Sequence[Column], *, n_steps: int) -> Column:
    """Evaluate a tree of constants and columns on every step, as an engine would."""
    match node:
        case Const():
            return np.full(n_steps, node.value, np.float32)
        case Daily():
            return columns[node.index]
        case Apply():
            rows = zip(*(evaluate_columns(arg, columns, n_steps=n_steps) for arg in node.args), strict=True)
            return np.fromiter((OPERATE[node.op](*row) for row in rows), np.float32, n_steps)
        case _:
            raise AssertionError("a dated tree reads nothing of the run")
