"""Histogram bins: exact where they say so, within their stated error elsewhere."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from offramp.ensemble.bins import EXACT_INTEGERS, Bins, Histogram, bins_for

SHARES = (0.05, 0.5, 0.95)


def quantiles(bins: Bins, values: list[float], blocks: int = 1) -> list[float | None]:
    histogram = Histogram(bins, 1)
    for part in np.array_split(np.array(values), blocks):
        histogram.add(part[None, :])
    return histogram.quantiles(0, SHARES)


def exact(values: list[float]) -> list[float]:
    return [float(np.quantile(values, share, method="inverted_cdf")) for share in SHARES]


@given(st.lists(st.integers(0, EXACT_INTEGERS - 1), min_size=1, max_size=60), st.integers(1, 4))
def test_quantiles_of_small_counts_are_exact_in_any_number_of_blocks(values: list[int], blocks: int) -> None:
    floats = [float(v) for v in values]
    assert quantiles(Bins("integer"), floats, blocks) == exact(floats)


@given(st.floats(-1e11, 1e11), st.integers(1, 50), st.sampled_from([Bins("log"), Bins("linear", -1e12, 1e12)]))
def test_quantiles_of_equal_values_are_these_values(value: float, n: int, bins: Bins) -> None:
    assert quantiles(bins, [float(np.float32(value))] * n) == pytest.approx([float(np.float32(value))] * 3, rel=1e-12)


@given(st.lists(st.integers(1, 2**24), min_size=1, max_size=40))
def test_large_counts_keep_their_stated_error(values: list[int]) -> None:
    floats = [float(v) for v in values]
    assert quantiles(Bins("integer"), floats) == pytest.approx(exact(floats), rel=0.0222)


@given(st.lists(st.floats(-3.0, 5.0), min_size=1, max_size=40))
def test_linear_bins_keep_their_stated_error(values: list[float]) -> None:
    assert quantiles(Bins("linear", -3.0, 5.0), values) == pytest.approx(exact(values), abs=8.0 / 512 + 1e-9)


@given(st.lists(st.floats(1e-9, 1e12), min_size=1, max_size=40), st.sampled_from([-1.0, 1.0]))
def test_log_bins_keep_their_stated_error_on_both_sides_of_zero(values: list[float], sign: float) -> None:
    signed = [sign * v for v in values]
    assert quantiles(Bins("log"), signed) == pytest.approx(exact(signed), rel=0.0495)


def bin_of(bins: Bins, value: float) -> int:
    histogram = Histogram(bins, 1)
    histogram.add(np.array([[value]]))
    return int(histogram.counts[0].argmax())


@given(st.lists(st.floats(-1e13, 1e13), min_size=2, max_size=20))
def test_log_bins_keep_order(values: list[float]) -> None:
    places = [bin_of(Bins("log"), value) for value in sorted(values)]
    assert places == sorted(places)


@given(st.lists(st.one_of(st.floats(width=32), st.sampled_from([np.nan, np.inf, -np.inf])), max_size=70))
@example(values=[])
@example(values=[np.nan] * 40)
def test_moments_are_those_of_the_finite_values(values: list[float]) -> None:
    line = np.array(values, np.float32)
    n, mean, m2 = Histogram(Bins("log"), 1).add(line[None, :])[:, 0]
    finite = line[np.isfinite(line)].astype(np.float64)
    size = float(np.abs(finite).max(initial=0.0))
    assert n == finite.size
    assert mean == pytest.approx(finite.mean() if finite.size else 0.0, rel=1e-12, abs=size * 1e-12)
    assert m2 == pytest.approx(((finite - mean) ** 2).sum(), rel=1e-9, abs=size**2 * 1e-12)


def test_moments_far_from_zero_keep_their_digits_whatever_comes_first() -> None:
    values = 1e7 + np.random.default_rng(6).normal(0.0, 1.0, 256).astype(np.float32)
    values[0] = np.nan
    _, _, squares = Histogram(Bins("log"), 1).add(values[None, :].astype(np.float32))
    kept = values[1:].astype(np.float32).astype(np.float64)
    assert squares[0] == pytest.approx(((kept - kept.mean()) ** 2).sum(), rel=1e-9)


def test_bins_beyond_the_last_take_what_lies_beyond() -> None:
    assert bin_of(Bins("integer"), 1e30) == Bins("integer").size - 1
    assert bin_of(Bins("linear", 0.0, 1.0), 7.0) == 511
    assert bin_of(Bins("linear", 0.0, 1.0), -7.0) == 0
    assert bin_of(Bins("flag"), 1.0) == 1


def test_an_empty_histogram_and_a_share_beyond_all_have_no_quantiles() -> None:
    histogram = Histogram(Bins("integer"), 1)
    assert histogram.quantiles(0, SHARES) == [None, None, None]
    histogram.add(np.array([[3.0]]))
    assert histogram.quantiles(0, (0.5, 0.95), total=3) == [None, None]
    assert histogram.quantiles(0, (0.05, 0.5), total=2) == [3.0, 3.0]


@pytest.mark.parametrize(
    ("low", "high", "whole", "kind"),
    [
        (0.0, 3.0e38, True, "integer"),
        (0.0, 1.0, False, "linear"),
        (-3.0e38, 3.0e38, False, "log"),
        (-1.0, 1.0, True, "linear"),
        (0.0, 1.0, True, "flag"),
    ],
)
def test_bins_follow_from_range_and_kind(low: float, high: float, whole: bool, kind: str) -> None:
    assert bins_for(low, high, whole=whole).kind == kind


@pytest.mark.parametrize("bins", [Bins("flag"), Bins("integer"), Bins("linear", -1.0, 1.0), Bins("log")])
def test_blocks_at_once_leave_the_bytes_of_one_after_the_other(bins: Bins) -> None:
    rng = np.random.default_rng(3)
    values = rng.integers(0, 2, (4, 3, 40)).astype(np.float32)  # of row 0, all are flags
    values[1] = 0.0
    values[2, 1, :7] = (0.5, -1.0, 2.0, np.nan, np.inf, -np.inf, 3e8)
    values[3] = rng.normal(size=(3, 40))
    at_once, apart = Histogram(bins, 4), Histogram(bins, 4)
    together = at_once.add_blocks(values)
    one_by_one = [apart.add(values, block) for block in range(3)]
    assert together.tobytes() == np.stack(one_by_one, axis=1).tobytes()
    assert at_once.table.tobytes() == apart.table.tobytes()
    finite = np.isfinite(values)
    assert at_once.counts.sum(axis=1).tolist() == finite.sum(axis=(1, 2)).tolist()
    assert at_once.sums.sum(axis=1) == pytest.approx(np.where(finite, values, 0.0).sum(axis=(1, 2), dtype=float))
