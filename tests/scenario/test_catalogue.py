"""Every code of the catalogue is raised by its own smallest example, and by that alone."""

import re
from pathlib import Path

import pytest

import offramp
from offramp.scenario.catalogue import CATALOGUE
from offramp.scenario.check import check_source
from offramp.scenario.codes.entry import BASE
from tests.scenario.folders import write, write_example

SOURCES = Path(offramp.__file__).parent
ELSEWHERE = {"E601"}  # of lowering: two draws whose addresses agree by a coincidence of one in four billion


def test_there_are_at_least_sixty_codes():
    assert len(CATALOGUE) >= 60


def test_the_scenario_that_examples_change_has_no_problem(tmp_path):
    assert check_source(write(tmp_path)) == ()


@pytest.mark.parametrize("entry", CATALOGUE.values(), ids=CATALOGUE)
def test_the_example_raises_its_code_and_no_other(entry, tmp_path, monkeypatch):
    monkeypatch.chdir(write_example(tmp_path, entry.example))
    for old, _ in entry.example.edits:
        assert BASE.count(old) == 1
    problems = check_source(".")
    assert {problem.code for problem in problems} == {entry.code}
    for problem in problems:
        assert problem.level == entry.level
        assert problem.message
        assert problem.hint
        assert problem.place is not None


@pytest.mark.parametrize("entry", CATALOGUE.values(), ids=CATALOGUE)
def test_an_entry_says_what_it_means(entry):
    assert entry.code.startswith({"error": "E", "warning": "W", "note": "N"}[entry.level])
    assert re.fullmatch(r"[EW][1-6]\d\d", entry.code)
    for sentence in (entry.meaning, entry.hint):
        assert sentence.rstrip("`").endswith((".", ")"))


def test_every_code_in_the_program_is_in_the_catalogue():
    written = {
        code
        for part in ("scenario", "expr", "record", "model")
        for path in (SOURCES / part).rglob("*.py")
        for code in re.findall(r'"([EW][1-6]\d\d)"', path.read_text(encoding="utf-8"))
    }
    assert written - ELSEWHERE == set(CATALOGUE)
