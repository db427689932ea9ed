"""What Python's grammar cannot read is replaced, before parsing, by reserved names of the same width.

Durations (`10 d`), dates (`2020-11-03`) and `blue.*` become names of underscores only, which no scenario can
write, and are looked up again by column. As nothing changes its width, every column of the tree is a column of
what was written.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass

from offramp.core.units import DAYS_PER_UNIT, MOST, NUMBER
from offramp.expr.tree import Date, Duration, Span

_ALLOWED = re.compile(r"[A-Za-z0-9_ .,+\-*/()<>=!\[\]]", re.ASCII)
_DATE = re.compile(r"(?<![\w.])(\d{4})-(\d{2})-(\d{2})(?![\w.])", re.ASCII)
# The number is atomic: the `e` of `1e-3` is never given back to be read as a word.
_NUMBER_THEN_WORD = re.compile(rf"(?<![\w.])((?>{NUMBER}))( *)([A-Za-z_]\w*)", re.ASCII)
_ALL_MOVES = re.compile(r"(?<![\w.])([A-Za-z]\w*)\.\*(?!\*)", re.ASCII)
_WORDS_AFTER_NUMBERS = frozenset({"and", "or", "if", "else", "not", "is", "in"})
MAX_NUMBER = MOST
_ADVICE = {
    "%": "Write a share as a number: `0.1` rather than `10 %`.",
    "^": "Powers are written `x ** 2`.",
    "&": "Write `and`.",
    "|": "Write `or`.",
    "×": "Write `*`.",
    "−": "Write a plain minus sign, `-`.",
    "–": "Write a plain minus sign, `-`.",
    "≥": "Write `>=`.",
    "≤": "Write `<=`.",
    "#": "A comment starts outside the formula's quotes.",
    '"': "Formulas hold no text; alternatives of a switch are written bare: `switch.R1 == a`.",
    "'": "Formulas hold no text; alternatives of a switch are written bare: `switch.R1 == a`.",
}


class ExpressionError(Exception):
    """A formula cannot be read.

    Attributes
    ----------
    message, hint : as of a `Problem`; span : columns of the piece at fault; code : E1xx
    """

    def __init__(self, message: str, *, span: Span, hint: str, code: str) -> None:
        super().__init__(message)
        self.message, self.span, self.hint, self.code = message, span, hint, code


@dataclass(frozen=True, slots=True)
class Rewritten:
    """Text that Python's grammar reads, and what stood at the columns that were replaced."""

    text: str
    literals: dict[int, Date | Duration]  # start column -> value
    wildcards: frozenset[int]  # start columns of `._` that were `.*`


def rewrite(text: str) -> Rewritten:
    """Replace durations, dates and `.*` by reserved names of the same width."""
    text = re.sub(r"[\t\n\r]", " ", text)
    _refuse_characters(text)
    wildcards = frozenset(match.end() - 2 for match in _ALL_MOVES.finditer(text))
    text = _ALL_MOVES.sub(lambda match: f"{match[1]}._", text)
    literals: dict[int, Date | Duration] = {}

    def keep(value: Date | Duration) -> str:
        literals[value.span.start] = value
        return "_" * (value.span.end - value.span.start)

    text = _DATE.sub(lambda match: keep(_read_date(match)), text)
    text = _NUMBER_THEN_WORD.sub(lambda match: _number_then_word(match, keep), text)
    return Rewritten(text, literals, wildcards)


def _refuse_characters(text: str) -> None:
    for column, character in enumerate(text):
        if not _ALLOWED.match(character):
            raise ExpressionError(
                f"`{character}` is not part of the language of formulas.",
                span=Span(column, column + 1),
                hint=_ADVICE.get(
                    character, "Formulas hold plain (ASCII) names, numbers, `+ - * / **`, comparisons and parentheses."
                ),
                code="E154",
            )


def _read_date(match: re.Match[str]) -> Date:
    span = Span(*match.span())
    try:
        day = dt.date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError as error:
        raise ExpressionError(
            f"`{match[0]}` is not a date: {error}.", span=span, hint="Dates are written year-month-day.", code="E162"
        ) from None
    return Date(day.toordinal(), span)


def _number_then_word(match: re.Match[str], keep: Callable[[Duration], str]) -> str:
    number, blanks, word = match.groups()
    span = Span(*match.span())
    if word in DAYS_PER_UNIT and blanks:
        days = float(number) * DAYS_PER_UNIT[word]
        if days <= MAX_NUMBER:
            return keep(Duration(days, span))
        raise ExpressionError(
            f"`{match[0]}` is longer than formulas can hold.",
            span=span,
            hint=f"Durations are up to {MAX_NUMBER:g} days.",
            code="E158",
        )
    if blanks and word in _WORDS_AFTER_NUMBERS:
        return match[0]
    if word in DAYS_PER_UNIT:
        raise ExpressionError(
            f"`{match[0]}` lacks a blank between number and unit.",
            span=span,
            hint=f"Write `{number} {word}`.",
            code="E161",
        )
    if not blanks:
        raise ExpressionError(
            f"`{match[0]}` is neither a number nor a name.",
            span=span,
            hint="Numbers are written like `12`, `0.5` or `1e-3`; names begin with a letter.",
            code="E158",
        )
    near = difflib.get_close_matches(word, DAYS_PER_UNIT, n=1)
    raise ExpressionError(
        f"`{word}` is not a unit of time, and only a unit may follow a number.",
        span=Span(match.start(3), match.end(3)),
        hint=(f"Did you mean `{near[0]}`?  " if near else "") + f"Units: {', '.join(DAYS_PER_UNIT)}.",
        code="E160",
    )
