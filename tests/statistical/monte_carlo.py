"""How simulated frequencies are held against closed forms.

A check allows ``LIMIT`` standard errors.  A right formula fails it with probability 2e-9, and the checks of this folder
number about a hundred, so that the false-alarm rate of the whole is below 1e-6 (seeds are fixed besides: a check that
passes once passes always).  Every check also names formulas that a plausible mistake would give, and holds that it
would have caught them: they lie at least twice the limit from the right value, so that the power against each is
1 - 1e-9.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from offramp.engine.block import Block
from offramp.model.model import Model
from tests.engines.engines import ENGINES

LIMIT = 6.0
SEED = 1914


def simulate(model: Model, n_runs: int) -> Block:
    """Run a Model by the compiled evaluator, every step sampled."""
    return ENGINES["evaluator"](model, seed=SEED, first_run=0, n_runs=n_runs, sample_steps=range(model.n_steps))


def events_by_step(block: Block, leaf: int = 0) -> np.ndarray:
    """Give the events of a leaf as (step, run)."""
    return np.diff(block.sample_counts[:, leaf].astype(np.float64), axis=0, prepend=0)


def assert_mean(draws: ArrayLike, expected: float, *, wrong: Mapping[str, float]) -> None:
    """Hold that independent draws have this mean, and that the means of wrong formulas would have been caught.

    Parameters
    ----------
    draws : independent of each other: one number per run, unless steps are independent as well
    expected : the closed form
    wrong : by the mistake that would give it, the mean that must be refused
    """
    values = np.asarray(draws, np.float64).ravel()
    standard_error = values.std(ddof=1) / np.sqrt(values.size)
    assert abs(values.mean() - expected) < LIMIT * standard_error, f"{values.mean()} is not {expected}"
    for mistake, mean in wrong.items():
        assert abs(mean - expected) > 2 * LIMIT * standard_error, f"`{mistake}` would go unseen"


def assert_variance(draws: ArrayLike, expected: float, *, mean: float, wrong: Mapping[str, float]) -> None:
    """Hold that independent draws have this variance about a known mean."""
    values = np.asarray(draws, np.float64).ravel()
    assert_mean((values - mean) ** 2, expected, wrong=wrong)


def assert_shares(happened: ArrayLike, expected: ArrayLike, *, wrong: Mapping[str, ArrayLike]) -> None:
    """Hold that alternatives have these probabilities; a wrong formula must be caught by at least one of them.

    Parameters
    ----------
    happened : (trial, alternative) 0 or 1; trials are independent
    expected : (alternative,) probabilities
    """
    trials, right = np.asarray(happened, np.float64), np.asarray(expected, np.float64)
    standard_errors = np.sqrt(right * (1 - right) / len(trials))
    off = np.abs(trials.mean(axis=0) - right) / standard_errors
    assert (off < LIMIT).all(), f"{trials.mean(axis=0)} are not {right}"
    for mistake, shares in wrong.items():
        assert (np.abs(np.asarray(shares) - right) / standard_errors > 2 * LIMIT).any(), f"`{mistake}` would go unseen"
