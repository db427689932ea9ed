"""Float32 tails and quantiles against SciPy's float64, over the shapes and tails that the module promises."""

import numpy as np
import pytest
from scipy import stats

from offramp.core import special

F = np.float32
TAILS = [F(p) for p in (6e-8, 1e-6, 1e-4, 0.01, 0.1, 0.3, 0.5)]
SHAPES = [0.01, 0.05, 0.3, 1.0, 2.5, 7.99, 8.0, 30.0, 300.0, 10_000.0]


def test_normal_tails_are_relatively_accurate_on_both_sides():
    z = np.linspace(-12.5, 12.5, 20_001).astype(np.float32)
    tails = np.array([special.normal_tails(x) for x in z], dtype=float)
    assert np.max(np.abs(tails[:, 0] / stats.norm.cdf(z.astype(float)) - 1.0)) <= 2e-5
    assert np.max(np.abs(tails[:, 1] / stats.norm.sf(z.astype(float)) - 1.0)) <= 2e-5


def test_normal_tails_end_in_exactly_zero_and_one():
    assert special.normal_tails(F(13.0)) == (1.0, 0.0)
    assert special.normal_tails(F(-13.0)) == (0.0, 1.0)


def test_normal_quantile_reaches_far_into_both_tails():
    p = np.geomspace(1.1e-30, 0.5, 20_001).astype(np.float32)
    z = np.array([special.normal_between(x, F(1.0)) for x in p], dtype=float)
    assert np.max(np.abs(z - stats.norm.ppf(p.astype(float)))) <= 1e-5
    assert special.normal_between(F(1.0), F(1e-12)) == -special.normal_between(F(1e-12), F(1.0))


def close(got, true, shape):
    """Agree as the module promises: relatively, but for what float32 clamps."""
    tolerance = 1e-4 if shape >= 0.1 else 1e-3
    return abs(float(got) / true - 1.0) <= tolerance if true > 1e-28 else float(got) <= 2e-28


@pytest.mark.parametrize("shape", SHAPES)
def test_gamma_quantiles_agree_with_scipy_in_both_tails(shape):
    truth = stats.gamma(float(F(shape)))
    for p in TAILS:
        assert close(special.gamma_between(F(shape), p, F(1.0) - p), truth.ppf(float(p)), shape)
        assert close(special.gamma_between(F(shape), F(1.0) - p, p), truth.isf(float(p)), shape)


@pytest.mark.parametrize("a", SHAPES)
@pytest.mark.parametrize("b", SHAPES)
def test_beta_quantiles_agree_with_scipy_in_both_tails(a, b):
    truth = stats.beta(float(F(a)), float(F(b)))
    for p in TAILS:
        assert close(special.beta_between(F(a), F(b), p, F(1.0) - p), truth.ppf(float(p)), min(a, b))
        assert close(special.beta_between(F(a), F(b), F(1.0) - p, p), truth.isf(float(p)), min(a, b))


@pytest.mark.parametrize("shape", [0.3, 2.5, 40.0])
def test_gamma_tails_sum_to_one_and_agree_with_scipy(shape):
    for x in np.geomspace(0.01, 4.0, 41) * shape:
        p, q = special.gamma_tails(F(shape), F(x))
        truth = stats.gamma(float(F(shape)))
        assert abs(float(p) + float(q) - 1.0) <= 1e-6
        assert abs(float(p) - truth.cdf(float(F(x)))) <= 2e-6
        assert abs(float(q) - truth.sf(float(F(x)))) <= 2e-6


def test_tails_outside_the_support_are_exact():
    assert special.gamma_tails(F(2.0), F(-1.0)) == (0.0, 1.0)
    assert special.gamma_tails(F(2.0), F(3e38)) == (1.0, 0.0)
    assert special.beta_tails(F(2.0), F(3.0), F(0.0), F(1.0)) == (0.0, 1.0)
    assert special.beta_tails(F(2.0), F(3.0), F(1.0), F(0.0)) == (1.0, 0.0)


def test_between_goes_from_one_pair_of_tails_to_the_other():
    low, high = (F(0.25), F(0.75)), (F(0.75), F(0.25))
    assert special.between(low, high, F(0.5)) == (0.5, 0.5)
