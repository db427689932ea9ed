"""Calls: their arguments in order, and which of them are distributions."""

from __future__ import annotations

from offramp.expr import find_function
from offramp.expr.tree import Call, Tree


def bind(call: Call, *, outermost: bool = False) -> list[Tree]:
    """List the arguments of a call in the order of its function's parameters, however they were given."""
    function = find_function(call.function, outermost=outermost)
    assert function is not None, f"check lets {call.function} pass"
    if function.variadic:
        return list(call.args)
    given = dict(call.keywords)
    return [*call.args, *(given[name] for name in function.parameters[len(call.args) :] if name in given)]


def is_distribution(tree: Tree) -> bool:
    """Tell whether a tree is a distribution."""
    if not isinstance(tree, Call):
        return False
    function = find_function(tree.function)
    return function is not None and function.role == "distribution"
