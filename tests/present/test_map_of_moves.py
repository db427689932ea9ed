"""The map: who can do what to which quantities, with directions that the scenario's own numbers give."""

import pytest

import offramp
from offramp.present.map_of_moves import MapOfMoves, map_of_moves
from offramp.present.number_names import number_in_words


@pytest.fixture(scope="module")
def crisis() -> MapOfMoves:
    return map_of_moves(offramp.load("us-iran-iraq").document)


def test_every_actor_and_every_move_is_on_it(crisis: MapOfMoves) -> None:
    document = offramp.load("us-iran-iraq").document
    assert [a.name for a in crisis.actors] == list(document.actors)
    assert {m.path for a in crisis.actors for m in a.moves} == {f"moves.{path}" for path in document.moves}
    assert {q.path for q in (*crisis.quantities, *crisis.beliefs)} == set(document.quantities)
    named = {path for q in (*crisis.quantities, *crisis.beliefs) for path, _ in q.mechanisms}
    assert named == {f"mechanisms.{name}" for name in document.mechanisms}


def test_directions_are_those_of_the_numbers(crisis: MapOfMoves) -> None:
    moves = {m.path: {t.quantity: t.verb for t in m.touches} for a in crisis.actors for m in a.moves}
    strike = moves["moves.us.airstrike"]
    assert strike["tension"] == "raises"
    assert strike["pressure_on_iran"] == "lowers"  # by a draw whose middle is drawn, too
    assert strike["militia_deaths"] == "raises"
    assert strike["us_deaths_absorbed"] == "sets"


def test_the_table_counts_moves_by_direction(crisis: MapOfMoves) -> None:
    actor = crisis.actors[0]
    verbs = [t.verb for m in actor.moves for t in m.touches if t.quantity == "tension"]
    assert crisis.cell(actor, "tension") == f"↑{verbs.count('raises')} ↓{verbs.count('lowers')}"
    assert crisis.cell(actor, "no_such_quantity") == ""


def test_every_drawn_number_has_a_name_in_words() -> None:
    """No path that a reader would have to decode is left where a title is known."""
    from offramp.analyse.rests import rests

    case = offramp.load("us-iran-iraq")
    found = rests(case.document)
    names = {p.path: number_in_words(case.document, found.written(p.path)) for p in case.model().parameters}
    assert [path for path, name in names.items() if name == found.written(path)] == []
    assert names["us.airstrike.utility.crisis"] == "US air strike on Iran-backed groups: weight of “crisis”"
    assert names["us.airstrike[iraq].utility.site"].startswith("US air strike on Iran-backed groups, in Iraq: ")
