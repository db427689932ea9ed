"""From any number to the evidence nearest above it."""

import pytest

import offramp
from offramp.analyse.rests import NO_EVIDENCE, Rests, rests


@pytest.fixture(scope="module")
def case() -> offramp.Case:
    return offramp.load("two-rivals")


@pytest.fixture(scope="module")
def found(case: offramp.Case) -> Rests:
    return rests(case.document)


@pytest.mark.parametrize(
    ("number", "entry", "status"),
    [
        ("guard.raid.utility.revenge", "moves.guard.raid", "assumed"),  # the size's status, not the arrow's
        ("guard.force.opportunities", "actors.guard.channels.force", "assumed"),
        ("blue.goals.tension", "actors.blue.goals.tension", "elicited"),
        ("tension.half_life", "quantities.tension", "assumed"),
    ],
)
def test_a_number_rests_on_the_entry_nearest_above_it(found: Rests, number: str, entry: str, status: str) -> None:
    assert found.of(number) == entry
    assert found.status(number) == status


def test_what_nothing_is_said_of_is_told_so(found: Rests) -> None:
    assert found.of_written("policies.restraint") is None
    assert found.status("nothing.at.all") == NO_EVIDENCE


def test_an_outcome_rests_on_what_it_reads(case: offramp.Case, found: Rests) -> None:
    model = case.model()
    assert found.of_outcome(model, model.outcomes[0]) == ("quantities.tension",)


def test_every_drawn_number_of_the_crisis_rests_on_something() -> None:
    crisis = offramp.load("us-iran-iraq")
    found = rests(crisis.document)
    assert [p.path for p in crisis.model().parameters if found.of(p.path) is None] == []
    assert [o.name for o in crisis.model().outcomes if not found.of_outcome(crisis.model(), o)] == []
