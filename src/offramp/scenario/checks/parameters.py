"""Paths of parameters and rates, as edits and claims name them and as lowering does."""

from __future__ import annotations

from dataclasses import replace

from offramp.expr import find_function
from offramp.expr.tree import Call
from offramp.scenario.checks.context import Context
from offramp.scenario.checks.distributions import find_distributions, is_distribution
from offramp.scenario.checks.fields import Field


def parameter_paths(context: Context) -> list[str]:
    """Every number drawn once per run: `guard.raid.utility.base`, `guard.raid.effects.tension.add.mean`, `switch.R`."""
    return [*(f"switch.{name}" for name in context.document.switches), *parameter_priors(context)]


def parameter_priors(context: Context) -> dict[str, tuple[Field, Call]]:
    """Every parameter but switches: the field in which its prior stands, and the prior."""
    found: dict[str, tuple[Field, Call]] = {}
    for field in context.fields:
        tree = context.trees.get(field.path)
        if tree is None or not field.parameter:
            continue
        if field.per_event and is_distribution(tree):
            assert isinstance(tree, Call)
            function = find_function(tree.function)
            arguments = dict(zip(function.parameters if function else (), tree.args, strict=False)) | dict(
                tree.keywords
            )
            inner = {name: find_distributions(argument) for name, argument in arguments.items()}
            once = replace(field, per_event=False)
            found |= {f"{field.parameter}.{name}": (once, priors[0]) for name, priors in inner.items() if priors}
        elif priors := find_distributions(tree):
            found[field.parameter] = (field, priors[0])
    return found


def rate_paths(context: Context) -> list[str]:
    """Every rate: `blue.force.opportunities` of channels, `market.panic.rate` of moves that happen by themselves."""
    return [field.parameter for field in context.fields if field.want == "rate"]
