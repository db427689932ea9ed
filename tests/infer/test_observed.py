"""The record of a window as data: what is a report, where silence counts, what is told as unused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from offramp.infer.observed import rounding_error
from offramp.infer.silence import usual_delay
from offramp.model.model import Model
from offramp.model.observed import ALWAYS_CAUGHT, NEVER_CAUGHT, Cell, Mark, Reading, Report
from offramp.record.record import Event, Measurement, Record
from tests.infer.told import crisis, day, event, leaf, measured, observe, record_of, shares

ALL = ("blue.raid", "blue.talk", "red.raid", "red.slip")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return crisis(tmp_path_factory.mktemp("crisis"))


# Reports.


def test_a_row_of_a_day_is_a_report_on_its_step(model: Model) -> None:
    found = observe(model, record_of(event("r1", day(4), "red.raid")), *ALL)
    assert found.observed.reports == (Report("r1", 3, 3, (leaf(model, "red.raid"),), (1.0,)),)
    assert found.unused == ()
    assert found.last_step == 29


def test_a_row_of_several_events_is_several_reports_with_the_marks_on_the_first(model: Model) -> None:
    row = event("r1", day(4), "red.raid", count=3, marks={"dead": 2.0})
    found = observe(model, record_of(row), *ALL).observed.reports
    dead = [quantity.path for quantity in model.quantities].index("dead")
    assert [report.id for report in found] == ["r1", "r1#2", "r1#3"]
    assert [report.marks for report in found] == [(Mark(dead, 2.0),), (), ()]


def test_a_recorded_zero_is_a_mark_and_an_absent_cell_is_none(model: Model) -> None:
    rows = event("r1", day(4), "red.raid", marks={"dead": 0.0}), event("r2", day(5), "red.raid")
    found = observe(model, record_of(*rows), *ALL).observed.reports
    assert [[mark.value for mark in report.marks] for report in found] == [[0.0], []]


def test_a_mark_that_no_effect_adds_to_is_listed(model: Model) -> None:
    rows = (
        event("r1", day(4), "red.raid", marks={"dead": 1.0, "hurt": 2.0}),
        event("r2", day(5), "blue.raid[south]", marks={"dead": 1.0}),
    )
    found = observe(model, record_of(*rows), *ALL)
    assert [len(report.marks) for report in found.observed.reports] == [1, 0]
    assert [(unused.part, unused.name) for unused in found.unused] == [("mark", "r1: hurt"), ("mark", "r2: dead")]


def test_a_mark_stays_if_one_candidate_can_have_added_it(model: Model) -> None:
    row = event("r1", day(5), {"blue.raid[south]": 0.5, "red.raid": 0.25}, marks={"dead": 1.0})
    found = observe(model, record_of(row), *ALL)
    assert len(found.observed.reports[0].marks) == 1
    assert found.unused == ()


@pytest.mark.parametrize(
    ("first", "precision", "known", "steps"),
    [
        (5, "week", 11, (4, 10)),
        (5, "week", 8, (4, 7)),  # it was known on the 8th, so it had happened by then
        (1, "month", 31, (0, 30)),
        (6, "day", 9, (5, 5)),
    ],
)
def test_an_uncertain_date_is_a_period_of_steps(
    tmp_path: Path, first: int, precision: str, known: int, steps: tuple[int, int]
) -> None:
    model = crisis(tmp_path / "long", days=31)
    row = event("r1", day(first), "red.raid", precision=precision, known=day(known))
    found = observe(model, record_of(row, covers=(1, 31)), *ALL).observed
    assert (found.reports[0].first_step, found.reports[0].last_step) == steps
    assert found.uncertain == ((0,) if steps[0] < steps[1] else ())


def test_a_week_inside_one_step_is_certain(tmp_path: Path) -> None:
    model = crisis(tmp_path / "weekly", days=28, step="1 week")
    row = event("r1", day(8), "red.raid", precision="week", known=day(14))
    report = observe(model, record_of(row, covers=(1, 28)), *ALL).observed.reports[0]
    assert (report.first_step, report.last_step) == (1, 1)


def test_candidates_keep_their_weights_and_a_move_stands_for_its_variants(model: Model) -> None:
    row = event("r1", day(5), {"blue.raid": 0.5, "red.raid": 0.25})
    report = observe(model, record_of(row), *ALL).observed.reports[0]
    paths = [model.leaves[number].path for number in report.leaves]
    assert dict(zip(paths, report.weights, strict=True)) == {
        "blue.raid[north]": 0.5, "blue.raid[south]": 0.5, "red.raid": 0.25,
    }  # fmt: skip


def test_a_candidate_that_the_map_cannot_name_is_left_out(model: Model) -> None:
    row = event("r1", day(5), {"blue.raid": 0.5, "red.raid": 0.25})
    report = observe(model, record_of(row), "blue.raid[south]", "red.raid").observed.reports[0]
    assert [model.leaves[number].path for number in report.leaves] == ["blue.raid[south]", "red.raid"]


def test_reports_stand_in_order_of_their_first_step(model: Model) -> None:
    rows = (
        event("r3", day(9), "red.raid"),
        event("r1", day(4), "red.raid", precision="week", known=day(10)),
        event("r2", day(4), "blue.talk"),
    )
    found = observe(model, record_of(*rows), *ALL).observed.reports
    assert [report.id for report in found] == ["r2", "r1", "r3"]


def test_a_reply_stands_on_the_next_step(model: Model) -> None:
    rows = event("r1", day(4), "red.raid"), event("r2", day(4), "blue.talk")
    found = observe(model, record_of(*rows), *ALL, replies=("r2",)).observed.reports
    assert [(report.id, report.first_step, report.last_step) for report in found] == [("r1", 3, 3), ("r2", 4, 4)]


def test_a_reply_whose_next_step_is_not_read_is_listed_and_blurs_its_day(model: Model) -> None:
    rows = event("r1", day(4), "red.raid"), event("r2", day(4), "blue.talk")
    found = observe(model, record_of(*rows), *ALL, replies=("r2",), as_of=day(4))
    assert [unused.name for unused in found.unused] == ["r2"]
    assert found.observed.caught[3, leaf(model, "blue.talk")] == NEVER_CAUGHT
    assert found.observed.caught[2, leaf(model, "blue.talk")] == ALWAYS_CAUGHT


# What is not used.


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (event("r", day(0), "red.raid"), "before the first step"),
        (event("r", day(31), "red.raid"), "after the last step"),
        (event("r", day(26), "red.raid"), "outside the days that the record covers"),
        (event("r", day(4), "red.raid", count=0), "stands for no event"),
        (event("r", day(4), "blue.talk"), "`blue.talk` is no move of this model that the event map names"),
        (event("r", day(-2), "red.raid", precision="week", known=day(4)), "only partly inside"),
        (event("r", day(22), "red.raid", precision="week", known=day(28)), "only partly inside"),
        (event("r", day(22), "red.raid", precision="week", known=day(24)), ""),
    ],
)
def test_each_row_is_a_report_or_is_listed_with_the_reason(model: Model, row: Event, reason: str) -> None:
    found = observe(model, record_of(row, covers=(1, 25)), "red.raid")
    assert len(found.observed.reports) == (reason == "")
    assert [reason in unused.reason for unused in found.unused] == ([True] if reason else [])


def test_rows_of_later_days_and_rows_known_later_are_told_apart(model: Model) -> None:
    rows = event("late", day(4), "red.raid", known=day(20)), event("later", day(21), "red.raid")
    as_of = observe(model, record_of(*rows), "red.raid", as_of=day(19))
    until = observe(model, record_of(*rows), "red.raid", until=day(19))
    assert [unused.reason for unused in as_of.unused] == ["not known by 2020-01-19"] * 2
    assert [(unused.name, unused.reason) for unused in until.unused] == [("later", "after the last day that is read")]


def test_no_silence_is_read_where_a_known_event_could_not_be_placed(model: Model) -> None:
    row = event("r", day(-2), "red.raid", precision="week", known=day(4))
    caught = observe(model, record_of(row), *ALL).observed.caught[:, leaf(model, "red.raid")]
    assert list(caught[:6]) == [NEVER_CAUGHT] * 4 + [ALWAYS_CAUGHT] * 2


# Silence.


def test_what_no_rule_names_is_never_caught(model: Model) -> None:
    caught = observe(model, record_of(), "blue.raid[south]", "red.slip").observed.caught
    assert {model.leaves[number].path for number in np.flatnonzero((caught != NEVER_CAUGHT).any(axis=0))} == {
        "blue.raid[south]", "red.slip",
    }  # fmt: skip


def test_silence_counts_inside_the_days_covered_alone(model: Model) -> None:
    caught = observe(model, record_of(covers=(5, 20)), *ALL).observed.caught
    assert (caught[4:20] == ALWAYS_CAUGHT).all()
    assert (caught[:4] == NEVER_CAUGHT).all()
    assert (caught[20:] == NEVER_CAUGHT).all()


def test_a_record_without_events_says_nothing_by_silence(model: Model) -> None:
    found = observe(model, Record(measurements=(measured("x", day(3), 0.4, sd=0.1),)), *ALL)
    assert (found.observed.caught == NEVER_CAUGHT).all()
    assert len(found.observed.readings) == 1
    assert found.last_step == -1


def test_a_step_that_is_not_read_in_full_is_not_read(tmp_path: Path) -> None:
    model = crisis(tmp_path / "weekly", days=28, step="1 week")
    found = observe(model, record_of(event("r", day(9), "red.raid"), covers=(1, 28)), *ALL, as_of=day(13))
    assert found.last_step == 0
    assert (found.observed.caught[1:] == NEVER_CAUGHT).all()
    assert [unused.reason for unused in found.unused] == ["its step is only partly inside the days that are read"]


def test_each_kind_and_period_has_its_cell_and_the_rest_is_always_caught(model: Model) -> None:
    seen = shares(("blue.raid;red.raid", 1, 10, 2.0, 1.0), ("blue.raid;red.raid", 11, 20, 6.0, 2.0))
    observed = observe(model, record_of(), *ALL, observation=seen).observed
    raids = [leaf(model, path) for path in ("blue.raid[north]", "blue.raid[south]", "red.raid")]
    assert observed.cells == (Cell("raid from 2020-01-01", 2.0, 1.0), Cell("raid from 2020-01-11", 6.0, 2.0))
    assert (observed.caught[:10, raids] == 0).all()
    assert (observed.caught[10:20, raids] == 1).all()
    assert (observed.caught[20:, raids] == ALWAYS_CAUGHT).all()
    assert (observed.caught[:, leaf(model, "blue.talk")] == ALWAYS_CAUGHT).all()


def test_cells_that_no_step_needs_are_left_out(model: Model) -> None:
    seen = shares(("red.raid", 1, 10, 2.0, 1.0), ("red.raid", 11, 20, 6.0, 2.0))
    observed = observe(model, record_of(covers=(11, 30)), *ALL, observation=seen).observed
    assert observed.cells == (Cell("raid from 2020-01-11", 6.0, 2.0),)
    assert (observed.caught[10:20, leaf(model, "red.raid")] == 0).all()


# As of a day.


def test_the_usual_delay_is_that_of_nine_rows_in_ten() -> None:
    assert usual_delay([]) == 0
    assert usual_delay([0] * 9 + [30]) == 0
    assert usual_delay([0] * 8 + [5, 30]) == 5
    assert usual_delay([7]) == 7


def test_silence_about_what_is_told_late_is_not_known_at_once(model: Model) -> None:
    late = [event(f"r{n}", day(n), "red.raid", known=day(n + 3)) for n in (2, 4)]
    caught = observe(model, record_of(*late), *ALL, as_of=day(15)).observed.caught
    assert list(np.flatnonzero(caught[:, leaf(model, "red.raid")] == ALWAYS_CAUGHT)) == list(range(12))
    assert list(np.flatnonzero(caught[:, leaf(model, "blue.talk")] == ALWAYS_CAUGHT)) == list(range(15))


def test_how_late_rows_are_is_learnt_from_those_known_by_the_day(model: Model) -> None:
    rows = event("r1", day(2), "red.raid"), event("r2", day(16), "red.raid", known=day(25))
    caught = observe(model, record_of(*rows), *ALL, as_of=day(15)).observed.caught
    assert (caught[:15, leaf(model, "red.raid")] == ALWAYS_CAUGHT).all()


def test_a_row_known_sooner_than_usual_is_used_and_its_day_is_read(model: Model) -> None:
    late = [event(f"r{n}", day(n), "red.raid", known=day(n + 5)) for n in (2, 4)]
    found = observe(model, record_of(*late, event("r9", day(14), "red.raid")), *ALL, as_of=day(15))
    assert [report.id for report in found.observed.reports] == ["r2", "r4", "r9"]
    assert list(np.flatnonzero(found.observed.caught[:, leaf(model, "red.raid")] == ALWAYS_CAUGHT)) == [*range(10), 13]


def test_a_whole_record_is_known_however_late_its_rows_were(model: Model) -> None:
    late = event("r1", day(2), "red.raid", known=day(30))
    assert (observe(model, record_of(late), *ALL).observed.caught == ALWAYS_CAUGHT).all()
    assert (observe(model, record_of(late), *ALL, until=day(10)).observed.caught[:10] == ALWAYS_CAUGHT).all()


# Measurements.


def test_a_measurement_is_a_reading_at_the_end_of_its_step(model: Model) -> None:
    rows = measured("x", day(9), 0.6, sd=0.05), measured("x", day(3), 0.4, sd=0.1)
    x = [quantity.path for quantity in model.quantities].index("x")
    assert observe(model, record_of(*rows), *ALL).observed.readings == (
        Reading(2, x, 0.4, 0.1), Reading(8, x, 0.6, 0.05),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (measured("x", day(0), 0.4), "before the first step"),
        (measured("x", day(40), 0.4, known=day(3)), "after the last step"),
        (measured("x", day(12), 0.4, known=day(11)), "after the last step that is read"),  # announced, not yet measured
        (measured("x", day(9), 0.4, known=day(13)), "not known by 2020-01-11"),
        (measured("y", day(9), 0.4), "`y` is no quantity of this model"),
    ],
)
def test_a_measurement_that_is_not_used_is_listed(model: Model, row: Measurement, reason: str) -> None:
    found = observe(model, record_of(row), *ALL, as_of=day(11))
    assert found.observed.readings == ()
    assert [unused.reason.startswith(reason) for unused in found.unused] == [True]


def test_what_is_left_out_grows_with_the_time_since_the_quantity_was_last_read(model: Model) -> None:
    rows = [measured("x", day(n), 0.4, sd=0.1, left_out=0.3) for n in (6, 30)]
    first, second = observe(model, record_of(*rows), *ALL).observed.readings
    assert first.left_out == pytest.approx(0.3 * np.sqrt(6 / 30))
    assert second.left_out == pytest.approx(0.3 * np.sqrt(24 / 30))


@pytest.mark.parametrize(
    ("value", "digit"), [(1.0, 1), (5200.0, 1), (3.67, 0.01), (0.5, 0.1), (0.1 * 3, 0.1), (0.0, 1), (-2.25, 0.01)]
)
def test_a_number_without_an_error_is_rounded_to_its_last_digit(value: float, digit: float) -> None:
    assert rounding_error(value) == pytest.approx(digit / np.sqrt(12))


def test_the_rounding_error_is_never_below_what_float32_can_tell() -> None:
    assert rounding_error(3e9) == pytest.approx(256 / np.sqrt(12))
