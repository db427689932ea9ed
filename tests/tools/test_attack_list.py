"""A made-up list held against a made-up record, rule by rule."""

import csv
from pathlib import Path

import pytest

from offramp.scenario.load import load
from tools.attack_list import SCENARIO, Merge, main, merge, read

LIST = ("date", "prec", "type", "place", "source_url", "note")
RECORD = ("id", "date", "date_precision", "action", "summary", "incidents")


def _listed(date: str, place: str = "", kind: str = "rocket", prec: str = "day") -> dict[str, str]:
    return dict(zip(LIST, (date, prec, kind, place, "", ""), strict=True))


def _known(name: str, date: str, summary: str = "", action: str = "rocket_attack", incidents: str = "1"):
    return dict(zip(RECORD, (name, date, "day", action, summary, incidents), strict=True))


def _merge(listed, record, holds=None, left_out=()) -> Merge:
    return merge(listed, record, holds=holds or {}, left_out=left_out)


def test_a_night_may_be_dated_by_either_of_its_days_and_no_further() -> None:
    record = [_known("a", "2020-01-02")]
    assert _merge([_listed("2020-01-01")], record).matched == ((0, "a"),)
    assert _merge([_listed("2020-01-04")], record).missing == (0,)


def test_an_approximate_date_reaches_a_week_and_a_month_its_month() -> None:
    record = [_known("a", "2020-01-09")]
    assert _merge([_listed("2020-01-02", prec="approx")], record).matched == ((0, "a"),)
    assert _merge([_listed("2020-01-31", prec="month")], record).matched == ((0, "a"),)
    assert _merge([_listed("2020-02-01", prec="month")], record).missing == (0,)


def test_another_kind_is_another_happening() -> None:
    assert _merge([_listed("2020-01-02", kind="IED convoy")], [_known("a", "2020-01-02")]).missing == (0,)


def test_the_place_decides_between_two_of_one_day_whatever_their_order() -> None:
    record = [
        _known("a", "2020-01-02", "Rockets land at Taji."),
        _known("b", "2020-01-02", "At the embassy."),
    ]
    listed = [_listed("2020-01-02", "Green Zone"), _listed("2020-01-02", "Taji")]
    assert _merge(listed, record).matched == ((0, "b"), (1, "a"))


def test_a_place_that_agrees_beats_a_day_that_agrees() -> None:
    record = [_known("a", "2020-01-02", "Rockets land at Taji."), _known("b", "2020-01-03", "Rockets land at Balad.")]
    assert _merge([_listed("2020-01-02", "Balad")], record).matched == ((0, "b"),)


def test_each_attack_is_used_once_and_a_bundle_as_often_as_it_says() -> None:
    listed = [_listed("2020-01-02"), _listed("2020-01-02")]
    assert _merge(listed, [_known("a", "2020-01-02")]).missing == (1,)
    assert _merge(listed, [_known("a", "2020-01-02", incidents="2")]).missing == ()
    assert _merge(listed, [_known("a", "2020-01-02")], holds={"a": 2}).missing == ()


def test_what_is_known_to_be_wrong_takes_no_row_of_the_record() -> None:
    listed = [_listed("2020-01-02", "Taji"), _listed("2020-01-03", "Taji")]
    found = _merge(listed, [_known("a", "2020-01-02", "Taji")], left_out=[{**listed[0], "reason": "denied"}])
    assert (found.matched, found.left_out, found.missing) == (((1, "a"),), (0,), ())


def test_it_tells_what_is_missing_of_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (tmp_path / "attacks.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, LIST)
        writer.writeheader()
        writer.writerows([_listed("2019-12-27", "K-1 Kirkuk"), _listed("2018-05-05", "Nowhere")])
    main(str(tmp_path))
    said = capsys.readouterr().out
    assert said.startswith("1 of 2 rows are in the record, 0 are left out.\n")
    assert "missing: 2018-05-05 (day) rocket, Nowhere" in said


def test_every_attack_left_out_says_why() -> None:
    rows = read(load(SCENARIO).folder / "attacks-left-out.csv")
    assert rows
    assert all(row["reason"] for row in rows)
