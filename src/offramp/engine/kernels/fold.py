"""Folding values of many runs into moments and histograms, one pass over memory for each.

A value that is infinite or no number is left out of both. Sums run over `PARTS` interleaved partial sums, which are
then added up in order: loops over them are vectorised without reordering a single addition.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from offramp.engine.bin_kinds import FLAG, INTEGER, LINEAR, LOG
from offramp.engine.kernels.lanes import kernel

PARTS = np.uint64(16)
LARGEST = np.float64(3.4028234663852886e38)  # of float32
ZERO, ONE, NEAREST = np.float32(0), np.float32(1), np.float32(-0.5)


class Room(NamedTuple):
    """Room to work in: memory is allocated outside of kernels."""

    parts: Any  # (2 * PARTS,) float64
    places: Any  # (run,) int32


@kernel
def fold_rows(values: Any, first: int, rule: Any, table: Any, moments: Any, room: Any) -> None:
    """Fold columns of a table (row, column, run), ``first`` onwards, into histograms and moments, row by row.

    rule : kind of bins, and two numbers: low end and bins per unit (`LINEAR`); how many whole numbers have a bin of
        their own, and bins per doubling beyond (`INTEGER`); bins per decade, and lowest decade (`LOG`).
    table : (row, bin, 2) number and sum of the values in each bin, added to; of no bins if only moments are wanted.
    moments : (3, column, row) number, mean and sum of squared deviations of each, written.
    """
    for row in range(values.shape[0]):
        for column in range(moments.shape[1]):
            line = values[row, first + column]
            found = take_moments(line, room.parts)
            moments[0, column, row], moments[1, column, row], moments[2, column, row] = found
            if table.shape[1] > 0 and not (rule[0] == FLAG and count_flags(line, table[row])):
                find_bins(line, rule, table.shape[1] - 1, room.places)
                count_into_bins(line, room.places, table[row])


@kernel
def take_moments(line: Any, parts: Any) -> Any:
    """Return number, mean and sum of squared deviations of the finite values, in one pass.

    Deviations are taken from the first of them. As that is one of the values, at most a factor of their number is lost
    to cancellation.
    """
    origin = first_finite(line)
    parts[:] = 0.0
    n = 0
    for i in range(len(line)):
        n += is_finite(line[i])
    if n == len(line):
        add_deviations(line, origin, parts)
    else:
        for i in range(len(line)):
            if is_finite(line[i]):
                add_deviation(np.float64(line[i]) - origin, parts, np.uint64(i) % PARTS)
    total, squares = 0.0, 0.0
    for p in range(PARTS):
        total += parts[p]
        squares += parts[PARTS + p]
    shift = total / max(n, 1)
    return np.float64(n), origin + shift if n > 0 else 0.0, max(squares - shift * total, 0.0)


@kernel
def first_finite(line: Any) -> float:
    """Return the first finite value, 0 if there is none."""
    for i in range(len(line)):
        if is_finite(line[i]):
            return np.float64(line[i])
    return 0.0


@kernel
def add_deviations(line: Any, origin: float, parts: Any) -> None:
    """Add every value's deviation and its square to their partial sums."""
    n = np.uint64(len(line))
    whole = n - n % PARTS
    for start in range(np.uint64(0), whole, PARTS):
        for p in range(PARTS):
            d = np.float64(line[start + p]) - origin
            parts[p] += d
            parts[PARTS + p] += d * d
    for i in range(whole, n):
        add_deviation(np.float64(line[i]) - origin, parts, i - whole)


@kernel
def add_deviation(d: float, parts: Any, p: Any) -> None:
    """Add one deviation and its square to a partial sum."""
    parts[p] += d
    parts[PARTS + p] += d * d


@kernel
def is_finite(value: Any) -> bool:
    """Tell whether a value is a finite number of single precision."""
    return abs(value) <= LARGEST


@kernel
def find_bins(line: Any, rule: Any, last: int, places: Any) -> None:
    """Find the bin of each value. Near an edge, rounding decides between neighbours."""
    low, per_unit = (np.float32(rule[1]), np.float32(rule[2])) if rule[0] == LINEAR else (NEAREST, ONE)
    top = np.float32(last)
    for i in range(len(line)):
        v = line[i] if is_finite(line[i]) else low
        places[i] = np.int32(min(max((v - low) * per_unit, ZERO), top))
    if rule[0] == INTEGER:
        find_wide_bins(line, rule, last, places)
    elif rule[0] == LOG:
        find_log_bins(line, rule, last, places)


@kernel
def find_wide_bins(line: Any, rule: Any, last: int, places: Any) -> None:
    """Find the bins of whole numbers that are too large for a bin of their own."""
    for i in range(len(line)):
        if line[i] >= rule[1] and is_finite(line[i]):
            beyond = np.floor(np.log2(np.float64(line[i]) / rule[1]) * rule[2])
            places[i] = np.int32(min(rule[1] + beyond, np.float64(last)))


@kernel
def find_log_bins(line: Any, rule: Any, last: int, places: Any) -> None:
    """Find the bins of numbers by their magnitude, on both sides of the one for zero."""
    zero, smallest = last // 2, 10.0 ** rule[2]
    for i in range(len(line)):
        places[i] = np.int32(zero)
        size = abs(np.float64(line[i]))
        if size >= smallest and is_finite(line[i]):
            step = np.int32(min(np.floor((np.log10(size) - rule[2]) * rule[1]), zero - 1.0)) + np.int32(1)
            places[i] = np.int32(zero) + (step if line[i] > 0 else -step)


@kernel
def count_flags(line: Any, bins: Any) -> bool:
    """Count zeros and ones, if there is nothing else; return whether there is not. Sums of ones are exact."""
    zeros, ones = np.int32(0), np.int32(0)
    for i in range(len(line)):
        zeros += np.int32(line[i] == ZERO)
        ones += np.int32(line[i] == ONE)
    if zeros + ones != len(line):
        return False
    bins[0, 0] += np.float64(zeros)
    bins[1, 0] += np.float64(ones)
    bins[1, 1] += np.float64(ones)
    return True


@kernel
def count_into_bins(line: Any, places: Any, bins: Any) -> None:
    """Count each finite value, and add it to the sum of its bin, in order of runs."""
    for i in range(len(line)):
        if is_finite(line[i]):
            place = places[i]
            bins[place, 0] += 1.0
            bins[place, 1] += np.float64(line[i])
