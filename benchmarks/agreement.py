"""Do all contestants simulate the same model? Compare the means of ten outcomes by z-scores."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from benchmarks.rounds import Timing

LIMIT = 5.0
"""|z| beyond which two contestants count as different models. With seven peers and ten outcomes,
a true agreement is refused with a probability of about 4e-5 (two-sided Gaussian tail times 70)."""


def z_scores(timing: Timing, reference: Timing) -> NDArray[np.float64]:
    """Return differences of the outcomes' means in Monte-Carlo standard errors.

    Where a contestant does not know a variance, the other's stands in; an outcome of which neither
    knows it is left out.
    """
    mean, variance = _pooled(timing)
    reference_mean, reference_variance = _pooled(reference)
    variance = np.where(np.isnan(variance), reference_variance, variance)
    reference_variance = np.where(np.isnan(reference_variance), variance, reference_variance)
    n, reference_n = (t.runs * len(t.means) for t in (timing, reference))
    error = np.sqrt(variance / n + reference_variance / reference_n)
    z: NDArray[np.float64] = (mean - reference_mean) / error
    return z[np.isfinite(z)]


def _pooled(timing: Timing) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Average means and variances over the rounds, which have equally many runs."""
    means, variances = np.array(timing.means), np.array(timing.variances, dtype=np.float64)
    return means.mean(axis=0), variances.mean(axis=0)
