"""Quantiles of all rows of a histogram at once, as `Histogram.quantiles` reads them of one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from offramp.ensemble.bins import Histogram


def quantile_table(histogram: Histogram, shares: Sequence[float]) -> NDArray[np.float64]:
    """Read quantiles of every row: (row, share); no number where a row has counted nothing."""
    counts = histogram.counts
    cumulative = np.cumsum(counts, axis=1)
    total = cumulative[:, -1]
    counted = np.flatnonzero(total)
    ranks = np.maximum(1, np.ceil(np.outer(total[counted], shares) - 1e-9))
    # Rows are laid end to end, each lifted above the one before, so that one search serves all of them.
    lift = (total.max(initial=0.0) + 1.0) * np.arange(len(counts))
    cumulative += lift[:, None]
    found = np.searchsorted(cumulative.ravel(), ranks + lift[counted, None])
    place = found - counted[:, None] * counts.shape[1]
    table = np.full((len(counts), len(shares)), np.nan)
    rows = counted[:, None]
    table[counted] = histogram.sums[rows, place] / counts[rows, place]
    return table
