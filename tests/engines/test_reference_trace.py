"""A trace tells the same history as the engine's results, event by event."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from hypothesis import given, settings

from offramp.engine.reference import simulate
from offramp.engine.trace import trace
from offramp.model import model as m
from tests.engines import builders as b
from tests.engines.constructs import N_STEPS, one_move, remembered
from tests.engines.models import models


@settings(max_examples=20)
@given(model=models(3))
def test_a_trace_tells_what_simulate_counts(model: m.Model) -> None:
    told = trace(model, seed=3, run=5)
    block = simulate(model, seed=3, first_run=5, n_runs=1, sample_steps=range(model.n_steps))
    assert told.last_step == block.last_step.item()
    assert told.states.tolist() == block.samples[: told.last_step + 1, :, 0].tolist()
    assert list(told.outcomes.values()) == block.outcomes[0].tolist()
    assert list(told.parameters.values()) == block.parameters[0].tolist()
    happened = Counter(event.leaf for event in told.events)
    assert [happened[leaf.path] for leaf in model.leaves] == block.counts[0].tolist()


def test_the_sizes_drawn_for_events_add_up_to_what_the_quantity_shows() -> None:
    deaths = b.quantity("deaths", 0.0, low=0.0, kind="tally")
    effect = b.effect("move0.effects.deaths", 0, "add", b.size("Poisson", 3.0), delay=b.size("Poisson", 2.0))
    told = trace(one_move([effect], deaths), seed=1, run=0)
    drawn = [effect for event in told.events for effect in event.effects]
    assert {(effect.path, effect.quantity, effect.op) for effect in drawn} == {
        ("move0.effects.deaths", "deaths", "add")
    }
    for step in range(N_STEPS):
        assert told.states[step, 0] == sum(effect.size for effect in drawn if effect.due_step <= step)
    assert told.states[-1, 0] > 0


def test_events_carry_their_date_and_who_saw_them() -> None:
    told = trace(remembered(kind="ever"), seed=1, run=0)
    assert {event.date - timedelta(days=event.step) for event in told.events} == {date(2020, 1, 1)}
    sightings = [event.sightings for event in told.events if event.leaf == "move1"]
    assert set(sightings) == {(), ("move1@blue",)}
    assert not any(event.sightings for event in told.events if event.leaf == "move0")
