"""Policies: edits that can be read and that name what exists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from offramp.expr import to_text
from offramp.expr.tree import Tree
from offramp.scenario.checks.context import Context
from offramp.scenario.checks.fields import Field
from offramp.scenario.checks.parameters import parameter_paths, rate_paths
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
    name_in,
    parse_edit,
)


def check_policies(context: Context) -> None:
    """Check every edit of every policy."""
    for name, policy in context.document.policies.items():
        edits, path = (
            (policy.edits, f"policies.{name}.edits") if isinstance(policy, Policy) else (policy, f"policies.{name}")
        )
        for index, text in enumerate(edits):
            check_edit(context, f"{path}.{index}", text)


def check_edit(context: Context, path: str, text: str) -> bool:
    """Check one edit; tell whether it could be read."""
    try:
        edit = parse_edit(text)
    except EditError as error:
        context.report(error.code, path, error.message, hint=error.hint, span=error.span)
        return False
    _check(context, path, edit, text)
    return True


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
        case Shift(parameter=parameter):
            _known(context, path, parameter, sort="parameter", known=parameter_paths(context))
        case Scale(rate=rate, by=by):
            _known(context, path, rate, sort="parameter", known=rate_paths(context))
            if by < 0.0:
                context.report(
                    "E608", path, f"`{text}` makes a rate negative; a factor is 0 or more.", hint="Write 0 to stop it."
                )
        case If(condition=condition, then=then):
            walker = Walker(context, Field(path, text))
            walker.condition(condition, walker.value(condition))
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
    if isinstance(action, Force | Set):
        yield action.on
    yield from (day for day in (edit.window.first, edit.window.last) if day is not None)


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
    value = Walker(context, Field(path, "")).value(tree)
    quantity = context.names.quantities.get(piece.text)
    if quantity is None:
        known = context.names.quantities
        context.unknown(path, piece.text, sort="quantity", known=known, section="quantities", span=piece.span)
    elif value.low > quantity.high or value.high < quantity.low:
        context.report(
            "E610",
            path,
            f"`{to_text(tree)}` lies outside the range of `{piece.text}`.",
            hint=f"The range is [{quantity.low:g}, {quantity.high:g}].",
            span=tree.span,
        )


def _known(context: Context, path: str, piece: Piece, *, sort: str, known: list[str]) -> None:
    if piece.text not in known:
        context.unknown(path, piece.text, sort=sort, known=known, section="parameters", span=piece.span)
