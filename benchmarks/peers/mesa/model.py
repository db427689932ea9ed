"""Contestant: Mesa 3, one agent per actor, one model per run.

Noise comes from the model's own `random`. Lists of Python floats are used throughout: on forty
numbers they are faster than NumPy arrays. Run with this folder's environment as
`python -m benchmarks.peers.mesa.model NUMBERS.npz`.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mesa
import numpy as np

from benchmarks.peers.numbers import draw_theta, load
from benchmarks.peers.worker import serve

Numbers = dict[str, Any]


@dataclass(slots=True)
class Move:
    """What is fixed about a move, and its coefficients in this run."""

    number: int
    base: float
    weights: list[tuple[int, float]]
    memories: list[tuple[int, float]]
    requires: int
    threshold: float
    cooldown: int
    effects: list[tuple[int, int, float, float]]
    ready: int = 0
    count: int = 0


class Actor(mesa.Agent):
    """Someone who, given an opportunity, picks one of its moves or holds."""

    def __init__(self, model: Crisis, chance: float, moves: list[Move]) -> None:
        super().__init__(model)
        self.chance = chance
        self.moves = moves

    def decide(self) -> None:
        """Choose on this morning's state; what is chosen is told to the model."""
        model = self.model
        if model.random.random() >= self.chance:
            return
        free = [m for m in self.moves if self.is_free(m)]
        odds = [math.exp(self.utility(m)) for m in free]
        point = model.random.random() * (1.0 + sum(odds)) - 1.0
        if point < 0.0:
            return
        for move, share in zip(free, odds, strict=True):
            point -= share
            if point < 0.0:
                model.chosen.append(move)
                return

    def is_free(self, move: Move) -> bool:
        """Tell whether a move is off its cooldown and meets its requirement."""
        if self.model.day < move.ready:
            return False
        return move.requires < 0 or self.model.x[move.requires] > move.threshold

    def utility(self, move: Move) -> float:
        """Add up base, weighted quantities and weighted memories."""
        x, memory = self.model.x, self.model.memory
        value = move.base
        for quantity, weight in move.weights:
            value += weight * x[quantity]
        for other, weight in move.memories:
            value += weight * memory[other]
        return value


class Crisis(mesa.Model):
    """One run."""

    def __init__(self, numbers: Numbers, prior: Numbers, seed: int) -> None:
        super().__init__(seed=seed)
        gauss = self.random.gauss
        z = np.array([gauss(0.0, 1.0) for _ in prior["theta_centre"]])
        theta = {block: values.tolist() for block, values in draw_theta(prior, z).items()}
        self.day = 0
        self.n_days = numbers["n_days"]
        self.x: list[float] = list(numbers["rest"])
        self.rest = numbers["rest"]
        self.keep = [2.0 ** (-1.0 / half_life) for half_life in theta["half_life"]]
        self.coupled_to, self.coupling = numbers["coupled_to"], theta["coupling"]
        self.noise = theta["noise"]
        self.decay = [2.0 ** (-1.0 / half_life) for half_life in numbers["memory_half_life"]]
        self.moves = [make_move(numbers, theta, k) for k in range(len(numbers["requires"]))]
        self.memory = [0.0] * len(self.moves)
        self.pending: list[list[tuple[int, float]]] = [[] for _ in range(numbers["n_delays"])]
        self.chosen: list[Move] = []
        self.peaked, self.crossed = numbers["peaked"], numbers["crossed"]
        self.crossing = numbers["crossing"]
        self.peak = [0.0, 0.0]
        self.crossed_on = [self.n_days, self.n_days]
        first = numbers["first_move"]
        for actor, rate in enumerate(theta["rate"]):
            moves = self.moves[first[actor] : first[actor + 1]]
            Actor(self, 1.0 - math.exp(-rate), moves)

    def step(self) -> None:
        """Simulate one day."""
        self.apply_pending()
        self.chosen.clear()
        self.agents.do("decide")
        self.memory = [h * decay for h, decay in zip(self.memory, self.decay, strict=True)]
        for move in self.chosen:
            self.act(move)
        self.apply_pending()
        self.drift()
        self.observe()
        self.day += 1

    def apply_pending(self) -> None:
        """Add the effects that are due today, then clip what they touched."""
        row = self.pending[self.day % len(self.pending)]
        x = self.x
        for quantity, size in row:
            x[quantity] += size
        for quantity, _ in row:
            x[quantity] = min(max(x[quantity], 0.0), 1.0)
        row.clear()

    def act(self, move: Move) -> None:
        """Record a move and schedule its effects."""
        move.count += 1
        move.ready = self.day + move.cooldown
        self.memory[move.number] += 1.0
        pending, gauss = self.pending, self.random.gauss
        for quantity, delay, mean, sd in move.effects:
            pending[(self.day + delay) % len(pending)].append((quantity, gauss(mean, sd)))

    def drift(self) -> None:
        """Relax, couple and shake all quantities from one snapshot."""
        x, rest, gauss = self.x, self.rest, self.random.gauss
        away = [now - home for now, home in zip(x, rest, strict=True)]
        after = []
        for q, keep in enumerate(self.keep):
            (left, right), (c_left, c_right) = self.coupled_to[q], self.coupling[q]
            value = rest[q] + keep * away[q] + c_left * away[left] + c_right * away[right]
            value += gauss(0.0, self.noise[q])
            after.append(min(max(value, 0.0), 1.0))
        self.x = after

    def observe(self) -> None:
        """Bring peaks and first crossings up to date."""
        for j in (0, 1):
            self.peak[j] = max(self.peak[j], self.x[self.peaked[j]])
            if self.crossed_on[j] == self.n_days and self.x[self.crossed[j]] > self.crossing:
                self.crossed_on[j] = self.day

    def outcomes(self, numbers: Numbers) -> list[float]:
        """Return three counts, all moves, two peaks, two crossings, two last values."""
        counts = [move.count for move in self.moves]
        last = [self.x[q] for q in numbers["last_seen"]]
        counted = [counts[k] for k in numbers["counted"]]
        return [*counted, sum(counts), *self.peak, *self.crossed_on, *last]


def make_move(numbers: Numbers, theta: dict[str, Any], k: int) -> Move:
    """Gather what belongs to move k."""
    return Move(
        number=k,
        base=theta["base"][k],
        weights=list(zip(numbers["weight_on"][k], theta["weight"][k], strict=True)),
        memories=list(zip(numbers["memory_of"][k], theta["memory"][k], strict=True)),
        requires=numbers["requires"][k],
        threshold=numbers["threshold"][k],
        cooldown=numbers["cooldown"][k],
        effects=list(
            zip(
                numbers["effect_on"][k],
                numbers["delay"][k],
                theta["effect_mean"][k],
                theta["effect_sd"][k],
                strict=True,
            )
        ),
    )


def main() -> None:
    """Serve the benchmark."""
    arrays = load(Path(sys.argv[1]))
    plain = {name: value.tolist() for name, value in arrays.items()}

    def simulate(runs: int, seed: int) -> Any:
        outcomes = []
        for run in range(runs):
            crisis = Crisis(plain, arrays, seed=seed * 1_000_003 + run)
            for _ in range(crisis.n_days):
                crisis.step()
            outcomes.append(crisis.outcomes(plain))
        return outcomes

    serve(simulate, {"mesa": mesa.__version__})


if __name__ == "__main__":
    main()
