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
    included_policy,
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


def test_inside_an_if_force_and_set_may_leave_out_their_day():
    forced = parse_edit("if x > 1 then force blue.strike once").action.then.action
    assert (forced.move.text, forced.on) == ("blue.strike", None)
    value = parse_edit("if x > 1 then set x = 0.5 while").action.then.action
    assert (to_text(value.value), value.on) == ("0.5", None)
    assert parse_edit("if x > 1 then set x = 0.5 on 2020-02-01 once").action.then.action.on == DAY


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("policy calm", "calm"),
        ("  policy   calm ", "calm"),
        ("policy", None),
        ("policy a b", None),
        ("forbid a.b", None),
    ],
)
def test_a_line_may_take_in_a_policy(text, name):
    piece = included_policy(text)
    assert (piece.text if piece else None) == name
    assert piece is None or text[piece.span.start : piece.span.end] == name


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("forbd a.b", "Did you mean `forbid`?"),
        ("polcy calm", "Did you mean `policy`?"),
        ("dance", "Edits: `forbid M`"),
        ("force a.b", "Write `force M on DATE`."),
        ("forbid a.b on 2020-02-01", "Write `from DATE until DATE`."),
        ("if x > 1 then policy calm once", "conditions are joined by `and`"),
        ("shift parameter.a by 1 until 2020-02-01", "Write `shift PARAM by d` alone"),
    ],
)
def test_what_was_meant_is_said(text, hint):
    with pytest.raises(EditError) as caught:
        parse_edit(text)
    assert hint in caught.value.hint


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
        ("shift a.b by 1e99", "E158", "1e99"),
        ("shift a.b by 1 from 2020-02-01", "E357", "shift a.b by 1"),
        ("if x > 1 then shift a.b by 1 once", "E357", "shift a.b by 1"),
        ("if x > 1 then dance once", "E357", "dance"),
        ("set x = 2", "E357", "set x = 2"),
        ("set x = 2 on March", "E162", "March"),
        ("forbid a.b until later", "E162", "later"),
        ("forbid a.b on 2020-02-01", "E357", "on 2020-02-01"),
        ("hold x = 1 on 2020-02-01", "E357", "on 2020-02-01"),
        ("policy calm", "E357", "policy calm"),
        ("if x > 1 then if y > 1 then forbid a.b once once", "E357", "if y > 1 then forbid a.b once"),
        ("if x > 1 then forbid a.b", "E357", "if x > 1 then forbid a.b"),
        ("forbid a.b from 2020-03-01 until 2020-02-01", "E615", " from 2020-03-01 until 2020-02-01"),
        ("forbid a.b from 2020-02-01 from 2020-03-01", "E357", "from 2020-02-01"),
        ("hold x = 1 until 2020-02-01 announced until 2020-03-01", "E357", "until 2020-02-01"),
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
        ("hold tension = 0.5 until 2020-03-01", []),
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
        ("if tension > Beta(1, 1) then forbid blue.strike once", ["E314"]),
        ("if tension > 0.5 then force blue.stirke once", ["E202"]),
        ("hold tension = Beta(1, 1)", ["E314"]),
        ("hold tension = 10 d", ["E302"]),
        ("hold tension = blue_deaths", ["E301"]),
        ("hold tension = 0.1 * blue_deaths", []),
        ("set blue_deaths = 1.5 on 2020-02-01", ["E612"]),
        ("hold blue_deaths = blue_deaths / 2", ["E612"]),
        ("hold blue_deaths = min(blue_deaths, 5)", []),
        ("set blue_deaths = 2 on 2020-02-01", []),
        ("set tension = 0.1 on 2019-12-31", ["E616"]),
        ("forbid blue.strike announced", ["E361"]),
        ("if tension > 0.5 then forbid blue.strike announced once", ["E361"]),
        ("shift guard.force.opportunities by 0.1", []),
        ("shift guard.force.opportunities by -0.1", ["E623"]),
        ("shift blue.goals.tension by -3", []),
        ("scale guard.fierce.opportunities by 2", ["E207"]),
        ("policy restraint", ["E362"]),
        ("policy restrained", ["E215"]),
    ],
)
def test_edits_of_policies_name_what_exists(tmp_path, text, codes):
    folder = write(tmp_path, changed(("restraint: [forbid blue.strike]", f"restraint: ['{text}']")))
    assert [problem.code for problem in check_source(folder)] == codes
