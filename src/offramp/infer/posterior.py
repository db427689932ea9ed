"""What a record has told of the parameters: how far each spread has narrowed, which pairs trade off, what stays open.

Everything is measured on z, the normal quantile of a coordinate, whose prior is N(0, 1) for each parameter alike:

- *contraction* 1 - sd(z): 0 where the record tells nothing, 1 where it tells all; below 0 where it makes less sure;
- *shift* mean(z): how many prior standard deviations the record pulls a parameter;
- *trade-off*: two parameters with a correlation of 0.5 or more: the record tells of both together, not of each.

Monte Carlo errors come from the origins of particles (`particles.standard_error`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from offramp.infer.health import FAMILIES
from offramp.infer.particles import Particles, standard_error

TRADES = 0.5  # correlation
WELL, SOMEWHAT = 0.5, 0.1  # contraction
FAR = 2.0  # prior standard deviations
SURE = 2.0  # standard errors
TINY = float(np.finfo(float).tiny)
NAMED = 8  # names in a sentence


@dataclass(frozen=True)
class TradeOff:
    """Two parameters that the record cannot tell apart."""

    first: str
    second: str
    correlation: float


@dataclass(frozen=True, eq=False)
class Posterior:
    """Equally weighted draws of some parameters.

    names : (parameter,) ; coordinates : (draw, parameter) float64 inside (0, 1)
    origins : (draw,) which first draw each descends from
    log_evidence : of the record
    """

    names: tuple[str, ...]
    coordinates: NDArray[np.float64]
    origins: NDArray[np.int64]
    log_evidence: float

    @cached_property
    def z(self) -> NDArray[np.float64]:
        """(draw, parameter) normal quantiles."""
        found: NDArray[np.float64] = ndtri(self.coordinates)
        return found

    @property
    def weights(self) -> NDArray[np.float64]:
        """(draw,) equal ones that sum to 1."""
        return np.full(len(self.coordinates), 1 / len(self.coordinates))

    @property
    def has_errors(self) -> bool:
        """Whether enough first draws have descendants to tell Monte Carlo errors."""
        return len(np.unique(self.origins)) >= FAMILIES

    @property
    def shift(self) -> NDArray[np.float64]:
        """(parameter,) mean of z, in prior standard deviations."""
        return np.asarray(self.z.mean(axis=0), np.float64)

    @property
    def shift_error(self) -> NDArray[np.float64]:
        """(parameter,) Monte Carlo standard error of the shift."""
        return standard_error(self.z, self.origins)

    @property
    def contraction(self) -> NDArray[np.float64]:
        """(parameter,) 1 - posterior sd / prior sd of z."""
        found: NDArray[np.float64] = 1 - self.z.std(axis=0)
        return found

    @property
    def contraction_error(self) -> NDArray[np.float64]:
        """(parameter,) Monte Carlo standard error of the contraction, by the delta rule."""
        spread = self.z.std(axis=0)
        squares = (self.z - self.z.mean(axis=0)) ** 2
        error: NDArray[np.float64] = standard_error(squares, self.origins) / (2 * np.maximum(spread, TINY))
        return error

    @cached_property
    def trade_offs(self) -> tuple[TradeOff, ...]:
        """Pairs with a correlation of 0.5 or more, the strongest first."""
        correlation = _correlation(self.z)
        first, second = np.nonzero(np.triu(np.abs(correlation) >= TRADES, k=1))
        found = [
            TradeOff(self.names[i], self.names[j], float(correlation[i, j])) for i, j in zip(first, second, strict=True)
        ]
        return tuple(sorted(found, key=lambda pair: -abs(pair.correlation)))

    def words(self) -> tuple[str, ...]:
        """Say what the record has told, and what it cannot tell."""
        contraction, error = self.contraction, self.contraction_error
        well = contraction >= WELL
        somewhat = ~well & (contraction >= SOMEWHAT) & (contraction > SURE * error)
        wider = contraction < -np.maximum(SOMEWHAT, SURE * error)
        hardly = ~(well | somewhat | wider)
        n = len(self.names)
        said = [
            self._of(well, f"Of {n} parameters the record tells {{}} well (spread halved or better)"),
            self._of(somewhat, "It tells {} in part (spread narrowed by a tenth or more)"),
            self._of(hardly, "It cannot tell {} (what is believed of them is what was believed beforehand)"),
            self._of(wider, "It makes {} less sure than they were (it fits badly with what was believed)"),
            self._of(np.abs(self.shift) > FAR, "It pulls {} far (over 2 prior standard deviations)"),
        ]
        if self.trade_offs:
            pairs = [f"{p.first} with {p.second} ({p.correlation:+.2f})" for p in self.trade_offs[:NAMED]]
            more = len(self.trade_offs) - len(pairs)
            said.append(f"It tells these only together: {'; '.join(pairs)}{f'; and {more} pairs more' * bool(more)}.")
        if not self.has_errors:
            said.append("Too few first draws have descendants to say how far these figures are off.")
        return tuple(text for text in said if text)

    def _of(self, marked: NDArray[np.bool_], sentence: str) -> str:
        """Put the number and the names of the marked parameters into a sentence; empty if there are none."""
        names = [name for name, mark in zip(self.names, marked, strict=True) if mark]
        if not names:
            return ""
        more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
        return f"{sentence.format(len(names))}: {', '.join(names[:NAMED])}{more}."


def posterior(particles: Particles, names: Sequence[str], *, subset: Sequence[int], log_evidence: float) -> Posterior:
    """Report on some coordinates of equally weighted particles, whichever way these were found.

    Parameters
    ----------
    names : (parameter,) one for each coordinate of `subset`
    subset : numbers of the coordinates
    """
    chosen = particles.coordinates[:, list(subset)]
    return Posterior(tuple(names), chosen, particles.origins, log_evidence)


def _correlation(z: NDArray[np.float64]) -> NDArray[np.float64]:
    """Correlate columns; 0 where one has no spread."""
    away = z - z.mean(axis=0)
    spread = np.sqrt((away**2).sum(axis=0))
    scaled = away / np.where(spread > 0, spread, 1.0)
    found: NDArray[np.float64] = scaled.T @ scaled
    return found
