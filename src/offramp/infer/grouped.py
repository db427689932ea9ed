"""A world of groups: each coordinate vector is lived by several members with noise of their own, and filtered alone.

What a group says of a step is the mean of its members' weights; where these have become uneven, the members are drawn
anew among themselves. The product over steps is an unbiased estimate of the likelihood of the coordinates with noise
averaged out, and a function of coordinates and keys like any other: so a world of groups is a `World`, and whatever
samples it exactly samples the coordinates of the world within exactly (a pseudo-marginal likelihood). Filtering groups
is SMC squared; tempering them is tempering a likelihood that is nearly free of noise.

Source : andrieu2009 (pseudo-marginal); chopin2013 (SMC squared)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from offramp.core.noise import day_key, draw_word, run_key, slot
from offramp.infer.world import Coordinates, Keys, Logs, LogTable, Slots, World

States = TypeVar("States")
RESAMPLE_BELOW = 0.5  # of the members
_LOW = np.uint64(0xFFFFFFFF)
_SLOT = slot("sampling", "group")


@dataclass
class Members(Generic[States]):
    """States of all members, group after group, and their (group, member) log-weights since they were last drawn."""

    states: States
    log_weights: NDArray[np.float64]


@dataclass(frozen=True)
class Grouped(Generic[States]):
    """Groups of so many members; `seed` addresses the uniforms with which members are drawn anew.

    The more members, the less noise is left in the likelihood, and the more of the moves are accepted; enough are about
    so many that fresh noise alone changes its logarithm by one to two.
    """

    world: World[States]
    members: int
    seed: int

    @property
    def n_steps(self) -> int:
        """Number of steps of the world within."""
        return self.world.n_steps

    @property
    def n_coordinates(self) -> int:
        """Number of coordinates of the world within."""
        return self.world.n_coordinates

    def begin(self, coordinates: Coordinates) -> Members[States]:
        """Begin every group with equal weights."""
        inner = self.world.begin(np.repeat(coordinates, self.members, axis=0))
        return Members(inner, np.zeros((len(coordinates), self.members)))

    def advance(self, states: Members[States], step: int, keys: Keys) -> Logs:
        """Live one step and return (group,) log of the mean weight."""
        self._draw_anew(states, step, keys)
        before = _log_sums(states.log_weights)
        weights = self.world.advance(states.states, step, self._member_keys(keys)).reshape(states.log_weights.shape)
        states.log_weights = states.log_weights + np.where(np.isnan(weights), -np.inf, weights)
        after = _log_sums(states.log_weights)
        return np.where(np.isfinite(after), after - np.where(np.isfinite(before), before, 0.0), -np.inf)

    def advance_through(self, states: Members[States], first_step: int, keys: Keys) -> LogTable:
        """Live consecutive steps."""
        return np.array([self.advance(states, first_step + ahead, row) for ahead, row in enumerate(keys)])

    def take(self, states: Members[States], ancestors: Slots) -> Members[States]:
        """Copy groups whole."""
        rows = (ancestors[:, None] * self.members + np.arange(self.members)).ravel()
        return Members(self.world.take(states.states, rows), states.log_weights[ancestors])

    def _member_keys(self, keys: Keys) -> Keys:
        """Give each member a run number that no member of another group or generation has."""
        members: Keys = np.arange(self.members, dtype=np.uint64)
        numbered: Keys = (keys & _LOW)[:, None] * np.uint64(self.members) + members
        return ((keys & ~_LOW)[:, None] | numbered).ravel()

    def _draw_anew(self, states: Members[States], step: int, keys: Keys) -> None:
        """Draw members in proportion to weight where a group's effective size is low; such a group is even then."""
        shares = _shares(states.log_weights)
        uneven = np.square(shares).sum(axis=1) * RESAMPLE_BELOW * self.members > 1
        if not uneven.any():
            return
        word = draw_word(*day_key(*run_key(self.seed, keys[uneven]), step), _SLOT)
        u = (np.asarray(word, np.float64) + 0.5) * 2.0**-32
        chosen = np.tile(np.arange(self.members), (len(keys), 1))
        chosen[uneven] = _systematic_rows(shares[uneven], u)
        rows = np.arange(len(keys))[:, None] * self.members + chosen
        states.states = self.world.take(states.states, rows.ravel())
        states.log_weights = np.where(uneven[:, None], 0.0, states.log_weights)


def _systematic_rows(shares: NDArray[np.float64], u: NDArray[np.float64]) -> Slots:
    """Draw (row, member) members of each row by its own uniform: systematic resampling, row by row."""
    n = shares.shape[1]
    edges = np.cumsum(shares, axis=1)
    positions = (np.arange(n) + u[:, None]) / n
    found = (edges[:, None, :] <= positions[:, :, None]).sum(axis=2)
    last = n - 1 - np.argmax(shares[:, ::-1] > 0, axis=1)
    drawn: Slots = np.minimum(found, last[:, None])
    return drawn


def _shares(log_weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give (group, member) weights that sum to 1 in each group; even where all are dead."""
    top = log_weights.max(axis=1, keepdims=True)
    alive = np.isfinite(top)
    weights = np.where(alive, np.exp(log_weights - np.where(alive, top, 0.0)), 1.0)
    shares: NDArray[np.float64] = weights / weights.sum(axis=1, keepdims=True)
    return shares


def _log_sums(log_weights: NDArray[np.float64]) -> Logs:
    """Give (group,) logarithms of the sums of weights; -inf where all are dead."""
    top = log_weights.max(axis=1)
    alive = np.isfinite(top)
    sums = np.exp(log_weights - np.where(alive, top, 0.0)[:, None]).sum(axis=1)
    found: Logs = np.where(alive, top + np.log(np.where(alive, sums, 1.0)), -np.inf)
    return found
