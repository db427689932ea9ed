"""Histogram bins: how quantiles are kept without keeping the runs.

A summary holds integer counts per bin, so that blocks can be merged in any number without
rounding, and a quantile is read off the counts as the smallest bin whose cumulative share reaches
it (the inverse of the empirical distribution function; Hyndman and Fan's type 1).

=========  ==========================================================  ===========================
kind       bins                                                        error of a quantile
=========  ==========================================================  ===========================
integer    one for each whole number 0..1023, then 32 per doubling     none below 1024, then 1.1 %
linear     512 equal ones between the ends of a finite range           range / 1024
log        zero, then 48 per decade of magnitude 1e-9..1e12, both      2.4 % of the value
           signs
=========  ==========================================================  ===========================

Source : hyndmanfan1996, definition 1
"""

from __future__ import annotations

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
    """A rule that sends values to bins and bins back to values; see the module's table."""

    kind: Literal["integer", "linear", "log"]
    low: float = 0.0
    high: float = 1.0

    @property
    def size(self) -> int:
        """Number of bins."""
        return {"integer": INTEGER_BINS, "linear": LINEAR_BINS, "log": 2 * LOG_BINS + 1}[self.kind]

    def index(self, values: NDArray[np.floating]) -> NDArray[np.int64]:
        """Return the bin of each value; values beyond the last bin are put into it."""
        v = np.asarray(values, np.float64)
        if self.kind == "integer":
            above = np.log2(np.maximum(v, EXACT_INTEGERS) / EXACT_INTEGERS) * PER_DOUBLING
            found = np.where(v < EXACT_INTEGERS, np.rint(v), EXACT_INTEGERS + np.floor(above))
        elif self.kind == "linear":
            found = np.floor((v - self.low) * (LINEAR_BINS / (self.high - self.low)))
        else:
            size = np.maximum(np.abs(v), 10.0 ** DECADES[0])
            step = np.minimum(np.floor((np.log10(size) - DECADES[0]) * PER_DECADE), LOG_BINS - 1)
            found = LOG_BINS + np.where(np.abs(v) < 10.0 ** DECADES[0], 0.0, np.sign(v) * (step + 1))
        return np.clip(found, 0, self.size - 1).astype(np.int64)

    def value(self, index: int) -> float:
        """Return the value that stands for a bin: the number itself, or the middle of the bin."""
        if self.kind == "integer":
            if index < EXACT_INTEGERS:
                return float(index)
            return float(round(EXACT_INTEGERS * 2.0 ** ((index - EXACT_INTEGERS + 0.5) / PER_DOUBLING)))
        if self.kind == "linear":
            return self.low + (index + 0.5) * (self.high - self.low) / LINEAR_BINS
        step = index - LOG_BINS
        if step == 0:
            return 0.0
        size = float(10.0 ** (DECADES[0] + (abs(step) - 0.5) / PER_DECADE))
        return size if step > 0 else -size

    def quantiles(self, counts: NDArray[np.int64], shares: tuple[float, ...]) -> list[float | None]:
        """Read quantiles off the counts of one histogram; None where the histogram is empty."""
        total = int(counts.sum())
        if total == 0:
            return [None for _ in shares]
        cumulative = np.cumsum(counts)
        places = np.searchsorted(cumulative, [max(1.0, np.ceil(share * total)) for share in shares])
        return [self.value(int(place)) for place in places]


def bins_for(low: float, high: float, *, whole: bool) -> Bins:
    """Choose the bins of a quantity or outcome from its range and kind."""
    if whole and low >= 0:
        return Bins("integer")
    if abs(low) < 1e30 and abs(high) < 1e30 and high > low:
        return Bins("linear", low, high)
    return Bins("log")
