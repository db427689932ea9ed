"""Which moves are tried how often: a fixed table of kinds, whose chances follow how far each has carried particles.

A kind either moves a block of coordinates by a step size, about the prior or about a fitted reference, or draws the
noise of a window of days anew. Where the costs of coordinates are known (`sounding`), half of the blocks are *broad*,
mostly of coordinates that cost little, many at once, and half *narrow*, mostly of those that cost much; kinds are
weighed against each other within each half.

After each round the chances are set again from the squared distances that accepted moves have covered (of z) or the
days that they have renewed, older rounds counting less; each kind keeps a floor, so that none is given up for good. A
particle's kind never depends on where it stands, so every round leaves the target as it is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from typing import Final

import numpy as np
from numpy.typing import NDArray

STEP_SIZES = (1.0, 0.4)  # 1: drawn anew from what it is about
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
ANY: Final = 0
BROAD: Final = 1
NARROW: Final = 2
LEAST_COST = 0.02  # of a coordinate, so that none is in every broad block, or in no narrow one


@dataclass(frozen=True, eq=False)
class Ladder:
    """The kinds of moves, and what has become of them.

    about : (kind,) PRIOR or FITTED, for coordinates, or NOISE
    choice : (kind,) how a block is chosen: ANY, BROAD or NARROW
    sizes : (kind,) coordinates in a block on average, if all cost the same; or days in a window
    step_sizes : (kind,) in 0 .. 1; 1 for noise
    tried, gained : (kind,) trials, and what the accepted ones brought: squared distance, or days; discounted
    costs : (coordinate,) of drawing a coordinate anew; all alike if not known
    totals : (4,) coordinate moves tried and accepted, noise moves tried and accepted, all rounds alike
    """

    about: NDArray[np.int64]
    choice: NDArray[np.int64]
    sizes: NDArray[np.int64]
    step_sizes: NDArray[np.float64]
    tried: NDArray[np.float64]
    gained: NDArray[np.float64]
    costs: NDArray[np.float64]
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
        groups = [(~is_noise & (self.choice == choice), (1 - NOISE_SHARE) / 2) for choice in (BROAD, NARROW)]
        for group, whole in (*groups, (is_noise, NOISE_SHARE)):
            if group.any():
                better = merit[group] ** SHARPNESS
                share[group] = whole * (FLOOR / group.sum() + (1 - FLOOR) * better / better.sum())
        chances: NDArray[np.float64] = share / share.sum()
        return chances

    def shares(self, kinds: NDArray[np.int64]) -> NDArray[np.float64]:
        """Give (row, coordinate) probabilities of being in the block of a kind, before 1 is taken for more."""
        costs = self.costs + LEAST_COST
        weights = np.stack([np.ones(len(costs)), costs.mean() / costs, costs / costs.mean()])
        found: NDArray[np.float64] = weights[self.choice[kinds]] * (self.sizes[kinds] / max(len(costs), 1))[:, None]
        return found

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
    blocks = [
        (about, choice, size, step)
        for about, choice, size, step in product((PRIOR, FITTED), (BROAD, NARROW), _sizes(n_coordinates), STEP_SIZES)
    ]
    kinds = blocks + [(NOISE, ANY, size, 1.0) for size in _sizes(n_steps)]
    none = np.zeros(len(kinds))
    return Ladder(
        about=np.array([about for about, *_ in kinds], np.int64),
        choice=np.array([choice for _, choice, *_ in kinds], np.int64),
        sizes=np.array([size for *_, size, _ in kinds], np.int64),
        step_sizes=np.array([step for *_, step in kinds], np.float64),
        tried=none,
        gained=none,
        costs=np.ones(n_coordinates),
        totals=np.zeros(4, np.int64),
    )


def _sizes(most: int) -> list[int]:
    """Give 1, 4, 16 ... and the whole."""
    sizes = []
    size = 1
    while size < most:
        sizes.append(size)
        size *= GROWTH
    return [*sizes, most] if most else []
