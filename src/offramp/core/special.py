"""Float32 distribution functions and quantiles of the normal, gamma and beta distributions, both tails at once.

A distribution function near 1 has no digits left in float32, so everything here works with the *pair* of lower and
upper tail ``(p, q)``, ``p + q = 1``, each accurate where it is the small one.  Quantiles take such a pair and solve for
the smaller tail.  Quantiles of the gamma and beta distributions are Newton iterations on the logarithm of that tail
against ``log x`` (gamma) or ``logit x`` (beta): there both tails are log-concave, so the iteration cannot diverge.

Accuracy (held by ``tests/core/test_special.py``): normal tails 2e-5, relative, and its quantile 1e-5, absolute; gamma
and beta quantiles 1e-4, relative, where they exceed 1e-28 (1e-3 for shapes below 0.1); shapes of 0.01 .. 10,000.
Loops stop early once converged, so these functions do not vectorise; nothing in a daily loop over lanes needs them.
"""

import numpy as np

from offramp.core.arithmetic import abs32, clip32, exp32, log32, logistic, maximum32, minimum32, normal_quantile, sqrt32
from offramp.core.bits import select

_ZERO, _HALF, _ONE, _TWO, _THREE, _EIGHT, _NINE = map(np.float32, (0.0, 0.5, 1.0, 2.0, 3.0, 8.0, 9.0))
_SQRT_HALF = np.float32(0.70710678118654752)
_INVERSE_2PI = np.float32(0.15915494309189534)
_SMALLEST = np.float32(1e-30)  # stands for zero in logarithms and divisors
_LARGEST = np.float32(1e30)
_TAIL_END = np.float32(12.6)  # beyond it a normal tail is below e**-80 and counts as 0
_DEEP = np.float32(1.0e-6)  # below this tail probability the quantile uses its own polynomial
_DEEP_CENTRE = np.float32(8.5)
_CONVERGED = np.float32(3e-7)
STEP_DONE = np.float32(2e-6)
_LOG_LIMIT = np.float32(69.0)  # |log x|, |logit x| of a quantile
_SMALL_ROOT = np.float32(0.05)
LONGEST_STEP = np.float32(20.0)
MAX_TERMS = 1000
MAX_STEPS = 16


def _floats(*values: float) -> tuple[np.float32, ...]:
    return tuple(np.float32(value) for value in values)


# Complementary error function (cephes, erfcf): x below 1; 1 .. 2; above 2, the latter two in 1 / x**2.
_ERF = _floats(
    7.853861353153693e-5, -8.010193625184903e-4, 5.188327685732524e-3, -2.685381193529856e-2,
    1.128358514861418e-1, -3.761262582423300e-1, 1.128379165726710e0,
)  # fmt: skip
_ERFC_NEAR = _floats(
    2.326819970068386e-2, -1.387039388740657e-1, 3.687424674597105e-1, -5.824733027278666e-1, 6.210004621745983e-1,
    -4.944515323274145e-1, 3.404879937665872e-1, -2.741127028184656e-1, 5.638259427386472e-1,
)  # fmt: skip
_ERFC_FAR = _floats(
    0.0, -1.047766399936249e1, 1.297719955372516e1, -7.495518717768503e0, 2.921019019210786e0,
    -1.015265279202700e0, 4.218463358204948e-1, -2.820767439740514e-1, 5.641895067754075e-1,
)  # fmt: skip
# Our own fit of the normal quantile as a polynomial in sqrt(-2 log p) - 8.5 for tails of 1e-30 .. 1.2e-6:
# Chebyshev interpolation in degree 6, largest error 8.7e-6.
_DEEP_TAIL = _floats(
    -3.5482196381e-07, 3.3858252664e-06, -2.6765994335e-05, 2.6627042098e-04,
    -2.7540107258e-03, 1.0296572447e00, 8.1357507706e00,
)  # fmt: skip
_STIRLING = _floats(1.0 / 1260.0, -1.0 / 360.0, 1.0 / 12.0)


def between(
    low: tuple[np.float32, np.float32], high: tuple[np.float32, np.float32], u: np.float32
) -> tuple[np.float32, np.float32]:
    """Go the fraction ``u`` of the way from one pair of tails to a higher one: the renormalised inverse CDF."""
    p = low[0] + u * (high[0] - low[0])
    q = high[1] + (_ONE - u) * (low[1] - high[1])
    return p, q


def normal_tails(z: np.float32) -> tuple[np.float32, np.float32]:
    """Split the standard normal distribution at ``z`` into its lower and upper tail. Source: cephes, erfcf."""
    distance = minimum32(abs32(z), _TAIL_END)
    x = distance * _SQRT_HALF
    square = x * x
    erf = _ERF[0]
    for i in range(1, 7):
        erf = erf * square + _ERF[i]
    inverse = _ONE / maximum32(x, _HALF)
    near = x < _TWO
    t = inverse * inverse
    erfc = select(near, _ERFC_NEAR[0], _ERFC_FAR[0])
    for i in range(1, 9):
        erfc = erfc * t + select(near, _ERFC_NEAR[i], _ERFC_FAR[i])
    tail = _HALF * select(x < _ONE, _ONE - x * erf, exp32(-square) * inverse * erfc)
    tail = select(distance < _TAIL_END, tail, _ZERO)
    return select(z < _ZERO, tail, _ONE - tail), select(z < _ZERO, _ONE - tail, tail)


def normal_between(p: np.float32, q: np.float32) -> np.float32:
    """Find the standard normal quantile of a pair of tails, also far out (tails from 1e-30 on)."""
    tail = maximum32(minimum32(p, q), _SMALLEST)
    s = sqrt32(-_TWO * log32(tail)) - _DEEP_CENTRE
    c0, c1, c2, c3, c4, c5, c6 = _DEEP_TAIL
    deep = (((((c0 * s + c1) * s + c2) * s + c3) * s + c4) * s + c5) * s + c6
    z = select(tail < _DEEP, deep, -normal_quantile(maximum32(tail, _DEEP)))
    return select(p < q, -z, z)


def gamma_tails(shape: np.float32, x: np.float32) -> tuple[np.float32, np.float32]:
    """Split the gamma distribution of rate 1 at ``x`` into its lower and upper tail.

    Source: dlmf, 8.7.1 (series below shape + 1) and 8.9.2 contracted (fraction above, by modified Lentz iteration)
    """
    if x <= _ZERO:
        return _ZERO, _ONE
    x = minimum32(x, _LARGEST)
    density = exp32(_gamma_log_density(shape, x))
    if x < shape + _ONE:
        p = minimum32(density * _gamma_series(shape, x), _ONE)
        return p, _ONE - p
    q = minimum32(density * _gamma_fraction(shape, x), _ONE)
    return _ONE - q, q


def gamma_between(shape: np.float32, p: np.float32, q: np.float32) -> np.float32:
    """Find the quantile of the gamma distribution of rate 1 for a pair of tails; at least 1e-30."""
    is_lower = p <= q
    target = log32(minimum32(p, q))
    c = _ONE / (_NINE * shape)
    cube_root = maximum32(_ONE - c + normal_between(p, q) * sqrt32(c), _SMALL_ROOT)
    y = log32(shape) + _THREE * log32(cube_root)  # Wilson and Hilferty's approximation
    for _ in range(MAX_STEPS):
        log_tail, scale = _gamma_log_tail(shape, exp32(y), is_lower)
        step = clip32((log_tail - target) * scale, -LONGEST_STEP, LONGEST_STEP)
        y = clip32(y - select(is_lower, step, -step), -_LOG_LIMIT, _LOG_LIMIT)
        if abs32(step) < STEP_DONE:
            break
    return exp32(y)


def beta_tails(a: np.float32, b: np.float32, x: np.float32, rest: np.float32) -> tuple[np.float32, np.float32]:
    """Split the beta distribution at ``x`` into its lower and upper tail.

    ``rest`` is ``1 - x``, given apart because it may be far smaller than one.
    Source: dlmf, 8.17.22 (continued fraction, by modified Lentz iteration)
    """
    if x <= _ZERO:
        return _ZERO, _ONE
    if rest <= _ZERO:
        return _ONE, _ZERO
    density = exp32(beta_log_density(a, b, x, rest) + beta_log_scale(a, b))
    if beta_is_low(a, b, x):
        p = minimum32(density * _beta_fraction(a, b, x), _ONE)
        return p, _ONE - p
    q = minimum32(density * _beta_fraction(b, a, rest), _ONE)
    return _ONE - q, q


def beta_between(a: np.float32, b: np.float32, p: np.float32, q: np.float32) -> np.float32:
    """Find the quantile of the beta distribution for a pair of tails; at least 1e-30."""
    if p <= q:
        return logistic(_beta_logit(a, b, p))
    return logistic(-_beta_logit(b, a, q))


def _beta_logit(a: np.float32, b: np.float32, tail: np.float32) -> np.float32:
    """Solve for the logit at which the lower tail is ``tail``, at most one half."""
    target = log32(tail)
    y = beta_logit_start(a, b, tail)
    log_scale = beta_log_scale(a, b)
    for _ in range(MAX_STEPS):
        log_tail, scale = _beta_log_lower(a, b, logistic(y), logistic(-y), log_scale)
        step = clip32((log_tail - target) * scale, -LONGEST_STEP, LONGEST_STEP)
        y = clip_logit(y - step)
        if abs32(step) < STEP_DONE:
            break
    return y


def beta_logit_start(a: np.float32, b: np.float32, tail: np.float32) -> np.float32:
    """Guess the logit at which the lower tail is ``tail``: of a normal distribution of logits."""
    return clip_logit(log32(a) - log32(b) + normal_between(tail, _ONE) * sqrt32(_ONE / a + _ONE / b))


def clip_logit(y: np.float32) -> np.float32:
    """Keep a logit where its logistic function is no zero."""
    return clip32(y, -_LOG_LIMIT, _LOG_LIMIT)


def _gamma_log_tail(shape: np.float32, x: np.float32, is_lower: bool | np.bool_) -> tuple[np.float32, np.float32]:
    """Logarithm of one tail at ``x`` and that tail over the density: what a Newton step in ``log x`` needs.

    The small tail never passes through its own value, so it cannot underflow.
    """
    log_density = _gamma_log_density(shape, x)
    is_series = x < shape + _ONE
    scale = _gamma_series(shape, x) if is_series else _gamma_fraction(shape, x)
    if is_lower == is_series:
        return log_density + log32(scale), scale
    return complement(log_density, scale)


def _beta_log_lower(
    a: np.float32, b: np.float32, x: np.float32, rest: np.float32, log_scale: np.float32
) -> tuple[np.float32, np.float32]:
    """Logarithm of the lower tail at ``x`` and that tail over the density with respect to ``logit x``."""
    log_density = beta_log_density(a, b, x, rest) + log_scale
    if beta_is_low(a, b, x):
        scale = _beta_fraction(a, b, x)
        return log_density + log32(scale), scale
    return complement(log_density, _beta_fraction(b, a, rest))


def complement(log_density: np.float32, scale: np.float32) -> tuple[np.float32, np.float32]:
    """Turn one tail, given by its ratio to the density, into logarithm and ratio of the other."""
    density = maximum32(exp32(log_density), _SMALLEST)
    other = maximum32(_ONE - density * scale, _SMALLEST)
    return log32(other), other / density


def _gamma_log_density(shape: np.float32, x: np.float32) -> np.float32:
    """Logarithm of the density with respect to ``log x``: ``shape log x - x - log Gamma(shape)``."""
    d = (x - shape) / shape
    return shape * (_log_ratio(x / shape, d) - d) + (_HALF * log32(shape * _INVERSE_2PI) - _stirling(shape))


def beta_log_density(a: np.float32, b: np.float32, x: np.float32, rest: np.float32) -> np.float32:
    """Logarithm of the density with respect to ``logit x``, without cancelling: ``x**a (1 - x)**b / B(a, b)``.

    Over its value at the mean, that is; `beta_log_scale` is the logarithm there.
    """
    n = a + b
    t = b * x - a * rest
    return a * _log_ratio(x * n / a, t / a) + b * _log_ratio(rest * n / b, -t / b)


def beta_log_scale(a: np.float32, b: np.float32) -> np.float32:
    """Logarithm of the density at the mean, which costs more than the rest and is the same at every ``x``."""
    n = a + b
    return _HALF * log32(a / n * b * _INVERSE_2PI) + (_stirling(n) - _stirling(a) - _stirling(b))


def _log_ratio(ratio: np.float32, excess: np.float32) -> np.float32:
    """Take the logarithm of ``ratio = 1 + excess``, to full relative accuracy near 1."""
    near = clip32(excess, -_HALF, _HALF)
    w = _ONE + near
    return select(abs32(excess) < _HALF, log32(w) + (near - (w - _ONE)) / w, log32(ratio))


def _stirling(a: np.float32) -> np.float32:
    """Logarithm of the gamma function at ``a`` minus Stirling's ``(a - 1/2) log a - a + log(2 pi) / 2``."""
    s = select(a < _EIGHT, a + _EIGHT, a)
    inverse = _ONE / s
    square = inverse * inverse
    series = ((_STIRLING[0] * square + _STIRLING[1]) * square + _STIRLING[2]) * inverse
    if a >= _EIGHT:
        return series
    product = a
    for i in range(1, 8):
        product = product * (a + np.float32(i))
    return series + (s - _HALF) * log32(s) - _EIGHT - log32(product) - (a - _HALF) * log32(a)


def _gamma_series(shape: np.float32, x: np.float32) -> np.float32:
    """Lower tail over density."""
    term = _ONE / shape
    total = term
    n = shape
    for _ in range(MAX_TERMS):
        n = n + _ONE
        term = term * (x / n)
        total = total + term
        if term < _CONVERGED * total:
            break
    return total


def _gamma_fraction(shape: np.float32, x: np.float32) -> np.float32:
    """Upper tail over density."""
    b = x + _ONE - shape
    c = _LARGEST
    d = _ONE / b
    total = d
    i = _ZERO
    for _ in range(MAX_TERMS):
        i = i + _ONE
        a = -i * (i - shape)
        b = b + _TWO
        d = _ONE / _nonzero(a * d + b)
        c = _nonzero(b + a / c)
        total = total * (c * d)
        if is_converged(c, d):
            break
    return total


def _beta_fraction(a: np.float32, b: np.float32, x: np.float32) -> np.float32:
    """Lower tail over density, for ``x`` below about the mean."""
    c = _ONE
    d = beta_fraction_start(a, b, x)
    total = d
    m = _ZERO
    for _ in range(MAX_TERMS):
        m = m + _ONE
        c, d, total = beta_fraction_step(a, b, x, m, (c, d, total))
        if is_converged(c, d):
            break
    return total / a


def beta_is_low(a: np.float32, b: np.float32, x: np.float32) -> np.bool_:
    """Tell whether the fraction of the lower tail converges at ``x``, not that of the upper one."""
    return x * (a + b + _TWO) < a + _ONE


def beta_fraction_start(a: np.float32, b: np.float32, x: np.float32) -> np.float32:
    """Begin the continued fraction: the inverse of its first divisor."""
    return _ONE / _nonzero(_ONE - (a + b) * x / (a + _ONE))


def beta_fraction_step(
    a: np.float32, b: np.float32, x: np.float32, m: np.float32, state: tuple[np.float32, np.float32, np.float32]
) -> tuple[np.float32, np.float32, np.float32]:
    """Take in the next two terms of the continued fraction; ``state`` is Lentz's two ratios and the value so far."""
    c, d, total = state
    n = a + b
    k = a + (m + m)
    even = m * (b - m) * x / ((k - _ONE) * k)
    d = _ONE / _nonzero(_ONE + even * d)
    c = _nonzero(_ONE + even / c)
    total = total * (c * d)
    odd = -(a + m) * (n + m) * x / (k * (k + _ONE))
    d = _ONE / _nonzero(_ONE + odd * d)
    c = _nonzero(_ONE + odd / c)
    return c, d, total * (c * d)


def is_converged(c: np.float32, d: np.float32) -> np.bool_:
    """Tell whether the last term of a fraction has changed nothing that counts."""
    return abs32(c * d - _ONE) < _CONVERGED


def _nonzero(x: np.float32) -> np.float32:
    """Keep a divisor away from zero, as Lentz's method asks."""
    return select(abs32(x) < _SMALLEST, _SMALLEST, x)
