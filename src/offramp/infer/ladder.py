"""Which moves are tried how often: a fixed table of kinds, whose chances follow how far each has carried particles.

A kind either moves a block of coordinates by a step size, or draws the noise of a window of days anew. After each round
the chances are set again from what was tried and accepted so far, older rounds counting less; each kind keeps a floor,
so that none is given up for good. A particle's kind never depends on where it stands, so every round leaves the target
as it is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

STEP_SIZES = (1.0, 0.6, 0.3, 0.15, 0.07)  # 1: drawn anew from the reference
NOISE_SHARE = 0.5  # of the particles, in each round
FLOOR = 0.2  # share of the chances that is spread evenly
MEMORY = 0.5  # weight of all earlier rounds beside the last one
UNTRIED = 0.2  # what is taken for the acceptance rate of a kind before its first trial
TINY = 1e-12  # where nothing was ever accepted, all kinds are alike
GROWTH = 4  # ratio of neighbouring block sizes and window lengths


@dataclass(frozen=True, eq=False)
class Ladder:
    """The kinds of moves, coordinates first, and what has become of them.

    sizes : (kind,) coordinates in the block, or steps in the window
    step_sizes : (kind,) in 0 .. 1; 0 marks a kind that draws noise anew
    tried, accepted : (kind,) counts, discounted
    totals : (4,) coordinate moves tried and accepted, noise moves tried and accepted, all rounds alike
    """

    sizes: NDArray[np.int64]
    step_sizes: NDArray[np.float64]
    tried: NDArray[np.float64]
    accepted: NDArray[np.float64]
    totals: NDArray[np.int64]

    @property
    def is_noise(self) -> NDArray[np.bool_]:
        """Which kinds draw noise anew."""
        return np.equal(self.step_sizes, 0.0)

    @property
    def acceptance(self) -> tuple[float | None, float | None]:
        """Shares of the moves of coordinates, and of noise, that were accepted; None where none was tried."""
        tried_moves, taken_moves, tried_noise, taken_noise = (int(count) for count in self.totals)
        return (
            taken_moves / tried_moves if tried_moves else None,
            taken_noise / tried_noise if tried_noise else None,
        )

    def chances(self) -> NDArray[np.float64]:
        """Give (kind,) probabilities: by the expected squared length of a kind's accepted steps, above a floor."""
        rate = np.where(self.tried > 0, self.accepted / np.maximum(self.tried, 1e-9), UNTRIED)
        merit = TINY + rate * self.sizes * np.where(self.is_noise, 1.0, self.step_sizes**2)
        share = np.zeros(len(merit))
        groups = [(~self.is_noise, 1 - NOISE_SHARE), (self.is_noise, NOISE_SHARE)]
        for group, whole in groups:
            if group.any():
                share[group] = whole * (FLOOR / group.sum() + (1 - FLOOR) * merit[group] / merit[group].sum())
        chances: NDArray[np.float64] = share / share.sum()
        return chances

    def choose(self, u: NDArray[np.float64]) -> NDArray[np.int64]:
        """Give (particle,) kinds at uniforms."""
        kinds = np.searchsorted(np.cumsum(self.chances()), u, side="right")
        return np.minimum(kinds, len(self.sizes) - 1).astype(np.int64)

    def learnt(self, kinds: NDArray[np.int64], accepted: NDArray[np.bool_]) -> Ladder:
        """Take in a round."""
        tried = np.bincount(kinds, minlength=len(self.sizes))
        taken = np.bincount(kinds[accepted], minlength=len(self.sizes))
        noise = self.is_noise
        round_totals = np.array([tried[~noise].sum(), taken[~noise].sum(), tried[noise].sum(), taken[noise].sum()])
        return replace(
            self,
            tried=MEMORY * self.tried + tried,
            accepted=MEMORY * self.accepted + taken,
            totals=self.totals + round_totals,
        )


def ladder(n_coordinates: int, n_steps: int) -> Ladder:
    """Make the table of kinds for a world: blocks of one to all coordinates, windows of one to all steps."""
    coordinate_kinds = [(size, step) for size in _sizes(n_coordinates) for step in STEP_SIZES]
    kinds = coordinate_kinds + [(size, 0.0) for size in _sizes(n_steps)]
    sizes, step_sizes = (np.array(column) for column in zip(*kinds, strict=True))
    none = np.zeros(len(kinds))
    return Ladder(sizes.astype(np.int64), step_sizes.astype(np.float64), none, none, np.zeros(4, np.int64))


def _sizes(most: int) -> list[int]:
    """Give 1, 4, 16 ... and the whole."""
    sizes = []
    size = 1
    while size < most:
        sizes.append(size)
        size *= GROWTH
    return [*sizes, most] if most else []
