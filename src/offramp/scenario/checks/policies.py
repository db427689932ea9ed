"""Policies: edits that can be read and that name what exists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from offramp.expr import to_text
from offramp.expr.tree import Tree
from offramp.scenario.checks.context import Context
from offramp.scenario.checks.distributions import find_distributions
from offramp.scenario.checks.fields import Field
from offramp.scenario.checks.formulas import is_wanted
from offramp.scenario.checks.parameters import parameter_paths, parameter_priors, rate_paths
from offramp.scenario.checks.values import INFINITY
from offramp.scenario.checks.walk import Walker
from offramp.scenario.document import Policy
from offramp.scenario.edits import (
    Action,
    Edit,
    EditError,
    Forbid,
    Force,
    Hold,
    If,
    Piece,
    Replace,
    Scale,
    Set,
    Shift,
    included_policy,
    name_in,
    parse_edit,
)
from offramp.scenario.limits import MAX_EDITS, MAX_POLICY_DEPTH
from offramp.scenario.told import is_announced, subject_of, told


def check_policies(context: Context) -> None:
    """Check every edit of every policy, and that each policy can be written out."""
    for name in context.document.policies:
        before = len(context.problems)
        for path, text in policy_lines(context, name):
            if included_policy(text) is None:
                check_edit(context, path, text)
        if len(context.problems) == before:
            list(Writing(context).out(policy_lines(context, name), (name,)))


def policy_lines(context: Context, name: str) -> list[tuple[str, str]]:
    """List the lines of a policy with their paths."""
    policy = context.document.policies[name]
    edits, path = (
        (policy.edits, f"policies.{name}.edits") if isinstance(policy, Policy) else (policy, f"policies.{name}")
    )
    return [(f"{path}.{index}", text) for index, text in enumerate(edits)]


@dataclass
class Writing:
    """Writes lines out with those of the policies that they take in, in order; what cannot be is reported.

    left : how many lines may still be written, those that take in a policy included
    """

    context: Context
    left: int = MAX_EDITS

    def out(self, lines: list[tuple[str, str]], policies: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
        """Write lines out; `policies` are those that are being written out, the outermost first."""
        for path, text in lines:
            self.left -= 1
            if self.left == -1:
                message = f"There are more than {MAX_EDITS} edits, with those of the policies taken in."
                self.context.report("E362", path, message, hint="Leave some out.")
            if self.left < 0:
                return
            piece = included_policy(text)
            if piece is None:
                yield path, text
            elif self._may_take_in(path, piece, policies):
                yield from self.out(policy_lines(self.context, piece.text), (*policies, piece.text))

    def _may_take_in(self, path: str, piece: Piece, policies: tuple[str, ...]) -> bool:
        name = piece.text
        if not self.context.known(path, name, sort="policy", section="policies", span=piece.span):
            return False
        if len(policies) >= MAX_POLICY_DEPTH:
            message = f"Policies take in each other more than {MAX_POLICY_DEPTH} deep."
            self.context.report("E362", path, message, hint="Write some of their edits out.", span=piece.span)
        elif name in policies[:1]:  # a circle that begins further in is told where that policy is written out
            message = f"Policies take in each other without end: {' -> '.join((*policies, name))}."
            self.context.report("E362", path, message, hint="Remove one of these lines.", span=piece.span)
        return len(policies) < MAX_POLICY_DEPTH and name not in policies


def check_edit(context: Context, path: str, text: str) -> Edit | None:
    """Check one edit; None if it could not be read."""
    try:
        edit = parse_edit(text)
    except EditError as error:
        context.report(error.code, path, error.message, hint=error.hint, span=error.span)
        return None
    _check(context, path, edit, text)
    if is_announced(edit) and not any(told(context.document, edit)):
        subject = subject_of(edit)
        message = f"Nobody is told of `{subject}`: no belief lists it under `told_by`."
        listed = sorted({name for quantity in context.document.quantities.values() for name in quantity.told_by})
        known = f" Beliefs are told of {', '.join(f'`{name}`' for name in listed)}." if listed else ""
        context.report("E361", path, message, hint=f"Write `told_by: {{{subject}: 0.1}}` in a belief.{known}")
    return edit


def _check(context: Context, path: str, edit: Edit, text: str) -> None:
    _check_days(context, path, edit)
    match edit.action:
        case Forbid(move=move):
            _move(context, path, move)
        case Replace(move=move, by=by):
            _check_replacement(context, path, move, by)
        case Force(move=move):
            _move(context, path, move, is_single=True)
        case Set(quantity=quantity, value=value) | Hold(quantity=quantity, value=value):
            _check_value(context, path, quantity, value)
        case Shift(parameter=parameter, by=by):
            _check_shift(context, path, parameter, by)
        case Scale(rate=rate, by=by):
            _known(context, path, rate, sort="rate", known=rate_paths(context))
            if by < 0.0:
                context.report(
                    "E608", path, f"`{text}` makes a rate negative; a factor is 0 or more.", hint="Write 0 to stop it."
                )
        case If(condition=condition, then=then):
            walker = Walker(context, Field(path, text))
            walker.condition(condition, walker.value(condition))
            _refuse_priors(context, path, condition)
            _check(context, path, then, text)


def _check_days(context: Context, path: str, edit: Edit) -> None:
    """Days of an edit lie inside the clock."""
    if context.clock is None:
        return
    first, last = (dt.date.fromordinal(day) for day in context.clock)
    for day in _days(edit.action, edit):
        if not first <= day <= last:
            context.report(
                "E616", path, f"`{day}` lies outside the clock.", hint=f"The clock runs from {first} to {last}."
            )


def _days(action: Action, edit: Edit) -> Iterator[dt.date]:
    on = action.on if isinstance(action, Force | Set) else None
    yield from (day for day in (on, edit.window.first, edit.window.last) if day is not None)


def _move(context: Context, path: str, piece: Piece, *, is_single: bool = False) -> list[str]:
    name = name_in(piece)
    if name is None or (is_single and name.path.endswith(".*")):
        what = "one move" if is_single else "a move"
        context.report("E309", path, f"`{piece.text}` is not the name of {what}.", span=piece.span)
        return []
    return context.select(path, name)


def _check_replacement(context: Context, path: str, move: Piece, by: Piece) -> None:
    moves, others = _move(context, path, move), _move(context, path, by, is_single=True)
    if moves and others and moves[0].partition(".")[0] != others[0].partition(".")[0]:
        context.report(
            "E358",
            path,
            f"`{by.text}` is not a move of the actor of `{move.text}`.",
            hint="A move is replaced by another of the same actor.",
            span=by.span,
        )


def _check_value(context: Context, path: str, piece: Piece, tree: Tree) -> None:
    before = len(context.problems)
    _refuse_priors(context, path, tree)
    quantity = context.names.quantities.get(piece.text)
    walker = Walker(context, Field(path, to_text(tree), unit=None if quantity is None else quantity.unit))
    value = walker.value(tree)
    if quantity is None:
        known = context.names.quantities
        context.unknown(path, piece.text, sort="quantity", known=known, section="quantities", span=piece.span)
        return
    if len(context.problems) > before or value.kind in {"unknown", "condition"}:
        return
    if not is_wanted(walker, tree, value, span=tree.span):
        return
    low, high = quantity.low, quantity.high
    if value.low > high or value.high < low:
        hint = f"The range is [{low:g}, {high:g}]."
        message = f"`{to_text(tree)}` lies outside the range of `{piece.text}`."
        context.report("E610", path, message, hint=hint, span=tree.span)
    elif quantity.kind in {"flag", "tally"} and not value.is_whole:
        message = f"`{to_text(tree)}` need not be whole; `{piece.text}` is a {quantity.kind}."
        context.report("E612", path, message, hint="Write a whole number.", span=tree.span)


def _refuse_priors(context: Context, path: str, tree: Tree) -> None:
    for call in find_distributions(tree)[:1]:
        message = f"`{to_text(call)}` is a prior; an edit holds none of its own."
        context.report("E314", path, message, hint="Give it a name under `parameters`.", span=call.span)


def _check_shift(context: Context, path: str, piece: Piece, by: float) -> None:
    """A shifted parameter stays where its prior can be."""
    if not _known(context, path, piece, sort="parameter", known=parameter_paths(context)):
        return
    if piece.text.startswith("switch."):
        message = f"`{piece.text}` is a switch; its alternatives are no numbers."
        context.report("E623", path, message, hint="Shift a parameter of one of its branches.", span=piece.span)
        return
    field, call = parameter_priors(context)[piece.text]
    prior = Walker(context, field).value(call)
    is_whole = not prior.is_whole or by == round(by)
    if prior.kind == "unknown" or (prior.low + by >= prior.low and prior.high + by <= prior.high and is_whole):
        return
    support = f"[{prior.low:g}, {prior.high:g}]" + (", whole numbers alone" if prior.is_whole else "")
    message = f"Shifted by {by:g}, `{piece.text}` leaves the support of its prior, `{to_text(call)}`: {support}."
    bounds = {(True, False): "Shift it up.", (False, True): "Shift it down."}
    hint = bounds.get((prior.low > -INFINITY, prior.high < INFINITY), "Write another prior in the scenario.")
    context.report("E623", path, message, hint=hint, span=piece.span)


def _known(context: Context, path: str, piece: Piece, *, sort: str, known: list[str]) -> bool:
    if piece.text not in known:
        context.unknown(path, piece.text, sort=sort, known=known, section="parameters", span=piece.span)
    return piece.text in known
