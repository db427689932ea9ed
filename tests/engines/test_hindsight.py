"""The recorded world of a hindsight is the record, and an edited one that nothing touches is that, to the bit."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from offramp.engine.branch import simulate_branch
from offramp.engine.hindsight import Coupling, relive
from offramp.model.intervention import EMPTY, Activity, Forbid, Force, Intervention, Replacement
from offramp.model.lower import lower
from offramp.model.model import Model
from offramp.model.observed import ALWAYS_CAUGHT, Observed
from offramp.scenario.load import load
from tests.engines import builders as b
from tests.engines.documents import write_random_scenario
from tests.engines.engines import differences
from tests.engines.hindsights import both, histories, random_record, record, without_trail, world_of
from tests.engines.interventions import random_intervention
from tests.engines.models import random_model
from tests.infer.tiny import leaf, observed, quantity, report, tiny
from tests.model.edited import intervene
from tests.model.rich import rich

pytestmark = pytest.mark.slow  # the day loop of hindsight takes a minute to compile

N_QUICK, N_RANDOM, N_SCENARIOS, N = 40, 400, 8, 70
COUPLINGS: tuple[Coupling, ...] = ("gumbel", "independent")


def assert_unedited_is_recorded(model: Model, told: Observed) -> None:
    world = world_of(model, told)
    lived = histories(world, N)
    branch = simulate_branch(
        world, coordinates=lived.coordinates, keys=lived.keys, first_run=0, sample_steps=lived.sample_steps,
        counted=lived.counted,
    )  # fmt: skip
    for coupling in COUPLINGS:
        recorded, edited = relive(world, world_of(model, told), EMPTY, histories=lived, coupling=coupling)
        assert differences(recorded, edited) == []
        assert differences(without_trail(recorded), branch) == []


@pytest.mark.parametrize("number", range(N_QUICK))
def test_without_edits_both_worlds_are_the_recorded_one(number: int) -> None:
    model = random_model(size=1 + number % 4, seed=number)
    assert_unedited_is_recorded(model, random_record(model, number))


@pytest.mark.slow
@pytest.mark.parametrize("number", range(N_QUICK, N_RANDOM))
def test_without_edits_both_worlds_are_the_recorded_one_many_more_times(number: int) -> None:
    model = random_model(size=1 + number % 4, seed=number)
    assert_unedited_is_recorded(model, random_record(model, number))


@pytest.mark.parametrize("number", range(N_SCENARIOS))
def test_without_edits_a_random_scenario_lives_as_recorded(number: int, tmp_path: Path) -> None:
    model = lower(load(write_random_scenario(tmp_path, 1 + number % 4, number)))
    assert_unedited_is_recorded(model, random_record(model, number))


def test_without_edits_the_rich_scenario_lives_as_recorded(tmp_path: Path) -> None:
    (tmp_path / "scenario.yaml").write_text(json.dumps(rich()))
    model = lower(load(tmp_path))
    assert_unedited_is_recorded(model, random_record(model, 1))


@pytest.mark.parametrize("number", range(N_QUICK))
def test_nothing_differs_before_the_first_day_on_which_an_edit_can_act(number: int) -> None:
    model = random_model(size=1 + number % 4, seed=number)
    first = 1 + number % max(model.n_steps - 1, 1)
    drawn = random_intervention(model, number)
    late = [
        replace(a, first_step=max(a.first_step, first), last_step=max(a.last_step, first)) for a in drawn.activities
    ]
    intervention = replace(drawn, activities=tuple(late), shifts=())
    recorded, edited = both(model, random_record(model, number), intervention, N)
    assert recorded.trail is not None
    assert edited.trail is not None
    assert (recorded.trail[:first] == edited.trail[:first]).all()


def test_edits_of_hindsight_do_something() -> None:
    changed = 0
    for number in range(N_QUICK):
        model = random_model(size=1 + number % 4, seed=number)
        recorded, edited = both(model, random_record(model, number), random_intervention(model, number), N)
        changed += differences(recorded, edited) != []
    assert changed > N_QUICK // 3


def test_a_model_of_spontaneous_moves_alone_is_noted_too() -> None:
    model = b.model(2, moves=(b.spontaneous("slip", (0,), 0.5),), leaves=(b.leaf("slip"),))
    recorded, edited = both(model, record(model, [(0, ()), (0, ())], []), EMPTY, N)
    assert (recorded.counts == 2).all()
    assert differences(recorded, edited) == []


# The record is there.


def edited_tiny(folder: Path, *do: str) -> tuple[Model, Intervention]:
    model = tiny(folder, days=4)
    return model, intervene(load(folder), *do, model=model)


def test_every_recorded_move_mark_and_imputed_date_is_there(tmp_path: Path) -> None:
    model, late = edited_tiny(tmp_path, "forbid red.strike from 2020-01-04")
    told = observed(
        model,
        report(model, 0, "blue.raid[north]", marks={"dead": 1}),
        report(model, 1, "red.slip"),
        report(model, (0, 2), "red.strike", marks={"dead": 3}),  # impossible: a strike kills one at most
        report(model, (1, 2), "blue.talk"),
    )
    world = world_of(model, told)
    lived = histories(world, 500)
    recorded, edited = relive(world, world_of(model, told, late), late, histories=lived)
    strike = np.minimum((lived.coordinates[:, 0].astype(np.float32) * 3).astype(int), 2)
    talk = 1 + np.minimum((lived.coordinates[:, 1].astype(np.float32) * 2).astype(int), 1)
    for block in (recorded, edited):
        happened = np.diff(block.sample_counts, axis=0, prepend=0)  # (step, leaf, particle)
        for path, day in (("blue.raid[north]", 0), ("red.slip", 1), ("red.strike", strike), ("blue.talk", talk)):
            expected = np.zeros((4, 500))
            expected[day, np.arange(500)] = 1
            assert (happened[:3, leaf(model, path)] == expected[:3]).all(), path
        dead = np.diff(block.samples[:, quantity(model, "dead")], axis=0, prepend=0)
        expected = np.zeros((4, 500))
        expected[0] += 1
        expected[strike, np.arange(500)] += 3
        assert (dead[:3] == expected[:3]).all()
    assert len(set(strike)) == 3
    assert len(set(talk)) == 2


# What the model holds impossible.


def always(**parts: object) -> Intervention:
    return replace(Intervention(activities=(Activity("edit", "always", 0, 9),)), **parts)  # type: ignore[arg-type]


def two_moves(*, n_slots: int = 1, available: float = 0.0) -> Model:
    """A strike that is never possible, and a talk."""
    moves = b.chosen("strike", (0,), 1.0, available=available), b.chosen("talk", (1,), 1.0)
    slip = b.spontaneous("slip", (2,), 0.0)
    return b.model(
        2,
        moves=(*moves, slip),
        leaves=(b.leaf("strike", 0), b.leaf("talk", 1), b.leaf("slip", 2)),
        channels=(b.channel("force", 0.5, (0, 1), n_slots),),
    )


@pytest.mark.parametrize("coupling", COUPLINGS)
@pytest.mark.parametrize(
    ("reports", "impossible"), [(1, 0), (2, 0), (1, 2)], ids=["in a slot", "beyond the slots", "by itself"]
)
def test_an_impossible_act_stays_unless_an_edit_forbids_or_replaces_it(
    reports: int, impossible: int, coupling: Coupling
) -> None:
    model = two_moves()
    told = record(model, [(impossible, ())] * reports)
    assert (both(model, told, EMPTY, N)[0].counts[:, impossible] == reports).all()
    other = always(forces=(Force(0, 1, 1, on_entry=False),)) if impossible else always(forbids=(Forbid(0, 1),))
    assert (both(model, told, other, N, coupling=coupling)[1].counts[:, impossible] == reports).all()
    forbidden = both(model, told, always(forbids=(Forbid(0, impossible),)), N, coupling=coupling)[1]
    assert (forbidden.counts[:, impossible] == 0).all()
    instead = always(replacements=(Replacement(0, impossible, 1, 1, 12345),))
    replaced = both(model, told, instead, N, coupling=coupling)[1]
    assert (replaced.counts[:, impossible] == 0).all()
    assert (replaced.counts[:, 1] >= reports).all()


def test_an_impossible_variant_stays_where_its_move_is_possible() -> None:
    leaves = b.leaf("strike[north]", 0, available=0.0), b.leaf("strike[south]", 0)
    channel = b.channel("force", 0.5, (0,))
    x = b.quantity("x")
    model = b.model(1, moves=(b.chosen("strike", (0, 1), 1.0),), leaves=leaves, channels=(channel,), quantities=(x,))
    told = record(model, [(0, ())])
    for coupling in COUPLINGS:
        edited = both(model, told, always(forbids=(Forbid(0, 1),)), N, coupling=coupling)[1]
        assert (edited.counts == [1, 0]).all()


def test_what_is_forced_where_it_happened_keeps_its_marks() -> None:
    kill = b.effect("kill", 0, "add", b.size("Poisson", 1.0))
    model = b.model(
        1, quantities=(b.quantity("dead", low=0.0, kind="tally"),), moves=(b.chosen("strike", (0,), 0.0),),
        leaves=(b.leaf("strike", 0, (kill,)),), channels=(b.channel("force", 0.5, (0,)),),
    )  # fmt: skip
    forced = both(model, record(model, [(0, ((0, 7.0),))]), always(forces=(Force(0, 0, 0, on_entry=False),)), N)[1]
    assert (forced.samples[-1, 0] == 7).all()


def test_a_quantity_that_is_held_stays_held_where_the_model_left_something_out() -> None:
    from offramp.model.intervention import Hold
    from offramp.model.observed import Reading

    model = b.model(3, quantities=(b.quantity("x"),))
    told = record(model, caught=ALWAYS_CAUGHT, readings=(Reading(1, 0, 5.0, 0.1, 2.0),))
    recorded, edited = both(model, told, always(holds=(Hold(0, 0, b.node(1.0)),)), N)
    assert (np.abs(recorded.samples[1, 0] - 5.0) < 1.0).all()
    assert (edited.samples[:, 0] == 1.0).all()
