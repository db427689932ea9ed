"""Histograms: how quantiles are kept without keeping the runs.

A histogram holds, per bin, how many values fell into it and their sum, so that runs can be any number. A
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

from offramp.engine.bin_kinds import FLAG, INTEGER, LINEAR, LOG
from offramp.engine.fold import fold, fold_blocks

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

    @property
    def rule(self) -> tuple[float, float, float]:
        """The same for `offramp.engine.fold`."""
        match self.kind:
            case "flag":
                return (float(FLAG), 0.0, 0.0)
            case "integer":
                return (float(INTEGER), float(EXACT_INTEGERS), float(PER_DOUBLING))
            case "linear":
                return (float(LINEAR), self.low, LINEAR_BINS / (self.high - self.low))
            case "log":
                return (float(LOG), float(PER_DECADE), float(DECADES[0]))


class Histogram:
    """Number and sum of the values in each bin, for the rows of a table; grows by blocks of runs.

    table : (row, bin, 2) float64; numbers are whole and exact below 2**53.
    """

    def __init__(self, bins: Bins, rows: int) -> None:
        self.bins = bins
        self.table = np.zeros((rows, bins.size, 2))

    @property
    def counts(self) -> NDArray[np.float64]:
        """Number of values, (row, bin)."""
        return self.table[..., 0]

    @property
    def sums(self) -> NDArray[np.float64]:
        """Sum of values, (row, bin)."""
        return self.table[..., 1]

    def add(self, values: NDArray[np.floating], column: int | None = None) -> NDArray[np.float64]:
        """Fold in one block of values and return its moments as (3, row): number, mean, sum of squared deviations.

        values : (row, run), or (row, column, run) of which one column is taken. What is infinite or no number is left
            out of everything.
        """
        if column is None:
            return fold(values[:, None, :], 0, rule=self.bins.rule, table=self.table)
        return fold(values, column, rule=self.bins.rule, table=self.table)

    def add_blocks(self, values: NDArray[np.floating]) -> NDArray[np.float64]:
        """Fold in several blocks of values, (row, block, run), and return their moments as (3, block, row)."""
        return fold_blocks(values, rule=self.bins.rule, table=self.table)

    def quantiles(self, row: int, shares: Sequence[float], *, total: int | None = None) -> list[float | None]:
        """Read quantiles of one row; None where the rank that a share asks for is beyond what was counted.

        total : number that shares are of, if values that sort last were left out (runs in which it never happens).
        """
        counts, sums = self.counts[row], self.sums[row]
        counted = int(counts.sum())
        cumulative = np.cumsum(counts)
        found: list[float | None] = []
        for share in shares:
            rank = max(1, math.ceil(share * (counted if total is None else total) - 1e-9))
            place = int(np.searchsorted(cumulative, rank)) if rank <= counted else None
            found.append(None if place is None else float(sums[place] / counts[place]))
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
