"""Simulation-based calibration: whether what samples posteriors is right on average over what the prior holds possible.

Parameters are drawn from the prior, a record from the model at these, draws from the posterior given this record; then
the number of draws below the truth, its *rank*, is even over 0 .. L, and an interval of 90 % holds the truth in 90 % of
trials: whatever the model, if all its parts are right. Piles at both ends tell of posteriors too narrow, a pile at one
of a bias.

The test is a band for the distribution function of the ranks, within which all of it lies with probability 1 - alarm
if the ranks are even; parameters share the alarm. Of intervals, bounds of the same alarm.

Source : talts2018; sailynoja2022, section 2.2 (simultaneous bands by simulation)
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr, bdtrc

from offramp.infer.streams import Stream

LEVEL = 0.9  # of the intervals
ALARM = 0.01  # probability that a right sampler is called wrong, all parameters together
EXCEEDED = 100  # simulations of even ranks beyond a band: so its alarm is known to a tenth
MOST_SIMULATIONS = 1_000_000
BATCH = 10_000


@dataclass(frozen=True, eq=False)
class Replication:
    """One trial: (parameter,) the truth, and (draw, parameter) draws from the posterior of a record made from it."""

    truth: NDArray[np.float64]
    draws: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Calibration:
    """Ranks (trial, parameter) of truths among `n_draws` draws, and whether intervals of 90 % held them."""

    names: tuple[str, ...]
    n_draws: int
    ranks: NDArray[np.int64]
    covered: NDArray[np.bool_]

    @property
    def n_trials(self) -> int:
        """Number of trials."""
        return len(self.ranks)

    @property
    def coverage(self) -> NDArray[np.float64]:
        """(parameter,) share of trials in which the interval of 90 % held the truth."""
        return np.asarray(self.covered.mean(axis=0), np.float64)

    def rank_counts(self) -> NDArray[np.int64]:
        """Count the trials by rank: (parameter, rank)."""
        columns = [np.bincount(column, minlength=self.n_draws + 1) for column in self.ranks.T]
        return np.array(columns, np.int64)

    def failures(self, alarm: float = ALARM) -> tuple[str, ...]:
        """Say which parameters' ranks leave the band, or whose intervals hold too few or too many truths."""
        if not self.names:
            return ()
        share = alarm / (2 * len(self.names))  # two tests for each parameter
        low, high = rank_band(self.n_trials, self.n_draws, alarm=share)
        fewest, most = coverage_bounds(self.n_trials, alarm=share)
        said = []
        for name, counts, held in zip(self.names, self.rank_counts(), self.covered.sum(axis=0), strict=True):
            below = np.cumsum(counts)[:-1]
            if (below < low).any() or (below > high).any():
                said.append(f"{name}: ranks are not even: {_leaning(counts)}.")
            if not fewest <= held <= most:
                percent = 100 * held / self.n_trials
                said.append(f"{name}: intervals of 90 % held the truth in {percent:.0f} % of trials.")
        return tuple(said)

    def joined(self, more: Calibration) -> Calibration:
        """Add further trials of the same parameters and number of draws."""
        return replace(
            self,
            ranks=np.concatenate([self.ranks, more.ranks]),
            covered=np.concatenate([self.covered, more.covered]),
        )

    def as_json(self) -> dict[str, object]:
        """Return it as plain JSON values: ranks by trial are enough to go on from, and to draw."""
        ranks, covered = self.ranks.tolist(), self.covered.tolist()
        return {"names": list(self.names), "draws": self.n_draws, "ranks": ranks, "covered": covered}


def calibrate(
    replicate: Callable[[int], Replication],
    trials: range,
    *,
    names: Sequence[str],
    n_draws: int = 49,
    stop: threading.Event | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Calibration:
    """Run trials.

    Parameters
    ----------
    replicate : trial number -> truth and draws; the same number gives the same trial, so work can be shared out.
    n_draws : ranks are among so many draws, taken evenly from those of a trial: particles that lie beside each other
        are kin.
    stop : set it to end early; the trials done are kept. progress : told trials done and trials in all.
    """
    ranks, covered = [], []
    for trial in trials:
        if stop is not None and stop.is_set():
            break
        made = replicate(trial)
        ranks.append(_ranks(made, n_draws, trial))
        low, high = np.quantile(made.draws, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
        covered.append((low <= made.truth) & (made.truth <= high))
        if progress is not None:
            progress(len(ranks), len(trials))
    shape = (len(ranks), len(names))
    return Calibration(
        tuple(names), n_draws, np.array(ranks, np.int64).reshape(shape), np.array(covered, bool).reshape(shape)
    )  # fmt: skip


def _ranks(made: Replication, n_draws: int, trial: int) -> NDArray[np.int64]:
    """Rank the truth among evenly taken draws; among equal ones its place is drawn."""
    rows = (np.arange(n_draws) * len(made.draws)) // n_draws
    draws = made.draws[rows]
    below, equal = (draws < made.truth).sum(axis=0), (draws == made.truth).sum(axis=0)
    u = Stream(0, trial).uniforms("rank", len(made.truth))
    return np.asarray(below + np.floor(u * (equal + 1)), np.int64)


@cache
def rank_band(n_trials: int, n_draws: int, *, alarm: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Find bounds (rank,) on the trials with at most each rank, the last rank left out, that hold all at once.

    Each bound alone is exceeded with a probability that is the same at every rank; it is chosen so that even ranks
    leave the band anywhere with probability `alarm`, by simulation.
    """
    shares = np.arange(1, n_draws + 1) / (n_draws + 1)
    counts = np.arange(n_trials + 1)[:, None]
    tails = np.minimum(bdtr(counts, n_trials, shares), _at_least(counts, n_trials, shares))  # (count, rank)
    n_batches = -(-min(MOST_SIMULATIONS, int(EXCEEDED / alarm)) // BATCH)
    worst = [tails[_even(batch, n_trials, n_draws), np.arange(n_draws)].min(axis=1) for batch in range(n_batches)]
    inside = tails >= np.quantile(np.concatenate(worst), alarm)
    low, high = np.argmax(inside, axis=0), n_trials - np.argmax(inside[::-1], axis=0)
    return low.astype(np.int64), high.astype(np.int64)


def _even(batch: int, n_trials: int, n_draws: int) -> NDArray[np.int64]:
    """Simulate even ranks: (simulation, rank) trials with at most each rank, the last one left out."""
    u = Stream(0, batch).table("even ranks", BATCH, width=n_trials)
    places = np.floor(u * (n_draws + 1)).astype(np.int64) + (n_draws + 1) * np.arange(BATCH)[:, None]
    counts = np.bincount(places.ravel(), minlength=BATCH * (n_draws + 1)).reshape(BATCH, n_draws + 1)
    return np.cumsum(counts, axis=1)[:, :-1]


def coverage_bounds(n_trials: int, *, alarm: float) -> tuple[int, int]:
    """Find the fewest and the most trials whose interval of 90 % holds the truth, with `alarm` shared by both ends."""
    counts = np.arange(n_trials + 1)
    usual = (bdtr(counts, n_trials, LEVEL) > alarm / 2) & (_at_least(counts, n_trials, LEVEL) > alarm / 2)
    fewest, most = np.flatnonzero(usual)[[0, -1]]
    return int(fewest), int(most)


def _at_least(counts: NDArray[np.int64], n: int, chance: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """Probability that a binomial count is at least so many."""
    above: NDArray[np.float64] = np.where(counts > 0, bdtrc(np.maximum(counts, 1) - 1, n, chance), 1.0)
    return above


def _leaning(counts: NDArray[np.int64]) -> str:
    """Say in words how ranks are uneven, by thirds."""
    low, middle, high = (int(part.sum()) for part in np.array_split(counts, 3))
    total = low + middle + high
    if middle < min(low, high):
        return "posteriors are too narrow"
    if middle > max(low, high) and 2 * abs(low - high) < total - middle:
        return "posteriors are too wide"
    return "posteriors lie too high" if low > high else "posteriors lie too low"
