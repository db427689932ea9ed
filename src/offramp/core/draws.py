"""Draw from a distribution by its inverse at one uniform: ``x = F^-1(F(low) + u (F(high) - F(low)))``.

``draw`` serves priors (once per run) and the sizes and delays of effects (once per event) of every family but
``Categorical``, which has ``categorical``.  Untruncated is ``low = -UNBOUNDED, high = UNBOUNDED``.  For valid
arguments (``distributions.faults`` tells) all results lie inside the support and inside ``low .. high``.  Arguments
that a formula takes out of their domain in a run give a finite number all the same: a shape or dispersion is held
within 0.01 .. 10,000, the mean of a count within 0 .. 1e6, a rate and the standard deviation of a truncated draw above
1e-20.

Accuracy: a continuous draw is within 1e-4, relative, of the quantile at its ``u`` (1e-3 for shapes below 0.1; of a
standard deviation for the normal); a count is the smallest k whose distribution function reaches ``u`` up to a float32
rounding of that function (1e-6 in probability), and at most ``MAX_COUNT``.  With 2**23 possible ``u``, what is rarer
than one in ten million does not occur.  Arguments are positional throughout: compiled code has no keyword-only ones.
"""

from collections.abc import Sequence

import numpy as np

from offramp.core.arithmetic import clip32, exp32, log32, maximum32, minimum32, normal_quantile
from offramp.core.bits import floor_float, select
from offramp.core.special import (
    beta_between,
    beta_tails,
    between,
    gamma_between,
    gamma_tails,
    normal_between,
    normal_tails,
)

# Family codes. CONSTANT, whose first argument is the value, lets tables of effect sizes hold plain numbers.
CONSTANT = 0
UNIFORM = 1
NORMAL = 2
LOGNORMAL = 3
EXPONENTIAL = 4
GAMMA = 5
BETA = 6
POISSON = 7
NEGBINOMIAL = 8
BERNOULLI = 9

UNBOUNDED = np.float32(3.0e38)
"""Stands for an infinite bound: the engines know no infinity."""

MAX_COUNT = np.float32(8388608.0)
"""The largest count that is drawn, 2**23."""

_ZERO, _HALF, _ONE, _TWO = map(np.float32, (0.0, 0.5, 1.0, 2.0))
_Z_LIMIT = np.float32(13.0)
_EXP_LIMIT = np.float32(80.0)
_SHORT = np.float32(0.01)
_LARGEST = np.float32(1e30)
_WALK_SD = np.float32(64.0)  # counts with mean and standard deviation up to this are found by adding probabilities
_SMALLEST = np.float32(1e-20)  # of a rate and of a standard deviation
LEAST_SHAPE, MOST_SHAPE = np.float32(0.01), np.float32(10_000.0)
_MOST_MEAN = np.float32(1e6)  # of a count
_NEGLIGIBLE = np.float32(1e-9)
_BISECTIONS = 24


def draw(family: int, a: np.float32, b: np.float32, low: np.float32, high: np.float32, u: np.float32) -> np.float32:
    """Draw from a family at one uniform.

    Parameters
    ----------
    family : a code of this module
    a, b : arguments in the order of ``distributions.FAMILIES``; ``b`` is ignored by families of one argument
    low, high : truncation; ``-UNBOUNDED`` and ``UNBOUNDED`` for none
    u : inside (0, 1), from ``noise.uniform``
    """
    if family <= EXPONENTIAL:
        return _draw_closed(family, a, b, low, high, u)
    if family == GAMMA:
        return truncated_gamma(a, b, low, high, u)
    if family == BETA:
        return truncated_beta(a, b, low, high, u)
    if family == BERNOULLI:
        return clip32(bernoulli(a, u), low, high)
    dispersion = select(family == POISSON, _ZERO, clip32(b, LEAST_SHAPE, MOST_SHAPE))
    return truncated_count(a, dispersion, low, high, u)


def _draw_closed(
    family: int, a: np.float32, b: np.float32, low: np.float32, high: np.float32, u: np.float32
) -> np.float32:
    """Draw from a family whose quantile has a closed form."""
    if family == CONSTANT:
        return a
    if family == UNIFORM:
        return uniform_between(maximum32(a, low), minimum32(b, high), u)
    if family == EXPONENTIAL:
        return truncated_exponential(a, low, high, u)
    if low <= -UNBOUNDED and high >= UNBOUNDED:
        return select(family == NORMAL, a + b * normal_quantile(u), lognormal(a, b, u))
    if family == NORMAL:
        return truncated_normal(a, b, low, high, u)
    return truncated_lognormal(a, b, low, high, u)


def uniform_between(low: np.float32, high: np.float32, u: np.float32) -> np.float32:
    """Draw uniformly from ``low .. high``."""
    return low + (high - low) * u


def lognormal(median: np.float32, log_sd: np.float32, u: np.float32) -> np.float32:
    """Draw from a log-normal distribution."""
    return median * exp32(log_sd * normal_quantile(u))


def bernoulli(p: np.float32, u: np.float32) -> np.float32:
    """Draw 1 if ``u < p``, else 0."""
    return select(u < p, _ONE, _ZERO)


def truncated_normal(mean: np.float32, sd: np.float32, low: np.float32, high: np.float32, u: np.float32) -> np.float32:
    """Draw from a normal distribution inside ``low .. high``."""
    sd = maximum32(sd, _SMALLEST)
    p, q = between(normal_tails(_standardise(low, mean, sd)), normal_tails(_standardise(high, mean, sd)), u)
    return clip32(mean + sd * normal_between(p, q), low, high)


def truncated_lognormal(
    median: np.float32, log_sd: np.float32, low: np.float32, high: np.float32, u: np.float32
) -> np.float32:
    """Draw from a log-normal distribution inside ``low .. high``."""
    log_median = log32(median)
    log_low = select(low > _ZERO, log32(low) - log_median, -UNBOUNDED)
    log_high = select(high < UNBOUNDED, log32(high) - log_median, UNBOUNDED)
    return clip32(median * exp32(truncated_normal(_ZERO, log_sd, log_low, log_high, u)), low, high)


def truncated_exponential(rate: np.float32, low: np.float32, high: np.float32, u: np.float32) -> np.float32:
    """Draw from an exponential distribution inside ``low .. high``: its start shifts, only the width matters."""
    rate = maximum32(rate, _SMALLEST)
    start = maximum32(low, _ZERO)
    width = minimum32(high - start, _EXP_LIMIT / rate)
    reach = rate * width
    share = _ONE - exp32(-reach)
    # Over a short stretch both logarithm and share would cancel; there a parabola is exact to reach**2 / 12.
    x = select(reach < _SHORT, width * u * (_ONE - _HALF * reach * (_ONE - u)), -log32(_ONE - u * share) / rate)
    return start + minimum32(x, width)


def truncated_gamma(
    shape: np.float32, rate: np.float32, low: np.float32, high: np.float32, u: np.float32
) -> np.float32:
    """Draw from a gamma distribution inside ``low .. high``."""
    shape = clip32(shape, LEAST_SHAPE, MOST_SHAPE)
    rate = maximum32(rate, _SMALLEST)
    if low <= _ZERO and high >= UNBOUNDED:
        return gamma_between(shape, u, _ONE - u) / rate
    low_tails = gamma_tails(shape, clip32(low, _ZERO, _LARGEST) * rate)
    high_tails = gamma_tails(shape, clip32(high, _ZERO, _LARGEST) * rate)
    p, q = between(low_tails, high_tails, u)
    return clip32(gamma_between(shape, p, q) / rate, low, high)


def truncated_beta(a: np.float32, b: np.float32, low: np.float32, high: np.float32, u: np.float32) -> np.float32:
    """Draw from a beta distribution inside ``low .. high``."""
    a = clip32(a, LEAST_SHAPE, MOST_SHAPE)
    b = clip32(b, LEAST_SHAPE, MOST_SHAPE)
    low = clip32(low, _ZERO, _ONE)
    high = clip32(high, _ZERO, _ONE)
    p, q = between(beta_tails(a, b, low, _ONE - low), beta_tails(a, b, high, _ONE - high), u)
    return clip32(beta_between(a, b, p, q), low, high)


def truncated_count(
    mean: np.float32, dispersion: np.float32, low: np.float32, high: np.float32, u: np.float32
) -> np.float32:
    """Draw a Poisson (dispersion 0) or negative binomial count inside ``low .. high``."""
    mean = clip32(mean, _ZERO, _MOST_MEAN)
    first = maximum32(-floor_float(-maximum32(low, _ZERO)), _ZERO)
    last = floor_float(minimum32(high, MAX_COUNT))
    spread = select(dispersion > _ZERO, mean / maximum32(dispersion, _ONE / _LARGEST), _ZERO)
    if mean <= _WALK_SD and mean * (_ONE + spread) <= _WALK_SD * _WALK_SD:
        return _count_by_adding(mean, dispersion, first, last, u)
    return _count_by_halving(mean, dispersion, first, last, u)


def poisson_count(rate: np.float32, u: np.float32, max_count: int) -> np.float32:
    """Count a day's events: the Poisson quantile at ``u``, or ``max_count + 1`` where it lies beyond ``max_count``."""
    count = _ZERO
    k = _ZERO
    probability = exp32(-rate)
    total = probability
    for _ in range(max_count + 1):
        k = k + _ONE
        count = select(u > total, k, count)
        probability = probability * rate / k
        total = total + probability
    return count


def cumulative_weights(weights: Sequence[float]) -> tuple[np.float32, ...]:
    """Add up the weights of a categorical distribution, in float64, for ``categorical``."""
    return tuple(np.float32(total) for total in np.cumsum(np.asarray(weights, dtype=np.float64)))


def categorical(cumulative: Sequence[np.float32], u: np.float32) -> np.float32:
    """Draw the index of an alternative.

    Parameters
    ----------
    cumulative : running totals of the weights (``cumulative_weights``), at least one
    """
    n = len(cumulative)
    target = u * cumulative[n - 1]
    index = _ZERO
    for i in range(n - 1):
        index = index + select(cumulative[i] <= target, _ONE, _ZERO)
    return index


def _standardise(x: np.float32, mean: np.float32, sd: np.float32) -> np.float32:
    """Express a bound in standard deviations from the mean, at most 13: beyond is nothing."""
    reach = _Z_LIMIT * sd
    return clip32(x - mean, -reach, reach) / sd


def _count_by_adding(
    mean: np.float32, dispersion: np.float32, first: np.float32, last: np.float32, u: np.float32
) -> np.float32:
    """Walk up from zero; the probabilities obey Panjer's recursion ``f(k+1) = f(k) (alpha + beta k) / (k + 1)``.

    Source: panjer1981 (the Poisson and negative binomial members of its class)
    """
    alpha = mean
    beta = _ZERO
    term = exp32(-mean)
    if dispersion > _ZERO:
        beta = mean / (dispersion + mean)
        alpha = dispersion * beta
        term = exp32(dispersion * log32(dispersion / (dispersion + mean)))
    k = _ZERO
    while k < first:
        term = term * ((alpha + beta * k) / (k + _ONE))
        k = k + _ONE
    target = u
    if first > _ZERO or last < MAX_COUNT:
        target = u * _mass_from(k, term, alpha, beta, last)
    total = term
    while total < target and k < last and (k < mean or term > _NEGLIGIBLE * total):
        term = term * ((alpha + beta * k) / (k + _ONE))
        total = total + term
        k = k + _ONE
    return k


def _mass_from(k: np.float32, term: np.float32, alpha: np.float32, beta: np.float32, last: np.float32) -> np.float32:
    """Sum the probabilities of ``k .. last``, of which that of ``k`` is ``term``."""
    total = term
    ratio = (alpha + beta * k) / (k + _ONE)
    while k < last and (ratio >= _ONE or term > _NEGLIGIBLE * total):
        term = term * ratio
        total = total + term
        k = k + _ONE
        ratio = (alpha + beta * k) / (k + _ONE)
    return total


def _count_by_halving(
    mean: np.float32, dispersion: np.float32, first: np.float32, last: np.float32, u: np.float32
) -> np.float32:
    """Bisect for the smallest count whose distribution function reaches the target."""
    p, q = between(_count_tails(mean, dispersion, first - _ONE), _count_tails(mean, dispersion, last), u)
    below = first - _ONE
    above = last
    for _ in range(_BISECTIONS):
        if above - below > _ONE:
            middle = floor_float((below + above) * _HALF)
            lower, upper = _count_tails(mean, dispersion, middle)
            is_reached = select(p <= q, lower >= p, upper <= q)
            above = select(is_reached, middle, above)
            below = select(is_reached, below, middle)
    return above


def _count_tails(mean: np.float32, dispersion: np.float32, k: np.float32) -> tuple[np.float32, np.float32]:
    """Probabilities of at most ``k`` and of more."""
    if k < _ZERO:
        return _ZERO, _ONE
    if dispersion > _ZERO:
        n = dispersion + mean
        return beta_tails(dispersion, k + _ONE, dispersion / n, mean / n)
    more, at_most = gamma_tails(k + _ONE, mean)
    return at_most, more
