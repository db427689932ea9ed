"""Rows of the record that may have been one of several moves: the language, its checks, what a scenario makes of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from offramp.core.errors import Problem
from offramp.scenario.check import check_source
from offramp.scenario.codes.entry import BASE
from offramp.scenario.load import load
from offramp.scenario.observed import observe
from tests.scenario.folders import write

ROWS = "id,date,date_precision,known_from,what\nr1,2020-01-05,day,2020-01-05,raid\n"
MAP = """\
record:
  events: record.csv
  event_map:
    - where: {what: raid}
      move:
"""


def _scenario(folder: Path, *moves: str) -> Path:
    return write(folder, BASE + MAP + "".join(f"        {line}\n" for line in moves), record__csv=ROWS)


def _problems(folder: Path, *moves: str) -> list[tuple[Problem, str]]:
    """Problems of a map whose moves stand one to a line, each with the text that its place points at."""
    source = _scenario(folder, *moves)
    lines = (source / "scenario.yaml").read_text(encoding="utf-8").splitlines()
    found = []
    for problem in check_source(source):
        assert problem.place is not None
        place = problem.place
        found.append((problem, lines[place.line - 1][place.column - 1 : place.end_column - 1]))
    return found


def test_a_row_names_its_candidates_the_likeliest_first(tmp_path):
    source = _scenario(tmp_path, "blue.strike: 0.25", "guard.raid: 1")
    assert check_source(source) == ()
    record = observe(load(source))
    assert record is not None
    (event,) = record.events
    assert event.move == "guard.raid"
    assert event.candidates == (("guard.raid", 1.0), ("blue.strike", 0.25))


def test_the_first_written_is_the_move_where_two_weigh_the_same(tmp_path):
    record = observe(load(_scenario(tmp_path, "guard.raid: 0.5", "blue.strike: 0.5")))
    assert record is not None
    assert record.events[0].move == "guard.raid"


def test_an_unknown_candidate_is_shown_at_its_name(tmp_path):
    ((problem, shown),) = _problems(tmp_path, "guard.riad: 0.5", "blue.strike: 0.5")
    assert (problem.code, shown) == ("E202", "guard.riad")
    assert problem.hint is not None
    assert "Did you mean `guard.raid`" in problem.hint


@pytest.mark.parametrize("weight", ["0", "-0.1", "1.01", "3e38"])
def test_a_weight_is_above_zero_and_at_most_one(tmp_path, weight):
    ((problem, shown),) = _problems(tmp_path, f"guard.raid: {weight}", "blue.strike: 1")
    assert (problem.code, shown) == ("E515", weight)


@pytest.mark.parametrize(("weight", "code"), [("often", "E122"), (".nan", "E122"), ("1e39", "E126"), ("[1]", "E122")])
def test_a_weight_is_a_number(tmp_path, weight, code):
    ((problem, _),) = _problems(tmp_path, f"guard.raid: {weight}", "blue.strike: 1")
    assert problem.code == code


def test_a_rule_of_no_candidates_is_refused(tmp_path):
    assert [problem.code for problem, _ in _problems(tmp_path, "{}")] == ["E515"]


def test_a_variant_does_not_stand_beside_its_move(tmp_path):
    base = BASE.replace(
        '    utility: {base: "Normal(-3, 1)"}\n',
        '    utility: {base: "Normal(-3, 1)"}\n    variants: {near: {}, far: {}}\n',
    )
    rule = "        blue.strike: 0.5\n        blue.strike[near]: 0.5\n"
    source = write(tmp_path, base + MAP + rule, record__csv=ROWS)
    (problem,) = check_source(source)
    assert problem.code == "E515"
    assert problem.message == "`blue.strike[near]` stands beside the move of which it is a variant."
