"""Edits: one line of a policy as a typed value. They are read here, and checked by `checks/policies`.

    forbid M                     replace M with M'           force M on DATE
    set Q = v on DATE            hold Q = v                  shift PARAM by d          scale RATE by k
    if CONDITION then EDIT (once|while)

Each but `force` and `set` (which have their day) may end in `from DATE`, `until DATE`; all may end in `announced`.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace
from typing import Literal

from offramp.expr.parse import MAX_LENGTH, ExpressionError, parse
from offramp.expr.tree import Name, Span, Tree

USAGES = (
    "forbid M",
    "replace M with M2",
    "force M on DATE",
    "set Q = v on DATE",
    "hold Q = v",
    "shift PARAM by d",
    "scale RATE by k",
    "if CONDITION then EDIT once",
    "if CONDITION then EDIT while",
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of an edit's text and its columns."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Window:
    """When an edit is in force: from its first day until its last, both inclusive; None leaves an end open."""

    first: dt.date | None = None
    last: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Forbid:
    """The move cannot be chosen."""

    move: Piece


@dataclass(frozen=True, slots=True)
class Replace:
    """Whenever the move is chosen, another happens in its place."""

    move: Piece
    by: Piece


@dataclass(frozen=True, slots=True)
class Force:
    """The move happens on a day."""

    move: Piece
    on: dt.date


@dataclass(frozen=True, slots=True)
class Set:
    """A quantity takes a value on a morning."""

    quantity: Piece
    value: Tree
    on: dt.date


@dataclass(frozen=True, slots=True)
class Hold:
    """A quantity keeps a value."""

    quantity: Piece
    value: Tree


@dataclass(frozen=True, slots=True)
class Shift:
    """A parameter is moved by an amount."""

    parameter: Piece
    by: float


@dataclass(frozen=True, slots=True)
class Scale:
    """A rate is multiplied by a factor, 0 or more."""

    rate: Piece
    by: float


@dataclass(frozen=True, slots=True)
class If:
    """An edit that comes into force when a condition first holds, for good (`once`) or as long as it does (`while`)."""

    condition: Tree
    then: Edit
    how: Literal["once", "while"]


Action = Forbid | Replace | Force | Set | Hold | Shift | Scale | If


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit: what it does, when, and whether others are told."""

    action: Action
    window: Window = Window()
    is_announced: bool = False


class EditError(Exception):
    """A line is not an edit; `span` says which piece of it, `code` which problem it is."""

    def __init__(self, message: str, *, span: Span, hint: str, code: str = "E357") -> None:
        super().__init__(message)
        self.message, self.span, self.hint, self.code = message, span, hint, code


_DATE = r"\d{4}-\d{2}-\d{2}"
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_TAIL = re.compile(rf"\s+(?:(announced)|(from|until)\s+({_DATE}))\s*$")
_WORD = r"\S+"
_PATTERNS: dict[str, re.Pattern[str]] = {
    "forbid": re.compile(rf"forbid\s+({_WORD})"),
    "replace": re.compile(rf"replace\s+({_WORD})\s+with\s+({_WORD})"),
    "force": re.compile(rf"force\s+({_WORD})\s+on\s+({_DATE})"),
    "set": re.compile(rf"set\s+({_WORD})\s*=\s*(.+?)\s+on\s+({_DATE})"),
    "hold": re.compile(rf"hold\s+({_WORD})\s*=\s*(.+)"),
    "shift": re.compile(rf"shift\s+({_WORD})\s+by\s+({_NUMBER})"),
    "scale": re.compile(rf"scale\s+({_WORD})\s+by\s+({_NUMBER})"),
    "if": re.compile(r"if\s+(.+?)\s+then\s+(.+)\s+(once|while)"),
}
_ALL = "Edits: " + ", ".join(f"`{usage}`" for usage in USAGES) + "."


def parse_edit(text: str, start: int = 0, *, nested: bool = False) -> Edit:
    """Read one line.

    Parameters
    ----------
    start : column of the first character, added to all spans

    Raises
    ------
    EditError : with the columns of the piece at fault.
    """
    if len(text) > MAX_LENGTH:  # the patterns below take time that grows with the square of the length
        message = f"The edit has {len(text):,} characters; at most {MAX_LENGTH:,} are read."
        raise EditError(message, span=Span(start, start + len(text)), hint="Divide it into several.", code="E151")
    window, is_announced, length = _tail(text, start)
    body = text[:length]
    lead = len(body) - len(body.lstrip())
    verb = body.split(maxsplit=1)[0] if body.strip() else ""
    whole = Span(start + lead, start + max(len(body.rstrip()), lead + 1))
    if verb not in _PATTERNS or (nested and verb == "if"):
        raise EditError(f"`{text.strip()}` is not an edit.", span=whole, hint=_ALL)
    match = _PATTERNS[verb].fullmatch(body.rstrip(), lead)
    if match is None:
        usage = " or ".join(f"`{usage}`" for usage in USAGES if usage.split()[0] == verb)
        raise EditError(f"`{text.strip()}` is not an edit.", span=whole, hint=f"Write {usage}.")
    action = _action(verb, match, start)
    if window != Window() and isinstance(action, Force | Set):
        raise EditError(f"`{verb}` has its day; it takes no `from` or `until`.", span=whole, hint="Remove the window.")
    return Edit(action, window, is_announced)


def _tail(text: str, start: int) -> tuple[Window, bool, int]:
    """Read what stands at the end: window and `announced`; and the length of what is left."""
    window, is_announced, length = Window(), False, len(text)
    while (match := _TAIL.search(text, 0, length)) is not None:
        if match[1]:
            is_announced = True
        else:
            day = _day(match, 3, start)
            window = replace(window, first=day) if match[2] == "from" else replace(window, last=day)
        length = match.start()
    if window.first is not None and window.last is not None and window.first > window.last:
        raise EditError(
            "The edit ends before it begins.", span=Span(start + length, start + len(text)),
            hint="Exchange the two dates.", code="E615",
        )  # fmt: skip
    return window, is_announced, length


def _action(verb: str, match: re.Match[str], start: int) -> Action:
    match verb:
        case "forbid":
            return Forbid(_piece(match, 1, start))
        case "replace":
            return Replace(_piece(match, 1, start), _piece(match, 2, start))
        case "force":
            return Force(_piece(match, 1, start), _day(match, 2, start))
        case "set":
            return Set(_piece(match, 1, start), _formula(match, 2, start), _day(match, 3, start))
        case "hold":
            return Hold(_piece(match, 1, start), _formula(match, 2, start))
        case "shift":
            return Shift(_piece(match, 1, start), float(match[2]))
        case "scale":
            return Scale(_piece(match, 1, start), float(match[2]))
        case _:
            then = parse_edit(match[2], start + match.start(2), nested=True)
            return If(_formula(match, 1, start), then, "once" if match[3] == "once" else "while")


def _piece(match: re.Match[str], group: int, start: int) -> Piece:
    return Piece(match[group], Span(start + match.start(group), start + match.end(group)))


def _day(match: re.Match[str], group: int, start: int) -> dt.date:
    try:
        return dt.date.fromisoformat(match[group])
    except ValueError:
        piece = _piece(match, group, start)
        message = f"`{piece.text}` is not a day of the calendar."
        raise EditError(message, span=piece.span, hint="Dates are written year-month-day.", code="E162") from None


def _formula(match: re.Match[str], group: int, start: int) -> Tree:
    """A formula; blanks before it make its columns those of the line."""
    piece = _piece(match, group, start)
    try:
        return parse(" " * piece.span.start + piece.text)
    except ExpressionError as error:
        raise EditError(error.message, span=error.span, hint=error.hint, code=error.code) from None


def name_in(piece: Piece) -> Name | None:
    """The name that a piece holds, with columns of the line; None where it holds something else."""
    try:
        tree = parse(" " * piece.span.start + piece.text)
    except ExpressionError:
        return None
    return tree if isinstance(tree, Name) else None
