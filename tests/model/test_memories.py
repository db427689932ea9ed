"""Which events a memory counts, for whom."""

from __future__ import annotations

import pytest

from offramp.expr.ir import Memory


def _reads(*formulas: str) -> dict:
    return {"title": "Act", "utility": {f"t{i}": formula for i, formula in enumerate(formulas)}}


def test_a_decaying_count_halves_in_its_half_life(lowered):
    (memory,) = lowered(outcomes={"o": "final(recent(blue.act, 10 d))"}).memories
    assert memory.decay**10 == pytest.approx(0.5)


def test_selectors_name_moves_variants_and_all_moves_of_an_actor(lowered):
    moves = {
        "blue.a": {"title": "A", "variants": {"n": {}, "s": {}}},
        "blue.b": {"title": "B"},
        "red.a": {"title": "A"},
    }
    selectors = ("blue.a", "blue.a[s]", "blue.*", "red.a")
    model = lowered(moves=moves, outcomes={f"o{i}": f"final(ever({name}))" for i, name in enumerate(selectors)})
    assert [leaf.path for leaf in model.leaves] == ["blue.a[n]", "blue.a[s]", "blue.b", "red.a"]
    leaves = {memory.path: memory.leaves for memory in model.memories}
    assert leaves == {
        "ever(blue.a)": (0, 1), "ever(blue.a[s])": (1,), "ever(blue.*)": (0, 1, 2), "ever(red.a)": (3,),
    }  # fmt: skip


def test_who_sees_everything_shares_the_memory_of_the_truth(lowered):
    moves = {"blue.act": _reads("ever(red.act)"), "red.act": _reads("ever(red.act)")}
    model = lowered(moves=moves, outcomes={"o": "final(ever(red.act))"})
    assert [memory.path for memory in model.memories] == ["ever(red.act)"]
    assert model.moves[0].utility == model.moves[1].utility == Memory(0)


def test_what_is_not_visible_is_not_counted_but_by_its_own_actor(lowered):
    moves = {
        "blue.act": _reads("ever(red.act)", "ever(red.*)"),
        "red.act": _reads("ever(red.act)") | {"visible_to": []},
        "red.open": {"title": "Open"},
    }
    model = lowered(moves=moves)
    leaves = {memory.path: memory.leaves for memory in model.memories}
    assert leaves == {"ever(red.act)": (1,), "ever(red.act)@blue": (), "ever(red.*)@blue": (2,)}
    assert not model.sightings


def test_attribution_below_one_is_a_sighting_per_event(lowered):
    moves = {
        "blue.act": _reads("ever(red.act)", "count(red.act, 5 d)"),
        "red.act": {"title": "Act", "attribution": "Beta(2, 3)"},
    }
    model = lowered(moves=moves)
    (sighting,) = model.sightings
    assert (sighting.path, sighting.leaf, model.parameters[0].path) == ("red.act@blue", 1, "red.act.attribution")
    assert [(memory.path, memory.leaves, memory.sightings) for memory in model.memories] == [
        ("count(red.act, 5 d)@blue", (), (0,)),
        ("ever(red.act)@blue", (), (0,)),
    ]


@pytest.mark.parametrize(("attribution", "sightings"), [({"blue": 0.5}, 1), ({"other": 0.5}, 0), ({"blue": 1}, 0)])
def test_attribution_may_differ_by_observer(lowered, attribution, sightings):
    moves = {"blue.act": _reads("ever(red.act)"), "red.act": {"title": "Act", "attribution": attribution}}
    assert len(lowered(moves=moves).sightings) == sightings


def test_a_belief_moves_by_what_its_owner_saw(lowered):
    belief = {
        "kind": "belief", "unit": "probability", "owner": "blue",
        "updates": [
            {"on": ["red.act", "blue.act"], "toward": 1, "rate": "Beta(2, 8)"},
            {"on": "red.*", "likelihood": {"if_true": 0.9, "if_false": "Uniform(0, 1)"}},
        ],
    }  # fmt: skip
    moves = {"blue.act": {"title": "Act"}, "red.act": {"title": "Act", "attribution": 0.3}}
    model = lowered(quantities={"b": belief}, moves=moves)
    assert [(u.path, u.rule, u.leaves, u.sightings) for u in model.belief_updates] == [
        ("b.updates.0", "delta", (0,), (0,)),
        ("b.updates.1", "bayes", (), (0,)),
    ]
    assert [p.path for p in model.parameters] == ["b.updates.0.rate", "b.updates.1.likelihood.if_false"]
    assert model.quantities[0].owner == 0
