"""Every draw has an address: nothing depends on which other runs, moves, quantities or days there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offramp.engine.block import Block
from offramp.expr.ir import Apply, Const, Node, Quantity
from offramp.model import model as m
from tests.engines import builders as b
from tests.engines.constructs import N_STEPS, one_actor, wandering
from tests.engines.engines import ENGINES, Simulate, differences, runs_of
from tests.engines.models import models, random_model

SEED = 7


@pytest.fixture(params=ENGINES)
def simulate(request: pytest.FixtureRequest) -> Simulate:
    return ENGINES[request.param]


def whole(simulate: Simulate, model: m.Model, n_runs: int = 4, first_run: int = 0) -> Block:
    return simulate(model, seed=SEED, first_run=first_run, n_runs=n_runs, sample_steps=range(model.n_steps))


# Runs.


@settings(max_examples=15)
@given(model=models(3), first=st.integers(0, 40), count=st.integers(1, 5))
def test_a_run_is_the_same_alone_or_among_others(model: m.Model, first: int, count: int) -> None:
    for engine in ENGINES.values():
        among = whole(engine, model, n_runs=45)
        apart = whole(engine, model, n_runs=count, first_run=first)
        assert differences(runs_of(among, first, count), apart) == []


def test_runs_differ_from_each_other(simulate: Simulate) -> None:
    values = whole(simulate, b.model(2, quantities=(wandering(),)), n_runs=50).samples[-1, 0]
    assert len(set(values.tolist())) == 50


@pytest.mark.parametrize("seed", [0, 2**32, 2**64 - 1])
def test_large_seeds_and_run_numbers_have_draws_of_their_own(simulate: Simulate, seed: int) -> None:
    model = b.model(1, quantities=(wandering(),))
    firsts = [0, 2**32, 2**40]
    values = [
        simulate(model, seed=seed, first_run=first, n_runs=1, sample_steps=[0]).samples.item() for first in firsts
    ]
    assert len(set(values)) == 3


# Elements. What is added comes first in the order of the Model, so that every other index grows by one.


def later(numbers: Sequence[int]) -> tuple[int, ...]:
    return tuple(number + 1 for number in numbers)


def with_move_in_front(model: m.Model) -> m.Model:
    """Add a move that is never free, and one that never happens by itself, before all others."""
    front = b.leaf("a.front", 0, [b.effect("a.front.effect", 0, "add", 1.0)])
    channels = [replace(channel, moves=later(channel.moves)) for channel in model.channels]
    if channels:
        channels[0] = replace(channels[0], moves=(0, *channels[0].moves))
        move = b.chosen("a.front", [0], 50.0, available=0.0)
    else:
        move = b.spontaneous("a.front", [0], 50.0, available=0.0)
    return replace(
        model,
        leaves=(front, *(replace(leaf, move=leaf.move + 1) for leaf in model.leaves)),
        moves=(move, *(replace(each, leaves=later(each.leaves)) for each in model.moves)),
        channels=tuple(channels),
        sightings=tuple(replace(sighting, leaf=sighting.leaf + 1) for sighting in model.sightings),
        memories=tuple(replace(memory, leaves=later(memory.leaves)) for memory in model.memories),
        belief_updates=tuple(replace(update, leaves=later(update.leaves)) for update in model.belief_updates),
        outcomes=tuple(replace(outcome, leaves=later(outcome.leaves)) for outcome in model.outcomes),
    )


@settings(max_examples=20)
@given(model=models(3))
def test_a_move_that_is_never_free_changes_nothing_else(model: m.Model) -> None:
    for engine in ENGINES.values():
        plain, more = whole(engine, model), whole(engine, with_move_in_front(model))
        assert not more.counts[:, 0].any()
        without = replace(
            more, counts=more.counts[:, 1:], sample_counts=more.sample_counts[:, 1:], cuts=more.cuts[:, 1:]
        )
        assert differences(plain, without) == []


def shifted(node: Node) -> Node:
    """Let a formula read the same quantities where one has been put before all others."""
    match node:
        case Quantity(index):
            return Quantity(index + 1)
        case Apply(op, args):
            return Apply(op, tuple(shifted(argument) for argument in args))
    return node


def shifted_everywhere(part: Any) -> Any:
    """Shift the formulas inside any part of a Model."""
    if isinstance(part, Quantity | Apply):
        return shifted(part)
    if isinstance(part, tuple):
        return tuple(shifted_everywhere(each) for each in part)
    if hasattr(part, "__dataclass_fields__"):
        fields = {name: shifted_everywhere(getattr(part, name)) for name in part.__dataclass_fields__}
        if isinstance(part, m.ViewModel | m.EffectModel | m.BeliefUpdate):
            fields["quantity"] += 1
        if isinstance(part, m.Rule):
            fields["sets"] = tuple((q + 1, node) for q, node in fields["sets"])
        return type(part)(**fields)
    return part


@settings(max_examples=20)
@given(model=models(3))
def test_a_quantity_that_nothing_reads_changes_nothing_else(model: m.Model) -> None:
    added = shifted_everywhere(model)
    added = replace(added, quantities=(wandering("a.front"), *added.quantities))
    for engine in ENGINES.values():
        plain, more = whole(engine, model), whole(engine, added)
        assert len(np.unique(more.samples[-1, 0])) > 1
        assert differences(plain, replace(more, samples=more.samples[:, 1:], clips=more.clips[:, 1:])) == []


def test_a_parameter_more_leaves_the_others_as_they_were(simulate: Simulate) -> None:
    parameters = [b.parameter(name, "Normal", 0.0, 1.0) for name in "abc"]
    few, all_three = (b.model(1, parameters=tuple(some)) for some in (parameters[1:], parameters))
    assert whole(simulate, few).parameters.tolist() == whole(simulate, all_three).parameters[:, 1:].tolist()


def test_a_move_of_one_channel_does_not_reshuffle_another(simulate: Simulate) -> None:
    def rivals(utility: float) -> m.Model:
        moves = b.chosen("one", [0], utility, channel=0), b.chosen("two", [1], 0.0, channel=1)
        channels = b.channel("first", 0.7, [0]), b.channel("second", 0.7, [1])
        return b.model(N_STEPS, moves=moves, leaves=(b.leaf("one"), b.leaf("two", 1)), channels=channels)

    eager, reluctant = whole(simulate, rivals(2.0)), whole(simulate, rivals(-2.0))
    assert eager.counts[:, 0].sum() > reluctant.counts[:, 0].sum()
    assert eager.sample_counts[:, 1].tolist() == reluctant.sample_counts[:, 1].tolist()


def test_a_move_that_becomes_more_attractive_only_replaces_other_choices(simulate: Simulate) -> None:
    def model(utility: float) -> m.Model:
        made = one_actor([b.leaf(f"move{k}", k) for k in range(3)])
        return replace(made, moves=(replace(made.moves[0], utility=Const(utility)), *made.moves[1:]))

    def chosen(utility: float) -> np.ndarray:
        counts = whole(simulate, model(utility), n_runs=40).sample_counts
        return np.diff(counts, axis=0, prepend=0)

    before, after = chosen(0.0), chosen(1.0)
    assert (after[:, 0] >= before[:, 0]).all()
    assert (after[:, 1:] <= before[:, 1:]).all()
    assert after[:, 0].sum() > before[:, 0].sum()


# Days.


def test_noise_belongs_to_the_calendar_day_not_to_the_step(simulate: Simulate) -> None:
    early = b.model(10, quantities=(b.quantity("level", 0.0, low=-1.0, high=1.0, rest=0.0, relax=1.0, noise=0.1),))
    late = replace(early, days=early.days[4:], first_day=int(early.days[4]), daily=early.daily[4:])
    assert whole(simulate, early).samples[5:].tolist() == whole(simulate, late).samples[1:].tolist()


def test_a_model_has_no_memory_of_being_simulated(simulate: Simulate) -> None:
    model = random_model(3, 5)
    assert differences(whole(simulate, model), whole(simulate, model)) == []
