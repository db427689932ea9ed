"""Systematic resampling and weights."""

from __future__ import annotations

import numpy as np
import pytest

from offramp.infer.resample import effective_size, log_mean, log_sum, normalised, systematic


def test_each_particle_gets_its_share_rounded_down_or_up() -> None:
    weights = np.array([0.5, 0.05, 0.0, 0.45])
    for u in (1e-9, 0.3, 0.7, 1 - 1e-9):
        copies = np.bincount(systematic(weights, u), minlength=4)
        assert (copies >= np.floor(4 * weights)).all()
        assert (copies <= np.ceil(4 * weights)).all()


def test_copies_average_to_the_weights_over_the_uniform() -> None:
    # Over an even grid of u the average is exact up to 1 / grid points for each particle.
    weights = normalised(np.log(np.array([1.0, 2.5, 0.3, 4.0, 0.01])))
    grid = (np.arange(2000) + 0.5) / 2000
    copies = np.mean([np.bincount(systematic(weights, u), minlength=5) for u in grid], axis=0)
    np.testing.assert_allclose(copies, 5 * weights, atol=1 / 2000)


def test_ancestors_ascend() -> None:
    weights = normalised(np.random.default_rng(1).normal(size=300))
    assert (np.diff(systematic(weights, 0.4)) >= 0).all()


@pytest.mark.parametrize("u", [1e-12, 0.5, 1 - 1e-12])
def test_the_dead_have_no_copies_even_at_the_ends(u: float) -> None:
    weights = np.zeros(1_000_003)
    weights[1:-2] = 1 / 1_000_000
    found = systematic(weights, u)
    assert found.min() >= 1
    assert found.max() <= 1_000_000


def test_effective_size_counts_equal_particles() -> None:
    assert effective_size(np.array([0.0, 0.0, -np.inf, -np.inf])) == pytest.approx(2.0)
    assert effective_size(np.full(7, -1e5)) == pytest.approx(7.0)


def test_sums_of_weights_do_not_underflow() -> None:
    assert log_sum(np.array([-2000.0, -2000.0])) == pytest.approx(-2000 + np.log(2))
    assert log_mean(np.array([-2000.0, -np.inf])) == pytest.approx(-2000 - np.log(2))
    assert log_sum(np.full(3, -np.inf)) == -np.inf
