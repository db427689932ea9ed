"""The table of families: validity in words, supports, and means against SciPy."""

import math

import numpy as np
import pytest
from scipy import stats

from offramp.core.distributions import FAMILIES, Distribution, faults, mass, mean, support

VALID = {
    "Normal": (0.0, 1.0), "LogNormal": (2.0, 0.5), "Gamma": (3.0, 6.0), "Beta": (2.0, 5.0), "Exponential": (0.1,),
    "Uniform": (-1.0, 1.0), "Poisson": (0.4,), "NegBinomial": (3.0, 0.5), "Bernoulli": (0.3,),
    "Categorical": (1.0, 2.0),
}  # fmt: skip


def test_every_family_has_a_valid_example_here():
    assert VALID.keys() == FAMILIES.keys()
    assert all(faults(Distribution(family, args)) == [] for family, args in VALID.items())


@pytest.mark.parametrize(
    ("family", "args", "says"),
    [
        ("Normal", (0.0, 0.0), "sd of Normal is `0`; it must be above 0."),
        ("LogNormal", (-1.0, 1.0), "median of LogNormal is `-1`; it must be above 0."),
        ("Gamma", (3.0,), "Gamma takes shape, rate: 2 numbers, not 1."),
        ("Beta", (1.0, math.nan), "b of Beta is `nan`; it must be between 0.01 and 10,000."),
        ("Bernoulli", (1.5,), "p of Bernoulli is `1.5`; it must be between 0 and 1."),
        ("Uniform", (1.0, 1.0), "low of Uniform is `1`; it must be below its high, `1`."),
        ("Poisson", (2e4,), "mean of Poisson is `20000`; it must be above 0 and at most 10,000."),
        ("Categorical", (0.0, 0.0), "The weights of Categorical sum to 0; at least one must be above 0."),
        ("Categorical", (), "Categorical takes weight: 1 numbers, not 0."),
    ],
)
def test_a_faulty_argument_is_named_with_its_rule(family, args, says):
    assert faults(Distribution(family, args)) == [says]


@pytest.mark.parametrize(
    ("family", "args", "low", "high", "says"),
    [
        ("Normal", (0.0, 1.0), 2.0, 1.0, "must be below high="),
        ("Normal", (0.0, 1.0), 6.0, None, "at least 1e-06 must be left"),
        ("Poisson", (0.4,), 0.2, 0.8, "a probability of 0"),
        ("Uniform", (0.0, 1.0), 0.5, None, "takes no low= or high="),
    ],
)
def test_a_faulty_truncation_is_explained(family, args, low, high, says):
    [sentence] = faults(Distribution(family, args, low, high))
    assert says in sentence


def test_supports_by_hand():
    assert support("Normal", (0.0, 1.0)) == (-math.inf, math.inf)
    assert support("Normal", (0.0, 1.0), -1.0, None) == (-1.0, math.inf)
    assert support("Uniform", (-1.0, 1.0)) == (-1.0, 1.0)
    assert support("Gamma", (1.0, 1.0), -3.0, 2.0) == (0.0, 2.0)
    assert support("Poisson", (1.0,), 0.5, 3.5) == (1.0, 3.0)
    assert support("Categorical", (1.0, 1.0, 1.0)) == (0.0, 2.0)
    assert support("Bernoulli", (0.3,)) == (0.0, 1.0)


FROZEN = {
    "Normal": stats.norm,
    "LogNormal": lambda a, b: stats.lognorm(b, scale=a),
    "Gamma": lambda a, b: stats.gamma(a, scale=1 / b),
    "Beta": stats.beta,
    "Exponential": lambda a: stats.expon(scale=1 / a),
    "Poisson": stats.poisson,
    "NegBinomial": lambda m, r: stats.nbinom(r, r / (r + m)),
    "Bernoulli": stats.bernoulli,
    "Uniform": lambda a, b: stats.uniform(a, b - a),
}


@pytest.mark.parametrize("family", FROZEN)
def test_untruncated_means_agree_with_scipy(family):
    assert mean(family, VALID[family]) == pytest.approx(FROZEN[family](*VALID[family]).mean(), rel=1e-12)


def test_the_mean_of_a_categorical_is_that_of_its_indices():
    assert mean("Categorical", (1.0, 2.0, 1.0)) == 1.0


@pytest.mark.parametrize("family", [name for name in FROZEN if name not in {"Bernoulli", "Uniform"}])
def test_the_printed_formula_of_each_mean_gives_the_mean(family):
    names = dict(zip([name for name, _ in FAMILIES[family].arguments], VALID[family], strict=True))
    assert eval(FAMILIES[family].mean, {"exp": math.exp, **names}) == pytest.approx(mean(family, VALID[family]))


@pytest.mark.parametrize(
    ("family", "args", "low", "high"),
    [
        ("Normal", (1.0, 2.0), 0.0, None), ("Normal", (0.0, 1.0), -4.5, -4.0), ("LogNormal", (5.0, 2.0), 1.0, None),
        ("LogNormal", (5.0, 0.7), None, 10.0), ("Gamma", (3.0, 6.0), 0.1, 1.0), ("Gamma", (0.05, 6.0), None, 1.0),
        ("Gamma", (5000.0, 6.0), None, 830.0), ("Exponential", (2.0,), 1.0, None), ("Beta", (2.0, 5.0), 0.1, 0.4),
        ("Beta", (0.05, 0.5), 0.1, None),
    ],
)  # fmt: skip
def test_truncated_means_and_masses_agree_with_numerical_integration(family, args, low, high):
    truth = FROZEN[family](*args)
    start, stop = support(family, args, low, high)
    expected_mass = truth.cdf(stop) - truth.cdf(start)
    assert mass(family, args, low, high) == pytest.approx(expected_mass, rel=1e-6)
    first_moment = truth.expect(lambda x: x, lb=start, ub=stop)
    assert mean(family, args, low, high) == pytest.approx(first_moment / expected_mass, rel=1e-6)


@pytest.mark.parametrize(
    ("family", "args", "low", "high"),
    [("Poisson", (0.4,), 1, None), ("Poisson", (4000.0,), 4100, None), ("NegBinomial", (20.0, 5.0), None, 30)],
)
def test_truncated_means_and_masses_of_counts_agree_with_sums(family, args, low, high):
    k = np.arange(low or 0, 10_000 if high is None else high + 1)
    p = FROZEN[family](*args).pmf(k)
    assert mass(family, args, low, high) == pytest.approx(p.sum(), rel=1e-9)
    assert mean(family, args, low, high) == pytest.approx((k * p).sum() / p.sum(), rel=1e-9)
