"""The families of distributions that a scenario may name: arguments, validity, support and mean, in float64.

``FAMILIES`` is the one table; ``check``, lowering and the documentation read it.  Drawing is ``draws``, in float32.

    Normal(mean, sd)   LogNormal(median, log_sd)   Gamma(shape, rate)   Beta(a, b)   Exponential(rate)
    Uniform(low, high)   Poisson(mean)   NegBinomial(mean, dispersion)   Bernoulli(p)   Categorical(w1, w2, ...)

The variance of ``NegBinomial`` is ``mean + mean**2 / dispersion``.  ``Categorical`` takes one weight per alternative
and yields its index.  Truncation (``low=``, ``high=``, both inclusive) renormalises what lies between; families whose
arguments already bound them have none.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from offramp.core import draws

Rule = Literal["any", "positive", "shape", "count_mean", "probability", "weight"]

RULES: dict[Rule, tuple[str, Callable[[float], bool]]] = {
    "any": ("a number", lambda x: abs(x) < 1e30),
    "positive": ("above 0", lambda x: 1e-20 < x < 1e20),
    "shape": ("between 0.01 and 10,000", lambda x: 0.01 <= x <= 10_000.0),
    "count_mean": ("above 0 and at most 10,000", lambda x: 0.0 < x <= 10_000.0),
    "probability": ("between 0 and 1", lambda x: 0.0 <= x <= 1.0),
    "weight": ("0 or more", lambda x: 0.0 <= x < 1e20),
}
"""Words and test of each validity rule of an argument."""

MIN_MASS = 1e-6
"""The least probability that truncation may leave: below it float32 draws would be coarse."""


@dataclass(frozen=True)
class Family:
    """What a scenario may say about one family of distributions.

    Attributes
    ----------
    code : of ``draws.draw``; None for ``Categorical``, which has ``draws.categorical``
    arguments : (name, rule) in order; the one of ``Categorical`` repeats
    mean : formula of the untruncated mean, in the expression language, over the arguments' names
    is_count : whether all values are non-negative whole numbers
    can_truncate : whether ``low=`` and ``high=`` are allowed
    meaning : one line for the reference
    """

    code: int | None
    arguments: tuple[tuple[str, Rule], ...]
    mean: str
    is_count: bool
    can_truncate: bool
    meaning: str


FAMILIES: dict[str, Family] = {
    "Normal": Family(
        draws.NORMAL, (("mean", "any"), ("sd", "positive")), "mean", False, True,
        "bell curve with a mean and a standard deviation",
    ),
    "LogNormal": Family(
        draws.LOGNORMAL, (("median", "positive"), ("log_sd", "positive")), "median * exp(log_sd * log_sd / 2)",
        False, True, "positive, skewed; its logarithm is normal with standard deviation log_sd",
    ),
    "Gamma": Family(
        draws.GAMMA, (("shape", "shape"), ("rate", "positive")), "shape / rate", False, True,
        "positive; mean shape / rate, coefficient of variation 1 / sqrt(shape)",
    ),
    "Beta": Family(
        draws.BETA, (("a", "shape"), ("b", "shape")), "a / (a + b)", False, True,
        "between 0 and 1; as if a successes and b failures had been seen",
    ),
    "Exponential": Family(
        draws.EXPONENTIAL, (("rate", "positive"),), "1 / rate", False, True, "waiting time of events with a rate"
    ),
    "Uniform": Family(
        draws.UNIFORM, (("low", "any"), ("high", "any")), "(low + high) / 2", False, False,
        "any value between two bounds alike",
    ),
    "Poisson": Family(
        draws.POISSON, (("mean", "count_mean"),), "mean", True, True, "count of independent events"
    ),
    "NegBinomial": Family(
        draws.NEGBINOMIAL, (("mean", "count_mean"), ("dispersion", "shape")), "mean", True, True,
        "count with variance mean + mean**2 / dispersion",
    ),
    "Bernoulli": Family(
        draws.BERNOULLI, (("p", "probability"),), "p", True, False, "1 with probability p, else 0"
    ),
    "Categorical": Family(
        None, (("weight", "weight"),), "", True, False, "index of an alternative, in proportion to its weight"
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Distribution:
    """A distribution with its arguments; truncated where ``low`` or ``high`` is given.

    Attributes
    ----------
    family : a key of ``FAMILIES``
    args : in the order of the family's arguments
    low, high : inclusive bounds, or None
    """

    family: str
    args: tuple[float, ...]
    low: float | None = None
    high: float | None = None


def faults(distribution: Distribution) -> list[str]:
    """Say in sentences what is wrong with a distribution; an empty list means that it can be drawn from."""
    family = FAMILIES[distribution.family]
    args = distribution.args
    rules = family.arguments * (len(args) if distribution.family == "Categorical" else 1)
    if len(args) != len(rules) or not args:
        names = ", ".join(name for name, _ in family.arguments)
        return [f"{distribution.family} takes {names}: {len(family.arguments)} numbers, not {len(args)}."]
    found = [
        f"{name} of {distribution.family} is `{value:g}`; it must be {RULES[rule][0]}."
        for value, (name, rule) in zip(args, rules, strict=True)
        if not RULES[rule][1](value)
    ]
    if distribution.family == "Uniform" and not args[0] < args[1]:
        found.append(f"low of Uniform is `{args[0]:g}`; it must be below its high, `{args[1]:g}`.")
    if distribution.family == "Categorical" and not sum(args) > 0.0:
        found.append("The weights of Categorical sum to 0; at least one must be above 0.")
    return found or _truncation_faults(distribution)


def _truncation_faults(distribution: Distribution) -> list[str]:
    low, high = distribution.low, distribution.high
    if low is None and high is None:
        return []
    if not FAMILIES[distribution.family].can_truncate:
        return [f"{distribution.family} is bounded by its arguments; it takes no low= or high= besides."]
    if low is not None and high is not None and not low < high:
        return [f"low= is `{low:g}`; it must be below high=, `{high:g}`."]
    left = mass(distribution.family, distribution.args, low, high)
    if left < MIN_MASS:
        return [
            f"The bounds leave {distribution.family} a probability of {left:.1g}; at least {MIN_MASS:g} must be left."
        ]
    return []


def support(
    family: str, args: tuple[float, ...], low: float | None = None, high: float | None = None
) -> tuple[float, float]:
    """Find the least and the greatest value that can be drawn; infinite where there is none.

    Families of positive numbers report 0 as their least value.
    """
    bounds = {
        "Normal": (-math.inf, math.inf),
        "Uniform": (args[0], args[-1]),
        "Beta": (0.0, 1.0),
        "Bernoulli": (0.0, 1.0),
        "Categorical": (0.0, len(args) - 1.0),
    }
    least, greatest = bounds.get(family, (0.0, math.inf))
    if low is not None:
        least = max(least, math.ceil(low) if FAMILIES[family].is_count else low)
    if high is not None:
        greatest = min(greatest, math.floor(high) if FAMILIES[family].is_count else high)
    return least, greatest


def mean(family: str, args: tuple[float, ...], low: float | None = None, high: float | None = None) -> float:
    """Compute the mean, to a relative accuracy of about 1e-6; truncated forms by quadrature or summation."""
    if family == "Categorical":
        return sum(i * weight for i, weight in enumerate(args)) / sum(args)
    if low is None and high is None:
        return _PLAIN_MEAN[family](*args)
    values, weights = _grid(family, args, *support(family, args, low, high))
    return float(np.sum(values * weights) / np.sum(weights))


def mass(family: str, args: tuple[float, ...], low: float | None = None, high: float | None = None) -> float:
    """Compute the probability that an untruncated draw lies inside ``low .. high``, to about 1e-6."""
    if low is None and high is None:
        return 1.0
    _, weights = _grid(family, args, *support(family, args, low, high))
    return float(np.sum(weights))


_PLAIN_MEAN: dict[str, Callable[..., float]] = {
    "Normal": lambda mean, _sd: mean,
    "LogNormal": lambda median, log_sd: median * math.exp(log_sd * log_sd / 2.0),
    "Gamma": lambda shape, rate: shape / rate,
    "Beta": lambda a, b: a / (a + b),
    "Exponential": lambda rate: 1.0 / rate,
    "Uniform": lambda low, high: (low + high) / 2.0,
    "Poisson": lambda mean: mean,
    "NegBinomial": lambda mean, _dispersion: mean,
    "Bernoulli": lambda p: p,
}

_Array = NDArray[np.float64]
_REACH = 40.0  # standard deviations, or powers of e, beyond which nothing is left
_SINGLY = 4_096  # counts
_STEPS_PER_SD = 1_000
_PANELS = 64
_NODES, _NODE_WEIGHTS = np.polynomial.legendre.leggauss(32)


def _grid(family: str, args: tuple[float, ...], low: float, high: float) -> tuple[_Array, _Array]:
    """List values between two bounds with the probability that each stands for."""
    if low > high:
        return np.zeros(1), np.zeros(1)
    if FAMILIES[family].is_count:
        return _count_grid(family, args, low, high)
    to_y, from_y, log_density, (first, last) = _COORDINATES[family](*args)
    start = max(first, to_y(low)) if math.isfinite(low) else first
    stop = min(last, to_y(high)) if math.isfinite(high) else last
    if not start < stop:
        return np.zeros(1), np.zeros(1)
    edges = np.linspace(start, stop, _PANELS + 1)
    half = (edges[1:] - edges[:-1])[:, None] / 2.0
    y = edges[:-1, None] + half * (1.0 + _NODES)
    with np.errstate(over="ignore"):  # what is too large to be a number has hardly any probability
        return from_y(y), half * _NODE_WEIGHTS * np.exp(log_density(y))


def _count_grid(family: str, args: tuple[float, ...], low: float, high: float) -> tuple[_Array, _Array]:
    """List counts with their probabilities, as far as they matter; of a long tail, the middles of equal blocks."""
    mu = args[0]
    dispersion = args[1] if family == "NegBinomial" else math.inf
    sd = math.sqrt(mu + mu * mu / dispersion)
    low, high = max(low, math.floor(mu - _REACH * sd - _REACH)), min(high, math.ceil(mu + _REACH * sd + _REACH))
    if low > high:
        return np.zeros(1), np.zeros(1)
    k, width = _blocks(low, high, max(1.0, math.floor(sd / _STEPS_PER_SD)))
    log_factorials = np.array([math.lgamma(value + 1.0) for value in k])
    if family == "Poisson":
        return k, width * np.exp(k * math.log(mu) - mu - log_factorials)
    r = dispersion
    rising = np.array([math.lgamma(value + r) for value in k]) - math.lgamma(r)
    return k, width * np.exp(rising - log_factorials + k * math.log(mu / (r + mu)) - r * math.log1p(mu / r))


def _blocks(low: float, high: float, step: float) -> tuple[_Array, _Array]:
    """Cut low..high into counts taken singly, as small ones can differ much, then blocks: their middles and widths."""
    starts = np.arange(low, min(low + _SINGLY, high + 1.0))
    rest = np.arange(low + _SINGLY, high + 1.0, step)
    widths = np.minimum(step, high + 1.0 - rest)
    return np.append(starts, rest + (widths - 1.0) / 2.0), np.append(np.ones_like(starts), widths)


# For each continuous family: the coordinate y in which it is smooth and has both tails light, its inverse, the
# logarithm of the density with respect to y, and the stretch of y that holds all but 1e-16 of it.
_Coordinate = tuple[
    Callable[[float], float], Callable[[_Array], _Array], Callable[[_Array], _Array], tuple[float, float]
]


def _log_or_below(x: float) -> float:
    return math.log(x) if x > 0.0 else -math.inf


def _normal_coordinate(mean: float, sd: float) -> _Coordinate:
    return (
        lambda x: (x - mean) / sd,
        lambda y: mean + sd * y,
        lambda y: -0.5 * y * y - 0.5 * math.log(2.0 * math.pi),
        (-9.0, 9.0),
    )


def _lognormal_coordinate(median: float, log_sd: float) -> _Coordinate:
    # The mean weighs the upper tail by exp(log_sd y), hence a longer stretch there.
    return (
        lambda x: (_log_or_below(x) - math.log(median)) / log_sd,
        lambda y: median * np.exp(log_sd * y),
        lambda y: -0.5 * y * y - 0.5 * math.log(2.0 * math.pi),
        (-9.0, 9.0 + log_sd),
    )


def _gamma_coordinate(shape: float, rate: float) -> _Coordinate:
    centre = math.log(shape)
    spread = 1.0 / math.sqrt(shape)
    stop = math.log(shape + 9.0 * math.sqrt(shape) + _REACH)
    return (
        lambda x: _log_or_below(x * rate),
        lambda y: np.exp(y) / rate,
        lambda y: shape * y - np.exp(y) - math.lgamma(shape),
        (centre - 9.0 * spread - _REACH / shape, stop),
    )


def _beta_coordinate(a: float, b: float) -> _Coordinate:
    centre = math.log(a / b)
    spread = math.sqrt(1.0 / a + 1.0 / b)
    log_beta = math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
    return (
        lambda x: _log_or_below(x) - _log_or_below(1.0 - x) if x < 1.0 else math.inf,
        lambda y: np.exp(-np.logaddexp(0.0, -y)),
        lambda y: -a * np.logaddexp(0.0, -y) - b * np.logaddexp(0.0, y) - log_beta,
        (centre - 9.0 * spread - _REACH / a, centre + 9.0 * spread + _REACH / b),
    )


_COORDINATES: dict[str, Callable[..., _Coordinate]] = {
    "Normal": _normal_coordinate,
    "LogNormal": _lognormal_coordinate,
    "Gamma": _gamma_coordinate,
    "Exponential": lambda rate: _gamma_coordinate(1.0, rate),
    "Beta": _beta_coordinate,
}
