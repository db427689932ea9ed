"""Where a distribution may stand in a formula.

Once per run: alone, or as the first factor of a product, and once in a formula. Per event: alone.
"""

from __future__ import annotations

from offramp.expr import to_text
from offramp.expr.tree import Call, Operation, Tree
from offramp.scenario.checks.context import Context
from offramp.scenario.checks.distributions import find_distributions, is_distribution
from offramp.scenario.checks.fields import Field


def check_placing(context: Context, field: Field, tree: Tree) -> bool:
    """Tell whether every distribution stands where one may; those that do not are reported."""
    before = len(context.problems)
    _check(context, field, tree)
    return len(context.problems) == before


def _check(context: Context, field: Field, tree: Tree) -> None:
    found = find_distributions(tree)
    if not found:
        return
    if field.role == "outcome" or field.path.startswith("ends."):
        _report(context, field, found[0], "E314", "holds no prior of its own", "Give it a name under `parameters`.")
    elif field.per_event:
        _check_event(context, field, tree, found)
    elif len(found) > 1:
        _report(
            context,
            field,
            found[1],
            "E315",
            "is the second prior of the formula",
            "Give it a name under `parameters`, or split the utility into two terms.",
        )
    elif field.role == "prior" and tree is not found[0] and not _is_rate(tree, found[0]):
        _report(context, field, found[0], "E314", "does not stand alone", "A parameter is one distribution.")
    elif not _leads(tree, found[0]):
        _report(
            context,
            field,
            found[0],
            "E314",
            "is not the first factor of a product",
            "Write `Normal(1, 0.5) * rest`, or give the prior a name under `parameters`.",
        )


def _check_event(context: Context, field: Field, tree: Tree, found: list[Call]) -> None:
    if tree is not found[0]:
        _report(
            context,
            field,
            found[0],
            "E316",
            "is drawn for each event and stands alone",
            "A coefficient that is drawn once for each run is given a name under `parameters`.",
        )
        return
    for argument in (*found[0].args, *(value for _, value in found[0].keywords)):
        inner = find_distributions(argument)
        if inner and not _leads(argument, inner[0]):
            _report(
                context,
                field,
                inner[0],
                "E314",
                "is not the first factor of a product",
                "Write `Normal(1, 0.5) * rest`.",
            )
        elif len(inner) > 1:
            _report(
                context,
                field,
                inner[1],
                "E315",
                "is the second prior of the argument",
                "Give it a name under `parameters`.",
            )


def _report(context: Context, field: Field, call: Call, code: str, what: str, hint: str) -> None:
    context.report(code, field.path, f"`{to_text(call)}` {what}.", hint=hint, span=call.span)


def _leads(tree: Tree, prior: Call) -> bool:
    """Whether a prior is the whole tree or the first factor of a product."""
    while tree is not prior:
        if not isinstance(tree, Operation) or tree.op not in {"mul", "div", "per_day"}:
            return False
        tree = tree.args[0]
    return is_distribution(tree)


def _is_rate(tree: Tree, prior: Call) -> bool:
    return isinstance(tree, Operation) and tree.op == "per_day" and tree.args[0] is prior
