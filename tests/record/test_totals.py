"""Published totals and shares recorded: what is read, and each fault with its place."""

from __future__ import annotations

import datetime as dt

import pytest

from offramp.core.errors import RecordError
from offramp.record.totals import Published, read_published

CELLS = "kind,moves,first_day,last_day,a,b,status,reason,known_from\n"
ROCKET = "rocket,a.rocket,2020-01-01,2020-06-30,4,1,assumed,a sketch,2020-01-01\n"
BOMB = "bomb,a.bomb;a.mine,2020-01-01,2020-06-30,2,2,assumed,a sketch,2020-01-01\n"
TOTALS = "id,first_day,last_day,count,kinds,use,leaves_out,complete_a,complete_b,reason,known_from\n"
ONE = "t1,2020-02-01,2020-02-29,9,rocket;bomb,evidence,r1;r2,12,3,a week's count,2020-03-01\n"


def read(cells: str, totals: str | None = None) -> Published:
    return read_published((cells.encode(), "c.csv"), (totals.encode(), "t.csv") if totals is not None else None)


def faults(cells: str, totals: str | None = None) -> list[tuple[str, str, int]]:
    with pytest.raises(RecordError) as caught:
        read(cells, totals)
    return [(p.code, p.place.file, p.place.line) for p in caught.value.problems if p.place is not None]


def test_both_files_are_read_as_written() -> None:
    found = read(CELLS + ROCKET + BOMB, TOTALS + ONE)
    assert [cell.moves for cell in found.cells] == [("a.rocket",), ("a.bomb", "a.mine")]
    (total,) = found.totals
    assert (total.count, total.kinds, total.use, total.leaves_out) == (9, ("rocket", "bomb"), "evidence", ("r1", "r2"))
    assert (total.last_day, total.completeness) == (dt.date(2020, 2, 29), (12, 3))


def test_totals_may_be_absent() -> None:
    assert read(CELLS + ROCKET).totals == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [(",4,1,", ",0,1,"), (",4,1,", ",4,-1,"), ("2020-06-30", "2019-06-30"), ("rocket,a.rocket", ",a.rocket")],
)
def test_a_cell_that_cannot_be_used_is_told_with_its_line(old: str, new: str) -> None:
    assert faults(CELLS + ROCKET.replace(old, new, 1)) == [("E514", "c.csv", 2)]


def test_two_periods_of_a_kind_share_no_day() -> None:
    later = ROCKET.replace("2020-01-01,2020-06-30", "2020-06-30,2020-12-31")
    assert faults(CELLS + ROCKET + later) == [("E514", "c.csv", 3)]
    assert len(read(CELLS + ROCKET + later.replace("2020-06-30", "2020-07-01")).cells) == 2


@pytest.mark.parametrize(
    ("old", "new"),
    [(",9,", ",9.5,"), (",9,", ",-1,"), ("rocket;bomb", "rocket;mortar"), ("rocket;bomb", ""),
     ("rocket;bomb", "rocket;rocket"), ("evidence", "proof"), (",12,", ",0,"), ("2020-02-29", "2020-01-29"),
     ("t1,", ",")],
)  # fmt: skip
def test_a_total_that_cannot_be_used_is_told_with_its_line(old: str, new: str) -> None:
    assert faults(CELLS + ROCKET + BOMB, TOTALS + ONE.replace(old, new, 1)) == [("E514", "t.csv", 2)]


def test_a_total_is_used_once() -> None:
    assert faults(CELLS + ROCKET + BOMB, TOTALS + ONE + ONE) == [("E514", "t.csv", 3)]


def test_faults_of_both_files_are_told_together() -> None:
    told = faults(CELLS + ROCKET.replace(",4,", ",much,") + BOMB, TOTALS + ONE.replace("rocket;bomb", "bomb;x"))
    assert told == [("E505", "c.csv", 2), ("E514", "t.csv", 2)]
