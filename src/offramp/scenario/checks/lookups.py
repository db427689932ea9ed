"""Names in formulas: what each stands for, and what to say where it stands for nothing."""

from __future__ import annotations

from offramp.expr import to_text
from offramp.expr.tree import Date, Name, Tree
from offramp.scenario.checks.names import PLEDGE_STATES
from offramp.scenario.checks.reading import Reading
from offramp.scenario.checks.values import UNKNOWN, Kind, Value


def name_value(reading: Reading, name: Name) -> Value:
    """Value of a name; unknown, and reported, where it stands for no value."""
    section, dot, rest = name.path.partition(".")
    if name.variant is not None or name.path.endswith(".*") or name.path in reading.context.document.moves:
        reading.report(
            "E308",
            name,
            f"`{to_text(name)}` is a move; a formula cannot read it as a number.",
            hint=f"Read what is remembered of it: `recent({to_text(name)}, 10 d)`, `since({to_text(name)})`.",
        )
        return UNKNOWN
    if not dot or section in {"directive", "pledge"}:
        return _quantity(reading, name)
    if section in {"calendar", "input", "parameter", "switch"}:
        return _of_section(reading, name, section, rest)
    _unknown_dotted(reading, name, section)
    return UNKNOWN


def _quantity(reading: Reading, name: Name) -> Value:
    found = reading.names.quantities.get(name.path)
    if found is None:
        _unknown_quantity(reading, name)
        return UNKNOWN
    reading.context.used.add(name.path)
    reading.refuse_run(name, f"`{name.path}` changes in a run")
    observer = reading.field.observer
    if observer is not None and not reading.names.sees(observer, name.path):
        reading.report(
            "E350", name, f"`{observer}` cannot see `{name.path}`.", hint=_seeing(reading, observer, name.path)
        )
    kind: Kind = "condition" if found.kind == "flag" else "number"
    whole = found.kind in {"flag", "tally"}
    return Value(kind, found.unit if found.kind != "flag" else None, found.low, found.high, whole)


def _seeing(reading: Reading, observer: str, quantity: str) -> str:
    if reading.names.quantities[quantity].kind == "belief":
        owner = reading.context.document.quantities[quantity].owner
        return f"A belief is seen by its owner, `{owner}`, alone; give `{observer}` a belief of its own."
    return f"Add `{observer}` to `seen_by` of `{quantity}`, or read something that `{observer}` sees."


def _unknown_quantity(reading: Reading, name: Name) -> None:
    section, _, rest = name.path.partition(".")
    document, path, span = reading.context.document, reading.field.path, name.span
    if section == "directive" and rest:
        reading.context.unknown(path, rest, sort="directive", known=reading.names.directed, section="actors", span=span)
    elif section == "pledge" and rest:
        pledge, _, state = rest.partition(".")
        if pledge not in document.pledges:
            reading.context.unknown(path, pledge, sort="pledge", known=document.pledges, section="pledges", span=span)
        else:
            states = (*PLEDGE_STATES, "cost")
            reading.context.unknown(path, state, sort="state of a pledge", known=states, section="pledges", span=span)
    elif name.path in document.actors:
        reading.report("E308", name, f"`{name.path}` is an actor; a formula cannot read it as a number.")
    else:
        reading.context.unknown(
            path, name.path, sort="quantity", known=_readable(reading), section="quantities", span=span
        )


def _readable(reading: Reading) -> list[str]:
    document = reading.context.document
    return [*reading.names.quantities, *(f"parameter.{name}" for name in document.parameters)]


def _of_section(reading: Reading, name: Name, section: str, rest: str) -> Value:
    document = reading.context.document
    if section == "calendar":
        reading.report(
            "E310",
            name,
            f"`{name.path}` is a date; a formula reads it only through a function of dates.",
            hint=f"Write `after({name.path})` or `days_until({name.path})`.",
        )
        return UNKNOWN
    if section == "switch":
        reading.context.used.add(name.path)
        reading.report(
            "E319",
            name,
            f"`{name.path}` is a switch; it is only compared with one of its alternatives.",
            hint=f"Write `{name.path} == alternative`.",
        )
        return UNKNOWN
    if section == "input":
        if rest not in document.inputs:
            reading.context.unknown(
                reading.field.path, rest, sort="input", known=document.inputs, section="inputs", span=name.span
            )
            return UNKNOWN
        reading.context.used.add(name.path)
        reading.refuse_run(name, f"`{name.path}` changes in a run")
        return Value("number", document.inputs[rest].unit)
    if rest not in document.parameters:
        reading.context.unknown(
            reading.field.path, rest, sort="parameter", known=document.parameters, section="parameters", span=name.span
        )
        return UNKNOWN
    return reading.context.parameter_value(rest)


def _unknown_dotted(reading: Reading, name: Name, section: str) -> None:
    sections = ("calendar", "input", "parameter", "switch", "directive", "pledge")
    if section in reading.context.document.actors:
        known = reading.names.moves_of(section)
        reading.context.unknown(
            reading.field.path, name.path, sort="move", known=known, section="moves", span=name.span
        )
    else:
        reading.context.unknown(
            reading.field.path,
            name.path,
            sort="name",
            known=[*reading.names.quantities, *(f"{part}." for part in sections)],
            section="quantities",
            span=name.span,
        )


def selector(reading: Reading, tree: Tree) -> None:
    """Check what names moves: `blue.strike`, `us.airstrike[syria]`, `blue.*`."""
    if not isinstance(tree, Name):
        reading.report("E309", tree, f"`{to_text(tree)}` is not the name of a move.")
        return
    selected = reading.context.select(reading.field.path, tree)
    observer = reading.field.observer
    if selected and observer is not None and not any(reading.names.sees_move(observer, move) for move in selected):
        reading.report(
            "E352",
            tree,
            f"`{observer}` never sees `{to_text(tree)}` (`visible_to`), and remembers nothing of it.",
            hint=f"Add `{observer}` to `visible_to`, or read something that `{observer}` sees.",
        )


def date(reading: Reading, when: Tree) -> int | None:
    """Ordinal of a date or calendar entry; None where it is neither."""
    if isinstance(when, Date):
        return when.ordinal
    if isinstance(when, Name) and when.path.startswith("calendar."):
        name = when.path.removeprefix("calendar.")
        calendar = reading.context.document.calendar
        if name in calendar:
            reading.context.used.add(when.path)
            return calendar[name].date.toordinal()
        reading.context.unknown(
            reading.field.path, name, sort="calendar entry", known=calendar, section="calendar", span=when.span
        )
        return None
    reading.report(
        "E310",
        when,
        f"`{to_text(when)}` is not a date.",
        hint="Write `calendar.NAME` or a date such as `2020-11-03`.",
    )
    return None


def check_alternative(reading: Reading, name: Name, other: Tree) -> None:
    """Check the two sides of `switch.NAME == alternative`."""
    switch = name.path.removeprefix("switch.")
    switches = reading.context.document.switches
    if switch not in switches:
        reading.context.unknown(
            reading.field.path, switch, sort="switch", known=switches, section="switches", span=name.span
        )
        return
    known = reading.names.alternatives(switch)
    reading.context.used.add(name.path)
    if not isinstance(other, Name):
        reading.report(
            "E319",
            other,
            f"`{to_text(other)}` is not the name of an alternative of `{name.path}`.",
            hint=f"Alternatives: {', '.join(known)}.",
        )
    elif known and other.path not in known:
        reading.context.unknown(
            reading.field.path, other.path, sort="alternative", known=known, section="switches", span=other.span
        )
