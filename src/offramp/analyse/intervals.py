"""Intervals for differences between paired runs.

Pairs differ rarely or not at all when an edit is small, which is where common formulas mislead: after n pairs without
a change they give an interval of width zero, as if no run could ever change.

- *Shares* (an event happens or not): Tango's score interval for paired proportions, which holds its level down to no
  change at all, where it is -z**2/(n + z**2) to z**2/(n + z**2).
- *Means*: Student's interval of the differences, with z**2 more pairs that changed added to the variance, by as much as
  the changed pairs did; where none changed, by as much as two unrelated runs differ. For two shares this is close to
  what Tango's interval does; where many pairs change, it is Student's interval. Where few change, by amounts of a long
  tail, it holds its level less often and errs towards no change: what was not drawn cannot be known.

Source : tango1998; agresti2005 (the idea of added pairs)
"""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist

Interval = tuple[float, float]
LEVEL = 0.90
Z = NormalDist().inv_cdf(0.5 + LEVEL / 2)
BISECTIONS = 60  # halvings of [-1, 1]: to the last bits of a double


def share_interval(n: int, *, rose: int, fell: int) -> Interval:
    """Bound the change of a share, edited minus baseline, from pairs that went from no to yes and from yes to no.

    Source : tango1998
    """
    found = (rose - fell) / n
    low = _crossing(lambda d: _score(d, n, rose, fell) - Z, -1.0, found)
    high = _crossing(lambda d: _score(d, n, rose, fell) + Z, found, 1.0)
    return low, high


def mean_interval(mean: float, m2: float, *, n: int, n_changed: int, spread: float) -> Interval | None:
    """Bound the mean of a paired difference; None for fewer than two pairs.

    Parameters
    ----------
    mean, m2 : of the differences: mean and sum of squared deviations from it, over n pairs
    n_changed : pairs whose difference is not 0
    spread : standard deviation of the difference of two unrelated runs, one of each side
    """
    if n < 2:
        return None
    squares = m2 + n * mean * mean
    size = squares / n_changed if n_changed else spread * spread
    added = Z * Z
    variance = max((squares + added * size) / (n + added) - mean * mean, m2 / n)
    half = _student(n - 1) * math.sqrt(variance / (n - 1))
    return mean - half, mean + half


def _score(d: float, n: int, rose: int, fell: int) -> float:  # budget(positional): the symbols of one formula
    """Return the score statistic of the hypothesis that the share changes by d; it falls with d."""
    b = (2 * n - rose + fell) * d - rose - fell
    c = -fell * d * (1 - d)
    fell_share = (math.sqrt(max(b * b - 8 * n * c, 0.0)) - b) / (4 * n)
    variance = n * (2 * fell_share + d * (1 - d))
    above = rose - fell - n * d
    if variance <= 0.0:
        return math.copysign(math.inf, above) if above else 0.0
    return above / math.sqrt(variance)


def _crossing(falling: Callable[[float], float], low: float, high: float) -> float:
    """Find where a falling function crosses 0, or the end that it is nearest to."""
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        if falling(middle) > 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _student(freedom: int) -> float:
    """Return the quantile of Student's distribution that belongs to `LEVEL`.

    Source : abramowitz1964, 26.7.5 (expansion in powers of 1 / freedom)
    """
    if freedom <= 2:
        return {1: 6.313751514675, 2: 2.919985580354}[freedom]
    z, v = Z, float(freedom)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / v ** (i + 1) for i, term in enumerate(terms))
