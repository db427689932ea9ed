"""Weights of particles, and systematic resampling: copies in proportion to weight, by a single uniform.

Particle k of weight W gets floor(n W) or ceil(n W) copies, n W on average; ancestors come out sorted, so that copies
lie beside each other.

Source : douc2005, section 2.4 (systematic resampling); liu1998 (effective sample size, when to resample)
"""

from __future__ import annotations

import numpy as np

from offramp.infer.world import Logs, Slots


def log_mean(log_weights: Logs) -> float:
    """Give the logarithm of the mean weight; -inf if all are zero."""
    return log_sum(log_weights) - float(np.log(len(log_weights)))


def log_sum(log_weights: Logs) -> float:
    """Give the logarithm of the sum of weights; -inf if all are zero."""
    top = float(log_weights.max())
    return top + float(np.log(np.exp(log_weights - top).sum())) if np.isfinite(top) else -np.inf


def normalised(log_weights: Logs) -> Logs:
    """Give (particle,) weights that sum to 1. At least one log-weight is finite."""
    weights = np.exp(log_weights - log_weights.max())
    shares: Logs = weights / weights.sum()
    return shares


def effective_size(log_weights: Logs) -> float:
    """Work out how many equally weighted particles would be as good: 1 / sum of W**2, from 1 to n."""
    return float(1.0 / np.square(normalised(log_weights)).sum())


def systematic(weights: Logs, u: float) -> Slots:
    """Draw n ancestors of n particles.

    Parameters
    ----------
    weights : (particle,) that sum to 1
    u : uniform in (0, 1)

    Returns
    -------
    (particle,) int64, ascending.
    """
    n = len(weights)
    last = np.flatnonzero(weights)[-1]  # rounding of the sum must neither lose a copy nor wake a dead particle
    found = np.searchsorted(np.cumsum(weights), (np.arange(n) + u) / n, side="right")
    ancestors: Slots = np.minimum(found, last).astype(np.int64)
    return ancestors
