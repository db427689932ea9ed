"""Which moves are tried how often: a fixed table of kinds, whose chances follow how far each has carried particles.

A kind either moves a block of coordinates by a step size, about the prior or about a fitted reference, or draws the
noise of a window of days anew. After each round the chances are set again from the squared distances that accepted
moves have covered (of z) or the days that they have renewed, older rounds counting less; each kind keeps a floor, so
that none is given up for good. A particle's kind never depends on where it stands, so every round leaves the target as
it is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

STEP_SIZES = (1.0, 0.5, 0.2)  # 1: drawn anew from what it is about
NOISE_SHARE = 0.5  # of the particles, in each round
SHARPNESS = 2.0  # a kind that brings twice as much is tried four times as often
FLOOR = 0.15  # share of the chances that is spread evenly
MEMORY = 0.5  # weight of all earlier rounds beside the last one
UNTRIED = 0.2  # acceptance rate that is taken for a kind before its first trial
TINY = 1e-9  # where nothing was ever accepted, all kinds are alike
GROWTH = 4  # ratio of neighbouring block sizes and window lengths

PRIOR: Final = 0
FITTED: Final = 1
NOISE: Final = 2


@dataclass(frozen=True, eq=False)
class Ladder:
    """The kinds of moves, and what has become of them.

    about : (kind,) PRIOR or FITTED, for coordinates, or NOISE
    sizes : (kind,) coordinates in a block on average, or days in a window
    step_sizes : (kind,) in 0 .. 1; 1 for noise
    tried, gained : (kind,) trials, and what the accepted ones brought: squared distance, or days; discounted
    totals : (4,) coordinate moves tried and accepted, noise moves tried and accepted, all rounds alike
    """

    about: NDArray[np.int64]
    sizes: NDArray[np.int64]
    step_sizes: NDArray[np.float64]
    tried: NDArray[np.float64]
    gained: NDArray[np.float64]
    totals: NDArray[np.int64]

    @property
    def acceptance(self) -> tuple[float | None, float | None]:
        """Shares of the moves of coordinates, and of noise, that were accepted; None where none was tried."""
        tried_moves, taken_moves, tried_noise, taken_noise = (int(count) for count in self.totals)
        return (
            taken_moves / tried_moves if tried_moves else None,
            taken_noise / tried_noise if tried_noise else None,
        )

    def chances(self) -> NDArray[np.float64]:
        """Give (kind,) probabilities: by what a trial has brought on average, above a floor."""
        hoped = UNTRIED * self.sizes * self.step_sizes**2
        merit = TINY + np.where(self.tried > 0, self.gained / np.maximum(self.tried, TINY), hoped)
        share = np.zeros(len(merit))
        is_noise = self.about == NOISE
        for group, whole in ((~is_noise, 1 - NOISE_SHARE), (is_noise, NOISE_SHARE)):
            if group.any():
                better = merit[group] ** SHARPNESS
                share[group] = whole * (FLOOR / group.sum() + (1 - FLOOR) * better / better.sum())
        chances: NDArray[np.float64] = share / share.sum()
        return chances

    def choose(self, u: NDArray[np.float64]) -> NDArray[np.int64]:
        """Give (particle,) kinds at uniforms."""
        kinds = np.searchsorted(np.cumsum(self.chances()), u, side="right")
        return np.minimum(kinds, len(self.sizes) - 1).astype(np.int64)

    def learnt(self, kinds: NDArray[np.int64], accepted: NDArray[np.bool_], gains: NDArray[np.float64]) -> Ladder:
        """Take in a round: (particle,) its kind, whether it was accepted, and what it would have brought."""
        n = len(self.sizes)
        tried, taken = np.bincount(kinds, minlength=n), np.bincount(kinds[accepted], minlength=n)
        gained = np.bincount(kinds, weights=np.where(accepted, gains, 0.0), minlength=n)
        noise = self.about == NOISE
        counts = [tried[~noise].sum(), taken[~noise].sum(), tried[noise].sum(), taken[noise].sum()]
        return replace(
            self,
            tried=MEMORY * self.tried + tried,
            gained=MEMORY * self.gained + gained,
            totals=self.totals + np.array(counts),
        )


def ladder(n_coordinates: int, n_steps: int) -> Ladder:
    """Make the table of kinds for a world: blocks of one to all coordinates, windows of one to all steps."""
    blocks = [(about, size, step) for about in (PRIOR, FITTED) for size in _sizes(n_coordinates) for step in STEP_SIZES]
    kinds = blocks + [(NOISE, size, 1.0) for size in _sizes(n_steps)]
    about, sizes, step_sizes = (np.array(column) for column in zip(*kinds, strict=True))
    none = np.zeros(len(kinds))
    return Ladder(
        about.astype(np.int64), sizes.astype(np.int64), step_sizes.astype(np.float64), none, none, np.zeros(4, np.int64)
    )  # fmt: skip


def _sizes(most: int) -> list[int]:
    """Give 1, 4, 16 ... and the whole."""
    sizes = []
    size = 1
    while size < most:
        sizes.append(size)
        size *= GROWTH
    return [*sizes, most] if most else []
