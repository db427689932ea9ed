"""Float32 functions shared by all engines: the same bits compiled or not, at any lane width, on any machine.

Libraries' ``exp`` and ``log`` differ in their last bits from one platform to the next; these are fixed polynomials
(the single-precision Cephes library, ``cephes``; ``giles2010`` for the normal quantile) evaluated in one written
order, without contraction or reassociation; in pairs of terms rather than in Horner's chain, because lanes wait less
for one another's results then (15 % of a Gumbel).  They are *total*: arguments outside the domain are clamped as each
docstring says, so none returns NaN or infinity or emits a warning on finite input of moderate size (below 1e30), and
*branchless* (``bits.select``), so that loops over lanes vectorise.

================  =====================================  =========================
function          domain of the stated error             largest error
================  =====================================  =========================
exp32             -80 .. 80 (clamped outside)            1 ulp
log32             1e-30 .. 3e38 (clamped below)          1 ulp
log1p32           -0.999 .. 1e30                         1e-7 + 1 ulp
logistic          -80 .. 80                              3 ulp
normal_quantile   the midpoints of ``noise.uniform``     1.5e-6
================  =====================================  =========================

An ulp is the gap between neighbouring floats at the true value.  ``tests/core/test_arithmetic.py`` holds these bounds.
"""

import numpy as np

from offramp.core.bits import (
    add32,
    and32,
    bits_float,
    float_bits,
    float_to_word,
    select,
    shl32,
    shr32,
    sqrt_float,
    sub32,
    word_to_float,
)


def _floats(*values: float) -> tuple[np.float32, ...]:
    """Round constants to float32; polynomials list the highest power first."""
    return tuple(np.float32(value) for value in values)


_ZERO, _HALF, _ONE, _TWO = _floats(0.0, 0.5, 1.0, 2.0)
_TINY = np.float32(1e-30)  # what a logarithm takes for zero
_EXP_LIMIT = np.float32(80.0)
# ln 2 in two parts: multiples of the first up to 2**11 are exact.
_LN2_HIGH, _LN2_LOW = _floats(0.693359375, -2.12194440e-4)
_LOG2_E = np.float32(1.44269504088896341)
_EXP_BIAS = np.float32(128.0)
_EXP = _floats(1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1)
_LOG_BIAS = np.float32(127.0)
_LOG = _floats(
    7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1,
    -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
)  # fmt: skip
# Giles' single-precision inverse error function: the centre in w - 2.5, the tails in sqrt(w) - 3.
_GILES_SPLIT, _GILES_CENTRE, _GILES_TAIL, _FOUR, _SQRT2 = _floats(5.0, 2.5, 3.0, 4.0, 1.4142135623730951)
_CENTRE = _floats(
    2.81022636e-08, 3.43273939e-07, -3.5233877e-06, -4.39150654e-06, 0.00021858087,
    -0.00125372503, -0.00417768164, 0.246640727, 1.50140941,
)  # fmt: skip
OUTSIDE = np.float32(1e6)
_TAIL = _floats(
    -0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773,
    -0.0076224613, 0.00943887047, 1.00167406, 2.83297682,
)  # fmt: skip


def exp32(x: np.float32) -> np.float32:
    """Raise e to ``x``, which is clamped to -80 .. 80 first. Source: cephes, expf."""
    x = clip32(x, -_EXP_LIMIT, _EXP_LIMIT)
    exponent = float_to_word(x * _LOG2_E + (_EXP_BIAS + _HALF))  # 128 too high, so that truncation rounds
    n = word_to_float(exponent) - _EXP_BIAS
    r = x - n * _LN2_HIGH
    r = r - n * _LN2_LOW
    square = r * r
    p = ((_EXP[0] * r + _EXP[1]) * square + (_EXP[2] * r + _EXP[3])) * square + (_EXP[4] * r + _EXP[5])
    p = p * square + r + _ONE
    return p * bits_float(shl32(sub32(exponent, 1), 23))


def log32(x: np.float32) -> np.float32:
    """Take the natural logarithm; ``x`` below 1e-30 counts as 1e-30. Source: cephes, logf."""
    # Splitting at sqrt(1/2) rather than at 1 keeps the mantissa's logarithm small on both sides of 1.
    shifted = add32(float_bits(select(x > _TINY, x, _TINY)), 0x3F800000 - 0x3F3504F3)
    e = word_to_float(shr32(shifted, 23)) - _LOG_BIAS
    f = bits_float(add32(and32(shifted, 0x007FFFFF), 0x3F3504F3)) - _ONE
    z = f * f
    p = (_LOG[1] * f + _LOG[2]) * z + (_LOG[3] * f + _LOG[4])
    p = (_LOG[0] * (z * z) + p) * (z * z) + ((_LOG[5] * f + _LOG[6]) * z + (_LOG[7] * f + _LOG[8]))
    y = p * (f * z) + e * _LN2_LOW
    y = y - _HALF * z
    return (f + y) + e * _LN2_HIGH


def log1p32(x: np.float32) -> np.float32:
    """Take the logarithm of ``1 + x``; a sum below 1e-30 counts as 1e-30."""
    return log32(_ONE + x)


def sqrt32(x: np.float32) -> np.float32:
    """Take the square root; a negative number counts as 0."""
    return sqrt_float(select(x > _ZERO, x, _ZERO))


def divide32(x: np.float32, y: np.float32) -> np.float32:
    """Divide ``x`` by ``y``; anything over zero is 0."""
    is_zero = y == _ZERO
    return select(is_zero, _ZERO, x / select(is_zero, _ONE, y))


def logistic(x: np.float32) -> np.float32:
    """Map log-odds to a probability, ``1 / (1 + exp(-x))``."""
    return _ONE / (_ONE + exp32(-x))


def minimum32(x: np.float32, y: np.float32) -> np.float32:
    """Take the smaller of two numbers."""
    return select(x < y, x, y)


def maximum32(x: np.float32, y: np.float32) -> np.float32:
    """Take the larger of two numbers."""
    return select(x > y, x, y)


def clip32(x: np.float32, low: np.float32, high: np.float32) -> np.float32:
    """Move ``x`` to the nearer end of ``low .. high`` if it lies outside."""
    return select(x < low, low, select(x > high, high, x))


def abs32(x: np.float32) -> np.float32:
    """Drop the sign."""
    return bits_float(and32(float_bits(x), 0x7FFFFFFF))


def normal_quantile(u: np.float32) -> np.float32:
    """Find where the standard normal distribution function reaches ``u``, one of the midpoints of ``noise.uniform``.

    Source: giles2010, the single-precision polynomials, at ``x = 2 u - 1``.
    """
    w = -log32(_FOUR * u * (_ONE - u))
    is_centre = w < _GILES_SPLIT
    x = select(is_centre, w - _GILES_CENTRE, sqrt32(w) - _GILES_TAIL)
    square = x * x
    fourth = square * square
    c0 = select(is_centre, _CENTRE[0], _TAIL[0])
    c1 = select(is_centre, _CENTRE[1], _TAIL[1])
    c2 = select(is_centre, _CENTRE[2], _TAIL[2])
    c3 = select(is_centre, _CENTRE[3], _TAIL[3])
    c4 = select(is_centre, _CENTRE[4], _TAIL[4])
    c5 = select(is_centre, _CENTRE[5], _TAIL[5])
    c6 = select(is_centre, _CENTRE[6], _TAIL[6])
    c7 = select(is_centre, _CENTRE[7], _TAIL[7])
    c8 = select(is_centre, _CENTRE[8], _TAIL[8])
    p = (c0 * fourth + ((c1 * x + c2) * square + (c3 * x + c4))) * fourth + ((c5 * x + c6) * square + (c7 * x + c8))
    return p * ((u + u) - _ONE) * _SQRT2


def central_normal_quantile(u: np.float32) -> np.float32:
    """Return `normal_quantile` to the bit where it is within 2.9 of zero (997 of 1,000 times), else `OUTSIDE`.

    For loops over lanes: the square root and the second polynomial of the tails cost a third of the whole.
    """
    w = -log32(_FOUR * u * (_ONE - u))
    x = w - _GILES_CENTRE
    square = x * x
    fourth = square * square
    c0, c1, c2, c3, c4, c5, c6, c7, c8 = _CENTRE
    p = (c0 * fourth + ((c1 * x + c2) * square + (c3 * x + c4))) * fourth + ((c5 * x + c6) * square + (c7 * x + c8))
    return select(w < _GILES_SPLIT, p * ((u + u) - _ONE) * _SQRT2, OUTSIDE)
