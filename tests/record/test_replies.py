"""Rows that answer a row of their own day: what may be written, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from offramp.infer.observed import recordable
from offramp.scenario.check import check_source
from offramp.scenario.codes.entry import BASE
from offramp.scenario.load import load
from tests.scenario.folders import write

ROWS = """\
id,date,date_precision,known_from,what
r1,2020-01-05,day,2020-01-05,raid
r2,2020-01-05,day,2020-01-05,raid
r3,2020-01-06,day,2020-01-06,raid
r4,2020-01-05,week,2020-01-11,raid
r5,2020-01-05,day,2020-01-05,parade
"""
MAP = "event_map: [{where: {what: raid}, move: guard.raid}, {where: {what: parade}, move: null}]"


def _scenario(folder: Path, replies: str) -> Path:
    return write(folder, BASE + f"record: {{events: record.csv, {MAP}, replies: {{{replies}}}}}\n", record__csv=ROWS)


def test_a_reply_to_a_row_of_the_same_day_is_told_to_likelihoods(tmp_path):
    source = _scenario(tmp_path, "r2: r1")
    assert check_source(source) == ()
    assert recordable(load(source).document.record).replies == {"r2"}


@pytest.mark.parametrize(
    ("replies", "says"),
    [
        ("r9: r1", "`r9` is no row"),
        ("r2: r9", "`r9` is no row"),
        ("r2: r5", "`r5` is no row"),  # left out of the model: nothing is there to answer
        ("r3: r1", "`r3` and `r1` are not two rows dated to one day"),
        ("r4: r1", "`r4` and `r1` are not"),
        ("r1: r4", "`r1` and `r4` are not"),
        ("r1: r1", "`r1` and `r1` are not"),
    ],
)
def test_a_reply_that_is_none_is_refused_at_its_row(tmp_path, replies, says):
    source = _scenario(tmp_path, replies)
    (found,) = check_source(source)
    assert found.code == "E516"
    assert found.message.startswith(says)
    assert found.place is not None
    line = (source / "scenario.yaml").read_text(encoding="utf-8").splitlines()[found.place.line - 1]
    assert line[found.place.column - 1 :].startswith(replies[4:6])
