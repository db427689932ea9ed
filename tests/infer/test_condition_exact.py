"""Conditioning against exact answers: Kalman filter and smoother, enumeration, conjugate posteriors, quadrature.

Each check is over 50 seeds and allows 6 standard errors of their mean plus a stated bias; a right sampler fails one
with probability below 1e-6 (Student's t, 49 degrees of freedom: 2e-7). Biases come from dividing by an estimated
evidence and fall with the number of particles; a tenth of a posterior sd is allowed. A filter that forgot its moves, or
its weights, would be off by several tenths.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from scipy.special import betainc, gammainc

from offramp.infer.condition import Conditioned, condition
from tests.infer import worlds

SEEDS = range(50)
LIMIT = 6.0
BIAS = 0.1  # posterior standard deviations

pytestmark = pytest.mark.slow

Reading = Callable[[worlds.WorldOfNumbers, Conditioned[worlds.Cloud]], np.ndarray]


def over_seeds(world: worlds.WorldOfNumbers, n: int, read: Reading) -> np.ndarray:
    """Give (seed, number) readings, each seed with noise of its own."""
    found = []
    for seed in SEEDS:
        own = replace(world, seed=seed + 1000)
        found.append(read(own, condition(own, n, seed=seed)))
    return np.array(found)


def assert_unbiased(found: np.ndarray, expected: np.ndarray | float, *, allowed: np.ndarray | float) -> None:
    error = found.mean(axis=0) - expected
    standard_error = found.std(axis=0, ddof=1) / np.sqrt(len(found))
    assert (np.abs(error) < LIMIT * standard_error + allowed).all(), f"{error} of {standard_error}"


def paths(world: worlds.WorldOfNumbers, found: Conditioned[worlds.Cloud]) -> np.ndarray:
    """Give (step + 1, particle): where each stood after each step, and its first parameter."""
    states = world.begin(found.coordinates)
    rows = []
    for step, keys in enumerate(found.keys):
        world.advance(states, step, keys)  # type: ignore[attr-defined]
        rows.append(states.x.copy())
    return np.array([*rows, states.theta[:, 0]])


def test_kalman_filter_and_smoother() -> None:
    world = worlds.linear_gaussian(30)
    evidence, mean, variance = world.smoothed()
    steps = world.filtered_evidence()
    assert steps.sum() == pytest.approx(evidence)

    def read(own: worlds.WorldOfNumbers, found: Conditioned[worlds.Cloud]) -> np.ndarray:
        lived = paths(own, found)
        return np.concatenate([[np.exp(found.total_log_evidence - evidence)], lived.mean(axis=1), lived.std(axis=1)])

    readings = over_seeds(world, 500, read)
    sd = np.sqrt(variance)
    assert_unbiased(readings[:, 0], 1.0, allowed=0.0)  # the evidence, not its logarithm, is without bias
    assert_unbiased(readings[:, 1:32], mean, allowed=BIAS * sd)
    assert_unbiased(readings[:, 32:], sd, allowed=BIAS * sd)
    assert (readings[:, 1:32].std(axis=0) < 0.4 * sd).all()  # and no single seed is far off


def test_evidence_by_step_follows_the_kalman_filter() -> None:
    # log of an average: its bias is about minus half its variance, below 0.02 here.
    world = worlds.linear_gaussian(30)
    readings = over_seeds(world, 500, lambda _, found: found.log_evidence)
    assert_unbiased(readings, world.filtered_evidence(), allowed=0.02)
    assert (readings[:, 4] == 0).all()  # a step without a reading says nothing


def test_enumeration_of_a_hidden_chain() -> None:
    world = worlds.hidden_chain()
    evidence, ones, switches = world.enumerated()

    def read(own: worlds.WorldOfNumbers, found: Conditioned[worlds.Cloud]) -> np.ndarray:
        lived = paths(own, found)
        low = lived[-1] == world.switches[0]
        return np.array([np.exp(found.total_log_evidence - evidence), *lived[:-1].mean(axis=1), low.mean()])

    expected = np.array([1.0, *ones, switches[0]])
    sd = np.sqrt(expected * (1 - expected))
    assert_unbiased(over_seeds(world, 500, read), expected, allowed=BIAS * sd)


def test_conjugate_quantiles_and_evidence() -> None:
    # At the exact quantiles the share of particles below must be as asked.
    world = worlds.counts()
    total, hits, misses = world.observed.sum(), world.hits.sum(), (world.trials - world.hits).sum()
    levels = np.array([0.05, 0.25, 0.5, 0.75, 0.95])

    def read(own: worlds.WorldOfNumbers, found: Conditioned[worlds.Cloud]) -> np.ndarray:
        rate, chance = found.states.theta.T
        ranks_rate = gammainc(world.shape + total, (world.rate + world.n_steps) * rate)
        ranks_chance = betainc(world.a + hits, world.b + misses, chance)
        shares = [(ranks <= level).mean() for ranks in (ranks_rate, ranks_chance) for level in levels]
        return np.array([np.exp(found.total_log_evidence - world.log_evidence()), *shares])

    expected = np.array([1.0, *levels, *levels])
    assert_unbiased(over_seeds(world, 500, read), expected, allowed=0.01)


def test_logit_by_quadrature() -> None:
    world = worlds.logit()
    evidence, mean, cover = world.by_quadrature()

    def read(own: worlds.WorldOfNumbers, found: Conditioned[worlds.Cloud]) -> np.ndarray:
        theta = found.states.theta
        return np.array([np.exp(found.total_log_evidence - evidence), *theta.mean(axis=0), *np.cov(theta.T).ravel()])

    expected = np.array([1.0, *mean, *cover.ravel()])
    sd = np.sqrt(np.diag(cover))
    allowed = BIAS * np.array([0.0, *sd, *np.outer(sd, sd).ravel()])
    assert_unbiased(over_seeds(world, 500, read), expected, allowed=allowed)
