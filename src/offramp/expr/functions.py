"""The one table of functions: names, arguments, where they stand, kinds, meaning, operation.

`check`, lowering, the reference pages and editor hints read these rows; nothing else lists functions. To add one,
add a row (and, where it is a new operation, a row of `offramp.expr.ir.OPERATIONS`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Role = Literal["arithmetic", "memory", "calendar", "reducer", "distribution"]
ArgumentKind = Literal["number", "same", "condition", "move", "duration", "calendar", "actor", "value"]
ResultKind = Literal["number", "same", "condition", "duration", "distribution"]


@dataclass(frozen=True, slots=True)
class Function:
    """One function of the language.

    Attributes
    ----------
    parameters : names of the arguments, in order; the first `required` must be given
    kinds : what each argument is. `number` takes any value; `same`: arguments of one unit, which is that of the result
    result : kind of the value
    role : arithmetic and calendar functions stand everywhere; memories in formulas of a run; reducers only outermost
        in outcomes; distributions where a number may be uncertain
    op : operation of the IR that it becomes (folded from the left if `variadic`), None where lowering composes it
    keywords : further arguments that are given by name only
    """

    name: str
    role: Role
    parameters: tuple[str, ...]
    kinds: tuple[ArgumentKind, ...]
    result: ResultKind
    meaning: str
    required: int
    op: str | None = None
    variadic: bool = False
    keywords: tuple[str, ...] = ()

    @property
    def usage(self) -> str:
        """The call as the reference writes it: `clip(x, low, high)`."""
        more = ("...",) if self.variadic else ()
        return f"{self.name}({', '.join((*self.parameters, *more))})"


def _arithmetic(name: str, parameters: str, kinds: str, meaning: str, **rest: object) -> Function:
    return _row(name, "arithmetic", parameters, kinds, "same" if "same" in kinds else "number", meaning, **rest)


def _row(
    name: str, role: Role, parameters: str, kinds: str, result: ResultKind, meaning: str, **rest: object
) -> Function:  # fmt: skip
    names = tuple(parameters.split())
    required = rest.pop("required", len(names))
    return Function(name, role, names, tuple(kinds.split()), result, meaning, required, **rest)  # type: ignore[arg-type]


_WINDOW = ("by", "between")
_TRUNCATION = ("low", "high")

FUNCTIONS: tuple[Function, ...] = (
    _arithmetic("min", "a b", "same same", "the smallest", op="min", variadic=True),
    _arithmetic("max", "a b", "same same", "the largest", op="max", variadic=True),
    _arithmetic("abs", "x", "same", "without its sign", op="abs"),
    _arithmetic("exp", "x", "number", "e to the power x, x held within -80 and 80", op="exp"),
    _arithmetic("log", "x", "number", "natural logarithm, x held above 1e-30", op="log"),
    _arithmetic("log1p", "x", "number", "natural logarithm of 1 + x", op="log1p"),
    _arithmetic("sqrt", "x", "number", "square root, 0 below 0", op="sqrt"),
    _arithmetic("logistic", "x", "number", "1 / (1 + exp(-x))", op="logistic"),
    _arithmetic("clip", "x low high", "same same same", "x held within low and high"),
    _arithmetic("where", "condition a b", "condition same same", "a where the condition holds, else b", op="where"),
    _row("recent", "memory", "move half_life", "move duration", "number", "exponentially decaying count of events"),
    _row("count", "memory", "move window", "move duration", "number", "events of the last `window`"),
    _row("since", "memory", "move", "move", "duration", "days since the last event (100,000 if there was none)"),
    _row("ever", "memory", "move", "move", "condition", "1 once it has happened"),
    _row("days_until", "calendar", "date", "calendar", "duration", "days until a date, not below 0"),
    _row("days_since", "calendar", "date", "calendar", "duration", "days since a date, not below 0"),
    _row("after", "calendar", "date", "calendar", "condition", "1 on the date and after it"),
    _row("before", "calendar", "date", "calendar", "condition", "1 before the date"),
    _row("any", "reducer", "condition", "condition", "number", "1 if it ever holds", keywords=_WINDOW),
    _row("first", "reducer", "condition", "condition", "duration", "day on which it first holds", keywords=_WINDOW),
    _row("count", "reducer", "move", "move", "number", "events of the run", keywords=_WINDOW),
    _row("max", "reducer", "x", "value", "same", "largest value of the run", keywords=_WINDOW),
    _row("min", "reducer", "x", "value", "same", "smallest value of the run", keywords=_WINDOW),
    _row("mean", "reducer", "x", "value", "same", "mean value of the run", keywords=_WINDOW),
    _row("sum", "reducer", "x", "value", "same", "sum over the steps of the run", keywords=_WINDOW),
    _row("final", "reducer", "x", "value", "same", "last value of the run", keywords=_WINDOW),
    _row("payoff", "reducer", "actor", "actor", "number", "discounted goals of an actor", keywords=_WINDOW),
    _row(
        "Normal", "distribution", "mean sd", "value value", "distribution",
        "bell curve with mean and standard deviation", keywords=_TRUNCATION,
    ),
    _row(
        "LogNormal", "distribution", "median log_sd", "value number", "distribution",
        "its logarithm is Normal; above 0", keywords=_TRUNCATION,
    ),
    _row(
        "Gamma", "distribution", "shape rate", "number value", "distribution",
        "mean shape / rate; above 0", keywords=_TRUNCATION,
    ),
    _row(
        "Beta", "distribution", "a b", "number number", "distribution",
        "mean a / (a + b); between 0 and 1", keywords=_TRUNCATION,
    ),
    _row(
        "Exponential", "distribution", "rate", "value", "distribution",
        "mean 1 / rate; not below 0", keywords=_TRUNCATION,
    ),
    _row("Uniform", "distribution", "low high", "value value", "distribution", "equally likely between two bounds"),
    _row(
        "Poisson", "distribution", "mean", "number", "distribution",
        "whole counts, variance equal to the mean", keywords=_TRUNCATION,
    ),
    _row(
        "NegBinomial", "distribution", "mean dispersion", "number number", "distribution",
        "whole counts, variance mean + mean**2 / dispersion", keywords=_TRUNCATION,
    ),
    _row("Bernoulli", "distribution", "p", "number", "distribution", "1 with probability p, else 0"),
    _row(
        "Categorical", "distribution", "", "", "distribution",
        "alternatives with their probabilities, by name: `Categorical(a=0.5, b=0.5)`",
    ),
)  # fmt: skip


@lru_cache(maxsize=1024)
def find_function(name: str, *, outermost: bool = False) -> Function | None:
    """Look a function up; `outermost` in an outcome it is a reducer, elsewhere it is not.

    `count`, `min` and `max` have a row of each sort.
    """
    rows = [row for row in FUNCTIONS if row.name == name]
    wanted = [row for row in rows if (row.role == "reducer") == outermost]
    return next(iter(wanted or rows), None)
