"""The pages of a scenario hold all that it says: every element, every item of evidence, limits and history."""

from pathlib import Path

import pytest

from offramp.scenario.load import load
from tools import scenario_in_full, scenario_notes, scenario_page
from tools.markdown import code, plain, table
from tools.scenario_evidence import evidence_rows

NAME = "us-iran-iraq"


@pytest.fixture(scope="module")
def loaded():
    return load(NAME)


@pytest.fixture(scope="module")
def short(loaded) -> str:
    return scenario_page.generated(loaded)


@pytest.fixture(scope="module")
def full() -> str:
    return scenario_in_full.page(NAME)


@pytest.mark.parametrize("section", ["actors", "quantities", "moves", "mechanisms", "outcomes", "policies", "switches"])
def test_every_element_is_on_the_page(section: str, loaded, short: str) -> None:
    names = getattr(loaded.document, section)
    assert names
    assert [name for name in names if code(name) not in short] == []


def test_aims_are_told_as_the_actor_does_and_as_its_rivals_do(loaded, short: str) -> None:
    aims = [actor.aims for actor in loaded.document.actors.values() if actor.aims]
    assert aims
    assert all(plain(told.own) in short and plain(told.rivals) in short for told in aims)


def test_a_mechanism_has_its_equation_and_its_evidence(loaded, short: str) -> None:
    told = {row.path: plain(row.said).rstrip(".") for row in evidence_rows(loaded.document)}
    for name, mechanism in loaded.document.mechanisms.items():
        assert f"\n{' '.join(str(mechanism.per_day).split())}\n" in short
        assert told[f"mechanisms.{name}"] in short


def test_limits_and_history_are_those_of_the_notes(loaded, short: str) -> None:
    notes = scenario_notes.sections(loaded.folder)
    for beginning in (scenario_notes.CONTESTED, scenario_notes.LIMITS, scenario_notes.LOG):
        assert scenario_notes.section(notes, beginning) in short


def test_every_item_of_evidence_is_on_the_page_in_full(loaded, full: str) -> None:
    rows = evidence_rows(loaded.document)
    assert rows
    assert [(row.path, row.part) for row in rows if plain(row.said).rstrip(".") not in full] == []


def test_every_reason_and_every_prior_is_on_the_page_in_full(loaded, full: str) -> None:
    for move in loaded.document.moves.values():
        assert [
            term for term, formula in move.utility.items() if f"| {code(term)} | {code(formula)} |" not in full
        ] == []
    assert full.count("\n| `us.airstrike.utility.base` |") == 1


@pytest.mark.parametrize("text", ["# Notes\n\n## Other\n\nx\n", "# Notes\n\n## Limits\n\nx\n\n## Limits again\n\ny\n"])
def test_notes_without_one_section_of_limits_are_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "NOTES.md").write_text(text)
    with pytest.raises(ValueError, match="unpack"):
        scenario_notes.section(scenario_notes.sections(tmp_path), scenario_notes.LIMITS)


def test_text_stays_text() -> None:
    assert plain("a_b costs $5 <b> *now*\n [x]") == "a\\_b costs \\$5 \\<b> \\*now\\* \\[x\\]"
    assert code("a |\n  b") == "`a | b`"
    assert table(["x"], [[code("a | b")]]).endswith("| `a \\| b` |\n")
