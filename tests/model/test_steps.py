"""Steps of a window of the clock."""

from __future__ import annotations

import datetime as dt

import pytest

from offramp.model.steps import Steps, lay_out


def _lay_out(step: str, start: str, end: str) -> Steps:
    clock_start = dt.date(2020, 1, 31)
    return lay_out(step, clock_start=clock_start, start=dt.date.fromisoformat(start), end=dt.date.fromisoformat(end))


def _dates(steps: Steps) -> list[str]:
    return [dt.date.fromordinal(int(day)).isoformat() for day in steps.days]


@pytest.mark.parametrize(
    ("step", "start", "end", "dates"),
    [
        ("1 d", "2020-02-01", "2020-02-03", ["2020-02-01", "2020-02-02", "2020-02-03"]),
        ("2 d", "2020-02-01", "2020-02-05", ["2020-01-31", "2020-02-02", "2020-02-04"]),
        ("1 week", "2020-02-07", "2020-02-20", ["2020-02-07", "2020-02-14"]),
        ("1 month", "2020-01-31", "2020-05-01", ["2020-01-31", "2020-02-29", "2020-03-31", "2020-04-30"]),
        ("2 months", "2020-01-31", "2020-05-01", ["2020-01-31", "2020-03-31"]),
        ("1 year", "2021-01-30", "2021-02-01", ["2020-01-31", "2021-01-31"]),
        ("1 month", "2020-12-31", "2021-02-28", ["2020-12-31", "2021-01-31", "2021-02-28"]),
    ],
)
def test_steps_are_those_of_the_clock_that_a_window_touches(step, start, end, dates):
    assert _dates(_lay_out(step, start, end)) == dates


@pytest.mark.parametrize(("date", "step"), [("2020-02-06", -1), ("2020-02-07", 0), ("2020-02-13", 0), ("2020-02-14", 1),
                                            ("2020-02-20", 1), ("2020-02-21", 2)])  # fmt: skip
def test_a_date_belongs_to_the_step_that_holds_it(date, step):
    steps = _lay_out("1 week", "2020-02-07", "2020-02-20")
    assert steps.holding(dt.date.fromisoformat(date).toordinal()) == step


def test_lengths_of_time_cover_whole_steps():
    weeks = _lay_out("1 week", "2020-02-07", "2020-02-20")
    assert [weeks.spanning(days) for days in (0, 1, 7, 8, 14)] == [0, 1, 1, 2, 2]
    assert [weeks.nearest(days) for days in (0, 3, 3.5, 10, 10.5)] == [0, 0, 1, 1, 2]
    assert len(weeks) == 2


@pytest.mark.parametrize(
    ("step", "start", "date", "ago"),
    [
        ("1 d", "2020-02-07", "2020-02-06", 1),
        ("1 week", "2020-02-07", "2020-02-06", 1),
        ("1 week", "2020-02-07", "2020-01-30", 2),
        ("1 month", "2020-03-31", "2020-02-29", 1),
        ("1 month", "2020-03-31", "2020-02-28", 2),
        ("1 month", "2020-03-31", "2020-01-30", 3),
        ("2 months", "2020-03-31", "2020-01-31", 1),
        ("2 months", "2020-03-31", "2020-01-30", 2),
        ("1 year", "2021-01-31", "2020-01-31", 1),
    ],
)
def test_an_earlier_date_is_as_many_steps_ago_as_the_calendar_says(step, start, date, ago):
    assert _lay_out(step, start, "2021-06-30").ago(dt.date.fromisoformat(date)) == ago


def test_what_lasts_longer_than_the_run_is_cut_to_one_step_more():
    weeks = _lay_out("1 week", "2020-02-07", "2020-02-20")
    assert [weeks.covering(days) for days in (7, 14, 21, 22, 1e300)] == [1, 2, 3, 3, 3]
    assert weeks.covering(1e300, before=4) == 7
