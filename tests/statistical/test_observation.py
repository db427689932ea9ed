"""Shares recorded are estimated without bias to speak of, and their intervals hold what they say.

A world is drawn from the priors, its events are recorded and published by chance, and the posterior is formed: over
worlds, the rank of the true share in its posterior is uniform (simulation-based calibration, talts2018). 2,000 worlds;
the share of ranks below each of nine levels must lie within 6 standard errors, a false alarm in 5e7 in all. The
likelihood takes the tempo from Jeffreys' prior and not from the one that made the world, and the posterior is read as
a Beta distribution: 0.02 is allowed for both. A publisher taken to catch all when it does not would be off by 0.2.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from scipy.special import betainc

from offramp.core.errors import Place
from offramp.infer.observation import Beta, observation_model
from offramp.record.record import Event, Record
from offramp.record.totals import Cell, Published, Total

N_WORLDS = 2_000
LEVELS = np.arange(0.1, 1.0, 0.1)
FIRST, LAST, HERE = dt.date(2020, 1, 1), dt.date(2020, 6, 30), Place("t.csv", 2, 1)
PRIOR, COMPLETE = (4.0, 2.0), (12.0, 3.0)

pytestmark = pytest.mark.slow


def rank(rng: np.random.Generator, completeness: tuple[float, float]) -> float:
    """Give the probability that the posterior of a world puts below its true share."""
    true, caught = rng.beta(*PRIOR), rng.beta(*COMPLETE)
    n = rng.poisson(np.exp(rng.uniform(np.log(5), np.log(60))))
    m, count = rng.binomial(n, true), rng.binomial(n, caught)
    cell = Cell("rocket", ("a.rocket",), FIRST, LAST, PRIOR, "assumed", "", FIRST, HERE)
    total = Total("t", FIRST, LAST, int(count), ("rocket",), "evidence", (), completeness, "", FIRST, HERE)
    record = Record(events=(Event("r", FIRST, "day", "a.rocket", int(m), {}, FIRST, HERE),), covers=(FIRST, LAST))
    found: Beta = observation_model(Published((cell,), (total,)), record).shares[0].posterior
    return float(betainc(found.a, found.b, true))


def ranks(completeness: tuple[float, float], n: int) -> np.ndarray:
    rng = np.random.default_rng(1914)
    return np.array([rank(rng, completeness) for _ in range(n)])


def test_ranks_of_the_true_share_are_uniform() -> None:
    found = ranks(COMPLETE, N_WORLDS)
    below = (found[:, None] < LEVELS).mean(axis=0)
    errors = np.sqrt(LEVELS * (1 - LEVELS) / N_WORLDS)
    assert (np.abs(below - LEVELS) < 6 * errors + 0.02).all(), below


def test_a_publisher_wrongly_taken_to_catch_all_would_be_noticed() -> None:
    found = ranks((1e6, 1e-2), N_WORLDS // 4)
    assert np.abs((found[:, None] < LEVELS).mean(axis=0) - LEVELS).max() > 0.15
