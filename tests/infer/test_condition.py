"""Conditioning as a procedure: same bytes, interruption, health. Whether it is right: `test_condition_exact`."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass, replace

import numpy as np
import pytest

from offramp.infer.condition import Conditioned, Options, condition, proceed
from offramp.infer.health import Health
from offramp.infer.particles import replay
from offramp.infer.world import Keys, Logs
from tests.infer import worlds


def as_bytes(found: Conditioned[worlds.Cloud]) -> list[bytes]:
    arrays = (
        found.coordinates, found.keys, found.states.x, found.states.theta, found.log_weights, found.log_evidence,
        found.ess, found.particles.log_likelihood, found.particles.vectors,
    )  # fmt: skip
    return [array.tobytes() for array in arrays]


@dataclass(frozen=True)
class InChunks(worlds.LinearGaussian):
    """The same world, lived a few particles at a time."""

    chunk: int = 7

    def advance(self, states: worlds.Cloud, step: int, keys: Keys) -> Logs:
        found = []
        for first in range(0, len(keys), self.chunk):
            part = slice(first, first + self.chunk)
            some = worlds.Cloud(states.x[part].copy(), states.theta[part])
            found.append(super().advance(some, step, keys[part]))
            states.x[part] = some.x
        return np.concatenate(found)


def test_the_chunks_that_a_world_is_lived_in_change_no_bit() -> None:
    whole = condition(worlds.linear_gaussian(20), 150, seed=4)
    parts = condition(InChunks(worlds.linear_gaussian(20).observed), 150, seed=4)
    assert as_bytes(parts) == as_bytes(whole)


def test_the_same_seed_gives_the_same_bytes_and_another_other_ones() -> None:
    world = worlds.linear_gaussian(20)
    first, again, other = (condition(world, 150, seed=seed) for seed in (4, 4, 5))
    assert as_bytes(first) == as_bytes(again)
    assert not np.array_equal(first.coordinates, other.coordinates)


def test_states_are_those_of_the_histories_told_again() -> None:
    world = worlds.linear_gaussian(25)
    found = condition(world, 300, seed=2)
    states, increments = replay(world, found.coordinates, keys=found.keys)
    assert found.generation > 3  # it resampled and moved
    assert states.x.tobytes() == found.states.x.tobytes()
    assert increments.sum(axis=0) == pytest.approx(found.particles.log_likelihood)


def test_without_a_record_the_particles_are_the_runs_of_the_prior() -> None:
    world = worlds.Flat(np.zeros(9))
    found = condition(world, 50, seed=2)
    assert (found.keys == np.arange(50)).all()
    assert found.total_log_evidence == 0.0
    assert found.particles.unique_vectors == 50


def test_no_two_particles_share_the_noise_of_days_to_come() -> None:
    found = condition(worlds.linear_gaussian(20), 150, seed=4, last_step=9)
    assert found.keys.shape == (10, 150)
    assert (found.particles.unique_noise(20)[10:] == 150).all()


def stopped_after(calls: int, world: worlds.LinearGaussian, *, n: int = 150) -> Conditioned[worlds.Cloud]:
    """Condition until progress was told so many times."""
    options = Options()
    told = []

    def progress(what: str, done: int, of: int) -> None:
        told.append((what, done, of))
        if len(told) == calls:
            options.stop.set()

    return condition(world, n, seed=4, options=options, progress=progress)


@pytest.mark.parametrize("calls", [1, 12, 20, 26, 33])
def test_what_was_interrupted_is_gone_on_from_to_the_same_bytes(calls: int) -> None:
    world = worlds.linear_gaussian(20)
    part = stopped_after(calls, world)
    assert not part.is_complete
    assert part.health[0] is Health.INTERRUPTED
    assert as_bytes(proceed(world, part)) == as_bytes(condition(world, 150, seed=4))


def test_going_on_leaves_what_it_went_on_from_untouched() -> None:
    world = worlds.linear_gaussian(20)
    part = condition(world, 150, seed=4, last_step=9)
    before = as_bytes(part)
    proceed(world, part)
    assert as_bytes(part) == before


def test_ctrl_c_keeps_what_was_reached() -> None:
    def progress(what: str, done: int, of: int) -> None:
        if what == "the record" and done == 5:
            os.kill(os.getpid(), signal.SIGINT)

    part = condition(worlds.linear_gaussian(20), 150, seed=4, progress=progress)
    assert part.n_steps == 5
    assert part.health[0] is Health.INTERRUPTED
    assert part.approximate


def test_a_step_that_nobody_can_explain_ends_it_with_a_sentence() -> None:
    @dataclass(frozen=True)
    class Impossible(worlds.LinearGaussian):
        def advance(self, states: worlds.Cloud, step: int, keys: Keys) -> Logs:
            found = super().advance(states, step, keys)
            return np.full(len(keys), -np.inf) if step == 7 else found

    world = Impossible(worlds.linear_gaussian(20).observed)
    found = condition(world, 150, seed=4)
    assert found.n_steps == 7
    assert found.health[0] is Health.IMPOSSIBLE
    assert np.isfinite(found.weights).all()
    assert found.states.x.tobytes() == replay(world, found.coordinates, keys=found.keys)[0].x.tobytes()


def test_likelihoods_that_are_no_numbers_are_dropped_and_counted() -> None:
    @dataclass(frozen=True)
    class Lossy(worlds.LinearGaussian):
        def advance(self, states: worlds.Cloud, step: int, keys: Keys) -> Logs:
            found = super().advance(states, step, keys)
            return np.where((keys == 3) & (step == 2), np.nan, found)

    found = condition(Lossy(worlds.linear_gaussian(5).observed), 400, seed=4)
    assert found.lost == 1
    assert Health.NUMBERS_LOST in found.health
    assert np.isfinite(found.particles.log_likelihood).all()


def test_it_is_good_with_many_particles_and_never_with_fewer_than_two_hundred() -> None:
    world = worlds.counts()
    assert condition(world, 1000, seed=1).health == (Health.GOOD,)
    few = condition(world, 150, seed=1)
    assert {Health.FEW_VECTORS, Health.FEW_ANCESTORS, Health.FEW_NOISES} <= set(few.health)


def test_without_a_budget_of_moves_lost_vectors_are_told() -> None:
    world = worlds.LinearGaussian(np.full(40, 2.0), error=0.1)
    idle = condition(world, 1000, seed=1, options=Options(budget=0.0))
    assert idle.acceptance == (None, None)
    assert {Health.FEW_VECTORS, Health.FEW_ORIGINS} <= set(idle.health)
    assert condition(world, 1000, seed=1).particles.unique_vectors > 5 * idle.particles.unique_vectors


def test_moves_keep_to_their_budget() -> None:
    world = worlds.linear_gaussian(60)
    for budget in (3.0, 6.0):
        found = condition(world, 200, seed=1, options=Options(budget=budget))
        assert 0 < found.spent <= budget * 60


def test_the_last_step_may_be_none_at_all() -> None:
    found = condition(worlds.linear_gaussian(5), 30, seed=1, last_step=-1)
    assert found.is_complete
    assert found.n_steps == 0
    assert found.keys.shape == (0, 30)
    assert replace(found).particles.unique_vectors == 30
