"""Tables: what is read, and which faults are found where."""

from __future__ import annotations

import datetime as dt

import pytest

from offramp.core.errors import RecordError
from offramp.record import table as table_module
from offramp.record.table import read_table


def _read(text: str | bytes, *required: str):
    return read_table(text if isinstance(text, bytes) else text.encode(), shown="t.csv", required=required)


def test_rows_keep_the_line_on_which_they_begin():
    table = _read('a,b\n1,"two\nlines"\n\n3,4\n', "a")
    assert [(row.cells, row.place.line) for row in table.rows] == [
        ({"a": "1", "b": "two\nlines"}, 2),
        ({"a": "3", "b": "4"}, 5),
    ]


def test_a_cell_has_its_column_past_quotes_and_commas():
    (row,) = _read('a,b,c\n"x, y",12,\u00e9\n').rows
    assert [row.at(column).column for column in "abc"] == [2, 8, 11]
    assert row.at("b").end_column == 10


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("", "E500", 0),
        (b"a,b\n1,\xff\n", "E500", 2),
        ("a\n1\n", "E502", 1),
        ("a,b,a\n", "E502", 1),
        ('a,b\n1,"2\n', "E503", 2),
        ('a,b\n1,"2"3\n', "E503", 2),
    ],
)
def test_a_file_that_is_no_table_is_refused(text, code, line):
    with pytest.raises(RecordError) as error:
        _read(text, "a", "b")
    (problem,) = error.value.problems
    assert (problem.code, problem.place.line if problem.place else None) == (code, line)


@pytest.mark.parametrize(("text", "code"), [("a,b\n1\n", "E503"), ("a,b\n1,2,3\n", "E503"), ("a,b\n1,xxxxx\n", "E501")])
def test_a_faulty_row_is_left_out_and_reported(monkeypatch, text, code):
    monkeypatch.setattr(table_module, "MAX_CELL", 4)
    table = _read(text + "1,2\n")
    assert len(table.rows) == 1
    assert [(problem.code, problem.place.line) for problem in table.problems if problem.place] == [(code, 2)]


@pytest.mark.parametrize(("limit", "value"), [("MAX_BYTES", 5), ("MAX_ROWS", 1), ("MAX_COLUMNS", 1)])
def test_a_large_file_is_refused(monkeypatch, limit, value):
    assert len(_read("a,b\n1,2\n3,4\n").rows) == 2
    monkeypatch.setattr(table_module, limit, value)
    with pytest.raises(RecordError, match="E501"):
        _read("a,b\n1,2\n3,4\n")


@pytest.mark.parametrize(
    ("cell", "date"), [("2020-02-29", dt.date(2020, 2, 29)), ("2019-02-29", None), ("20200229", None), ("", None)]
)
def test_dates_are_iso_dates(cell, date):
    table = _read(f"a,b\n,{cell}\n")
    assert table.date(table.rows[0], "b") == date
    assert [problem.code for problem in table.problems] == ([] if date else ["E504"])


@pytest.mark.parametrize(
    ("cell", "number"), [(" 1.5e3 ", 1500.0), ("-2", -2.0), ("nan", None), ("1e99", None), ("1_0", None), ("x", None)]
)
def test_numbers_are_plain_and_finite(cell, number):
    table = _read(f"a,b\n,{cell}\n")
    assert table.number(table.rows[0], "b") == number
    assert [problem.code for problem in table.problems] == ([] if number is not None else ["E505"])
