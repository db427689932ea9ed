"""Evidence: what each status asks for, what a scenario leans on, and how sources are written."""

import datetime as dt
from dataclasses import dataclass

import pytest

from offramp.evidence import STATUSES, cite, evidence_items, faults, tally
from offramp.evidence.citation import format_source
from offramp.scenario.check import check_source
from offramp.scenario.document import EvidenceItem, Source
from offramp.scenario.load import load
from tests.scenario.folders import changed, write

WHOLE = {
    "sourced": {"source": "smith2020", "at": "p. 3", "says": "raids follow strikes"},
    "derived": {"computed": "3 / 2"},
    "elicited": {"why": "five analysts were asked"},
    "recalled": {"why": "well known"},
    "assumed": {"why": "a convention"},
    "fitted": {"computed": "posterior of 2026-11"},
}


def lacking(status, **fields):
    """What an item of evidence lacks."""
    return [(fault.kind, fault.field) for fault in faults(EvidenceItem(status=status, **fields), {"smith2020"})]


@pytest.mark.parametrize("status", STATUSES)
def test_an_item_with_all_that_its_status_asks_for_is_whole(status):
    assert lacking(status, **WHOLE[status]) == []


@pytest.mark.parametrize(("status", "field"), [(status, field) for status in WHOLE for field in WHOLE[status]])
def test_each_field_that_a_status_asks_for_is_missed(status, field):
    rest = {name: text for name, text in WHOLE[status].items() if name != field}
    assert lacking(status, **rest) == [("missing", field)]
    assert lacking(status, **rest, **{field: "  "}) == [("missing", field)]


def test_a_derived_number_may_say_why_in_place_of_its_computation():
    assert lacking("derived", why="counts what the moves draw") == []


def test_a_source_must_be_one_of_the_scenario():
    assert lacking("sourced", **{**WHOLE["sourced"], "source": "jones"}) == [("unknown source", "source")]
    assert lacking("assumed", why="a convention", source="jones") == [("unknown source", "source")]


@pytest.mark.parametrize("word", ["TODO", "tbd", "???", " n/a "])
def test_a_placeholder_is_no_reason(word):
    assert lacking("assumed", why=word) == [("placeholder", "why")]


def test_items_are_found_wherever_they_stand(tmp_path):
    found = {(cited.path, cited.part): cited.item.status for cited in evidence_items(load(write(tmp_path)).document)}
    assert found == {
        ("actors.blue.goals.tension", None): "elicited",
        ("actors.blue.channels.force", None): "assumed",
        ("actors.guard.channels.force", None): "assumed",
        ("actors.guard.directive", None): "assumed",
        ("quantities.tension", None): "assumed",
        ("quantities.blue_deaths", None): "derived",
        ("quantities.resolve", None): "assumed",
        ("moves.guard.raid", "arrow"): "sourced",
        ("moves.guard.raid", "size"): "assumed",
        ("moves.blue.strike", None): "assumed",
    }


def test_a_term_may_be_called_evidence(tmp_path):
    folder = write(tmp_path, changed(('utility: {base: "Normal(-3, 1)"}', "utility: {evidence: -3}")))
    assert tally(load(folder).document).sizes["assumed"] == 7
    assert check_source(folder) == ()


def test_arrows_and_sizes_are_counted_apart(tmp_path):
    counted = tally(load(write(tmp_path)).document)
    assert counted.arrows == {
        "sourced": 1, "derived": 1, "elicited": 1, "recalled": 0, "assumed": 6, "fitted": 0,
    }  # fmt: skip
    assert counted.sizes == {
        "sourced": 0, "derived": 1, "elicited": 1, "recalled": 0, "assumed": 7, "fitted": 0,
    }  # fmt: skip


def test_the_sources_that_a_scenario_leans_on_are_cited(tmp_path):
    assert cite(load(write(tmp_path)).document) == ("smith2020: Smith (2020-03-01). Border raids and reprisals",)


@dataclass
class NoClaims:
    """A document without evidence or claims."""

    sources: dict
    claims: dict


def test_a_source_that_nothing_cites_is_not():
    assert cite(NoClaims({"smith2020": Source(title="Raids")}, {})) == ()


@pytest.mark.parametrize(
    ("source", "line"),
    [
        (Source(title="Raids"), "k: Raids"),
        (Source(title="Raids.", author="Smith", publisher="Press", url="https://example.org"),
         "k: Smith. Raids. Press. https://example.org"),
        (Source(title="Raids", publisher="Press", date=dt.date(2020, 3, 1)), "k: Press (2020-03-01). Raids"),
    ],
)  # fmt: skip
def test_a_source_is_one_line(source, line):
    assert format_source("k", source) == line
