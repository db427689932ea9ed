"""Every formula: can it be read, does it mean something, and is it what its field wants?"""

from __future__ import annotations

from collections.abc import Iterable

from offramp.expr import to_text
from offramp.expr.parse import ExpressionError, parse
from offramp.expr.tree import Span, Tree
from offramp.scenario.checks.context import Context
from offramp.scenario.checks.fields import Field
from offramp.scenario.checks.outcomes import check_outcome
from offramp.scenario.checks.placing import check_placing
from offramp.scenario.checks.supports import check_support
from offramp.scenario.checks.values import Value
from offramp.scenario.checks.walk import DAY_UNITS, WORDS, Walker


def check_formulas(context: Context) -> None:
    """Check every formula of the document; parameters first, as others read them."""
    check_fields(context, sorted(context.fields, key=lambda field: field.role != "prior"))
    for name, switch in context.document.switches.items():
        read(context, f"switches.{name}.prior", switch.prior)


def check_fields(context: Context, fields: Iterable[Field]) -> None:
    """Check some formulas, in order, and keep what they say and are worth."""
    for field in fields:
        tree = read(context, field.path, str(field.formula))
        if tree is not None:
            context.trees[field.path] = tree
            _check(context, field, tree)


def read(context: Context, path: str, text: str) -> Tree | None:
    """Parse a formula; what cannot be read is reported."""
    try:
        return parse(text)
    except ExpressionError as error:
        context.report(error.code, path, error.message, hint=error.hint, span=error.span)
        return None


def _check(context: Context, field: Field, tree: Tree) -> None:
    walker = Walker(context, field)
    if field.role == "outcome":
        check_outcome(walker, tree)
        check_placing(context, field, tree)
        return
    is_placed = check_placing(context, field, tree)
    value = walker.value(tree)
    context.values[field.path] = value
    if is_placed and value.kind != "unknown" and is_wanted(walker, tree, value):
        check_support(walker, tree, value)


def is_wanted(walker: Walker, tree: Tree, value: Value, *, span: Span | None = None) -> bool:
    """Whether a value is of the sort that its field wants; reported if not, at `span` (default: the whole field)."""
    field = walker.field
    span = span or Span(0, len(str(field.formula)))
    text = to_text(tree)
    match field.want:
        case "condition":
            before = len(walker.context.problems)
            walker.condition(tree, value)
            return len(walker.context.problems) == before
        case "duration" if value.kind != "duration" and not (value.is_literal and value.never):
            hint = f"Write `{text} d` if days are meant." if value.is_literal else "Its location is a length of time:"
            hint = hint if value.is_literal else f"{hint} `LogNormal(20 d, 0.3)`."
            _report(walker, "E302", span, f"`{text}` is {WORDS[value.kind]} where a length of time is wanted.", hint)
        case "rate" if value.kind != "rate" and not _passes_for_rate(field, value):
            hint = f"Write `{text} / day` if events per day are meant."
            _report(walker, "E303", span, f"`{text}` is {WORDS[value.kind]} where a rate is wanted.", hint)
        case "number" | "probability" if value.kind in {"duration", "rate"} and not _passes_for_number(field, value):
            code = "E302" if value.kind == "duration" else "E303"
            by = "/ 1 d" if value.kind == "duration" else "* 1 d"
            hint = f"Make it a number: `({text}) {by}`."
            _report(walker, code, span, f"`{text}` is {WORDS[value.kind]} where a number is wanted.", hint)
        case "number" if field.unit and value.unit and value.unit != field.unit:
            hint = f"Write it in `{field.unit}`, or multiply it by a coefficient."
            _report(walker, "E301", span, f"`{text}` is in `{value.unit}`; `{field.unit}` is wanted.", hint)
        case _:
            return True
    return False


def _report(walker: Walker, code: str, span: Span, message: str, hint: str) -> None:
    walker.context.report(code, walker.field.path, message, hint=hint, span=span)


def _passes_for_rate(field: Field, value: Value) -> bool:
    """A spontaneous rate may be any computed number: events per day."""
    return field.path.startswith("moves.") and value.kind == "number" and not value.is_literal


def _passes_for_number(field: Field, value: Value) -> bool:
    """A flow may be written as a rate; a quantity in days may take a length of time; a parameter may be either."""
    if field.role == "prior" or (field.path.startswith("mechanisms.") and value.kind == "rate"):
        return True
    return value.kind == "duration" and field.unit in DAY_UNITS
