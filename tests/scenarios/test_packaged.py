"""The packaged scenarios as data: they pass `check`, their pages are up to date, they hold no path of a workplace."""

from datetime import date
from pathlib import Path

import pytest

from offramp.evidence.tally import evidence_items
from offramp.scenario.check import check_source
from offramp.scenario.document import EvidenceItem
from offramp.scenario.load import load, scenario_names
from tools.scenario_page import FOLDER, renewed

PAGES = sorted(FOLDER.glob("*.md"))
CRISIS = "us-iran-iraq"
FIRST, LAST = date.min, date(2019, 5, 8)  # the notice of further nuclear steps is the last that sets a number


@pytest.mark.parametrize("name", scenario_names())
def test_a_packaged_scenario_passes_check(name: str) -> None:
    assert [str(problem) for problem in check_source(name) if problem.level != "note"] == []


@pytest.mark.parametrize("page", PAGES, ids=[page.stem for page in PAGES])
def test_the_page_of_a_scenario_says_what_the_scenario_says(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert renewed(text, page.stem) == text, "run `python -m tools.scenario_page`"


def test_the_crisis_is_as_large_as_it_claims() -> None:
    document = load(CRISIS).document
    assert len(document.actors) >= 8
    assert len(document.moves) >= 25
    assert len(document.quantities) >= 15
    assert len(document.mechanisms) >= 10


def test_no_evidence_of_a_size_is_younger_than_the_window_it_is_scored_on() -> None:
    late = [
        cited.path
        for cited in evidence_items(load(CRISIS).document)
        if cited.part == "size" and isinstance(cited.item, EvidenceItem) and (cited.item.known_from or FIRST) > LAST
    ]
    assert late == []


def test_a_size_that_speaks_of_one_of_many_numbers_is_assumed() -> None:
    """A mark covers every number of its move: one that is derived or recalled has no others beside it."""
    moves = load(CRISIS).document.moves
    marked = {
        name: [str(formula) for formula in (*move.utility.values(), *(effect.add for effect in move.effects))]
        for name, move in moves.items()
        if getattr(move.evidence, "size", move.evidence).status != "assumed"
    }
    assert {name: drawn for name, drawn in marked.items() if sum("(" in formula for formula in drawn) > 1} == {}


@pytest.mark.parametrize(
    "file", sorted(path.name for path in load(CRISIS).folder.iterdir() if path.suffix in {".csv", ".md"})
)
def test_packaged_data_names_no_path_of_the_workplace(file: str) -> None:
    text = (load(CRISIS).folder / file).read_text(encoding="utf-8")
    assert "shared/" not in text
    assert "/work" not in text.replace("/works", "")
