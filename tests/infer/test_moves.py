"""Moves on whole histories keep their target, whatever their settings.

Checks allow 6 standard errors: a right sampler fails one with probability 2e-9. Each also shows what a wrong one does.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import ndtri

from offramp.infer import moves
from offramp.infer.ladder import NOISE, ladder
from offramp.infer.moves import Stage, accept, move, propose
from offramp.infer.particles import Particles, draw_particles, in_step_order, replay
from offramp.infer.streams import EDGE, Stream
from tests.infer import worlds

LIMIT = 6.0


def particles_of(world: worlds.WorldOfNumbers, n: int, *, seed: int = 3) -> Particles:
    drawn = draw_particles(seed, n, n_steps=world.n_steps, n_coordinates=world.n_coordinates)
    _, increments = replay(world, drawn.coordinates, keys=drawn.keys)
    return replace(drawn, log_likelihood=in_step_order(increments))


def rounds(world: worlds.WorldOfNumbers, particles: Particles, n_rounds: int, *, power: float = 1.0) -> Particles:
    kinds = ladder(world.n_coordinates, world.n_steps)
    for generation in range(1, n_rounds + 1):
        stage = Stage(Stream(8, generation), power=power)
        done = move(world, particles, n_steps=world.n_steps, stage=stage, ladder=kinds)
        particles, kinds = done.particles, done.ladder
    return particles


def test_a_replay_of_a_part_is_the_part_of_a_replay() -> None:
    world = worlds.linear_gaussian(12)
    drawn = draw_particles(1, 100, n_steps=12, n_coordinates=1)
    _, whole = replay(world, drawn.coordinates, keys=drawn.keys)
    _, part = replay(world, drawn.coordinates[30:41], keys=drawn.keys[:, 30:41])
    assert part.tobytes() == whole[:, 30:41].tobytes()


def test_a_null_move_is_always_accepted_and_changes_no_bit() -> None:
    world = worlds.linear_gaussian(12)
    particles = particles_of(world, 200)
    again = particles_of(world, 200)
    assert again.log_likelihood.tobytes() == particles.log_likelihood.tobytes()
    u = Stream(1, 1).uniforms("accept", 200)
    assert accept(particles.log_likelihood, again.log_likelihood, power=1.0, log_ratio=np.zeros(200), u=u).all()


def test_what_cannot_be_is_refused() -> None:
    before, after = np.zeros(4), np.array([-np.inf, np.nan, 0.0, 0.0])
    log_ratio = np.array([0.0, 0.0, -np.inf, 0.0])
    found = accept(before, after, power=0.5, log_ratio=log_ratio, u=np.full(4, 0.9))
    assert found.tolist() == [False, False, False, True]


def test_a_flat_record_leaves_the_prior_as_it_is() -> None:
    world = worlds.Flat(np.zeros(5))
    n = 4000
    z = ndtri(rounds(world, particles_of(world, n), 30).coordinates)
    for power, expected in ((1, 0.0), (2, 1.0), (4, 3.0)):  # moments of N(0, 1), and their variances
        error = np.sqrt({1: 1.0, 2: 2.0, 4: 96.0}[power] / n)
        assert (np.abs((z**power).mean(axis=0) - expected) < LIMIT * error).all()
    assert (np.abs(np.corrcoef(z.T) - np.eye(6)) < LIMIT / np.sqrt(n)).all()


def test_without_the_ratio_of_prior_to_reference_the_prior_would_shrink(monkeypatch: pytest.MonkeyPatch) -> None:
    # The reference is made too narrow on purpose: the ratio mends it, and a sampler that forgot the ratio is seen.
    world = worlds.Flat(np.zeros(5))
    narrow = moves.Reference(np.full(6, 0.8), np.full(6, 0.7))
    monkeypatch.setattr(moves, "fit_reference", lambda particles: narrow)
    n = 4000
    right = ndtri(rounds(world, particles_of(world, n), 30).coordinates)
    assert (np.abs(right.mean(axis=0)) < LIMIT / np.sqrt(n)).all()
    assert (np.abs((right**2).mean(axis=0) - 1) < LIMIT * np.sqrt(2 / n)).all()
    monkeypatch.setattr(moves, "accept", lambda before, *_, **__: np.ones(len(before), bool))
    wrong = ndtri(rounds(world, particles_of(world, n), 30).coordinates)
    assert (np.abs(wrong.mean(axis=0)) > 2 * LIMIT / np.sqrt(n)).all()


def test_proposals_stay_strictly_inside_the_cube_as_float32_too() -> None:
    world = worlds.Flat(np.zeros(5))
    particles = particles_of(world, 500)
    edge = replace(particles, coordinates=np.where(particles.coordinates < 0.5, EDGE, 1 - EDGE))
    for generation in range(20):
        proposal = propose(edge, n_steps=5, stream=Stream(2, generation), ladder=ladder(6, 5))
        as_float32 = proposal.particles.coordinates.astype(np.float32)
        assert (as_float32 > 0).all()
        assert (as_float32 < 1).all()


def test_a_move_changes_a_block_of_coordinates_or_a_window_of_noise_and_never_both() -> None:
    world = worlds.Flat(np.zeros(40))
    particles = particles_of(world, 2000)
    kinds = ladder(6, 40)
    proposal = propose(particles, n_steps=25, stream=Stream(2, 1), ladder=kinds)
    moved = (proposal.particles.coordinates != particles.coordinates).sum(axis=1)
    renewed = proposal.particles.keys != particles.keys
    for_noise = kinds.about[proposal.kinds] == NOISE
    assert (moved[for_noise] == 0).all()
    assert (moved[~for_noise] >= 1).all()
    whole = kinds.sizes[proposal.kinds] == 6
    assert (moved[~for_noise & whole] == 6).all()
    assert (renewed.sum(axis=0)[for_noise] == proposal.gains[for_noise]).all()
    assert not renewed[:, ~for_noise].any()
    assert not renewed[25:].any()
    starts = (np.diff(renewed[:, for_noise].astype(int), axis=0, prepend=0) == 1).sum(axis=0)
    assert (starts == 1).all()


def test_fresh_noise_is_shared_with_nobody() -> None:
    world = worlds.Flat(np.zeros(6))
    particles = rounds(world, particles_of(world, 300), 10)
    assert (particles.unique_noise(6) == 300).all()


def test_moves_alone_reach_the_posterior_of_a_linear_gaussian_world() -> None:
    # From the prior by moves only, noise included; the tempered target is the one with error / sqrt(power).
    base = worlds.linear_gaussian(4)
    power, n = 0.5, 4000
    _, mean, variance = replace(base, error=base.error / np.sqrt(power)).smoothed()
    found = rounds(base, particles_of(base, n), 100, power=power)
    states, _ = replay(base, found.coordinates, keys=found.keys)
    for values, k in ((states.x, 3), (states.theta[:, 0], 4)):
        assert abs(values.mean() - mean[k]) < LIMIT * np.sqrt(variance[k] / n)
        assert abs(values.var() - variance[k]) < LIMIT * variance[k] * np.sqrt(2 / n)
