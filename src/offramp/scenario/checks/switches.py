"""Switches: a `Categorical` over at least two alternatives; parameters: one distribution."""

from __future__ import annotations

from offramp.core.distributions import Distribution, faults
from offramp.expr.tree import Call, Duration, Number, Operation, Tree
from offramp.scenario.checks.context import Context
from offramp.scenario.checks.distributions import find_distributions
from offramp.scenario.checks.names import read


def check_switches(context: Context) -> None:
    """Check every switch and every shared parameter."""
    for name, switch in context.document.switches.items():
        tree = read(switch.prior)
        if tree is not None:
            _check(context, f"switches.{name}.prior", name, tree)
    for name in context.document.parameters:
        path = f"parameters.{name}.prior"
        parameter = context.trees.get(path)
        if parameter is not None and not find_distributions(parameter) and not _is_constant(parameter):
            context.report(
                "E354",
                path,
                f"`{name}` is a formula; a parameter is a distribution or a number.",
                hint="Write the formula where it is used.",
            )


def _is_constant(tree: Tree) -> bool:
    if isinstance(tree, Operation):
        return all(map(_is_constant, tree.args))
    return isinstance(tree, Number | Duration)


def _check(context: Context, path: str, name: str, tree: Tree) -> None:
    if not isinstance(tree, Call) or tree.function != "Categorical":
        context.report(
            "E323",
            path,
            f"The prior of the switch `{name}` is not `Categorical`.",
            hint="Write `Categorical(a=0.5, b=0.5)`, one probability for each alternative.",
        )
        return
    weights = [value.value for _, value in tree.keywords if isinstance(value, Number)]
    if tree.args or len(tree.keywords) < 2 or len(weights) < len(tree.keywords):
        context.report(
            "E323",
            path,
            f"The switch `{name}` does not give each of two or more alternatives a number.",
            hint="Write `Categorical(a=0.5, b=0.5)`, one probability for each alternative.",
        )
        return
    found = faults(Distribution("Categorical", tuple(weights)))
    if found:
        context.report("E620", path, found[0])
    elif abs(sum(weights) - 1.0) > 1e-6:
        context.report("E620", path, f"The probabilities of `{name}` sum to {sum(weights):g}; they sum to 1.")
