"""How likely a published total is, given what the record holds and what share of events it catches.

Of the events of a kind in some days the record holds each with probability r, and m in all. Before that is known their
number is anything from one to a million alike (prior of the tempo: Jeffreys' of a Poisson mean); then the number u that
the record lacks is negative binomial, and m by itself says nothing about r:

    u | m, r  ~  NB(m + 1/2, r),          P(u) = C(m - 1/2 + u, u) r**(m + 1/2) (1 - r)**u
    T | m, u  ~  BetaBinomial(m + u; a, b)

T is the published total of the same events, of which its publisher caught each with a probability s ~ Beta(a, b) of its
own. A publisher that is known to catch all (b -> 0) gives back the textbook case: u = T - m, and r is
Beta(prior a + m + 1/2, prior b + T - m). A total of two kinds adds their u.

Source : jeffreys1946; mccullagh1989, section 4.5 (the dispersion)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import lgamma

import numpy as np
from numpy.typing import NDArray

HALF = 0.5  # Jeffreys' shape for the mean of a Poisson count
REACH = 12  # the record is taken to lack at most this many times what was published or recorded


@dataclass(frozen=True, slots=True)
class Sighting:
    """A total beside the record: count published, events of each of its kinds recorded, publisher's Beta shapes."""

    count: int
    recorded: tuple[int, ...]
    completeness: tuple[float, float]


def log_likelihood(seen: Sighting, chances: NDArray[np.float64]) -> NDArray[np.float64]:
    """Work out the log-probability of a total for each value of r.

    Parameters
    ----------
    chances : (value,) float64 inside (0, 1)

    Returns
    -------
    (value,) float64 for a total of one kind; (value of the first kind, value of the second) for one of two.
    """
    most = REACH * (seen.count + sum(seen.recorded) + 1)
    unrecorded = np.arange(most + 1)
    tail = published_given(seen.count, sum(seen.recorded) + unrecorded, completeness=seen.completeness)
    missed = [np.exp(log_missed(m, chances, unrecorded)) for m in seen.recorded]
    if len(missed) == 1:
        likelihood = missed[0] @ tail
    else:
        padded = np.append(tail, np.zeros(most))
        likelihood = missed[0] @ padded[unrecorded[:, None] + unrecorded] @ missed[1].T
    return np.log(np.maximum(likelihood, np.finfo(float).tiny))


def log_missed(m: int, chances: NDArray[np.float64], missed: NDArray[np.int64]) -> NDArray[np.float64]:
    """Log-probability (chance, missed) that the record lacks so many events beside the m that it holds."""
    ways = log_rising(m + HALF, int(missed[-1]))[missed] - log_rising(1.0, int(missed[-1]))[missed]
    return ways + (m + HALF) * np.log(chances)[:, None] + missed * np.log1p(-chances)[:, None]


def published_given(count: int, events: NDArray[np.int64], *, completeness: tuple[float, float]) -> NDArray[np.float64]:
    """Probability (events,) of a published count for each number of events: beta-binomial, 0 below the count."""
    a, b = completeness
    kept = np.maximum(events - count, 0)
    most = int(events[-1])
    one, rest, both = log_rising(a, count)[count], log_rising(b, most), log_rising(a + b, most)
    log_ways = log_factorial(events) - lgamma(count + 1) - log_factorial(kept)
    probability = np.exp(log_ways + one + rest[kept] - both[events])
    return np.where(events >= count, probability, 0.0)


def log_rising(start: float, most: int) -> NDArray[np.float64]:
    """Logarithm (n,) of the rising factorial start (start + 1) ... (start + n - 1), for n = 0 .. most."""
    return np.concatenate([[0.0], np.cumsum(np.log(start + np.arange(most)))])


def log_factorial(n: NDArray[np.int64]) -> NDArray[np.float64]:
    """Logarithm of n! for each n; n ascends or not."""
    return log_rising(1.0, int(n.max()))[n]


def surprise(seen: Sighting, chances: Sequence[float]) -> tuple[float, float]:
    """Expect a total at one r of each of its kinds: its mean, and the squared distance from it in variances."""
    a, b = seen.completeness
    share = a / (a + b)
    lacking = [(m + HALF) * (1 - r) / r for m, r in zip(seen.recorded, chances, strict=True)]
    mean = sum(seen.recorded) + sum(lacking)
    variance = sum(u / r for u, r in zip(lacking, chances, strict=True))
    own = share * (1 - share) * ((a + b) * mean + variance + mean**2) / (a + b + 1)
    expected = share * mean
    return expected, (seen.count - expected) ** 2 / (own + share**2 * variance)
