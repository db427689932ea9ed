"""Random syntax trees in the parser's normal form, and comparison of trees without their columns."""

from hypothesis import strategies as st

from offramp.expr.parse import MAX_POWER
from offramp.expr.tree import Call, Date, Duration, Name, Number, Operation, Pair, Span

NOWHERE = Span(0, 0)

numbers = st.floats(-1e12, 1e12, allow_nan=False).map(lambda value: Number(value, NOWHERE))
durations = st.integers(-10_000, 10_000).map(lambda quarter_days: Duration(quarter_days / 4.0, NOWHERE))
dates = st.integers(693_596, 767_010).map(lambda ordinal: Date(ordinal, NOWHERE))
words = st.sampled_from(["tension", "us_deaths", "x", "b2", "pledge", "blue"])
names = st.one_of(
    words.map(lambda path: Name(path, NOWHERE)),
    st.tuples(words, words).map(lambda parts: Name(".".join(parts), NOWHERE)),
    st.tuples(words, words, words).map(lambda parts: Name(f"{parts[0]}.{parts[1]}", NOWHERE, variant=parts[2])),
    words.map(lambda path: Name(f"{path}.*", NOWHERE)),
)
BINARY = ["add", "sub", "mul", "div", "and", "or", "lt", "le", "gt", "ge", "eq", "ne"]


def _compound(inner):
    """Trees one level higher; `neg` of a literal is a literal, so it is not made here."""

    def operation(op, *args):
        return Operation(op, args, NOWHERE)

    exponents = st.integers(0, MAX_POWER).map(lambda whole: Number(float(whole), NOWHERE))
    not_literal = inner.filter(lambda tree: not isinstance(tree, Number | Duration))
    keywords = st.dictionaries(st.sampled_from(["by", "low", "rate"]), inner, max_size=2)
    return st.one_of(
        st.builds(operation, st.sampled_from(BINARY), inner, inner),
        st.builds(operation, st.just("neg"), not_literal),
        st.builds(operation, st.sampled_from(["not", "per_day"]), inner),
        st.builds(operation, st.just("where"), inner, inner, inner),
        st.builds(operation, st.just("pow"), inner, exponents),
        st.builds(
            lambda function, args, named: Call(function, tuple(args), tuple(named.items()), NOWHERE),
            st.sampled_from(["min", "recent", "Gamma"]),
            st.lists(inner, max_size=3),
            keywords,
        ),
        st.builds(lambda first, second: Pair(first, second, NOWHERE), inner, inner),
    )


trees = st.recursive(st.one_of(numbers, durations, dates, names), _compound, max_leaves=20)


def bare(tree):
    """A tree as nested tuples without columns."""
    match tree:
        case Operation():
            return (tree.op, *map(bare, tree.args))
        case Call():
            return (tree.function, *map(bare, tree.args), *((name, bare(value)) for name, value in tree.keywords))
        case Pair():
            return ("pair", bare(tree.first), bare(tree.second))
        case Name():
            return ("name", tree.path, tree.variant)
        case Number():
            return ("number", tree.value)
        case Duration():
            return ("duration", tree.days)
        case Date():
            return ("date", tree.ordinal)
