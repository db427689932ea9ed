"""All engines give the same bits: on random Models, on one Model for each construct, on real scenarios."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import timedelta
from types import ModuleType
from typing import Any, get_args

import pytest

from offramp.core.distributions import FAMILIES
from offramp.engine import choosing, reference
from offramp.engine.block import Block
from offramp.engine.formula import Float
from offramp.expr.ir import OPERATIONS, Apply
from offramp.model import model as m
from offramp.model.lower import lower
from offramp.scenario.load import load, scenario_names
from offramp.scenario.observed import observe
from offramp.scenario.window import default_window
from tests.engines.constructs import CONSTRUCTS
from tests.engines.engines import ENGINES, SPECIALISED, Simulate, differences
from tests.engines.models import random_model

SEED = 20201103
N_RUNS = 19  # more than the lanes of one group, and not a multiple of them
N_QUICK, N_RANDOM = 60, 300


def results(simulate: Simulate, model: m.Model, n_runs: int = N_RUNS) -> Block:
    steps = range(0, model.n_steps, 3)
    return simulate(model, seed=SEED, first_run=2, n_runs=n_runs, sample_steps=steps)


def random_one(number: int) -> m.Model:
    return random_model(size=1 + number % 4, seed=number)


def same_bits(one: str, other: str, model: m.Model, n_runs: int = N_RUNS) -> list[str]:
    """List the differences between two engines on a Model."""
    return differences(results(ENGINES[one], model, n_runs), results(ENGINES[other], model, n_runs))


@pytest.mark.parametrize("number", range(N_QUICK))
def test_the_evaluator_gives_the_bits_of_the_reference(number: int) -> None:
    assert same_bits("reference", "evaluator", random_one(number)) == []


@pytest.mark.slow
@pytest.mark.parametrize("number", range(N_QUICK, N_RANDOM))
def test_the_evaluator_gives_the_bits_of_the_reference_on_many_more(number: int) -> None:
    assert same_bits("reference", "evaluator", random_one(number)) == []


@pytest.mark.parametrize("name", CONSTRUCTS)
def test_the_evaluator_gives_the_bits_of_the_reference_on_each_construct(name: str) -> None:
    assert same_bits("reference", "evaluator", CONSTRUCTS[name]()) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", CONSTRUCTS)
def test_the_specialised_form_gives_the_bits_of_the_reference_on_each_construct(name: str) -> None:
    model = CONSTRUCTS[name]()
    assert differences(results(ENGINES["reference"], model), results(SPECIALISED, model)) == []


def test_the_comparison_sees_a_single_bit() -> None:
    one, other = (results(ENGINES["reference"], random_one(3)) for _ in range(2))
    other.samples.view("uint32")[-1, 0, 4] ^= 1
    assert [found.split(":")[0] for found in differences(one, other)] == ["samples"]


# Scenarios, as they come out of lowering.


def packaged(name: str, days: int | None) -> m.Model:
    """Lower a packaged scenario and its record, for the first days or the whole window of its default run."""
    loaded = load(name)
    first = default_window(loaded.document).start
    end = None if days is None else first + timedelta(days=days - 1)
    return lower(loaded, start=first, end=end, record=observe(loaded))


@pytest.mark.parametrize("name", scenario_names())
def test_the_evaluator_gives_the_bits_of_the_reference_on_the_first_days_of_a_scenario(name: str) -> None:
    model = packaged(name, 50)
    assert same_bits("reference", "evaluator", model, n_runs=3) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", scenario_names())
def test_all_forms_give_the_bits_of_the_reference_on_a_whole_scenario(name: str) -> None:
    model = packaged(name, None)
    expected = results(ENGINES["reference"], model, n_runs=N_RUNS)
    assert differences(expected, results(ENGINES["evaluator"], model)) == []
    assert differences(expected, results(SPECIALISED, model)) == []


# Would a difference be seen?  Each of these changes the reference interpreter in one place.


def scaled_last(value: Float, sets: list[Float], scales: list[Float], adds: list[Float]) -> Float:
    value = sets[-1] if sets else value
    value = value + reference.total(adds) if adds else value
    return value * reference.product(scales) if scales else value


MUTATIONS: dict[str, tuple[ModuleType, Any]] = {
    "changed": (reference, scaled_last),
    "learned": (reference, lambda belief, toward, rate: belief + toward * (rate - belief)),
    "inferred": (reference, lambda belief, if_true, if_false: belief * if_true),
    "obey_rules": (reference, lambda run: None),
    "update_beliefs": (reference, lambda run: None),
    "HALF": (reference, Float(0)),
    "available_leaves": (choosing, lambda run, move, morning: list(move.leaves)),
    "choose_leaf": (choosing, lambda run, leaves, j, morning, noise: leaves[0]),
    "spontaneous_events": (reference, lambda run, morning, noise: iter(())),
    "reduced": (reference, lambda outcome, reduction: reduction.value),
    "has_ended": (reference, lambda run: False),
    "SINCE_NEVER": (reference, m.SINCE_NEVER / 2),
}


@pytest.mark.parametrize("place", MUTATIONS)
def test_the_random_models_would_show_a_mistake(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    models = [random_one(number) for number in range(N_QUICK)]
    right = [results(reference.simulate, model, n_runs=2) for model in models]
    module, mistaken = MUTATIONS[place]
    monkeypatch.setattr(module, place, mistaken)
    assert any(
        differences(one, results(reference.simulate, model, n_runs=2)) for one, model in zip(right, models, strict=True)
    )


# What the random Models are made of.


def parts_of(part: Any) -> list[Any]:
    """List everything inside a Model, itself included."""
    if isinstance(part, tuple):
        return [inner for each in part for inner in parts_of(each)]
    if is_dataclass(part):
        return [part, *(inner for field in fields(part) for inner in parts_of(getattr(part, field.name)))]
    return [part]


@pytest.fixture(scope="module")
def parts() -> list[Any]:
    return [part for number in range(N_QUICK) for part in parts_of(random_one(number))]


def test_random_models_use_every_operation_kind_and_family(parts: list[Any]) -> None:
    assert {part.op for part in parts if isinstance(part, Apply)} == set(OPERATIONS)
    assert {part.op for part in parts if isinstance(part, m.EffectModel)} == {"set", "scale", "add"}
    kinds = {m.QuantityModel: m.QuantityKind, m.MemoryModel: m.MemoryKind, m.OutcomeModel: m.OutcomeKind}
    for part_type, kind in kinds.items():
        assert {part.kind for part in parts if isinstance(part, part_type)} == set(get_args(kind))
    assert {part.rule for part in parts if isinstance(part, m.BeliefUpdate)} == {"delta", "bayes"}
    assert {part.family for part in parts if isinstance(part, m.Draw)} == {"Constant", *FAMILIES} - {"Categorical"}
    assert {part.distribution.family for part in parts if isinstance(part, m.Parameter)} == set(FAMILIES)


def test_random_models_use_every_optional_part(parts: list[Any]) -> None:
    for part_type in (m.QuantityModel, m.ViewModel, m.EffectModel, m.LeafModel, m.MoveModel, m.Draw):
        for field in fields(part_type):
            values = [getattr(part, field.name) for part in parts if isinstance(part, part_type)]
            is_optional = "None" in str(field.type)
            assert not is_optional or (None in values and set(map(type, values)) != {type(None)}), field.name
    assert {channel.n_slots for channel in parts if isinstance(channel, m.ChannelModel)} == {1, 2, 3}
    assert {move.cooldown for move in parts if isinstance(move, m.MoveModel)} == {0, 1, 2, 5}
    assert {len(move.leaves) for move in parts if isinstance(move, m.MoveModel)} == {1, 2, 3}
    assert any(isinstance(part, m.Rule) for part in parts)
    assert any(isinstance(part, m.Sighting) for part in parts)


def test_random_models_live() -> None:
    blocks = [results(ENGINES["reference"], random_one(number), n_runs=2) for number in range(N_QUICK)]
    assert sum(block.counts.sum() > 0 for block in blocks) > N_QUICK / 2
    assert sum(block.clips.sum() > 0 for block in blocks) > N_QUICK / 4
    assert any(block.cuts.any() for block in blocks)
    ended = [bool((block.last_step < random_one(number).n_steps - 1).any()) for number, block in enumerate(blocks)]
    assert any(ended)
