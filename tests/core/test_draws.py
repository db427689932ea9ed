"""Every family's draw is the (truncated) quantile at its uniform, by SciPy's account, and never leaves its bounds."""

import itertools

import numpy as np
import pytest
from scipy import stats

from offramp.core import draws
from offramp.core.distributions import FAMILIES, Distribution, faults, support

F = np.float32
NONE = draws.UNBOUNDED
UNIFORMS = [F((k + 0.5) / 2**23) for k in (0, 9, 8_000, 800_000, 2_500_000, 2**22, 6_500_000, 8_000_000, 2**23 - 1)]

# family: (SciPy's form, arguments to try, truncations to try)
CONTINUOUS = {
    "Normal": (stats.norm, [(1.0, 2.0), (-0.3, 0.4)], [(0.5, None), (None, 0.5), (-0.4, 3.0)]),
    "LogNormal": (
        lambda median, log_sd: stats.lognorm(log_sd, scale=median),
        [(5.0, 0.7), (0.02, 2.0)],
        [(0.01, None), (None, 6.0), (1.0, 9.0)],
    ),
    "Gamma": (
        lambda shape, rate: stats.gamma(shape, scale=1.0 / rate),
        [(3.0, 6.0), (0.5, 0.2)],
        [(0.3, None), (None, 0.7), (0.2, 0.9)],
    ),
    "Beta": (stats.beta, [(2.0, 5.0), (0.5, 0.5)], [(0.3, None), (None, 0.2), (0.1, 0.6)]),
    "Exponential": (
        lambda rate: stats.expon(scale=1.0 / rate),
        [(0.4,), (0.01,)],
        [(1.0, None), (None, 0.001), (2.0, 2.5)],
    ),
    "Uniform": (lambda low, high: stats.uniform(low, high - low), [(-1.0, 3.0)], []),
}
COUNTS = {
    "Poisson": (stats.poisson, [(0.01,), (0.4,), (5.0,), (64.0,), (65.0,), (4000.0,)]),
    "NegBinomial": (lambda m, r: stats.nbinom(r, r / (r + m)), [(3.0, 0.2), (20.0, 5.0), (1000.0, 2.0), (60.0, 0.05)]),
}


def draw(family, args, low, high, u):
    a, b = (*args, 0.0)[:2]
    bounds = (-NONE if low is None else F(low), NONE if high is None else F(high))
    return draws.draw(FAMILIES[family].code, F(a), F(b), *bounds, u)


def rounded(args):
    """Arguments as the draw sees them."""
    return [float(F(x)) for x in args]


def cases(table):
    return [
        (family, args, bounds)
        for family, (_, every, cuts) in table.items()
        for args in every
        for bounds in [(None, None), *cuts]
    ]


@pytest.mark.parametrize(("family", "args", "bounds"), cases(CONTINUOUS))
def test_continuous_draws_are_truncated_quantiles(family, args, bounds):
    assert faults(Distribution(family, args, *bounds)) == []
    truth = CONTINUOUS[family][0](*rounded(args))
    low, high = (None if x is None else float(F(x)) for x in bounds)
    p0, q0 = (0.0, 1.0) if low is None else (truth.cdf(low), truth.sf(low))
    p1, q1 = (1.0, 0.0) if high is None else (truth.cdf(high), truth.sf(high))
    for u in UNIFORMS:
        p, q = p0 + float(u) * (p1 - p0), q1 + (1.0 - float(u)) * (q0 - q1)
        expected = truth.ppf(p) if p < q else truth.isf(q)
        scale = args[1] if family == "Normal" else abs(expected)
        assert abs(float(draw(family, args, *bounds, u)) - expected) <= 1e-4 * scale


@pytest.mark.parametrize("bounds", [(None, None), (1, None), (None, 3), (1, 30)])
@pytest.mark.parametrize(
    ("family", "args"), [(family, args) for family, (_, every) in COUNTS.items() for args in every]
)
def test_counts_are_truncated_quantiles_within_a_rounding_of_probability(family, args, bounds):
    if faults(Distribution(family, args, *bounds)):
        return  # the bounds leave nothing of this one; the faults have tests of their own
    truth = COUNTS[family][0](*rounded(args))
    start = 0.0 if bounds[0] is None else truth.cdf(bounds[0] - 1)
    stop = 1.0 if bounds[1] is None else truth.cdf(bounds[1])
    for u in UNIFORMS:
        k = float(draw(family, args, *bounds, u))
        target = start + float(u) * (stop - start)
        assert k == int(k)
        assert truth.cdf(k) >= target - 2e-6
        assert k == max(bounds[0] or 0, 0) or truth.cdf(k - 1) <= target + 2e-6


@pytest.mark.parametrize(("family", "args"), [(family, row[1][0]) for family, row in {**CONTINUOUS, **COUNTS}.items()])
def test_draws_rise_with_their_uniform_and_stay_in_the_support(family, args):
    values = [float(draw(family, args, None, None, u)) for u in UNIFORMS]
    low, high = support(family, args)
    assert values == sorted(values)
    assert low <= values[0] <= values[-1] <= high


def test_a_constant_is_its_first_argument_whatever_the_rest():
    assert draws.draw(draws.CONSTANT, F(0.2), F(9.0), F(5.0), F(6.0), F(0.5)) == F(0.2)


def test_bernoulli_happens_where_the_uniform_is_below_p():
    assert [draw("Bernoulli", (0.3,), None, None, F(u)) for u in (0.29, 0.31)] == [1.0, 0.0]
    assert draw("Bernoulli", (1.0,), None, None, UNIFORMS[-1]) == 1.0
    assert draw("Bernoulli", (0.0,), None, None, UNIFORMS[0]) == 0.0


def test_poisson_count_is_the_poisson_quantile_or_one_more_than_the_cap():
    truth = stats.poisson(float(F(1.3)))
    for u in UNIFORMS:
        assert draws.poisson_count(F(1.3), u, 3) == min(truth.ppf(float(u)), 4)


def test_categorical_draws_each_index_over_its_share_of_the_uniforms():
    cumulative = draws.cumulative_weights([1.0, 0.0, 3.0])
    assert cumulative == (1.0, 1.0, 4.0)
    assert [draws.categorical(cumulative, F(u)) for u in (0.01, 0.249, 0.251, 0.999)] == [0.0, 0.0, 2.0, 2.0]
    assert draws.categorical((F(5.0),), UNIFORMS[-1]) == 0.0


def test_draws_are_float32():
    for family, table in {**CONTINUOUS, **COUNTS}.items():
        assert type(draw(family, table[1][0], None, None, F(0.4))) is np.float32


@pytest.mark.parametrize("bounds", [(None, None), (0.2, 0.9), (0, None), (5, 1)])
@pytest.mark.parametrize("family", sorted({**CONTINUOUS, **COUNTS, "Bernoulli": ()}))
@pytest.mark.filterwarnings("error")
def test_arguments_outside_their_domain_still_give_a_number(family, bounds):
    out_of_domain = [-0.5, 0.0, 2.0]
    n_arguments = len(FAMILIES[family].arguments)
    for args in itertools.product(out_of_domain, repeat=n_arguments):
        for u in UNIFORMS[::4]:
            assert np.isfinite(draw(family, args, *bounds, u)), args
