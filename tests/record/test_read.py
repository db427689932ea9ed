"""Rows to events and measurements."""

from __future__ import annotations

import datetime as dt

import pytest

from offramp.core.errors import RecordError
from offramp.record import Record
from offramp.record.read import EventFile, EventRule, SeriesFile, SeriesRule, read_record
from offramp.record.series import read_series

HEADER = "id,date,date_precision,known_from,action,venue,dead,hurt\n"
RULES = (
    EventRule({"action": "strike", "venue": ("syria", "iraq")}, (("us.strike[abroad]", 1.0),)),
    EventRule({"action": "shelling"}, (("us.strike", 0.9), ("them.strike", 0.2))),
    EventRule({"action": "strike"}, (("us.strike", 1.0),)),
    EventRule({"action": "speech"}, ()),
)
MARKS = {"dead": "losses", "hurt": "losses"}


def _events(rows: str, *, header: str = HEADER) -> Record:
    return read_record(EventFile((header + rows).encode(), "r.csv", RULES, MARKS), None)


def test_the_first_rule_that_matches_wins():
    record = _events(
        "b,2020-01-02,day,2020-01-02,strike,iran,,\n"
        "a,2020-01-02,week,2020-01-08,strike,syria,,\n"
        "c,2020-01-01,day,2020-01-01,speech,,,\n"
        "d,2020-01-03,day,2020-01-03,vote,,,\n"
    )
    assert [(event.id, event.move, event.precision) for event in record.events] == [
        ("a", "us.strike[abroad]", "week"),
        ("b", "us.strike", "day"),
    ]
    assert record.set_aside == 1
    assert [place.line for place in record.unmapped] == [5]
    assert [(problem.code, problem.level) for problem in record.problems] == [("W501", "warning")]
    assert "`d`" in record.problems[0].message


def test_marks_are_added_up_and_an_empty_cell_is_not_zero():
    record = _events("a,2020-01-02,day,2020-01-02,strike,,2,3\nb,2020-01-02,day,2020-01-02,strike,,,\n")
    assert [event.marks for event in record.events] == [{"losses": 5.0}, {}]


def test_a_row_may_stand_for_several_events():
    rows = "a,2020-01-02,day,2020-01-02,strike,,,,3\nb,2020-01-02,day,2020-01-02,strike,,,,\n"
    assert [event.count for event in _events(rows, header=HEADER.replace("\n", ",incidents\n")).events] == [3, 1]


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        ("a,2020-13-02,day,2020-01-02,strike,,,", "E504", 3),
        ("a,2020-01-02,day,soon,strike,,,", "E504", 18),
        ("a,2020-01-02,hour,2020-01-02,strike,,,", "E509", 14),
        ("a,2020-01-02,day,2020-01-01,strike,,,", "E510", 18),
        ("a,2020-01-02,day,2020-01-02,strike,,two,", "E505", 37),
        ("a,2020-01-02,day,2020-01-02,strike,,-5,", "E513", 37),
        ("a,2020-01-02,day,2020-01-02,strike,,0.5,", "E513", 37),
        (",2020-01-02,day,2020-01-02,strike,,,", "E508", 1),
        ("z,2020-01-02,day,2020-01-02,strike,,,", "E508", 1),
    ],
)
def test_every_fault_of_a_row_has_its_place(row, code, column):
    with pytest.raises(RecordError) as error:
        _events(f"z,2020-01-01,day,2020-01-01,strike,,,\n{row}\nb,bad,day,2020-01-02,strike,,,\n")
    first, second = error.value.problems
    assert (first.code, str(first.place)) == (code, f"r.csv:3:{column}")
    assert (second.code, str(second.place)) == ("E504", "r.csv:4:3")


@pytest.mark.parametrize("count", ["-1", "0.5", "1001"])
def test_a_row_stands_for_a_whole_number_of_events(count):
    with pytest.raises(RecordError, match="E505"):
        _events(f"a,2020-01-02,day,2020-01-02,strike,,,,{count}\n", header=HEADER.replace("\n", ",incidents\n"))


def test_a_column_that_a_rule_reads_must_be_there():
    with pytest.raises(RecordError, match="`venue`"):
        _events("", header="id,date,date_precision,known_from,action,dead,hurt\n")


def _series(rows: str, *rules: SeriesRule) -> Record:
    content = f"date,quantity,value,known_from\n{rows}".encode()
    return read_record(None, SeriesFile(content, "s.csv", rules))


def test_measurements_are_scaled_and_sorted_and_the_rest_is_left():
    rows = "2020-02-01,troops,5.2,2020-01-01\n2020-01-01,troops,6,2020-01-01\n2020-01-01,oil,bad,2020-01-01\n"
    record = _series(rows, SeriesRule({"quantity": "troops"}, "us_troops", 1000, 50))
    assert [(m.quantity, m.date.month, m.value, m.sd) for m in record.measurements] == [
        ("us_troops", 1, 6000, 50),
        ("us_troops", 2, 5200, 50),
    ]


def test_faults_of_both_files_are_reported_together():
    events = EventFile(b"", "r.csv", RULES, MARKS)
    series = SeriesFile(b"date,value,known_from\nx,1,2020-01-01\n", "s.csv", [SeriesRule({}, "q")])
    with pytest.raises(RecordError) as error:
        read_record(events, series)
    assert [(problem.code, problem.place.file) for problem in error.value.problems if problem.place] == [
        ("E500", "r.csv"),
        ("E504", "s.csv"),
    ]


def test_a_record_finds_events_of_moves_and_variants():
    record = _events("a,2020-01-02,day,2020-01-02,strike,syria,,\nb,2020-01-03,day,2020-01-03,strike,,,\n")
    assert [event.id for event in record.events_of(["us.strike"])] == ["a", "b"]
    assert [event.id for event in record.events_of(["us.strike[abroad]"])] == ["a"]
    assert [event.id for event in record.events_of(["us.strike"], before=dt.date(2020, 1, 3))] == ["a"]


def test_a_row_counts_as_the_first_of_its_candidates_and_once_in_their_sum():
    record = _events("a,2020-01-02,day,2020-01-02,shelling,,,\nb,2020-01-03,day,2020-01-03,strike,,,\n")
    assert [event.move for event in record.events] == ["us.strike", "us.strike"]
    assert [event.candidates for event in record.events] == [
        (("us.strike", 0.9), ("them.strike", 0.2)),
        (("us.strike", 1.0),),
    ]
    assert [event.id for event in record.events_of(["us.strike", "them.strike"])] == ["a", "b"]
    assert [event.id for event in record.events_of(["us.strike"])] == ["a", "b"]
    assert record.events_of(["them.strike"]) == []


def test_measured_values_before_a_date():
    record = _series("2020-01-01,a,1,2020-01-01\n2020-01-05,a,2,2020-01-05\n", SeriesRule({}, "q"))
    assert [m.value for m in record.measured("q", before=dt.date(2020, 1, 5))] == [1]
    assert record.measured("other") == []


def test_an_input_series_is_picked_by_its_columns():
    content = b"date,which,price\n2020-01-03,oil,3\n2020-01-01,oil,1\n2020-01-01,gas,9\n"
    points = read_series(content, shown="i.csv", column="price", where={"which": "oil"})
    assert [(point.date.day, point.value) for point in points] == [(1, 1.0), (3, 3.0)]


@pytest.mark.parametrize(
    ("rows", "code"), [("2020-01-01,1\n2020-01-01,2\n", "E506"), ("", "E507"), ("2020-01-01,x\n", "E505")]
)
def test_an_input_series_has_one_value_a_date(rows, code):
    with pytest.raises(RecordError, match=code):
        read_series(f"date,value\n{rows}".encode(), shown="i.csv", column="value", where={})


ANNOUNCED = """\
date,value,known_from
2020-01-01,0,2019-12-01
2020-03-01,1,2019-12-01
2020-03-10,0,2019-12-01
2020-03-10,1,2020-02-01
2020-03-20,0,2020-02-01
"""


def _announced(as_of: dt.date | None) -> list[tuple[str, float]]:
    points = read_series(ANNOUNCED.encode(), shown="i.csv", column="value", where={}, as_of=as_of)
    return [(point.date.isoformat()[5:], point.value) for point in points]


def test_of_a_date_that_was_announced_anew_the_latest_word_stands():
    assert _announced(None) == [("01-01", 0), ("03-01", 1), ("03-10", 1), ("03-20", 0)]


def test_a_series_as_of_a_day_holds_what_was_known_on_it():
    assert _announced(dt.date(2020, 1, 31)) == [("01-01", 0), ("03-01", 1), ("03-10", 0)]
    assert _announced(dt.date(2020, 2, 1)) == _announced(None)


def test_before_anything_was_known_a_series_is_its_first_value():
    assert _announced(dt.date(2019, 1, 1)) == [("01-01", 0)]


def test_a_file_that_does_not_say_when_its_rows_were_known_is_read_whole():
    points = read_series(b"date,value\n2020-03-01,1\n", shown="i.csv", column="value", where={}, as_of=dt.date.min)
    assert [point.value for point in points] == [1]


def test_one_day_cannot_know_two_values_of_a_date():
    with pytest.raises(RecordError, match="E506"):
        read_series((ANNOUNCED + "2020-03-20,1,2020-02-01\n").encode(), shown="i.csv", column="value", where={})
