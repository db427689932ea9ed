"""Quantiles of all rows at once are those of each row alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offramp.ensemble.bins import Bins, Histogram
from offramp.ensemble.quantiles import quantile_table

SHARES = (0.0, 0.05, 0.5, 0.95, 1.0)


@pytest.mark.parametrize("kind", ["flag", "integer", "linear", "log"])
@given(rows=st.lists(st.lists(st.floats(0, 1, width=32), min_size=4, max_size=4), min_size=1, max_size=6))
def test_all_rows_at_once_give_what_each_row_gives(kind: str, rows: list[list[float]]) -> None:
    histogram = Histogram(Bins(kind), len(rows))  # type: ignore[arg-type]
    values = np.array(rows, np.float32)
    values[0] = np.nan  # a row that has counted nothing
    histogram.add(values)
    one_by_one = [[np.nan if q is None else q for q in histogram.quantiles(row, SHARES)] for row in range(len(rows))]
    assert np.array_equal(quantile_table(histogram, SHARES), one_by_one, equal_nan=True)
