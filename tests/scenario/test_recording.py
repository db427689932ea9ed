"""Files on what a record holds, as a scenario names them: read, refused, and part of the manifest's data."""

from __future__ import annotations

from pathlib import Path

from offramp.scenario.check import check_source
from offramp.scenario.load import load
from offramp.scenario.observed import data_hashes, published
from tests.scenario.folders import BASE, write

CELLS = "kind,moves,first_day,last_day,a,b,status,reason,known_from\n"
RAID = "raid,guard.raid,2020-01-01,2020-06-30,4,1,assumed,a sketch,2020-01-01\n"
TOTALS = (
    "id,first_day,last_day,count,kinds,use,leaves_out,complete_a,complete_b,reason,known_from\n"
    "t1,2020-02-01,2020-02-29,9,raid,evidence,,12,3,a count,2020-03-01\n"
)
BOTH = BASE + "record: {recording: shares.csv, totals: totals.csv}\n"


def codes(folder: Path) -> list[str]:
    return [problem.code for problem in check_source(str(folder)) if problem.level == "error"]


def test_both_files_are_read_and_hashed(tmp_path: Path) -> None:
    loaded = load(str(write(tmp_path / "s", BOTH, shares__csv=CELLS + RAID, totals__csv=TOTALS)))
    assert [total.id for total in published(loaded).totals] == ["t1"]
    assert set(data_hashes(loaded)) == {"shares.csv", "totals.csv"}
    assert codes(tmp_path / "s") == []


def test_a_share_of_what_is_no_move_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path / "s", BOTH, shares__csv=CELLS + RAID.replace("guard.raid", "x.raid"), totals__csv=TOTALS)
    assert codes(folder) == ["E514"]


def test_totals_are_of_no_use_without_shares(tmp_path: Path) -> None:
    folder = write(tmp_path / "s", BASE + "record: {totals: totals.csv}\n", totals__csv=TOTALS)
    assert codes(folder) == ["E512"]


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    folder = write(tmp_path / "s", BOTH, shares__csv=CELLS + RAID)
    assert len(codes(folder)) == 1


def test_a_scenario_without_these_files_knows_nothing_of_them(tmp_path: Path) -> None:
    assert published(load(str(write(tmp_path / "s")))).cells == ()
