"""Histogram bins: exact where they say so, within their stated error elsewhere."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offramp.ensemble.bins import EXACT_INTEGERS, Bins, bins_for


def histogram(bins: Bins, values: list[float]) -> np.ndarray:
    return np.bincount(bins.index(np.array(values)), minlength=bins.size)


@given(st.lists(st.integers(0, EXACT_INTEGERS - 1), min_size=1, max_size=60), st.sampled_from([0.05, 0.5, 0.95]))
def test_quantiles_of_small_counts_are_exact(values: list[int], share: float) -> None:
    bins = Bins("integer")
    expected = np.quantile(values, share, method="inverted_cdf")
    assert bins.quantiles(histogram(bins, [float(v) for v in values]), (share,)) == [expected]


@given(st.integers(EXACT_INTEGERS, 2**24))
def test_large_counts_keep_their_stated_error(value: int) -> None:
    bins = Bins("integer")
    kept = bins.value(int(bins.index(np.array([float(value)]))[0]))
    assert abs(kept - value) <= 0.0111 * value


@given(st.floats(-3.0, 5.0))
def test_linear_bins_keep_their_stated_error(value: float) -> None:
    bins = Bins("linear", -3.0, 5.0)
    kept = bins.value(int(bins.index(np.array([value]))[0]))
    assert abs(kept - value) <= 8.0 / 1024 + 1e-9


@given(st.floats(1e-9, 1e12), st.sampled_from([-1.0, 1.0]))
def test_log_bins_keep_their_stated_error_on_both_sides_of_zero(size: float, sign: float) -> None:
    bins = Bins("log")
    kept = bins.value(int(bins.index(np.array([sign * size]))[0]))
    assert kept * sign > 0
    assert abs(kept - sign * size) <= 0.0245 * size


@given(st.lists(st.floats(-1e13, 1e13), min_size=2, max_size=50))
def test_log_bins_keep_order(values: list[float]) -> None:
    assert list(Bins("log").index(np.sort(values))) == sorted(Bins("log").index(np.array(values)))


def test_an_empty_histogram_has_no_quantiles() -> None:
    assert Bins("integer").quantiles(np.zeros(Bins("integer").size, np.int64), (0.05, 0.5)) == [None, None]


@pytest.mark.parametrize(
    ("low", "high", "whole", "kind"),
    [
        (0.0, 3.0e38, True, "integer"),
        (0.0, 1.0, False, "linear"),
        (-3.0e38, 3.0e38, False, "log"),
        (-1.0, 1.0, True, "linear"),
    ],
)
def test_bins_follow_from_range_and_kind(low: float, high: float, whole: bool, kind: str) -> None:
    assert bins_for(low, high, whole=whole).kind == kind
