"""Regret: how far each alternative falls short of the best one in the same run, for outcomes with a better side.

    regret of alternative i in run r  =  |value of i in r - best value of any alternative in r|  >=  0

The baseline is one of the alternatives. All of them share the noise of a run, so the regret of a run is what choosing
otherwise would have been worth in that very history, and not the luck of one history against another.

Savage compares alternatives by their worst regret over states of the world; here runs take the place of states.

Source : savage1951
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from offramp.engine.block import Block
from offramp.ensemble.bins import Bins, Histogram
from offramp.ensemble.summary import Moments, State


@dataclass(frozen=True, slots=True)
class Preference:
    """An outcome, by its index, and which way of it is better: +1 higher, -1 lower."""

    outcome: int
    sign: int


class Regret:
    """Regret of each alternative (baseline first) in each outcome that is preferred one way.

    moments, best : (preference, alternative) moments of the regret, and number of runs in which it is 0. Runs in which
        the outcome is no finite number in some alternative are left out; `moments.n` says how many are left.
    """

    def __init__(self, preferences: Sequence[Preference], n_alternatives: int) -> None:
        self.preferences = tuple(preferences)
        shape = (len(self.preferences), n_alternatives)
        self.moments = Moments.empty(shape)
        self.best = np.zeros(shape, np.int64)
        self.histograms = [Histogram(Bins("log"), n_alternatives) for _ in self.preferences]

    def add(self, blocks: Sequence[Block]) -> None:
        """Fold in the same runs of all alternatives."""
        moments = np.zeros((3, *self.best.shape))
        for i, preference in enumerate(self.preferences):
            values = np.stack([block.outcomes[:, preference.outcome] for block in blocks])
            sound = np.isfinite(values).all(axis=0)
            values = values[:, sound] * np.float32(preference.sign)
            regret = values.max(axis=0) - values
            self.best[i] += (regret == 0).sum(axis=1)
            moments[:, i] = self.histograms[i].add(regret)
        self.moments.merge(*moments)

    def state(self) -> State:
        """Return the whole state as named arrays."""
        out: State = {"best": self.best, "n": self.moments.n, "mean": self.moments.mean, "m2": self.moments.m2}
        for i, histogram in enumerate(self.histograms):
            out[f"table_{i}"] = histogram.table
        return out

    def restore(self, state: State) -> None:
        """Take over a state of the same shape."""
        self.best = np.array(state["best"], np.int64)
        self.moments = Moments(*(np.array(state[name], np.float64) for name in ("n", "mean", "m2")))
        for i, histogram in enumerate(self.histograms):
            histogram.table = np.array(state[f"table_{i}"], np.float64)
