"""Rates that are higher than a step can hold: what they ask for beyond it is lost, and nobody would notice."""

from __future__ import annotations

import math

from offramp.core.distributions import FAMILIES, mean
from offramp.core.units import duration_days
from offramp.expr import to_text
from offramp.expr.tree import Call, Duration, Name, Number, Operation, Tree
from offramp.scenario.checks.context import Context
from offramp.scenario.checks.distributions import is_distribution

_OPERATE = {"add": lambda a, b: a + b, "sub": lambda a, b: a - b, "mul": lambda a, b: a * b}
_FAR_ABOVE = 10.0  # opportunities for each slot: many are a way to write "always"; these are a slip of the pen


def check_frequent(context: Context) -> None:
    """Warn of spontaneous rates, and of opportunities, that ask for more than `max_per_day` lets happen."""
    days = duration_days(context.document.scenario.clock.step) or 1.0
    for name, move in context.document.moves.items():
        path = f"moves.{name}.rate"
        rate = _mean_of(context, path)
        most = math.ceil(move.max_per_day * days)
        if rate is not None and rate * days > most:
            lost = rate * days - _kept(rate * days, most)
            _warn(context, path, f"{_amount(rate * days)} events", f"{most:,} can happen, so about {_amount(lost)} are")
    for name, actor in context.document.actors.items():
        for channel, told in actor.channels.items():
            path = f"actors.{name}.channels.{channel}.opportunities"
            rate, most = _mean_of(context, path), told.max_per_day
            if rate is not None and rate * days > _FAR_ABOVE * most:
                rest = _amount(rate * days - most)
                asked = f"{_amount(rate * days)} opportunities"
                _warn(context, path, asked, f"{most:,} can be taken, so about {rest} are")


def _warn(context: Context, path: str, asked: str, lost: str) -> None:
    text = to_text(context.trees[path])
    context.report("W601", path, f"`{text}` means {asked} in a step on average; at most {lost} lost.")


def _kept(expected: float, most: int) -> float:
    """Mean of a Poisson count that is cut at `most`: the sum over k < most of the probability of more than k."""
    probability = math.exp(-expected)
    below = kept = 0.0
    for k in range(most):
        below += probability
        kept += 1.0 - below
        probability *= expected / (k + 1)
    return kept


def _mean_of(context: Context, path: str) -> float | None:
    """Mean of a rate that is settled before the run, in events per day; None for any other."""
    value = context.values.get(path)
    if value is None or value.kind == "unknown":
        return None
    try:
        found = _mean(context, context.trees[path])
    except OverflowError:  # tails so heavy that the mean says nothing
        return None
    return found if found is None or math.isfinite(found) else None


def _mean(context: Context, tree: Tree) -> float | None:
    match tree:
        case Number():
            return tree.value
        case Duration():
            return tree.days
        case Name() if tree.path.startswith("parameter."):
            return _mean_of(context, f"parameters.{tree.path.removeprefix('parameter.')}.prior")
        case Operation():
            return _mean_of_operation(context, tree)
        case Call() if is_distribution(tree):
            return _mean_of_prior(context, tree)
        case _:
            return None


def _mean_of_operation(context: Context, tree: Operation) -> float | None:
    args = [_mean(context, arg) for arg in tree.args]
    known = [arg for arg in args if arg is not None]
    if len(known) < len(args):
        return None
    if tree.op == "per_day":
        return known[0]
    if tree.op == "div":
        return known[0] / known[1] if known[1] else None
    return _OPERATE[tree.op](*known) if tree.op in _OPERATE else None


def _mean_of_prior(context: Context, call: Call) -> float | None:
    """Mean of a distribution whose arguments, numbers all, have been found sound."""
    names = [name for name, _ in FAMILIES[call.function].arguments]
    given = dict(zip(names, call.args, strict=False)) | dict(call.keywords)
    found = {name: _mean(context, tree) for name, tree in given.items()}
    args = tuple(number for name in names if (number := found.pop(name)) is not None)
    return mean(call.function, args, found.get("low"), found.get("high"))


def _amount(number: float) -> str:
    return f"{number:,.0f}" if 10.0 <= number < 1e9 else f"{number:.2g}"
