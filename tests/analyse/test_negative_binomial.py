"""The fitted negative binomial: closed form where there is one, and the parameters that made the counts."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from offramp.analyse.negative_binomial import NegativeBinomial, fit_negative_binomial


def test_counts_no_more_spread_than_a_poisson_count_are_fitted_as_one() -> None:
    found = fit_negative_binomial(np.array([2.0, 3.0, 2.0, 3.0]))
    assert found == NegativeBinomial(2.5, np.inf)
    assert [found.quantile(p) for p in (0.05, 0.95)] == stats.poisson(2.5).ppf([0.05, 0.95]).tolist()


def test_nothing_at_all_is_fitted_as_nothing() -> None:
    assert fit_negative_binomial(np.zeros(14)).quantile(0.95) == 0


def test_quantiles_are_those_of_the_negative_binomial() -> None:
    assert NegativeBinomial(4.0, 1.5).quantile(0.95) == stats.nbinom(1.5, 1.5 / 5.5).ppf(0.95)


def test_the_likelihood_is_highest_at_the_fit() -> None:
    counts = np.array([0, 0, 1, 9, 2, 0, 4, 3, 0, 11, 2, 1, 0, 6], float)
    found = fit_negative_binomial(counts)

    def log_likelihood(k: float) -> float:
        return float(stats.nbinom.logpmf(counts, k, k / (k + found.mean)).sum())

    assert found.mean == counts.mean()
    best = log_likelihood(found.dispersion)
    assert all(log_likelihood(found.dispersion * factor) < best for factor in (0.9, 1.1))


@pytest.mark.parametrize("dispersion", [0.5, 2.0])
def test_the_dispersion_that_made_many_counts_is_found(dispersion: float) -> None:
    # 20,000 counts: the standard error of log dispersion is below 0.03 in both cases; 6 of them are allowed.
    counts = np.random.default_rng(3).negative_binomial(dispersion, dispersion / (dispersion + 3), 20_000)
    assert np.log(fit_negative_binomial(counts.astype(float)).dispersion / dispersion) == pytest.approx(0, abs=0.18)
