"""Formulas become the trees they should, keep their columns, and say what is wrong where it is wrong."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offramp.expr import ExpressionError, parse, to_text
from offramp.expr.parse import MAX_LENGTH
from offramp.expr.tree import Date, Duration, Name, Number, Operation
from tests.expr.trees import bare, trees


def pieces(tree):
    """All nodes of a tree."""
    yield tree
    for below in (*getattr(tree, "args", ()), *(value for _, value in getattr(tree, "keywords", ()))):
        yield from pieces(below)


def refusal(text):
    """How a text is refused; None where it is read."""
    try:
        parse(text)
    except ExpressionError as error:
        return error
    return None


@given(trees)
def test_what_is_printed_is_read_back_as_the_same_tree(tree):
    text = to_text(tree)
    if len(text) <= MAX_LENGTH:
        assert bare(parse(text)) == bare(tree)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_with_a_place_inside_it(text):
    refused = refusal(text)
    if refused is not None:
        assert 0 <= refused.span.start <= refused.span.end <= max(len(text), 1)
        assert refused.code.startswith("E1")


@given(st.text(alphabet="ab19 .,()[]+-*/<>=_d", max_size=40))
def test_text_made_of_legal_characters_is_read_or_refused(text):
    refused = refusal(text)
    if refused is None:
        assert to_text(parse(text))
    else:
        assert refused.span.end <= max(len(text), 1)


@pytest.mark.parametrize(
    ("text", "same_as"),
    [
        ("0.3 / week", "0.3 / 7 / day"),
        ("2 weeks", "14 d"),
        ("3 months", "91.3125 d"),
        ("1 year", "365.25 d"),
        ("0.1 < a < b", "0.1 < a and a < b"),
        ("a and b and c", "(a and b) and c"),
        ("-x ** 2", "-(x ** 2)"),
        ("- 3", "-3"),
        ("+x", "x"),
        ("a if b else c if d2 else e", "a if b else (c if d2 else e)"),
    ],
)
def test_two_spellings_mean_the_same(text, same_as):
    assert bare(parse(text)) == bare(parse(same_as))


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("a - (b - c)", "a - b - c"),
        ("(a + b) * c", "a + b * c"),
        ("(-2) ** 2", "-2 ** 2"),
        ("(a < b) == c", "a < b == c"),
    ],
)
def test_parentheses_are_kept_where_they_matter(text, other):
    assert bare(parse(text)) != bare(parse(other))
    assert bare(parse(to_text(parse(text)))) == bare(parse(text))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Normal(1, 0.5) * log1p(recent(blue.strike, 10 d))", ["blue.strike", "10 d", "0.5"]),
        ("  1 + us.airstrike[syria]", ["us.airstrike[syria]"]),
        ("any(x > 3 weeks, by=2020-11-03)", ["3 weeks", "2020-11-03", "x > 3 weeks"]),
        ("count(iran.*, 2 weeks) - 5", ["iran.*", "2 weeks", "5"]),
        ("a if since(b.c) >  10 d else 0", ["since(b.c) >  10 d", "b.c"]),
    ],
)
def test_every_piece_knows_its_columns(text, written):
    found = [text[piece.span.start : piece.span.end] for piece in pieces(parse(text))]
    for piece in written:
        assert piece in found


def test_literals_have_their_values():
    assert parse("2020-11-03") == Date(dt.date(2020, 11, 3).toordinal(), parse("2020-11-03").span)
    assert isinstance(parse("-2 weeks"), Duration)
    assert parse("-2 weeks").days == -14.0
    assert parse("1e-3") == Number(0.001, parse("1e-3").span)
    assert parse("us.airstrike[syria]") == Name("us.airstrike", parse("us.airstrike[syria]").span, "syria")
    assert parse("blue.*").path == "blue.*"
    assert isinstance(parse("0.3 / day"), Operation)
    assert parse("0.3 / day").op == "per_day"


@pytest.mark.parametrize(
    ("text", "code", "piece"),
    [
        ("", "E150", ""),
        ("  ", "E150", "  "),
        ("x + " * 600 + "x", "E151", None),
        ("-" * 500 + "x", "E152", None),
        ("(" * 900 + "x" + ")" * 900, "E152", None),
        ("min(" + "1," * 700 + "1)", "E153", None),
        ("tension × 2", "E154", "×"),
        ("x # comment", "E154", "#"),
        ("__import__('os')", "E154", "'"),
        ("x := 3", "E154", ":"),
        ("a b", "E155", "b"),
        ("x = 3", "E155", "="),
        ("a or", "E155", "r"),
        ("f(a=1, a=2)", "E155", "a=2"),
        ("(a", "E156", "("),
        ("a)", "E156", ")"),
        ("[1, 2]", "E157", "[1, 2]"),
        ("a.b()", "E157", "a.b()"),
        ("f(*x)", "E157", "*x"),
        ("f(**x)", "E157", "f(**x)"),
        ("a is b", "E157", "a is b"),
        ("a // b", "E157", "a // b"),
        ("(1, 2, 3)", "E157", "(1, 2, 3)"),
        ("x[y]", "E157", "x[y]"),
        ("____", "E157", "____"),
        ("blue._ + 1", "E157", "blue._"),
        ("__class__", None, None),
        ("True", "E158", "True"),
        ("...", "E158", "..."),
        ("0x10", "E158", "0x10"),
        ("1e99", "E158", "1e99"),
        ("9" * 1900, "E158", None),
        ("x ** 9", "E159", "9"),
        ("x ** y", "E159", "y"),
        ("1 parsec", "E160", "parsec"),
        ("d + 1", "E160", "d"),
        ("3 / weeks", "E160", "weeks"),
        ("10d + 1", "E161", "10d"),
        ("2020-02-30", "E162", "2020-02-30"),
    ],
)
def test_what_is_not_of_the_language_is_refused_at_its_place(text, code, piece):
    if code is None:  # a name like any other: it names nothing, and `check` says so
        assert isinstance(parse(text), Name)
        return
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert caught.value.code == code
    assert caught.value.hint
    if piece is not None:
        assert text[caught.value.span.start : caught.value.span.end] == piece


def test_reserved_names_cannot_be_written():
    for text in ("____", "a.__", "_ + 10 d", "____ + 10 d"):
        with pytest.raises(ExpressionError):
            parse(text)
