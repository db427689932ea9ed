"""A negative binomial fitted to a few counts: the plainest model of a month, with which a richer one is compared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

LEAST, MOST = -6.0, 8.0  # of the logarithm of the dispersion; at the upper end it is a Poisson distribution


@dataclass(frozen=True, slots=True)
class NegativeBinomial:
    """Mean and dispersion: the variance is mean + mean**2 / dispersion; an infinite dispersion is Poisson's case."""

    mean: float
    dispersion: float

    def quantile(self, p: float) -> int:
        """Find the smallest count whose distribution function reaches p."""
        if self.mean == 0:
            return 0
        law = stats.poisson(self.mean) if np.isinf(self.dispersion) else self._law()
        return int(law.ppf(p))

    def _law(self) -> stats.rv_discrete:
        return stats.nbinom(self.dispersion, self.dispersion / (self.dispersion + self.mean))


def fit_negative_binomial(counts: NDArray[np.float64]) -> NegativeBinomial:
    """Fit by maximum likelihood: the mean is that of the counts, the dispersion is searched for.

    Source : lawless1987, section 2
    """
    mean = float(counts.mean())
    if mean == 0 or counts.var() <= mean:  # not more spread than a Poisson count: the likelihood rises to that case
        return NegativeBinomial(mean, np.inf)

    def loss(log_dispersion: float) -> float:
        k = np.exp(log_dispersion)
        return -float(stats.nbinom.logpmf(counts, k, k / (k + mean)).sum())

    found = optimize.minimize_scalar(loss, bounds=(LEAST, MOST), method="bounded")
    return NegativeBinomial(mean, float(np.exp(found.x)))
