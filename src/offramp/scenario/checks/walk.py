"""Walk of a formula: every name is looked up, every kind and unit compared, and the interval of its value found.

What may stand where (priors, reducers) is `placing`'s subject, and whether the result is what its field wants is
`formulas`'.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import assert_never

from offramp.expr import find_function, to_text
from offramp.expr.functions import FUNCTIONS, Function
from offramp.expr.tree import Call, Date, Duration, Name, Number, Operation, Pair, Tree
from offramp.scenario.checks import distributions, values
from offramp.scenario.checks.context import Context
from offramp.scenario.checks.fields import Field
from offramp.scenario.checks.names import PLEDGE_STATES
from offramp.scenario.checks.values import TRUTH, UNKNOWN, Value

DAY_UNITS = {"d", "day", "days"}
WORDS = {"duration": "a length of time", "rate": "a rate", "number": "a number", "condition": "a condition"}


class Walker:
    """Walks the formulas of one field, reporting as it goes."""

    def __init__(self, context: Context, field: Field) -> None:
        self.context = context
        self.names = context.names
        self.field = field

    def report(self, code: str, tree: Tree, message: str, *, hint: str | None = None) -> None:
        """Report a problem at a piece of the formula."""
        self.context.report(code, self.field.path, message, hint=hint, span=tree.span)

    def value(self, tree: Tree) -> Value:
        """Kind, unit and bounds of a piece."""
        match tree:
            case Number():
                return values.literal(tree.value)
            case Duration():
                return replace(values.literal(tree.days, "duration"), is_literal=False)
            case Date():
                self.report("E310", tree, f"The date `{to_text(tree)}` stands where a value is wanted.")
                return UNKNOWN
            case Name():
                return self._name(tree)
            case Operation():
                return self._operation(tree)
            case Call():
                return self._call(tree)
            case Pair():
                self.report("E322", tree, f"`{to_text(tree)}` is a pair of values where one is wanted.")
                return UNKNOWN
            case _:
                assert_never(tree)

    # -- names ---------------------------------------------------------------------------------------------------

    def _name(self, name: Name) -> Value:
        section, dot, rest = name.path.partition(".")
        if name.variant is not None or name.path.endswith(".*") or name.path in self.context.document.moves:
            self.report(
                "E308",
                name,
                f"`{to_text(name)}` is a move; a formula cannot read it as a number.",
                hint=f"Read what is remembered of it: `recent({to_text(name)}, 10 d)`, `since({to_text(name)})`.",
            )
            return UNKNOWN
        if not dot or section in {"directive", "pledge"}:
            return self._quantity(name)
        if section in {"calendar", "input", "parameter", "switch"}:
            return self._of_section(name, section, rest)
        self._unknown_dotted(name, section)
        return UNKNOWN

    def _quantity(self, name: Name) -> Value:
        found = self.names.quantities.get(name.path)
        if found is None:
            self._unknown_quantity(name)
            return UNKNOWN
        self.context.used.add(name.path)
        self._refuse_run(name, f"`{name.path}` changes in a run")
        observer = self.field.observer
        if observer is not None and not self.names.sees(observer, name.path):
            self.report("E350", name, f"`{observer}` cannot see `{name.path}`.", hint=self._seeing(observer, name.path))
        kind: values.Kind = "condition" if found.kind == "flag" else "number"
        whole = found.kind in {"flag", "tally"}
        return Value(kind, found.unit if found.kind != "flag" else None, found.low, found.high, whole)

    def _seeing(self, observer: str, quantity: str) -> str:
        if self.names.quantities[quantity].kind == "belief":
            owner = self.context.document.quantities[quantity].owner
            return f"A belief is seen by its owner, `{owner}`, alone; give `{observer}` a belief of its own."
        return f"Add `{observer}` to `seen_by` of `{quantity}`, or read something that `{observer}` sees."

    def _unknown_quantity(self, name: Name) -> None:
        section, _, rest = name.path.partition(".")
        document, path, span = self.context.document, self.field.path, name.span
        if section == "directive" and rest:
            self.context.unknown(path, rest, sort="directive", known=self.names.directed, section="actors", span=span)
        elif section == "pledge" and rest:
            pledge, _, state = rest.partition(".")
            if pledge not in document.pledges:
                self.context.unknown(path, pledge, sort="pledge", known=document.pledges, section="pledges", span=span)
            else:
                states = (*PLEDGE_STATES, "cost")
                self.context.unknown(path, state, sort="state of a pledge", known=states, section="pledges", span=span)
        elif name.path in document.actors:
            self.report("E308", name, f"`{name.path}` is an actor; a formula cannot read it as a number.")
        else:
            self.context.unknown(
                path, name.path, sort="quantity", known=self._readable(), section="quantities", span=span
            )

    def _readable(self) -> list[str]:
        document = self.context.document
        return [*self.names.quantities, *(f"parameter.{name}" for name in document.parameters)]

    def _of_section(self, name: Name, section: str, rest: str) -> Value:
        document = self.context.document
        if section == "calendar":
            self.report(
                "E310",
                name,
                f"`{name.path}` is a date; a formula reads it only through a function of dates.",
                hint=f"Write `after({name.path})` or `days_until({name.path})`.",
            )
            return UNKNOWN
        if section == "switch":
            self.context.used.add(name.path)
            self.report(
                "E319",
                name,
                f"`{name.path}` is a switch; it is only compared with one of its alternatives.",
                hint=f"Write `{name.path} == alternative`.",
            )
            return UNKNOWN
        if section == "input":
            if rest not in document.inputs:
                self.context.unknown(
                    self.field.path, rest, sort="input", known=document.inputs, section="inputs", span=name.span
                )
                return UNKNOWN
            self.context.used.add(name.path)
            self._refuse_run(name, f"`{name.path}` changes in a run")
            return Value("number", document.inputs[rest].unit)
        if rest not in document.parameters:
            self.context.unknown(
                self.field.path, rest, sort="parameter", known=document.parameters, section="parameters", span=name.span
            )
            return UNKNOWN
        return self.context.parameter_value(rest)

    def _unknown_dotted(self, name: Name, section: str) -> None:
        sections = ("calendar", "input", "parameter", "switch", "directive", "pledge")
        if section in self.context.document.actors:
            known = self.names.moves_of(section)
            self.context.unknown(self.field.path, name.path, sort="move", known=known, section="moves", span=name.span)
        else:
            self.context.unknown(
                self.field.path,
                name.path,
                sort="name",
                known=[*self.names.quantities, *(f"{part}." for part in sections)],
                section="quantities",
                span=name.span,
            )

    def _refuse_run(self, tree: Tree, why: str) -> None:
        if not self.field.reads_run:
            self.report("E311", tree, f"{why}, and `{self.field.path.rpartition('.')[2]}` is settled before it.")

    # -- operations ----------------------------------------------------------------------------------------------

    def _operation(self, tree: Operation) -> Value:
        switched = self._switch(tree)
        if switched is not None:
            return switched
        if tree.op == "pow":
            base, exponent = tree.args
            assert isinstance(exponent, Number)  # the parser lets nothing else pass
            return values.power(self.value(base), int(exponent.value))
        args = [self.value(arg) for arg in tree.args]
        match tree.op:
            case "mul" | "div":
                return values.arithmetic(tree.op, *args)
            case "add" | "sub":
                return values.arithmetic(tree.op, *args) if self._alike(tree, args, tree.args) else UNKNOWN
            case "lt" | "le" | "gt" | "ge" | "eq" | "ne":
                alike = self._alike(tree, args, tree.args)
                return values.compare(tree.op, *args) if alike and "unknown" not in _kinds(args) else TRUTH
            case "neg":
                (x,) = args
                return replace(x, low=-x.high, high=-x.low)
            case "per_day":
                return self._per_day(tree, args[0])
            case "where":
                self.condition(tree.args[0], args[0])
                return _chosen(*args) if self._alike(tree, args[1:], tree.args[1:]) else UNKNOWN
            case _:
                for arg, piece in zip(args, tree.args, strict=True):
                    self.condition(piece, arg)
                return values.logic(tree.op, args)

    def _per_day(self, tree: Operation, x: Value) -> Value:
        if x.kind in {"duration", "rate"}:
            self.report(
                "E303",
                tree,
                f"`{to_text(tree)}` divides {WORDS[x.kind]} by a day.",
                hint="A rate is a number per day: `0.3 / day`, or one over a length of time: `1 / 10 d`.",
            )
            return UNKNOWN
        return replace(x, kind="rate", unit=None, is_literal=False) if x.kind != "unknown" else x

    def condition(self, tree: Tree, value: Value) -> None:
        """Report what is neither true nor false where it has to be one of the two."""
        is_truth = value.kind in {"condition", "unknown"} or (value.is_literal and value.low in (0.0, 1.0))
        if not is_truth:
            self.report(
                "E304",
                tree,
                f"`{to_text(tree)}` is {WORDS[value.kind]} where a condition is wanted.",
                hint=f"Compare it: `{to_text(tree)} > 0`.",
            )

    def _switch(self, tree: Operation) -> Value | None:
        """`switch.NAME == alternative`, either way round."""
        if tree.op not in {"eq", "ne", "lt", "le", "gt", "ge"}:
            return None
        for name, other in (tree.args, tree.args[::-1]):
            if isinstance(name, Name) and name.path.startswith("switch."):
                if tree.op in {"eq", "ne"}:
                    self._alternative(name, other)
                else:
                    self.value(name)  # which says what a switch is for
                return TRUTH
        return None

    def _alternative(self, name: Name, other: Tree) -> None:
        switch = name.path.removeprefix("switch.")
        switches = self.context.document.switches
        if switch not in switches:
            self.context.unknown(
                self.field.path, switch, sort="switch", known=switches, section="switches", span=name.span
            )
            return
        known = self.names.alternatives(switch)
        self.context.used.add(name.path)
        if not isinstance(other, Name):
            self.report(
                "E319",
                other,
                f"`{to_text(other)}` is not the name of an alternative of `{name.path}`.",
                hint=f"Alternatives: {', '.join(known)}.",
            )
        elif known and other.path not in known:
            self.context.unknown(
                self.field.path, other.path, sort="alternative", known=known, section="switches", span=other.span
            )

    def _alike(self, tree: Tree, args: list[Value], written: tuple[Tree, ...]) -> bool:
        """Compare units of values that are added, compared or chosen from; False where they differ."""
        known = [(arg, piece) for arg, piece in zip(args, written, strict=True) if arg.kind != "unknown"]
        for (a, left), (b, right) in pairwise(known):
            if not _fit(a, b):
                code, message, hint = _difference(a, b, to_text(left), to_text(right))
                self.report(code, tree, message, hint=hint)
                return False
        return True

    # -- functions -----------------------------------------------------------------------------------------------

    def _call(self, call: Call) -> Value:
        function = find_function(call.function)
        if function is None:
            known = sorted({row.name for row in FUNCTIONS})
            self.context.unknown(
                self.field.path, call.function, sort="function", known=known, section="functions", span=call.span
            )
            for arg in (*call.args, *(value for _, value in call.keywords)):
                if not isinstance(arg, Name | Pair | Date):
                    self.value(arg)
            return UNKNOWN
        if function.role == "reducer":
            self.report(
                "E313", call, f"`{function.usage}` looks back on a whole run; it stands only in outcomes, outermost."
            )
            return UNKNOWN
        if function.role == "distribution":
            return distributions.value(self, call, function)
        args = self.arguments(call, function)
        if args is None:
            return UNKNOWN
        match function.role:
            case "memory":
                return self._memory(call, function, args)
            case "calendar":
                return self._calendar(call, function, args[0])
            case _:
                return self._arithmetic(call, function, args)

    def arguments(self, call: Call, function: Function) -> list[Tree] | None:
        """Arguments in the order of the function's parameters; None where they are not what it takes."""
        names = function.parameters
        given = dict(zip(names, call.args, strict=False))
        extra = list(call.args[len(names) :])
        for name, value in call.keywords:
            if name not in (*names, *function.keywords):
                self.report("E307", value, f"`{name}=` is not an argument of `{function.usage}`.")
                return None
            if name in given:
                self.report("E307", value, f"`{name}` is given twice to `{function.name}`.")
                return None
            given[name] = value
        missing = [name for name in names[: function.required] if name not in given]
        if missing or (extra and not function.variadic):
            count = f"{len(call.args) + len(call.keywords)} argument{'s' * (len(call.args) + len(call.keywords) != 1)}"
            lacks = f" and lacks `{missing[0]}`" if missing else ""
            self.report("E306", call, f"`{call.function}` is given {count}{lacks}.", hint=f"Write `{function.usage}`.")
            return None
        return [*(given[name] for name in names if name in given), *extra]

    def _memory(self, call: Call, function: Function, args: list[Tree]) -> Value:
        self._refuse_run(call, f"`{to_text(call)}` remembers a run")
        self.selector(args[0])
        if len(args) > 1:
            self.constant_duration(args[1], function.parameters[1])
        if function.result == "condition":
            return TRUTH
        return Value(function.result, low=0.0, is_whole=function.name == "count")  # type: ignore[arg-type]

    def constant_duration(self, tree: Tree, name: str) -> None:
        """Check a length of time that has to be known before the run."""
        value = self.value(tree)
        if value.kind not in {"duration", "unknown"}:
            self.report(
                "E302",
                tree,
                f"`{to_text(tree)}` is {WORDS[value.kind]}; `{name}` is a length of time.",
                hint=f"Write it with a unit: `{to_text(tree)} d`." if value.is_literal else None,
            )
        elif value.kind == "duration" and not value.is_constant:
            self.report("E602", tree, f"`{to_text(tree)}` varies; `{name}` of a memory is one length of time.")
        elif value.kind == "duration" and value.low <= 0.0:
            self.report("E605", tree, f"`{name}` is `{to_text(tree)}`; it has to be above 0.")

    def selector(self, tree: Tree) -> None:
        """Check what names moves: `blue.strike`, `us.airstrike[syria]`, `blue.*`."""
        if not isinstance(tree, Name):
            self.report("E309", tree, f"`{to_text(tree)}` is not the name of a move.")
            return
        selected = self.context.select(self.field.path, tree)
        observer = self.field.observer
        if selected and observer is not None and not any(self.names.sees_move(observer, move) for move in selected):
            self.report(
                "E352",
                tree,
                f"`{observer}` never sees `{to_text(tree)}` (`visible_to`), and remembers nothing of it.",
                hint=f"Add `{observer}` to `visible_to`, or read something that `{observer}` sees.",
            )

    def _calendar(self, call: Call, function: Function, when: Tree) -> Value:
        self._refuse_run(call, f"`{to_text(call)}` depends on the date")
        self.date(when)
        return TRUTH if function.result == "condition" else Value("duration", low=0.0)

    def date(self, when: Tree) -> int | None:
        """Ordinal of a date or calendar entry; None where it is neither."""
        if isinstance(when, Date):
            return when.ordinal
        if isinstance(when, Name) and when.path.startswith("calendar."):
            name = when.path.removeprefix("calendar.")
            calendar = self.context.document.calendar
            if name in calendar:
                self.context.used.add(when.path)
                return calendar[name].date.toordinal()
            self.context.unknown(
                self.field.path, name, sort="calendar entry", known=calendar, section="calendar", span=when.span
            )
            return None
        self.report(
            "E310",
            when,
            f"`{to_text(when)}` is not a date.",
            hint="Write `calendar.NAME` or a date such as `2020-11-03`.",
        )
        return None

    def _arithmetic(self, call: Call, function: Function, written: list[Tree]) -> Value:
        args = [self.value(arg) for arg in written]
        if function.kinds[0] == "condition":
            self.condition(written[0], args[0])
        if not self._acceptable(call, function, args, written) or "unknown" in _kinds(args):
            return UNKNOWN
        match function.name:
            case "min" | "max":
                return values.extremum(function.name, args)
            case "abs":
                return values.absolute(args[0])
            case "clip":
                return values.extremum("min", [values.extremum("max", args[:2]), args[2]])
            case "where":
                return _chosen(*args)
            case _:
                return values.monotone(values.MONOTONE[function.name], args[0])

    def _acceptable(self, call: Call, function: Function, args: list[Value], written: list[Tree]) -> bool:
        """Whether the arguments of a function are of its kinds: of one unit, or plain numbers."""
        if "same" in function.kinds:
            start = function.kinds.index("same")
            return self._alike(call, args[start:], tuple(written[start:]))
        for arg, piece in zip(args, written, strict=True):
            if arg.kind in {"duration", "rate"}:
                by = "/ 1 d" if arg.kind == "duration" else "* 1 d"
                message = f"`{function.name}` takes a number, and `{to_text(piece)}` is {WORDS[arg.kind]}."
                self.report("E302", piece, message, hint=f"Make it a number: `{to_text(piece)} {by}`.")
                return False
        return True


def _kinds(args: list[Value]) -> set[str]:
    return {arg.kind for arg in args}


def _chosen(condition: Value, yes: Value, no: Value) -> Value:
    if "unknown" in _kinds([condition, yes, no]):
        return UNKNOWN
    if condition.never:
        return no
    return values.union(yes, no)


def _fit(a: Value, b: Value) -> bool:
    """Whether two values may be added or compared: a number that is computed fits anything."""
    timed = {"duration", "rate"}
    if a.kind in timed and b.kind in timed:
        return a.kind == b.kind
    if a.kind in timed or b.kind in timed:
        time, other = (a, b) if a.kind in timed else (b, a)
        if other.unit is not None:
            return time.kind == "duration" and other.unit in DAY_UNITS
        return not other.is_literal or other.never
    return a.unit is None or b.unit is None or a.unit == b.unit or {a.unit, b.unit} <= DAY_UNITS


def _difference(a: Value, b: Value, left: str, right: str) -> tuple[str, str, str]:
    timed = {"duration", "rate"}
    if a.kind not in timed and b.kind not in timed:
        message = f"`{left}` is in `{a.unit}`, `{right}` in `{b.unit}`."
        return "E301", message, "Bring them to one unit, or multiply one by a coefficient."
    if a.kind in timed and b.kind in timed:
        return "E303", f"`{left}` is {WORDS[a.kind]}, `{right}` {WORDS[b.kind]}.", "Bring them to one unit."
    time, number, text = (a, b, right) if a.kind in timed else (b, a, left)
    words = f"`{left}` is {_describe(a)}, `{right}` {_describe(b)}."
    if time.kind == "duration":
        hint = f"Write `{text} d` if days are meant." if number.is_literal else "Bring them to one unit."
        return "E302", words, hint
    return (
        "E303",
        words,
        f"Write `{text} / day` if a rate is meant." if number.is_literal else "Bring them to one unit.",
    )


def _describe(value: Value) -> str:
    return WORDS[value.kind] if value.unit is None else f"in `{value.unit}`"
