"""Worlds of groups: the likelihood of coordinates with noise averaged out."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from scipy.stats import norm

from offramp.infer.condition import condition
from offramp.infer.grouped import Grouped
from offramp.infer.particles import draw_particles, replay
from offramp.infer.streams import fresh_keys
from offramp.infer.world import Keys, Logs
from tests.infer import worlds

LIMIT = 6.0  # standard errors: a right likelihood fails with probability 2e-9


def likelihood_at(world: worlds.LinearGaussian, level: float) -> float:
    """Exact log-likelihood of a level: the Kalman filter with the level known."""
    known = replace(world, level_sd=1e-12, observed=world.observed - level)
    return float(known.filtered_evidence().sum())


def test_the_likelihood_is_unbiased_at_each_coordinate() -> None:
    world = worlds.linear_gaussian(15)
    for u in (0.3, 0.6):
        coordinates = np.full((4000, 1), u)
        keys = np.repeat(fresh_keys(0, 4000)[None], 15, axis=0)
        for members in (1, 8):
            _, increments = replay(Grouped(world, members, seed=3), coordinates, keys=keys)
            ratio = np.exp(increments.sum(axis=0) - likelihood_at(world, norm.ppf(u)))
            assert abs(ratio.mean() - 1) < LIMIT * ratio.std() / np.sqrt(4000)


def test_more_members_leave_less_noise() -> None:
    world = worlds.linear_gaussian(15)
    keys = np.repeat(fresh_keys(0, 500)[None], 15, axis=0)
    sd = [
        replay(Grouped(world, members, seed=3), np.full((500, 1), 0.5), keys=keys)[1].sum(axis=0).std()
        for members in (2, 8, 32)
    ]
    assert sd[0] > 1.5 * sd[1] > 1.5 * 1.5 * sd[2]


def test_a_group_is_the_same_bits_alone_or_among_others() -> None:
    grouped = Grouped(worlds.linear_gaussian(15), 6, seed=3)
    drawn = draw_particles(2, 40, n_steps=15, n_coordinates=1)
    states, whole = replay(grouped, drawn.coordinates, keys=drawn.keys)
    part_states, part = replay(grouped, drawn.coordinates[11:19], keys=drawn.keys[:, 11:19])
    assert part.tobytes() == whole[:, 11:19].tobytes()
    assert part_states.states.x.tobytes() == states.states.x[11 * 6 : 19 * 6].tobytes()


def test_members_share_noise_with_nobody() -> None:
    seen: list[Keys] = []

    @dataclass(frozen=True)
    class Listening(worlds.LinearGaussian):
        def advance(self, states: worlds.Cloud, step: int, keys: Keys) -> Logs:
            seen.append(keys)
            return super().advance(states, step, keys)

    world = Listening(worlds.linear_gaussian(3).observed)
    grouped = Grouped(world, 6, seed=3)
    for generation in (0, 7):
        replay(grouped, np.full((40, 1), 0.5), keys=fresh_keys(generation, 40)[None])
    assert len(np.unique(np.concatenate(seen))) == 2 * 40 * 6


def test_dead_members_are_replaced_and_a_dead_group_stays_dead() -> None:
    @dataclass(frozen=True)
    class Deadly(worlds.Flat):
        def advance(self, states: worlds.Cloud, step: int, keys: Keys) -> Logs:
            super().advance(states, step, keys)
            dead = (states.theta[:, 0] > 0.5) | (keys % 4 == 0) | (step == 1) & (keys % 4 == 1)
            return np.where(dead, np.where(keys % 2 == 0, np.nan, -np.inf), 0.0)

    coordinates = np.array([[0.2] * 6, [0.9] * 6])
    _, increments = replay(
        Grouped(Deadly(np.zeros(4)), 4, seed=3), coordinates, keys=np.repeat(fresh_keys(0, 2)[None], 4, axis=0)
    )
    assert np.isfinite(increments[:, 0]).all()
    assert increments[0, 0] == pytest.approx(np.log(0.75))
    assert (increments[:, 1] == -np.inf).all()


def test_filtering_groups_finds_the_posterior() -> None:
    world = worlds.linear_gaussian(30)
    evidence, mean, variance = world.smoothed()
    found = condition(Grouped(world, 20, seed=1), 1000, seed=1)
    level = worlds.ndtri(found.coordinates[:, 0])
    assert abs(found.total_log_evidence - evidence) < 0.3
    assert abs(level.mean() - mean[-1]) < 0.2 * np.sqrt(variance[-1])
    assert abs(level.std() / np.sqrt(variance[-1]) - 1) < 0.15
