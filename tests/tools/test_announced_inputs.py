"""What was announced becomes a series, each step of it known from the day of the announcement."""

import csv
import datetime as dt
import io

from offramp.record.series import read_series
from offramp.scenario.load import load
from tools.announced_inputs import SCENARIO, derive, text

START = dt.date(2019, 1, 1)
SECTIONS = {"calendar": "calendar", "input": "inputs", "quantity": "quantities", "move": "moves", "pledge": "pledges"}


def _row(known_from: str, for_date: str, used_as: str, end: str = "") -> dict[str, str]:
    return {"known_from": known_from, "for_date": for_date, "for_date_end": end, "used_as": used_as}


def _notice(known_from: str, for_date: str, end: str = "") -> dict[str, str]:
    return _row(known_from, for_date, "input.nuclear_notice_due", end)


def _due(rows: list[dict[str, str]], as_of: str | None = None) -> list[tuple[str, float]]:
    content = text(derive(rows, start=START)).encode()
    known = dt.date.fromisoformat(as_of) if as_of else None
    points = read_series(content, shown="s.csv", column="value", where={"quantity": "nuclear_notice_due"}, as_of=known)
    return [(point.date.isoformat(), point.value) for point in points]


def _packaged() -> list[dict[str, str]]:
    content = (load(SCENARIO).folder / "announced.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(content)))


def test_a_notice_presses_from_five_days_before_its_date_to_fifteen_after() -> None:
    assert _due([_notice("2019-05-08", "2019-07-07")]) == [
        ("2019-01-01", 0), ("2019-07-02", 1), ("2019-07-23", 0),
    ]  # fmt: skip


def test_a_notice_does_not_press_before_it_was_known() -> None:
    assert _due([_notice("2019-07-06", "2019-07-07")])[1] == ("2019-07-06", 1)
    assert _due([_notice("2019-05-08", "2019-07-07")], "2019-05-07") == [("2019-01-01", 0)]


def test_a_later_word_on_the_same_notice_is_known_from_its_own_day() -> None:
    rows = [_notice("2019-08-14", "2019-11-05"), _notice("2019-10-21", "2019-11-04", "2019-11-07")]
    assert _due(rows, "2019-09-15") == [("2019-01-01", 0), ("2019-10-31", 1), ("2019-11-21", 0)]
    assert [point for point in _due(rows) if point[0] != "2019-10-31"] == [
        ("2019-01-01", 0), ("2019-10-30", 1), ("2019-11-21", 1), ("2019-11-23", 0),
    ]  # fmt: skip


def test_no_report_is_expected_between_boards_and_four_a_year_where_no_calendar_is_known() -> None:
    rows = [_row("2019-01-01", "2019-02-18", "input.inspection_reports", "2019-03-08")]
    rows += [_row("2020-01-01", "2020-02-24", "input.inspection_reports", "2020-03-13")]
    levels = [level for level in derive(rows, start=START) if level.quantity == "inspection_reports"]
    assert [(str(level.date), round(level.value * 365.25, 6), str(level.known_from)) for level in levels] == [
        ("2019-01-01", 0, "2019-01-01"),
        ("2019-02-18", 91.3125, "2019-01-01"),
        ("2019-03-09", 0, "2019-01-01"),
        ("2020-01-01", 4, "2019-01-01"),
        ("2020-01-01", 0, "2020-01-01"),
        ("2020-02-24", 91.3125, "2020-01-01"),
        ("2020-03-14", 0, "2020-01-01"),
        ("2021-01-01", 4, "2020-01-01"),
    ]


def test_the_packaged_series_is_what_the_announcements_come_to() -> None:
    loaded = load(SCENARIO)
    written = (loaded.folder / "scheduled.csv").read_text(encoding="utf-8")
    assert written == text(derive(_packaged(), start=loaded.document.scenario.clock.start)), "run the tool"


def test_each_announcement_names_what_uses_it_or_says_why_nothing_does() -> None:
    document = load(SCENARIO).document
    for row in _packaged():
        section, _, name = row["used_as"].partition(".")
        if section:
            assert name in getattr(document, SECTIONS[section]), row["used_as"]
        else:
            assert row["why"], row["summary"]
