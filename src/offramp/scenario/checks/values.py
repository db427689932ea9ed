"""What a formula is worth before any run: its kind, its unit, and the interval in which it lies.

Intervals are conservative: the true values lie inside, so `never` and `always` may be trusted, "maybe" may not.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

Kind = Literal["number", "condition", "duration", "rate", "unknown"]
INFINITY = math.inf


@dataclass(frozen=True, slots=True)
class Value:
    """Kind, unit (None: fits any), bounds, whether it is whole, and whether it was written as a literal number."""

    kind: Kind = "number"
    unit: str | None = None
    low: float = -INFINITY
    high: float = INFINITY
    is_whole: bool = False
    is_literal: bool = False

    @property
    def never(self) -> bool:
        """Whether it is certainly 0, that is, false."""
        return self.low == self.high == 0.0

    @property
    def is_constant(self) -> bool:
        """Whether it is one number."""
        return self.low == self.high


UNKNOWN = Value("unknown")
TRUTH = Value("condition", low=0.0, high=1.0, is_whole=True)


def literal(number: float, kind: Kind = "number") -> Value:
    """The value of a number as written."""
    return Value(kind, low=number, high=number, is_whole=number == math.floor(number), is_literal=True)


def truth(low: bool, high: bool) -> Value:
    """A condition that holds surely (`low`) or at least possibly (`high`)."""
    return replace(TRUTH, low=float(low), high=float(high))


def arithmetic(op: str, a: Value, b: Value) -> Value:
    """Value of `add sub mul div`; kinds are those of their arguments, units have been compared before."""
    if "unknown" in (a.kind, b.kind):
        return UNKNOWN
    low, high = _interval(op, a, b)
    whole = op != "div" and a.is_whole and b.is_whole
    is_literal = a.is_literal and b.is_literal
    if op in {"add", "sub"}:
        kind: Kind = next((kind for kind in ("duration", "rate") if kind in (a.kind, b.kind)), "number")
        return Value(kind, a.unit or b.unit, low, high, whole, is_literal)
    return Value(_product_kind(op, a.kind, b.kind), None, low, high, whole, is_literal)


def _product_kind(op: str, a: Kind, b: Kind) -> Kind:
    powers = {"duration": 1, "rate": -1}
    power = powers.get(a, 0) + (1 if op == "mul" else -1) * powers.get(b, 0)
    kinds: dict[int, Kind] = {1: "duration", -1: "rate"}
    return kinds.get(power, "number")


def _interval(op: str, a: Value, b: Value) -> tuple[float, float]:
    match op:
        case "add":
            return a.low + b.low, a.high + b.high
        case "sub":
            return a.low - b.high, a.high - b.low
        case "mul":
            ends = [_times(x, y) for x in (a.low, a.high) for y in (b.low, b.high)]
            return min(ends), max(ends)
        case _:
            if b.low <= 0.0 <= b.high:
                return (0.0, 0.0) if a.never or b.never else (-INFINITY, INFINITY)
            ends = [_times(x, 1.0 / y) for x in (a.low, a.high) for y in (b.low, b.high)]
            return min(ends), max(ends)


def _times(x: float, y: float) -> float:
    return 0.0 if x == 0.0 or y == 0.0 else x * y


def compare(op: str, a: Value, b: Value) -> Value:
    """Value of `lt le gt ge eq ne`."""
    if op in {"gt", "ge"}:
        return compare({"gt": "lt", "ge": "le"}[op], b, a)
    match op:
        case "lt":
            return truth(a.high < b.low, a.low < b.high)
        case "le":
            return truth(a.high <= b.low, a.low <= b.high)
        case "eq":
            return truth(a.is_constant and b.is_constant and a.low == b.low, a.low <= b.high and b.low <= a.high)
        case _:
            equal = compare("eq", a, b)
            return truth(equal.high == 0.0, equal.low == 0.0)


def logic(op: str, args: Sequence[Value]) -> Value:
    """Value of `and or not`; anything but 0 counts as true."""
    surely = [not arg.low <= 0.0 <= arg.high for arg in args]
    maybe = [not arg.never for arg in args]
    match op:
        case "and":
            return truth(all(surely), all(maybe))
        case "or":
            return truth(any(surely), any(maybe))
        case _:
            return truth(not maybe[0], not surely[0])


def union(a: Value, b: Value) -> Value:
    """Value of a choice between two."""
    return replace(
        a if a.unit is not None or b.unit is None else b,
        low=min(a.low, b.low),
        high=max(a.high, b.high),
        is_whole=a.is_whole and b.is_whole,
        is_literal=a.is_literal and b.is_literal,
    )


def power(base: Value, exponent: int) -> Value:
    """Value of `x ** n`."""
    result = literal(1.0)
    for _ in range(exponent):
        result = arithmetic("mul", result, base)
    low = max(result.low, 0.0) if exponent % 2 == 0 else result.low
    return replace(result, low=low, is_literal=base.is_literal)


def monotone(function: Callable[[float], float], x: Value) -> Value:
    """Value of a rising function of a number."""
    return Value("number", None, function(x.low), function(x.high))


def _exp(x: float) -> float:
    return math.exp(min(max(x, -80.0), 80.0))


def _log(x: float) -> float:
    return INFINITY if x == INFINITY else math.log(max(x, 1e-30))


MONOTONE: dict[str, Callable[[float], float]] = {
    "exp": _exp,
    "log": _log,
    "log1p": lambda x: _log(1.0 + x),
    "sqrt": lambda x: math.sqrt(max(x, 0.0)),
    "logistic": lambda x: 1.0 / (1.0 + _exp(-x)),
}


def extremum(op: str, args: Sequence[Value]) -> Value:
    """Value of `min` or `max`."""
    choose = min if op == "min" else max
    joined = args[0]
    for arg in args[1:]:
        joined = union(joined, arg)
    return replace(joined, low=choose(arg.low for arg in args), high=choose(arg.high for arg in args))


def absolute(x: Value) -> Value:
    """Value of `abs`."""
    low = 0.0 if x.low <= 0.0 <= x.high else min(abs(x.low), abs(x.high))
    return replace(x, low=low, high=max(abs(x.low), abs(x.high)))
