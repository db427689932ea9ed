"""Outcomes: one reducer, outermost, with a window inside the clock."""

from __future__ import annotations

import datetime as dt

from offramp.expr import find_function, to_text
from offramp.expr.functions import FUNCTIONS, Function
from offramp.expr.tree import Call, Name, Pair, Tree
from offramp.scenario.checks import lookups
from offramp.scenario.checks.walk import Walker

_REDUCERS = [row for row in FUNCTIONS if row.role == "reducer"]


def check_outcome(walker: Walker, tree: Tree) -> None:
    """Check the formula of an outcome."""
    function = find_function(tree.function, outermost=True) if isinstance(tree, Call) else None
    if not isinstance(tree, Call) or function is None or function.role != "reducer":
        usages = ", ".join(f"`{row.usage}`" for row in _REDUCERS)
        walker.report(
            "E312",
            tree,
            f"`{to_text(tree)}` does not say what to take from a whole run.",
            hint=f"Outermost stands one of {usages}.",
        )
        return
    arguments = walker.arguments(tree, function)
    if arguments is None:
        return
    _check_reduced(walker, arguments[0], function)
    _check_window(walker, tree)


def _check_reduced(walker: Walker, tree: Tree, function: Function) -> None:
    match function.kinds[0]:
        case "move":
            lookups.selector(walker, tree)
        case "actor":
            if not isinstance(tree, Name) or tree.variant is not None:
                walker.report(
                    "E309", tree, f"`{to_text(tree)}` is not the name of an actor.", hint="Write `payoff(actor)`."
                )
            elif (
                walker.context.known(walker.field.path, tree.path, sort="actor", section="actors", span=tree.span)
                and not walker.context.document.actors[tree.path].goals
            ):
                walker.report("E355", tree, f"`{tree.path}` has no goals, so its payoff is always 0.")
        case "condition":
            walker.condition(tree, walker.value(tree))
        case _:
            walker.value(tree)


def _check_window(walker: Walker, call: Call) -> None:
    window = dict(call.keywords)
    if "by" in window and "between" in window:
        walker.report("E318", window["between"], "`by=` and `between=` are two windows.", hint="Keep one of the two.")
        return
    if "between" in window:
        pair = window["between"]
        if not isinstance(pair, Pair):
            walker.report(
                "E318",
                pair,
                f"`{to_text(pair)}` is not a pair of dates.",
                hint="Write `between=(2020-01-01, 2020-06-30)`.",
            )
            return
        first, last = (_day(walker, end) for end in (pair.first, pair.second))
        if first is not None and last is not None and first > last:
            walker.report(
                "E615", pair, f"The window `{to_text(pair)}` ends before it begins.", hint="Exchange the two dates."
            )
    elif "by" in window:
        _day(walker, window["by"])


def _day(walker: Walker, tree: Tree) -> int | None:
    """A day of the clock."""
    day = lookups.date(walker, tree)
    clock = walker.context.clock
    if day is None or clock is None or clock[0] <= day <= clock[1]:
        return day
    first, last = (dt.date.fromordinal(end) for end in clock)
    walker.report(
        "E616", tree, f"`{to_text(tree)}` lies outside the clock.", hint=f"The clock runs from {first} to {last}."
    )
    return None
