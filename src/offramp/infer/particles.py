"""Particles as values: what they are made of, how they are copied, and how their histories are told again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from offramp.infer.streams import fresh_keys, prior_coordinates
from offramp.infer.world import Coordinates, Keys, Logs, LogTable, Slots, World

States = TypeVar("States")
Tell = Callable[[int], None]  # called with the number of steps done
STRETCH = 16  # steps of a replay between two looks at whether to stop


class Stopped(Exception):  # noqa: N818  (no error: somebody asked for it)
    """A replay was stopped half-way; what was there before it still stands."""


@dataclass(frozen=True, eq=False)
class Particles:
    """Histories up to some step, each told by its coordinates and keys.

    coordinates : (particle, coordinate) float64 inside (0, 1)
    keys : (step, particle) uint64, all steps of the world; those ahead are of the particle's slot, so no two share them
    vectors : (particle,) uint64, which draw of coordinates it carries: equal for copies alone
    origins : (particle,) int64, which of the first n particles it descends from, however often it was moved since
    log_likelihood : (particle,) sum of log w along its own history
    """

    coordinates: Coordinates
    keys: Keys
    vectors: Keys
    origins: Slots
    log_likelihood: Logs

    @property
    def n(self) -> int:
        """Number of particles."""
        return len(self.coordinates)

    @property
    def unique_vectors(self) -> int:
        """Number of different draws of coordinates."""
        return len(np.unique(self.vectors))

    @property
    def unique_origins(self) -> int:
        """Number of the first n particles that have descendants; moves make no new ones."""
        return len(np.unique(self.origins))

    @property
    def unique_ancestors(self) -> int:
        """Number of different histories of the first step: of coordinates and first key together.

        Copies share them; an accepted move of coordinates, or of the noise of step 0, makes a new one. Fresh noise of
        later days does not count.
        """
        return len(np.unique(np.stack([self.vectors, self.keys[0]]), axis=1).T)

    def unique_noise(self, n_steps: int) -> NDArray[np.int64]:
        """Count the different noises of each of the first steps: (step,)."""
        return np.array([len(np.unique(row)) for row in self.keys[:n_steps]], np.int64)

    def copies(self, ancestors: Slots, *, n_steps: int) -> Particles:
        """Put a copy of its ancestor, as lived for some steps, into each slot; ahead, the slot's own noise."""
        keys = np.empty_like(self.keys)
        np.take(self.keys[:n_steps], ancestors, axis=1, out=keys[:n_steps], mode="clip")  # unbuffered
        keys[n_steps:] = fresh_keys(0, self.n)
        return Particles(
            self.coordinates[ancestors],
            keys,
            self.vectors[ancestors],
            self.origins[ancestors],
            self.log_likelihood[ancestors],
        )

    def weighed(self, increments: Logs) -> Particles:
        """Add the log w of a further step."""
        return replace(self, log_likelihood=self.log_likelihood + increments)


def draw_particles(seed: int, n: int, *, n_steps: int, n_coordinates: int) -> Particles:
    """Draw n particles from the prior: slot k has the noise of run k."""
    coordinates = prior_coordinates(seed, n, width=n_coordinates)
    slots = fresh_keys(0, n)
    return Particles(coordinates, np.repeat(slots[None], n_steps, axis=0), slots, np.arange(n), np.zeros(n))


def replay(
    world: World[States],
    coordinates: Coordinates,
    *,
    keys: Keys,
    stop: threading.Event | None = None,
    tell: Tell | None = None,
) -> tuple[States, LogTable]:
    """Tell histories again from their first step.

    Parameters
    ----------
    keys : (step, particle), of as many steps as are to be lived
    stop : ends it early. tell : called every few steps.

    Returns
    -------
    states after the last step, and (step, particle) log w.

    Raises
    ------
    Stopped : `stop` was set.
    """
    states = world.begin(coordinates)
    increments = np.empty(keys.shape)
    for first in range(0, len(keys), STRETCH):
        if stop is not None and stop.is_set():
            raise Stopped
        stretch = keys[first : first + STRETCH]
        increments[first : first + STRETCH] = world.advance_through(states, first, stretch)
        if tell is not None:
            tell(first + len(stretch))
    return states, increments


def standard_error(values: NDArray[np.float64], origins: Slots) -> NDArray[np.float64]:
    """Estimate the Monte Carlo standard error of the mean of values over equally weighted particles.

    Particles of one origin are not independent, those of different origins nearly are: so the squared sums of what each
    origin's particles are off the mean are added up. With few origins left (say under 30) it is too small.

    Parameters
    ----------
    values : (particle, ...)

    Returns
    -------
    (...) standard errors.

    Source : chan2013, eq. 2.11 (with the evidence taken as known)
    """
    away = values - values.mean(axis=0)
    families = np.unique(origins, return_inverse=True)[1]
    sums = np.zeros((int(families.max()) + 1, *values.shape[1:]))
    np.add.at(sums, families, away)
    error: NDArray[np.float64] = np.sqrt(np.square(sums).sum(axis=0)) / len(values)
    return error


def correlations(before: Coordinates, after: Coordinates) -> NDArray[np.float64]:
    """Correlate (particle, coordinate) tables column by column; 1 where a column has no spread."""
    a, b = before - before.mean(axis=0), after - after.mean(axis=0)
    spread = np.sqrt((a**2).sum(axis=0) * (b**2).sum(axis=0))
    found: NDArray[np.float64] = np.where(spread > 0, (a * b).sum(axis=0) / np.where(spread > 0, spread, 1.0), 1.0)
    return found


def in_step_order(increments: LogTable) -> Logs:
    """Sum (step, particle) log w over steps, first to last: the same bits as adding them as they come."""
    total = np.zeros(increments.shape[1:])
    for row in increments:
        total = total + row
    return total
