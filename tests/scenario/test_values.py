"""The interval in which check places a formula holds whatever the formula can be worth."""

import math
import operator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offramp.expr.tree import Call, Name, Number, Operation, Span
from offramp.scenario.checks.context import Context
from offramp.scenario.checks.fields import Field
from offramp.scenario.checks.walk import Walker
from offramp.scenario.codes.entry import BASE
from offramp.scenario.load import load
from tests.scenario.folders import write

HERE = Span(0, 0)
QUANTITIES = {"tension": (0.0, 1.0), "resolve": (0.0, 1.0)}

leaves = st.one_of(
    st.integers(-40, 40).map(lambda quarters: Number(quarters / 4.0, HERE)),
    st.sampled_from(list(QUANTITIES)).map(lambda name: Name(name, HERE)),
)


def compound(inner):
    """Trees one level higher, of all kinds of operation that formulas have."""
    binary = st.sampled_from(["add", "sub", "mul", "div", "lt", "le", "gt", "ge", "eq", "ne"])
    condition = st.builds(lambda a, b: Operation("lt", (a, b), HERE), inner, inner)
    unary = st.sampled_from(["exp", "log", "log1p", "sqrt", "logistic", "abs"])
    several = st.sampled_from(["min", "max"])
    return st.one_of(
        st.builds(lambda op, a, b: Operation(op, (a, b), HERE), binary, inner, inner),
        st.builds(lambda a: Operation("neg", (a,), HERE), inner),
        st.builds(lambda a, n: Operation("pow", (a, Number(float(n), HERE)), HERE), inner, st.integers(0, 3)),
        st.builds(lambda op, a, b: Operation(op, (a, b), HERE), st.sampled_from(["and", "or"]), condition, condition),
        st.builds(lambda a: Operation("not", (a,), HERE), condition),
        st.builds(lambda a, b, c: Operation("where", (a, b, c), HERE), condition, inner, inner),
        st.builds(lambda name, a: Call(name, (a,), (), HERE), unary, inner),
        st.builds(lambda name, a, b: Call(name, (a, b), (), HERE), several, inner, inner),
        st.builds(lambda a, b, c: Call("clip", (a, b, c), (), HERE), inner, inner, inner),
    )


trees = st.recursive(leaves, compound, max_leaves=12)


def clamped_exp(x):
    return math.exp(min(max(x, -80.0), 80.0))


WORTH = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": lambda a, b: a / b if b else 0.0,
    "pow": lambda a, n: a**n,
    "neg": operator.neg,
    "abs": abs,
    "min": min,
    "max": max,
    "clip": lambda x, low, high: min(max(x, low), high),
    "exp": clamped_exp,
    "log": lambda x: math.log(max(x, 1e-30)),
    "log1p": lambda x: math.log(max(1.0 + x, 1e-30)),
    "sqrt": lambda x: math.sqrt(max(x, 0.0)),
    "logistic": lambda x: 1.0 / (1.0 + clamped_exp(-x)),
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
    "eq": operator.eq,
    "ne": operator.ne,
    "and": lambda a, b: bool(a) and bool(b),
    "or": lambda a, b: bool(a) or bool(b),
    "not": operator.not_,
    "where": lambda condition, a, b: a if condition else b,
}


def worth(tree, world):
    """What a tree is worth, in float64: the interval's own arithmetic, so that no rounding stands between the two."""
    match tree:
        case Number():
            return tree.value
        case Name():
            return world[tree.path]
        case Operation() | Call():
            name = tree.op if isinstance(tree, Operation) else tree.function
            return float(WORTH[name](*(worth(arg, world) for arg in tree.args)))


@pytest.fixture(scope="module")
def walker(tmp_path_factory):
    """A walk that reads the truth of the base scenario."""
    folder = write(tmp_path_factory.mktemp("base"), BASE)
    return Walker(Context(load(folder)), Field("ends.0", ""))


@settings(max_examples=300)
@given(tree=trees, tension=st.floats(0, 1), resolve=st.floats(0, 1))
def test_every_value_lies_in_the_interval(walker, tree, tension, resolve):
    found = walker.value(tree)
    try:
        value = worth(tree, {"tension": tension, "resolve": resolve})
    except OverflowError:
        return
    if math.isfinite(value) and found.kind != "unknown":
        slack = 1e-9 * max(1.0, abs(value))
        assert found.low - slack <= value <= found.high + slack
