"""Text of a formula -> tree, by a whitelist over Python's own syntax tree. Nothing is ever evaluated.

`parse` rewrites what Python's grammar lacks (`offramp.expr.rewrite`), lets `ast.parse` read the rest, and copies
only the node types named here; anything else is an `ExpressionError`. Length, depth and size are limited, so that
no text takes long.

Normal forms: a sign before a literal belongs to the literal; `a < b < c` is `a < b and b < c`; `and` and `or` nest to
the left; `x / week` is `per_day(x / 7)`; `a if c else b` is the operation `where(c, a, b)`.
"""

from __future__ import annotations

import ast
import keyword
import re
import warnings
from functools import lru_cache

from offramp.core.units import DAYS_PER_UNIT, NUMBER, RATE_UNITS
from offramp.expr.rewrite import MAX_NUMBER, ExpressionError, Rewritten, rewrite
from offramp.expr.tree import Call, Duration, Name, Number, Operation, Pair, Span, Tree

__all__ = ["MAX_DEPTH", "MAX_LENGTH", "MAX_NODES", "MAX_NUMBER", "MAX_POWER", "ExpressionError", "parse"]

MAX_LENGTH = 2_000  # characters
REMEMBERED_LENGTH = 300  # characters; few formulas are longer, and those that are could fill memory
MAX_DEPTH = 100  # nested operations; a sum of n terms is n deep
MAX_NODES = 600
MAX_POWER = 8

_BINARY = {ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div"}
_COMPARE = {ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge", ast.Eq: "eq", ast.NotEq: "ne"}
_PLAIN_NUMBER = re.compile(NUMBER, re.ASCII)
_WORDS = {"and", "or", "not", "if", "else"}
_PYTHON_WORDS = {
    ast.Lambda: "functions of your own",
    ast.ListComp: "lists",
    ast.List: "lists",
    ast.GeneratorExp: "loops",
    ast.JoinedStr: "text",
    ast.Await: "`await`",
    ast.Yield: "`yield`",
}


def parse(text: str) -> Tree:
    """Read one formula.

    Raises
    ------
    ExpressionError : with the columns of the piece at fault.
    """
    return _remembered(text) if len(text) <= REMEMBERED_LENGTH else _read(text)


@lru_cache(maxsize=4096)
def _remembered(text: str) -> Tree:
    """Read a formula of common length; checks and lowering ask for each one several times."""
    return _read(text)


def _read(text: str) -> Tree:
    if not text.strip():
        raise ExpressionError(
            "The formula is empty.", span=Span(0, len(text)), hint="Write a number or leave the field out.", code="E150"
        )
    if len(text) > MAX_LENGTH:
        raise ExpressionError(
            f"The formula has {len(text)} characters; at most {MAX_LENGTH} are read.",
            span=Span(0, len(text)),
            hint="Give parts of it names: mechanisms, quantities, or terms of a utility.",
            code="E151",
        )
    rewritten = rewrite(text)
    return _Reader(rewritten).read(_syntax(rewritten.text), 1)


def _syntax(text: str) -> ast.expr:
    """Python's tree of the text, with columns counted from the text's own start."""
    shift = len(text) - len(text.lstrip())
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python warns of `1 (2)` and the like; the whitelist refuses them
            body = ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        raise _syntax_error(text, error, shift) from None
    except (MemoryError, RecursionError, ValueError):
        raise _too_deep(Span(0, len(text))) from None
    if shift:
        for node in ast.walk(body):
            if isinstance(node, ast.expr | ast.keyword):
                node.col_offset += shift
                node.end_col_offset = (node.end_col_offset or 0) + shift
    return body


def _syntax_error(text: str, error: SyntaxError, shift: int) -> ExpressionError:
    if "nested" in error.msg:
        return _too_deep(Span(0, len(text)))
    unbalanced = _unbalanced(text)
    if unbalanced is not None:
        column, message = unbalanced
        return ExpressionError(
            message, span=Span(column, column + 1), hint="Every `(` needs its `)`, every `[` its `]`.", code="E156"
        )
    word = next((word for word in re.findall(r"\w+", text) if keyword.iskeyword(word) and word not in _WORDS), None)
    if word is not None:
        start = text.index(word)
        hint = "Formulas know the words `and or not if else` alone; choose another name."
        return ExpressionError(
            f"`{word}` is a reserved word.", span=Span(start, start + len(word)), hint=hint, code="E155"
        )
    length = len(text.rstrip())
    if not error.offset:
        return ExpressionError(
            f"`{text.rsplit(maxsplit=1)[-1]}` ends the formula too early.",
            span=Span(length - 1, length),
            hint="An operator needs a value after it.",
            code="E155",
        )
    start = min(error.offset - 1 + shift, length - 1)
    end = min(max((error.end_offset or 0) - 1 + shift, start + 1), length)
    if "==" in error.msg or re.search(r"(?<![=<>!])=(?!=)", text[start:end] or ""):
        hint = "Equality is written `==`; a single `=` only names an argument, as in `Gamma(3, rate=6)`."
    else:
        hint = "An operator or a comma may be missing or doubled here."
    return ExpressionError(f"`{text[start:end]}` cannot be read here.", span=Span(start, end), hint=hint, code="E155")


def _unbalanced(text: str) -> tuple[int, str] | None:
    """The first bracket without a partner."""
    opened: list[tuple[str, int]] = []
    for column, character in enumerate(text):
        if character in "([":
            opened.append((character, column))
        elif character in ")]" and (not opened or opened.pop()[0] != {")": "(", "]": "["}[character]):
            return column, f"`{character}` closes nothing."
    if opened:
        character, column = opened[-1]
        return column, f"`{character}` is never closed."
    return None


def _too_deep(span: Span) -> ExpressionError:
    return ExpressionError(
        f"The formula is nested more than {MAX_DEPTH} deep.",
        span=span,
        hint="Give parts of it names: mechanisms, quantities, or terms of a utility.",
        code="E152",
    )


class _Reader:
    """Copies whitelisted nodes; holds what the rewriting replaced and the count of nodes."""

    def __init__(self, rewritten: Rewritten) -> None:
        self.source = rewritten
        self.nodes = 0

    def read(self, node: ast.expr, depth: int) -> Tree:
        """Copy one node and all below it."""
        span = _span(node)
        if depth > MAX_DEPTH:
            raise _too_deep(span)
        self._count(1, span)
        match node:
            case ast.Constant():
                return self._number(node, span)
            case ast.Name() | ast.Attribute() | ast.Subscript():
                return self._name(node, span)
            case ast.UnaryOp():
                return self._unary(node, span, depth)
            case ast.BinOp():
                return self._binary(node, span, depth)
            case ast.BoolOp():
                op = "and" if isinstance(node.op, ast.And) else "or"
                return self._fold(op, [self.read(value, depth + i) for i, value in enumerate(node.values, 1)])
            case ast.Compare():
                return self._compare(node, depth)
            case ast.IfExp():
                parts = (node.test, node.body, node.orelse)
                return Operation("where", tuple(self.read(part, depth + 1) for part in parts), span)
            case ast.Call():
                return self._call(node, span, depth)
            case ast.Tuple() if len(node.elts) == 2:
                return Pair(self.read(node.elts[0], depth + 1), self.read(node.elts[1], depth + 1), span)
            case _:
                raise self._refusal(node, span)

    def _count(self, pieces: int, span: Span) -> None:
        self.nodes += pieces
        if self.nodes > MAX_NODES:
            raise ExpressionError(
                f"The formula has more than {MAX_NODES} pieces.",
                span=span,
                hint="Give parts of it names: mechanisms, quantities, or terms of a utility.",
                code="E153",
            )

    def _number(self, node: ast.Constant, span: Span) -> Number:
        written = self.source.text[span.start : span.end]
        if isinstance(node.value, bool) or not isinstance(node.value, int | float):
            raise ExpressionError(
                f"`{written}` is not a number.", span=span, hint="Truth is written 1, falsehood 0.", code="E158"
            )
        if not _PLAIN_NUMBER.fullmatch(written) or not abs(float(written)) <= MAX_NUMBER:
            raise ExpressionError(
                f"`{written}` is not a number that formulas can hold.",
                span=span,
                hint=f"Numbers are written like `12`, `0.5` or `1e-3`, up to {MAX_NUMBER:g}.",
                code="E158",
            )
        return Number(float(written), span)

    def _name(self, node: ast.expr, span: Span) -> Tree:
        if isinstance(node, ast.Name) and set(node.id) == {"_"}:
            literal = self.source.literals.get(span.start)
            if literal is not None and literal.span == span:
                return literal
        variant = None
        named = node
        if isinstance(node, ast.Subscript):
            if not isinstance(node.slice, ast.Name) or not isinstance(node.value, ast.Attribute):
                raise self._refusal(node, span)
            named, variant = node.value, node.slice.id
        path = self._dotted(named)
        if path in DAYS_PER_UNIT:
            raise ExpressionError(
                f"`{path}` is a unit of time and stands after a number.",
                span=span,
                hint=f"Durations are written `10 {path}`, rates `0.3 / day`.",
                code="E160",
            )
        return Name(path, span, variant)

    def _dotted(self, node: ast.expr) -> str:
        """`a.b.c` of nested attributes; `.*` back from its reserved form."""
        if isinstance(node, ast.Name) and node.id.strip("_"):
            return node.id
        if isinstance(node, ast.Attribute):
            end = _span(node).end
            if node.attr == "_" and end - 2 in self.source.wildcards:
                return f"{self._dotted(node.value)}.*"
            if node.attr.strip("_"):
                return f"{self._dotted(node.value)}.{node.attr}"
        raise self._refusal(node, _span(node))

    def _unary(self, node: ast.UnaryOp, span: Span, depth: int) -> Tree:
        operand = self.read(node.operand, depth + 1)
        match node.op, operand:
            case ast.USub(), Number():
                return Number(-operand.value, span)
            case ast.USub(), Duration():
                return Duration(-operand.days, span)
            case ast.USub(), _:
                return Operation("neg", (operand,), span)
            case ast.UAdd(), _:
                return operand
            case ast.Not(), _:
                return Operation("not", (operand,), span)
            case _:
                raise self._refusal(node, span)

    def _binary(self, node: ast.BinOp, span: Span, depth: int) -> Tree:
        before = self.nodes
        left = self.read(node.left, depth + 1)
        pieces = self.nodes - before
        if isinstance(node.op, ast.Div) and isinstance(node.right, ast.Name) and node.right.id in DAYS_PER_UNIT:
            return self._rate(left, node.right, span)
        right = self.read(node.right, depth + 1)
        if isinstance(node.op, ast.Pow):
            exponent = _exponent(right)
            # It is worked out as a product, and a power of a power as a product of products.
            self._count(max(round(exponent.value) - 1, 0) * pieces, span)
            return Operation("pow", (left, exponent), span)
        if type(node.op) not in _BINARY:
            raise self._refusal(node, span)
        return Operation(_BINARY[type(node.op)], (left, right), span)

    def _rate(self, number: Tree, unit: ast.Name, span: Span) -> Tree:
        if unit.id not in RATE_UNITS:
            raise ExpressionError(
                f"`/ {unit.id}` is not a unit of a rate.",
                span=_span(unit),
                hint=f"Rates end in {', '.join(f'`/ {name}`' for name in RATE_UNITS)}.",
                code="E160",
            )
        days = DAYS_PER_UNIT[unit.id]
        if days != 1.0:
            number = Operation("div", (number, Number(days, _span(unit))), span)
        return Operation("per_day", (number,), span)

    def _fold(self, op: str, args: list[Tree]) -> Tree:
        folded = args[0]
        for arg in args[1:]:
            folded = Operation(op, (folded, arg), Span(folded.span.start, arg.span.end))
        return folded

    def _compare(self, node: ast.Compare, depth: int) -> Tree:
        values = [self.read(value, depth + i) for i, value in enumerate((node.left, *node.comparators), 1)]
        links: list[Tree] = []
        for op, left, right in zip(node.ops, values, values[1:], strict=False):
            if type(op) not in _COMPARE:
                raise self._refusal(node, _span(node))
            links.append(Operation(_COMPARE[type(op)], (left, right), Span(left.span.start, right.span.end)))
        return self._fold("and", links)

    def _call(self, node: ast.Call, span: Span, depth: int) -> Call:
        if not isinstance(node.func, ast.Name) or not node.func.id.strip("_"):
            raise self._refusal(node, span)
        args = tuple(self.read(arg, depth + 1) for arg in node.args)
        keywords: list[tuple[str, Tree]] = []
        for named in node.keywords:
            if named.arg is None:
                raise self._refusal(node, span)
            if named.arg in dict(keywords):
                raise ExpressionError(
                    f"`{named.arg}=` is given twice.", span=_span(named), hint="Keep one of the two.", code="E155"
                )
            keywords.append((named.arg, self.read(named.value, depth + 1)))
        return Call(node.func.id, args, tuple(keywords), span)

    def _refusal(self, node: ast.expr, span: Span) -> ExpressionError:
        what = next((word for kind, word in _PYTHON_WORDS.items() if isinstance(node, kind)), None)
        written = f"`{self.source.text[span.start : span.end]}` is not part of the language of formulas."
        return ExpressionError(
            f"The language of formulas has no {what}." if what else written,
            span=span,
            hint="Formulas are made of names, numbers, `+ - * / **`, comparisons, `and or not`, `a if c else b`"
            " and the functions of the reference.",
            code="E157",
        )


def _exponent(right: Tree) -> Number:
    if isinstance(right, Number) and right.value in range(MAX_POWER + 1):
        return right
    raise ExpressionError(
        f"An exponent is a whole number from 0 to {MAX_POWER}.",
        span=right.span,
        hint="Other powers are written `exp(p * log(x))`.",
        code="E159",
    )


def _span(node: ast.expr | ast.keyword) -> Span:
    return Span(node.col_offset, node.end_col_offset or node.col_offset + 1)
