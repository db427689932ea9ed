"""Contestant: NumPy vectorised over runs, state laid out (element, run), float32.

Noise comes from NumPy's own generator, in order. Run as
`python -m benchmarks.peers.numpy_runs.model NUMBERS.npz`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.peers.numbers import draw_theta, load
from benchmarks.peers.worker import serve

F = np.float32
BATCH = 2048
"""Runs at once: large enough to hide the interpreter, small enough for the cache."""


class Crisis:
    """A batch of runs that advance together."""

    def __init__(self, numbers: dict[str, Any], n_runs: int, rng: np.random.Generator) -> None:
        self.fixed, self.rng, self.n_runs = numbers, rng, n_runs
        n_theta = len(numbers["theta_centre"])
        theta = draw_theta(numbers, rng.standard_normal((n_theta, n_runs), dtype=F))
        self.theta = theta
        self.chance = 1 - np.exp(-theta["rate"])
        self.keep = np.exp2(-1 / theta["half_life"])
        rest = numbers["rest"][:, None].astype(F)
        neighbours = numbers["coupled_to"]
        self.drift = (1 - self.keep) * rest - (theta["coupling"] * rest[neighbours]).sum(axis=1)
        self.decay = np.exp2(-1 / numbers["memory_half_life"])[:, None].astype(F)
        n_moves = len(numbers["requires"])
        self.x = np.repeat(rest, n_runs, axis=1)
        self.memory = np.zeros((n_moves, n_runs), F)
        self.ready = np.zeros((n_moves, n_runs), np.int32)
        self.count = np.zeros((n_moves, n_runs), np.int32)
        self.pending = np.zeros((int(numbers["n_delays"]), *self.x.shape), F)
        self.peak = np.zeros((2, n_runs), F)
        self.crossed_on = np.full((2, n_runs), int(numbers["n_days"]))

    def advance(self, day: int) -> None:
        """Simulate one day."""
        today = day % len(self.pending)
        self._apply(today)
        first = self.fixed["first_move"]
        chosen = [
            event
            for actor in range(len(first) - 1)
            for event in self._choose(actor, range(first[actor], first[actor + 1]), day)
        ]
        self.memory *= self.decay
        for move, runs in chosen:
            self._act(move, runs, day, today)
        self._apply(today)
        self._drift()
        self._observe(day)

    def _apply(self, today: int) -> None:
        self.x += self.pending[today]
        np.clip(self.x, 0, 1, out=self.x)
        self.pending[today] = 0

    def _choose(self, actor: int, moves: range, day: int) -> list[tuple[int, Any]]:
        """Let an actor choose in the runs where it has an opportunity: (move, runs) of each move."""
        open_in = np.flatnonzero(self.rng.random(self.n_runs, dtype=F) < self.chance[actor])
        x, memory = self.x[:, open_in], self.memory[:, open_in]
        fixed, theta = self.fixed, self.theta
        odds = np.ones((len(moves) + 1, len(open_in)), F)
        for place, move in enumerate(moves, start=1):
            utility = theta["base"][move, open_in]
            utility += (theta["weight"][move][:, open_in] * x[fixed["weight_on"][move]]).sum(axis=0)
            memories = memory[fixed["memory_of"][move]]
            utility += (theta["memory"][move][:, open_in] * memories).sum(axis=0)
            free = self.ready[move, open_in] <= day
            if fixed["requires"][move] >= 0:
                free &= x[fixed["requires"][move]] > fixed["threshold"][move]
            odds[place] = np.where(free, np.exp(utility), 0)
        cumulative = np.cumsum(odds, axis=0)
        point = self.rng.random(len(open_in), dtype=F) * cumulative[-1]
        choice = (point >= cumulative).sum(axis=0)
        return [(move, open_in[choice == place]) for place, move in enumerate(moves, start=1)]

    def _act(self, move: int, runs: Any, day: int, today: int) -> None:
        """Record a move in some runs and schedule its effects there."""
        if not len(runs):
            return
        fixed, theta = self.fixed, self.theta
        self.memory[move, runs] += 1
        self.count[move, runs] += 1
        self.ready[move, runs] = day + fixed["cooldown"][move]
        noise = self.rng.standard_normal((len(fixed["delay"][move]), len(runs)), dtype=F)
        size = theta["effect_mean"][move][:, runs] + theta["effect_sd"][move][:, runs] * noise
        due = (today + fixed["delay"][move]) % len(self.pending)
        for j, quantity in enumerate(fixed["effect_on"][move]):
            self.pending[due[j], quantity, runs] += size[j]

    def _drift(self) -> None:
        flows = (self.theta["coupling"] * self.x[self.fixed["coupled_to"]]).sum(axis=1)
        noise = self.theta["noise"] * self.rng.standard_normal(self.x.shape, dtype=F)
        self.x = np.clip(self.drift + self.keep * self.x + flows + noise, 0, 1)

    def _observe(self, day: int) -> None:
        np.maximum(self.peak, self.x[self.fixed["peaked"]], out=self.peak)
        over = self.x[self.fixed["crossed"]] > self.fixed["crossing"]
        np.minimum(self.crossed_on, np.where(over, day, self.crossed_on), out=self.crossed_on)

    def outcomes(self) -> Any:
        """Return (run, 10): three counts, all moves, two peaks, two crossings, two last values."""
        counted, last = self.count[self.fixed["counted"]], self.x[self.fixed["last_seen"]]
        total = self.count.sum(axis=0, keepdims=True)
        return np.concatenate([counted, total, self.peak, self.crossed_on, last]).T


def main() -> None:
    """Serve the benchmark."""
    numbers = load(Path(sys.argv[1]))

    def simulate(runs: int, seed: int) -> Any:
        rng = np.random.Generator(np.random.SFC64(seed))
        batches = []
        for first in range(0, runs, BATCH):
            crisis = Crisis(numbers, min(BATCH, runs - first), rng)
            for day in range(int(numbers["n_days"])):
                crisis.advance(day)
            batches.append(crisis.outcomes())
        return np.concatenate(batches)

    serve(simulate, {"numpy": np.__version__})


if __name__ == "__main__":
    main()
