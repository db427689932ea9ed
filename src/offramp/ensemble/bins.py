"""Histograms: how quantiles are kept without keeping the runs.

A histogram holds, per bin, how many values fell into it and their sum, so that blocks can be merged in any number. A
quantile is read off the counts: it is the mean of the values in the first bin at which the cumulative share reaches
it (the inverse of the empirical distribution function, Hyndman and Fan's type 1, to within a bin). It is exact where
all values of that bin are equal, as for whole numbers below 1024 or for a single run.

=========  ==========================================================  ===========================
kind       bins                                                        largest error of a quantile
=========  ==========================================================  ===========================
flag       0 and 1                                                     none
integer    one for each whole number 0..1023, then 32 per doubling     none below 1024, then 2.2 %
linear     512 equal ones between the ends of a finite range           range / 512
log        zero, then 48 per decade of magnitude 1e-9..1e12, both      4.9 % of the value
           signs
=========  ==========================================================  ===========================

Source : hyndmanfan1996, definition 1
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

EXACT_INTEGERS = 1024
PER_DOUBLING = 32
INTEGER_BINS = EXACT_INTEGERS + PER_DOUBLING * 14  # up to 2**24, the last exact float32 integer
LINEAR_BINS = 512
PER_DECADE = 48
DECADES = (-9, 12)
LOG_BINS = PER_DECADE * (DECADES[1] - DECADES[0])


@dataclass(frozen=True, slots=True)
class Bins:
    """A rule that sends values to bins; see the module's table."""

    kind: Literal["flag", "integer", "linear", "log"]
    low: float = 0.0
    high: float = 1.0

    @property
    def size(self) -> int:
        """Number of bins."""
        return {"flag": 2, "integer": INTEGER_BINS, "linear": LINEAR_BINS, "log": 2 * LOG_BINS + 1}[self.kind]

    def index(self, values: NDArray[np.floating]) -> NDArray[np.int64]:
        """Return the bin of each value; values beyond the last bin are put into it."""
        v = np.asarray(values, np.float64)
        if self.kind == "flag":
            found = np.rint(v)
        elif self.kind == "integer":
            above = np.log2(np.maximum(v, EXACT_INTEGERS) / EXACT_INTEGERS) * PER_DOUBLING
            found = np.where(v < EXACT_INTEGERS, np.rint(v), EXACT_INTEGERS + np.floor(above))
        elif self.kind == "linear":
            found = np.floor((v - self.low) * (LINEAR_BINS / (self.high - self.low)))
        else:
            size = np.maximum(np.abs(v), 10.0 ** DECADES[0])
            step = np.minimum(np.floor((np.log10(size) - DECADES[0]) * PER_DECADE), LOG_BINS - 1)
            found = LOG_BINS + np.where(np.abs(v) < 10.0 ** DECADES[0], 0.0, np.sign(v) * (step + 1))
        return np.clip(found, 0, self.size - 1).astype(np.int64)


class Histogram:
    """Counts and sums per bin of the rows of a table; grows by blocks of runs.

    counts : (row, bin) int64; sums : (row, bin) float64, of the values in each bin.
    """

    def __init__(self, bins: Bins, rows: int) -> None:
        self.bins = bins
        self.counts = np.zeros((rows, bins.size), np.int64)
        self.sums = np.zeros((rows, bins.size))

    def add(self, values: NDArray[np.floating], valid: NDArray[np.bool_] | None = None) -> None:
        """Fold in one block of values (row, run); where `valid` is false a value is left out."""
        rows, size = self.counts.shape
        places = self.bins.index(values) + np.arange(rows)[:, None] * size
        kept = slice(None) if valid is None else valid
        taken, weights = places[kept].ravel(), values[kept].ravel()
        self.counts += np.bincount(taken, minlength=rows * size).reshape(rows, size)
        self.sums += np.bincount(taken, weights, minlength=rows * size).reshape(rows, size)

    def quantiles(self, row: int, shares: Sequence[float], *, total: int | None = None) -> list[float | None]:
        """Read quantiles of one row; None where the rank that a share asks for is beyond what was counted.

        total : number that shares are of, if values that sort last were left out (runs in which it never happens).
        """
        counts = self.counts[row]
        counted = int(counts.sum())
        cumulative = np.cumsum(counts)
        found: list[float | None] = []
        for share in shares:
            rank = max(1, math.ceil(share * (counted if total is None else total) - 1e-9))
            place = int(np.searchsorted(cumulative, rank)) if rank <= counted else None
            found.append(None if place is None else float(self.sums[row, place] / counts[place]))
        return found


def bins_for(low: float, high: float, *, whole: bool) -> Bins:
    """Choose the bins of a quantity or outcome from its range and whether it takes whole numbers only."""
    if whole and (low, high) == (0.0, 1.0):
        return Bins("flag")
    if whole and low >= 0:
        return Bins("integer")
    if abs(low) < 1e30 and abs(high) < 1e30 and high > low:
        return Bins("linear", low, high)
    return Bins("log")
