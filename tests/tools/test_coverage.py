"""Every lever and mechanism of the articles is represented by the scenario or left out with its reason."""

from dataclasses import replace

import pytest

from offramp.evidence.tally import evidence_items
from offramp.scenario.load import load
from tools.coverage import HEADINGS, PAGE, SCENARIO, LeftOut, Statement, coverage, page

SEEDS = {"000": "editorial20200101", "001": "editorial20200108", "002": "analysis202010"}


@pytest.fixture(scope="module")
def covered():
    return coverage()


def test_every_statement_is_represented_or_left_out_with_its_reason(covered) -> None:
    assert covered.faults() == []


def test_the_list_is_whole(covered) -> None:
    counts = {kind: sum(s.kind == kind for s in covered.statements) for kind in HEADINGS}
    assert counts == {"lever": 56, "mechanism": 79, "requirement": 11}
    assert len({s.id for s in covered.statements}) == 146
    for statement in covered.statements:
        seed, _, rest = statement.id.partition("-")
        if statement.kind != "requirement":
            assert SEEDS[seed] == statement.source
            assert rest[0] == {"lever": "L", "mechanism": "M"}[statement.kind]


def test_the_page_says_what_the_scenario_says(covered) -> None:
    assert PAGE.read_text(encoding="utf-8") == page(covered), "run `python -m tools.coverage`"


def test_faults_are_found(covered) -> None:
    extra = Statement("000-L99", "lever", "editorial20200101", "para 1", "nobody", "something new", "")
    assert replace(covered, statements=(*covered.statements, extra)).faults() == [
        "000-L99 is neither represented nor out of scope"
    ]
    assert replace(covered, elements={**covered.elements, "000-L77": ("moves.us.airstrike",)}).faults() == [
        "000-L77 is in no list of statements"
    ]
    whole = {"000-L1": LeftOut("000-L1", "whole", "beside the point")}
    assert replace(covered, left_out=whole).faults() == ["000-L1 is represented and out of scope"]
    unsaid = {"000-L1": LeftOut("000-L1", "part", "")}
    assert replace(covered, left_out=unsaid).faults() == ["000-L1 is out of scope without an extent or a reason"]


def test_every_item_of_evidence_says_from_when_it_was_known() -> None:
    assert [cited.path for cited in evidence_items(load(SCENARIO).document) if cited.item.known_from is None] == []
