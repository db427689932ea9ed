"""Edits: one line becomes a typed value, or is refused at the piece at fault."""

import datetime as dt

import pytest

from offramp.expr import to_text
from offramp.scenario.check import check_source
from offramp.scenario.edits import (
    EditError,
    Forbid,
    Force,
    Hold,
    If,
    Replace,
    Scale,
    Set,
    Shift,
    Window,
    parse_edit,
)
from tests.scenario.folders import changed, write

DAY = dt.date(2020, 2, 1)


def test_each_verb_is_read():
    assert parse_edit("forbid blue.strike").action == Forbid(parse_edit("forbid blue.strike").action.move)
    assert parse_edit("forbid us.airstrike[iraq]").action.move.text == "us.airstrike[iraq]"
    replaced = parse_edit("replace blue.strike with blue.appeal").action
    assert isinstance(replaced, Replace)
    assert (replaced.move.text, replaced.by.text) == ("blue.strike", "blue.appeal")
    forced = parse_edit("force blue.strike on 2020-02-01").action
    assert isinstance(forced, Force)
    assert forced.on == DAY
    value = parse_edit("set tension = 0.5 * resolve on 2020-02-01").action
    assert isinstance(value, Set)
    assert (value.quantity.text, to_text(value.value), value.on) == ("tension", "0.5 * resolve", DAY)
    held = parse_edit("hold tension=0.3").action
    assert isinstance(held, Hold)
    assert to_text(held.value) == "0.3"
    shifted = parse_edit("shift guard.raid.utility.base by -0.5").action
    assert isinstance(shifted, Shift)
    assert (shifted.parameter.text, shifted.by) == ("guard.raid.utility.base", -0.5)
    scaled = parse_edit("scale blue.force.opportunities by 2").action
    assert isinstance(scaled, Scale)
    assert scaled.by == 2.0
    conditional = parse_edit("if tension > 0.5 then forbid blue.strike while").action
    assert isinstance(conditional, If)
    assert (to_text(conditional.condition), conditional.how) == ("tension > 0.5", "while")
    assert isinstance(conditional.then.action, Forbid)


@pytest.mark.parametrize(
    ("text", "window", "is_announced"),
    [
        ("forbid blue.strike", Window(), False),
        ("forbid blue.strike from 2020-02-01", Window(first=DAY), False),
        ("forbid blue.strike until 2020-02-01 announced", Window(last=DAY), True),
        ("forbid blue.strike announced from 2020-02-01 until 2020-03-01", Window(DAY, dt.date(2020, 3, 1)), True),
        ("hold tension = 0.3 from 2020-02-01", Window(first=DAY), False),
    ],
)
def test_windows_and_announcements_are_read(text, window, is_announced):
    edit = parse_edit(text)
    assert edit.window == window
    assert edit.is_announced == is_announced


def test_a_conditional_edit_has_a_window_of_its_own():
    edit = parse_edit("if tension > 0.5 then forbid blue.strike until 2020-03-01 once from 2020-02-01")
    assert edit.window == Window(first=DAY)
    assert edit.action.then.window == Window(last=dt.date(2020, 3, 1))


@pytest.mark.parametrize(
    ("text", "code", "piece"),
    [
        ("", "E357", None),
        ("prohibit blue.strike", "E357", "prohibit"),
        ("forbid", "E357", "forbid"),
        ("forbid a.b c.d", "E357", "forbid a.b c.d"),
        ("replace a.b", "E357", "replace a.b"),
        ("force a.b", "E357", "force a.b"),
        ("force a.b on 2020-02-30", "E162", "2020-02-30"),
        ("force a.b on 2020-02-01 from 2020-02-01", "E357", "force a.b on 2020-02-01"),
        ("hold x = 1 +", "E155", "+"),
        ("hold x = (1", "E156", "("),
        ("set x = 2 parsec on 2020-02-01", "E160", "parsec"),
        ("shift a.b by much", "E357", "shift a.b by much"),
        ("if x > 1 then if y > 1 then forbid a.b once once", "E357", "if y > 1 then forbid a.b once"),
        ("if x > 1 then forbid a.b", "E357", "if x > 1 then forbid a.b"),
        ("forbid a.b from 2020-03-01 until 2020-02-01", "E615", " from 2020-03-01 until 2020-02-01"),
    ],
)
def test_what_is_no_edit_is_refused_at_its_place(text, code, piece):
    with pytest.raises(EditError) as caught:
        parse_edit(text)
    assert caught.value.code == code
    assert caught.value.hint
    if piece is not None:
        assert text[caught.value.span.start : caught.value.span.end] == piece


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("forbid blue.*", []),
        ("hold tension = 0.5 until 2020-03-01 announced", []),
        ("shift guard.raid.utility.base by 0.5", []),
        ("scale guard.force.opportunities by 0.5", []),
        ("if count(guard.raid, 30 d) > 3 then set tension = 1 on 2020-02-01 once", []),
        ("forbid blue.raid", ["E202"]),
        ("forbid green.*", ["E203"]),
        ("forbid guard.raid[north]", ["E204"]),
        ("force blue.* on 2020-02-01", ["E309"]),
        ("hold tensoin = 0.5", ["E201"]),
        ("hold tension = 2", ["E610"]),
        ("hold tension = 2 * tensoin", ["E201"]),
        ("shift guard.raid.utility.bass by 0.5", ["E207"]),
        ("scale guard.raid.utility.base by 2", ["E207"]),
        ("scale guard.force.opportunities by -1", ["E608"]),
        ("replace blue.strike with guard.raid", ["E358"]),
        ("forbid blue.strike from 2019-01-01", ["E616"]),
        ("if tension then forbid blue.strike once", ["E304"]),
    ],
)
def test_edits_of_policies_name_what_exists(tmp_path, text, codes):
    folder = write(tmp_path, changed(("restraint: [forbid blue.strike]", f"restraint: ['{text}']")))
    assert [problem.code for problem in check_source(folder)] == codes
