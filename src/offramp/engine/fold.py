"""Fold blocks of values into moments and histograms, by compiled loops: summaries must keep up with the engine.

The compiler is imported on first use: whoever only looks at a scenario need not wait for it.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

_ENTRY = '''"""Moments and histograms, compiled once. Written by offramp.engine.fold."""

from numba import njit

from offramp.engine.kernels import fold


@njit(error_model="numpy", nogil=True, cache=True)
def fold_rows(values, first, rule, table, moments, room):
    fold.fold_rows(values, first, rule, table, moments, room)
'''


NO_BINS = (0.0, 0.0, 0.0)


def fold(
    values: NDArray[np.floating], column: int, *, rule: tuple[float, float, float], table: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Fold one column of a table into the histograms of its rows, and return the moments of each row.

    Parameters
    ----------
    values : (row, column, run); what is infinite or no number is left out
    rule : kind of bins and its two numbers, see `offramp.engine.kernels.fold`
    table : (row, bin, 2) number and sum of the values in each bin, added to in place, in order of runs

    Returns
    -------
    moments : (3, row) number, mean and sum of squared deviations of the values.
    """
    return _fold(values, column, 1, rule=rule, table=table)[:, 0]


def fold_blocks(
    values: NDArray[np.floating], *, rule: tuple[float, float, float], table: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Fold several blocks of runs into the same histograms, as `fold` one after the other, but a row at a time.

    Parameters
    ----------
    values : (row, block, run)

    Returns
    -------
    moments : (3, block, row) number, mean and sum of squared deviations of the values.
    """
    return _fold(values, 0, values.shape[1], rule=rule, table=table)


def _fold(
    values: NDArray[np.floating],
    first: int,
    n_columns: int,
    *,
    rule: tuple[float, float, float],
    table: NDArray[np.float64],
) -> NDArray[np.float64]:
    from offramp.engine.kernels.fold import PARTS, Room

    moments = np.empty((3, n_columns, values.shape[0]))
    room = Room(np.empty(2 * int(PARTS)), np.empty(values.shape[2], np.int32))
    _compiled().fold_rows(np.ascontiguousarray(values), first, rule, table, moments, room)
    return moments


def moments_of(values: NDArray[np.floating], column: int) -> NDArray[np.float64]:
    """Return the moments of each row of a column, as `fold` does, and count nothing into bins."""
    return fold(values, column, rule=NO_BINS, table=np.empty((values.shape[0], 0, 2)))


def moments_of_blocks(values: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the moments of each row of several blocks, as `fold_blocks` does, and count nothing into bins."""
    return fold_blocks(values, rule=NO_BINS, table=np.empty((values.shape[0], 0, 2)))


@cache
def _compiled() -> Any:
    from offramp.engine.cache import load

    return load("fold", _ENTRY)
