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
from offramp.scenario.checks import distributions, lookups, values
from offramp.scenario.checks.reading import Reading
from offramp.scenario.checks.values import TRUTH, UNKNOWN, Value

DAY_UNITS = {"d", "day", "days"}
ELSEWHERE = {"ln": "log", "sigmoid": "logistic", "expit": "logistic", "fabs": "abs"}  # names of other languages
WORDS = {"duration": "a length of time", "rate": "a rate", "number": "a number", "condition": "a condition"}


class Walker(Reading):
    """Walks the formulas of one field, reporting as it goes."""

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
                return lookups.name_value(self, tree)
            case Operation():
                return self._operation(tree)
            case Call():
                return self._call(tree)
            case Pair():
                self.report("E322", tree, f"`{to_text(tree)}` is a pair of values where one is wanted.")
                return UNKNOWN
            case _:
                assert_never(tree)

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
                return self._product(tree, args)
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

    def _product(self, tree: Operation, args: list[Value]) -> Value:
        if tree.op == "div" and args[1].kind != "unknown" and args[1].never:
            self.report("E622", tree.args[1], f"`{to_text(tree)}` divides by 0.")
            return UNKNOWN
        return values.arithmetic(tree.op, *args)

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
                    lookups.check_alternative(self, name, other)
                else:
                    self.value(name)  # which says what a switch is for
                return TRUTH
        return None

    def _alike(self, tree: Tree, args: list[Value], written: tuple[Tree, ...]) -> bool:
        """Compare units of values that are added, compared or chosen from; False where they differ."""
        known = [(arg, piece) for arg, piece in zip(args, written, strict=True) if arg.kind != "unknown"]
        for (a, left), (b, right) in pairwise(known):
            if not _fit(a, b):
                code, message, hint = _difference(a, b, to_text(left), to_text(right))
                self.report(code, tree, message, hint=hint)
                return False
        return True

    def _call(self, call: Call) -> Value:
        function = find_function(call.function)
        if function is None:
            self._unknown_function(call)
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

    def _unknown_function(self, call: Call) -> None:
        if call.function in ELSEWHERE:
            hint = f"Did you mean `{ELSEWHERE[call.function]}`?"
            self.report("E213", call, f"`{call.function}` is not a function of this scenario.", hint=hint)
            return
        known = sorted({row.name for row in FUNCTIONS})
        self.context.unknown(
            self.field.path, call.function, sort="function", known=known, section="functions", span=call.span
        )

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
        self.refuse_run(call, f"`{to_text(call)}` remembers a run")
        lookups.selector(self, args[0])
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

    def _calendar(self, call: Call, function: Function, when: Tree) -> Value:
        self.refuse_run(call, f"`{to_text(call)}` depends on the date")
        lookups.date(self, when)
        return TRUTH if function.result == "condition" else Value("duration", low=0.0)

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
