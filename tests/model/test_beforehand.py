"""A run that starts inside the clock knows what the record tells of the days before."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from offramp.core.errors import Place
from offramp.expr.ir import Const
from offramp.model.model import SINCE_NEVER, MemoryModel
from offramp.record import Event, Measurement, Record

START = dt.date(2020, 1, 6)
MOVES = {"blue.act": {"title": "A"}, "red.act": {"title": "A", "variants": {"n": {}, "s": {}}}}


def _event(day: int, move: str, count: int = 1) -> Event:
    date = dt.date(2020, 1, day)
    return Event(f"e{day}{move}", date, "day", move, count, {}, date, Place("record.csv"))


RECORD = Record(
    events=(
        _event(1, "red.act[n]"), _event(3, "blue.act", 2), _event(3, "red.act"), _event(5, "blue.act"),
        _event(6, "blue.act", 100),
    ),
    measurements=tuple(
        Measurement("x", dt.date(2020, 1, day), value, 0, dt.date(2020, 1, day), Place("series.csv"))
        for day, value in [(2, 0.2), (5, 0.7), (6, 0.9)]
    ),
)  # fmt: skip


@pytest.fixture
def memory(lowered) -> Any:
    def of(formula: str, record: Record | None = RECORD) -> MemoryModel:
        return lowered(start=START, record=record, moves=MOVES, outcomes={"o": f"final({formula})"}).memories[0]

    return of


@pytest.mark.parametrize(
    ("formula", "initial"),
    [
        ("recent(blue.act, 2 d)", 1 + 2 * 0.5),
        ("count(blue.act, 3 d)", 3),
        ("count(blue.act, 2 d)", 1),
        ("since(blue.act)", 1),
        ("since(red.act)", 3),
        ("since(red.act[n])", 5),
        ("since(red.act[s])", SINCE_NEVER),
        ("ever(red.act[n])", 1),
        ("ever(red.act[s])", 0),
        ("ever(blue.*)", 1),
    ],
)
def test_a_memory_starts_as_if_the_recorded_events_had_been_lived_through(memory, formula, initial):
    assert memory(formula).initial == pytest.approx(initial)


def test_a_counting_window_keeps_its_days_apart(memory):
    assert memory("count(blue.act, 4 d)").initial_window == (0, 2, 0, 1)


def test_without_a_record_nothing_happened(memory):
    assert memory("recent(blue.act, 2 d)", None).initial == 0
    assert memory("since(blue.act)", None).initial == SINCE_NEVER


@pytest.mark.parametrize(("start", "value"), [(START, 0.7), (dt.date(2020, 1, 2), 0.5), (dt.date(2020, 1, 3), 0.2)])
def test_a_quantity_starts_at_its_last_measurement_before_the_start(lowered, start, value):
    assert lowered(start=start, record=RECORD).quantities[0].start == Const(value)


def test_a_month_before_the_first_of_a_month_is_one_step_ago(lowered):
    clock = {"start": "2020-01-01", "end": "2020-12-31", "step": "1 month"}
    header = {"name": "s", "title": "S", "clock": clock}
    model = lowered(
        start=dt.date(2020, 2, 1),
        record=Record(events=(_event(1, "blue.act"),)),
        scenario=header,
        moves=MOVES,
        outcomes={"o": "final(since(blue.act))"},
    )
    assert model.memories[0].initial == 1


def test_a_row_that_stands_for_no_event_is_not_remembered(memory):
    nothing = Record(events=(_event(3, "blue.act", 0),))
    assert memory("ever(blue.act)", nothing).initial == 0
    assert memory("since(blue.act)", nothing).initial == SINCE_NEVER


def test_a_window_longer_than_run_and_record_still_holds_every_event(memory):
    long = memory("count(blue.act, 1000000000000 d)")
    assert (long.initial, long.window) == (3, len(long.initial_window))
    assert long.window < 20
