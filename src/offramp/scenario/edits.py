"""Edits: one line of a policy as a typed value. They are read here, and checked by `checks/policies`.

    forbid M                     replace M with M2          force M on DATE
    set Q = v on DATE            hold Q = v                 shift PARAM by d           scale RATE by k
    if CONDITION then EDIT (once|while)

All but `force`, `set` and `shift` may end in `from DATE`, `until DATE`; all may end in `announced`. Inside an `if`,
`force` and `set` may leave out `on DATE`: they act when the edit comes into force (`once`), or on each day that it is
(`while`). A policy may also take in another by the line `policy NAME`, which is no edit (`included_policy`).
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace
from typing import Literal

from offramp.expr.parse import MAX_LENGTH, MAX_NUMBER, ExpressionError, parse
from offramp.expr.tree import Name, Span, Tree
from offramp.scenario.nearest import nearest

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
    """The move happens on a day; without one (inside an `if`) when the edit comes into force."""

    move: Piece
    on: dt.date | None


@dataclass(frozen=True, slots=True)
class Set:
    """A quantity takes a value on a morning; without a day (inside an `if`) when the edit comes into force."""

    quantity: Piece
    value: Tree
    on: dt.date | None


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
_NAME = r"[^\s=]+"
_INCLUDED = re.compile(rf"\s*policy\s+({_WORD})\s*")
_DATED = re.compile(rf"\s(on\s+{_DATE})$")
_MISDATED = re.compile(rf"\s(?:from|until|on)\s+(?!{_DATE}(?:\s|$))([^\W_]\S*)")
_PATTERNS: dict[str, re.Pattern[str]] = {
    "forbid": re.compile(rf"forbid\s+({_WORD})"),
    "replace": re.compile(rf"replace\s+({_WORD})\s+with\s+({_WORD})"),
    "force": re.compile(rf"force\s+({_WORD})(?:\s+on\s+({_DATE}))?"),
    "set": re.compile(rf"set\s+({_NAME})\s*=\s*(.+?)(?:\s+on\s+({_DATE}))?"),
    "hold": re.compile(rf"hold\s+({_NAME})\s*=\s*(.+)"),
    "shift": re.compile(rf"shift\s+({_WORD})\s+by\s+({_NUMBER})"),
    "scale": re.compile(rf"scale\s+({_WORD})\s+by\s+({_NUMBER})"),
    "if": re.compile(r"if\s+(.+?)\s+then\s+(.+)\s+(once|while)"),
}
_ALL = f"Edits: {', '.join(f'`{usage}`' for usage in USAGES)}; and `policy NAME`."
_INNER = "Inside an `if` stands a plain edit; conditions are joined by `and`."


def parse_edit(text: str, start: int = 0, *, nested: bool = False) -> Edit:
    """Read one line.

    Parameters
    ----------
    start : column of the first character, added to all spans
    nested : whether the edit stands inside an `if`

    Raises
    ------
    EditError : with the columns of the piece at fault.
    """
    if len(text) > MAX_LENGTH:  # the patterns below take time that grows with the square of the length
        message = f"The edit has {len(text):,} characters; at most {MAX_LENGTH:,} are read."
        raise EditError(message, span=Span(start, start + len(text)), hint="Divide it into several.", code="E151")
    window, is_announced, length = _tail(text, start)
    body = text[:length].rstrip()
    lead = len(body) - len(body.lstrip())
    verb = body.split(maxsplit=1)[0] if body else ""
    whole = Span(start + lead, start + max(len(body), lead + 1))
    if verb not in _PATTERNS or (nested and verb == "if"):
        raise _no_edit(text, verb, whole, nested=nested)
    match = _PATTERNS[verb].fullmatch(body, lead)
    is_mistimed = verb in {"hold", "set"} and (_MISDATED.search(body) or (verb == "hold" and _DATED.search(body)))
    if match is None or is_mistimed:
        raise _misshapen(text, body, verb, whole)
    edit = Edit(_action(verb, match, start), window, is_announced)
    _check_days(edit, verb, whole, nested=nested)
    return edit


def included_policy(text: str) -> Piece | None:
    """Read `policy NAME`: the name; None of any other line."""
    match = _INCLUDED.fullmatch(text)
    return None if match is None else _piece(match, 1, 0)


def _no_edit(text: str, verb: str, whole: Span, *, nested: bool) -> EditError:
    if nested and verb in {"if", "policy"}:
        return EditError(f"`{text.strip()}` cannot stand inside an `if`.", span=whole, hint=_INNER)
    if verb == "policy":
        message = "`policy` takes in a policy; it is a line of its own, with a name and nothing else."
        return EditError(message, span=whole, hint="Write `policy NAME`.")
    near = nearest(verb, [*_PATTERNS, "policy"]) if verb else None
    span = Span(whole.start, whole.start + max(len(verb), 1))
    message = f"`{verb}` is not the verb of an edit." if verb else "The edit is empty."
    return EditError(message, span=span, hint=f"Did you mean `{near}`?  {_ALL}" if near else _ALL)


def _misshapen(text: str, body: str, verb: str, whole: Span) -> EditError:
    """Say what is wrong with an edit of a known verb: a date that is none, a day where a window belongs, its shape."""
    offset = whole.start - (len(body) - len(body.lstrip()))
    misdated, dated = _MISDATED.search(body), _DATED.search(body)
    if misdated is not None:
        span = Span(offset + misdated.start(1), offset + misdated.end(1))
        message = f"`{misdated[1]}` is not a day of the calendar."
        return EditError(message, span=span, hint="Dates are written year-month-day: `2020-02-01`.", code="E162")
    if dated is not None and verb not in {"force", "set", "if"}:
        span = Span(offset + dated.start(1), offset + dated.end(1))
        return EditError(f"`{verb}` has a window, not a day.", span=span, hint="Write `from DATE until DATE`.")
    usage = " or ".join(f"`{usage}`" for usage in USAGES if usage.split()[0] == verb)
    return EditError(f"`{text.strip()}` is not an edit.", span=whole, hint=f"Write {usage}.")


def _check_days(edit: Edit, verb: str, whole: Span, *, nested: bool) -> None:
    """Refuse a window of what has its day, a lack of both, and anything but the whole run for a parameter."""
    has_window = edit.window != Window()
    match edit.action:
        case Force(on=on) | Set(on=on):
            if on is not None and has_window:
                message = f"`{verb}` has its day; it takes no `from` or `until`."
                raise EditError(message, span=whole, hint="Remove the window.")
            if on is None and not nested:
                usage = next(usage for usage in USAGES if usage.startswith(verb))
                message = f"`{verb}` lacks its day; only inside an `if` may it be left out."
                raise EditError(message, span=whole, hint=f"Write `{usage}`.")
        case Shift() if nested or has_window:
            message = "A parameter is drawn before the run; `shift` takes no `if`, `from` or `until`."
            raise EditError(message, span=whole, hint="Write `shift PARAM by d` alone, or `scale` a rate.")


def _tail(text: str, start: int) -> tuple[Window, bool, int]:
    """Read what stands at the end: window and `announced`; and the length of what is left."""
    window, is_announced, length = Window(), False, len(text)
    while (match := _TAIL.search(text, 0, length)) is not None:
        if match[1]:
            is_announced = True
        else:
            day, end = _day(match, 3, start), "first" if match[2] == "from" else "last"
            if getattr(window, end) is not None:
                span = Span(start + match.start(2), start + match.end(3))
                raise EditError(f"The edit says `{match[2]}` twice.", span=span, hint="Remove one of the two dates.")
            window = replace(window, **{end: day})
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
            return Force(_piece(match, 1, start), _day(match, 2, start) if match[2] else None)
        case "set":
            on = _day(match, 3, start) if match[3] else None
            return Set(_piece(match, 1, start), _formula(match, 2, start), on)
        case "hold":
            return Hold(_piece(match, 1, start), _formula(match, 2, start))
        case "shift":
            return Shift(_piece(match, 1, start), _number(match, 2, start))
        case "scale":
            return Scale(_piece(match, 1, start), _number(match, 2, start))
        case _:
            then = parse_edit(match[2], start + match.start(2), nested=True)
            return If(_formula(match, 1, start), then, "once" if match[3] == "once" else "while")


def _piece(match: re.Match[str], group: int, start: int) -> Piece:
    return Piece(match[group], Span(start + match.start(group), start + match.end(group)))


def _number(match: re.Match[str], group: int, start: int) -> float:
    number = float(match[group])
    if abs(number) <= MAX_NUMBER:
        return number
    piece = _piece(match, group, start)
    message = f"`{piece.text}` is not a number that a run can hold."
    raise EditError(message, span=piece.span, hint=f"Numbers go up to {MAX_NUMBER:g}.", code="E158")


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
