"""What sampling code needs to know of a model with its record: four facts, and nothing of engines or scenarios.

A **particle** is one history in the smallest form that it can be told again from:

- its *coordinates*: a point of the unit cube, drawn evenly beforehand, that fixes all that is drawn once per history;
- its *keys*: for each step the run number whose addressed noise it lives that step with.

Its state at any step is a function of the two, and so is the probability w of what the record says of each step given
all before it. Hence the target of all sampling here, over coordinates and noise together:

    p(coordinates) p(noise) w_0 w_1 ... w_t

A world is begun for many particles at once, advanced step by step, and can be told to keep copies of some of them.
"""

from __future__ import annotations

from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

States = TypeVar("States")

Coordinates = NDArray[np.float64]  # (particle, coordinate), inside (0, 1)
Keys = NDArray[np.uint64]  # (step, particle) or (particle,): run numbers
Logs = NDArray[np.float64]  # (particle,): logarithms of weights, likelihoods, ratios
LogTable = NDArray[np.float64]  # (step, particle)
Slots = NDArray[np.int64]  # (particle,): numbers of particles


class World(Protocol[States]):
    """A model with its record, for many particles at once.

    What happens to a particle may depend on its own coordinates and keys alone, to the last bit: never on its place, on
    how many others there are, or on the number of threads.
    """

    @property
    def n_steps(self) -> int:
        """Number of steps that can be taken."""

    @property
    def n_coordinates(self) -> int:
        """Number of coordinates of a particle."""

    def begin(self, coordinates: Coordinates) -> States:
        """Make the states before the first step."""

    def advance(self, states: States, step: int, keys: Keys) -> Logs:
        """Live one step, in place, and return (particle,) log w: -inf where the record cannot be so."""

    def advance_through(self, states: States, first_step: int, keys: Keys) -> LogTable:
        """Live consecutive steps, keys (step, particle), and return (step, particle) log w: `advance` step by step."""

    def take(self, states: States, ancestors: Slots) -> States:
        """Make new states: copies of those of some particles, which may be named more than once."""
