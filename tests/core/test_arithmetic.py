"""The shared float32 functions against float64 mathematics, over dense grids, within the errors of their table.

Warnings are errors in this suite, so each grid also shows that nothing overflows or divides by zero.
"""

import math

import numpy as np
from scipy import special

from offramp.core import arithmetic as ar

F = np.float32


def floats(values):
    return np.asarray(values, dtype=np.float32)


def evaluate(function, *columns):
    return np.array([function(*row) for row in zip(*columns, strict=True)], dtype=np.float64)


def ulps(got, true):
    return np.abs(got - true) / np.spacing(np.abs(true).astype(np.float32)).astype(np.float64)


def test_exp_is_within_one_ulp_and_clamped():
    x = floats(np.linspace(-80.0, 80.0, 60_001))
    assert ulps(evaluate(ar.exp32, x), np.exp(x.astype(float))).max() <= 1.0
    assert ar.exp32(F(1e30)) == ar.exp32(F(80.0))
    assert ar.exp32(F(-1e30)) == ar.exp32(F(-80.0))
    assert ar.exp32(F(0.0)) == 1.0


def test_log_is_within_one_ulp_and_clamped():
    x = floats(np.concatenate([np.geomspace(1.01e-30, 3e38, 40_001), np.linspace(0.5, 2.0, 40_001)]))
    assert ulps(evaluate(ar.log32, x), np.log(x.astype(float))).max() <= 1.0
    assert ar.log32(F(0.0)) == ar.log32(F(-5.0)) == ar.log32(F(1e-30))
    assert ar.log32(F(1.0)) == 0.0


def test_log1p_is_accurate_to_a_rounding_of_its_sum():
    x = floats(np.concatenate([np.linspace(-0.999, 10.0, 20_001), np.geomspace(1e-10, 1e30, 20_001)]))
    true = np.log1p(x.astype(float))
    # Below zero the rounding of 1 + x is magnified by 1 / (1 + x).
    magnified = 1e-7 * np.maximum(1.0, 1.0 / (1.0 + x.astype(float)))
    assert np.all(np.abs(evaluate(ar.log1p32, x) - true) <= magnified + np.spacing(np.abs(true).astype(np.float32)))
    assert ar.log1p32(F(-1.0)) == ar.log32(F(0.0))


def test_logistic_is_within_three_ulp_and_stays_between_zero_and_one():
    x = floats(np.linspace(-80.0, 80.0, 40_001))
    got = evaluate(ar.logistic, x)
    assert ulps(got, special.expit(x.astype(float))).max() <= 3.0
    assert got.min() > 0.0
    assert got.max() == 1.0
    assert ar.logistic(F(-1e30)) > 0.0


def test_normal_quantile_is_accurate_at_both_ends_and_between():
    k = np.unique(
        np.concatenate([np.arange(1000), np.linspace(0, 2**23 - 1, 40_001).astype(int), 2**23 - 1 - np.arange(1000)])
    )
    u = (k + 0.5) / 2**23
    assert np.max(np.abs(evaluate(ar.normal_quantile, floats(u)) - special.ndtri(u))) <= 1.5e-6


def test_normal_quantile_is_antisymmetric_to_the_bit():
    u = floats((np.arange(0, 2**22, 997) + 0.5) / 2**23)
    assert np.array_equal(evaluate(ar.normal_quantile, u), -evaluate(ar.normal_quantile, F(1.0) - u))


def test_square_root_takes_negatives_for_zero():
    assert ar.sqrt32(F(2.0)) == F(math.sqrt(2.0))
    assert ar.sqrt32(F(-1.0)) == 0.0


def test_division_by_zero_is_zero():
    assert ar.divide32(F(1.0), F(0.0)) == 0.0
    assert ar.divide32(F(0.0), F(0.0)) == 0.0
    assert ar.divide32(F(1.0), F(3.0)) == F(1.0) / F(3.0)


def test_ordering_functions_by_hand():
    assert ar.minimum32(F(1.0), F(2.0)) == 1.0
    assert ar.maximum32(F(1.0), F(2.0)) == 2.0
    assert [ar.clip32(F(x), F(0.0), F(1.0)) for x in (-1.0, 0.5, 2.0)] == [0.0, 0.5, 1.0]
    assert [ar.abs32(F(x)) for x in (-2.0, 0.0, 3.0)] == [2.0, 0.0, 3.0]


def test_results_are_float32():
    one = F(1.0)
    for function in (ar.exp32, ar.log32, ar.log1p32, ar.sqrt32, ar.logistic, ar.abs32):
        assert type(function(one)) is np.float32
