"""The checks of this folder themselves: they refuse what is wrong, and ask for enough draws to do so."""

from __future__ import annotations

import numpy as np
import pytest

from tests.engines import builders as b
from tests.statistical.monte_carlo import LIMIT, assert_mean, assert_shares, assert_variance, events_by_step, simulate

N = 40_000


@pytest.fixture(scope="module")
def draws() -> np.ndarray:
    """Give Gaussians with mean 1 and standard deviation 2, as an engine draws them."""
    return simulate(b.model(1, quantities=(b.quantity("level", 1.0, noise=2.0),)), N).samples[0, 0]


def test_a_mean_is_refused_from_the_limit_on(draws: np.ndarray) -> None:
    at_the_limit = LIMIT * draws.std(ddof=1, dtype=np.float64) / N**0.5
    middle = draws.mean(dtype=np.float64)
    assert_mean(draws, middle + 0.99 * at_the_limit, wrong={})
    with pytest.raises(AssertionError, match="is not"):
        assert_mean(draws, middle - 1.01 * at_the_limit, wrong={})


def test_a_wrong_variance_is_refused(draws: np.ndarray) -> None:
    assert_variance(draws, 4.0, mean=1.0, wrong={"standard deviation for variance": 2.0})
    with pytest.raises(AssertionError, match="is not"):
        assert_variance(draws, 4.4, mean=1.0, wrong={})


def test_too_few_draws_to_tell_a_mistake_are_refused(draws: np.ndarray) -> None:
    with pytest.raises(AssertionError, match="`a little more` would go unseen"):
        assert_mean(draws, 1.0, wrong={"a little more": 1.01})


def test_wrong_shares_are_refused_and_so_are_too_few_trials() -> None:
    moves = (b.spontaneous("accident", [0], 1.0),)
    events = events_by_step(simulate(b.model(1, moves=moves, leaves=(b.leaf("accident"),)), N)).ravel()
    happened = events[:, None] == [0, 1, 2]
    shares = np.exp(-1) / np.array([1, 1, 2])
    assert_shares(happened, shares, wrong={"a rate of 1.2": np.exp(-1.2) * np.array([1, 1.2, 0.72])})
    with pytest.raises(AssertionError, match="are not"):
        assert_shares(happened, np.roll(shares, 1), wrong={})
    with pytest.raises(AssertionError, match="`nearly` would go unseen"):
        assert_shares(happened, shares, wrong={"nearly": shares + 0.005})


def test_a_model_that_is_not_the_one_of_the_formula_is_refused() -> None:
    def frequency(utility: float) -> np.ndarray:
        parts = {"leaves": (b.leaf("act"),), "channels": (b.channel("channel", 2.0, [0]),)}
        return events_by_step(simulate(b.model(5, moves=(b.chosen("act", [0], utility),), **parts), N))

    logit = 1 / (1 + np.exp(-0.5))
    assert_mean(frequency(0.5), logit, wrong={})
    with pytest.raises(AssertionError, match="is not"):
        assert_mean(frequency(0.55), logit, wrong={})
