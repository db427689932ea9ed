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
    total = cumulative[:, -1:]
    table = np.full((len(counts), len(shares)), np.nan)
    counted = np.flatnonzero(total[:, 0])
    for i, share in enumerate(shares):
        rank = np.maximum(1, np.ceil(share * total - 1e-9))
        place = (cumulative < rank).sum(axis=1)[counted]
        table[counted, i] = histogram.sums[counted, place] / counts[counted, place]
    return table
