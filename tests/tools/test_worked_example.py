"""The worked example of the how-to page: kept as files, free of problems at every step, and as the page tells."""

from pathlib import Path

import pytest

import offramp
from offramp.scenario.check import check_source
from tools import worked_example

FINISHED = worked_example.FOLDER / worked_example.NAME
SLIPS = {"E202", "E301"}  # those that the page makes on purpose, and mends


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.iterdir())}


def test_the_files_are_those_of_the_page(tmp_path: Path) -> None:
    worked_example.write(tmp_path)
    assert contents(FINISHED) == contents(tmp_path / worked_example.NAME), "run `python -m tools.worked_example`"


def test_no_step_has_an_error_but_the_slips_that_the_page_shows(tmp_path: Path) -> None:
    found = [
        {problem.code for problem in check_source(str(tmp_path / worked_example.NAME)) if problem.level == "error"}
        for _ in worked_example.states(tmp_path)
    ]
    assert len(found) == 7
    assert [codes for codes in found if codes] == [SLIPS]


def test_the_finished_example_has_no_problem() -> None:
    assert [str(problem) for problem in check_source(str(FINISHED))] == []


@pytest.mark.slow
def test_what_the_policies_do_is_what_the_page_tells() -> None:
    compared = offramp.load(str(FINISHED)).compare(policies=["lower_instead", "neither"], start="2031-03-01", runs=512)
    lower, neither = (compared.comparisons[name].outcomes for name in ("lower_instead", "neither"))
    assert neither["attacks"].interval[1] < 0
    assert lower["attacks"].interval[1] > neither["attacks"].interval[1]
    assert lower["raids"].edited == neither["raids"].edited == 0
    assert lower["toll_end"].interval[1] < neither["toll_end"].interval[0]
