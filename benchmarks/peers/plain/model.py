"""Contestant: one run a call, pure Python: floats, lists and the standard library's `random`.

What a careful modeller writes first, without a framework and without arrays: a function from a run's coefficients to
its outcomes. What does not change within a run is gathered before its days begin. The EMA Workbench peer calls the
same function. Run as `python -m benchmarks.peers.plain.model NUMBERS.npz`.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from itertools import pairwise
from math import exp
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from benchmarks.peers.numbers import load
from benchmarks.peers.worker import serve

Numbers = dict[str, Any]
Coefficients = list[float]
SEEDS_APART = 1_000_003
"""Distance between the seeds of two requests, more than the runs of any."""


class Move(NamedTuple):
    """A move with its coefficients in one run."""

    number: int
    base: float
    weights: list[tuple[int, float]]
    memories: list[tuple[int, float]]
    requires: int
    threshold: float
    cooldown: int
    effects: list[tuple[int, int, float, float]]


class Drift(NamedTuple):
    """What moves a quantity from day to day: x' = rise + keep * x + left * x[i] + right * x[j] + noise."""

    rise: float
    keep: float
    i: int
    left: float
    j: int
    right: float
    noise: float


@dataclass(slots=True)
class Tally:
    """What outcomes are read off."""

    counts: list[int]
    peaks: list[float]
    crossed_on: list[int]


class Crisis:
    """The reference model: `simulate` is one run."""

    def __init__(self, numbers: Numbers) -> None:
        self.fixed: Numbers = {name: value.tolist() for name, value in numbers.items()}
        starts = self.fixed["theta_start"]
        self.blocks = dict(zip(self.fixed["theta_block"], pairwise(starts), strict=True))
        self.decay = [2.0 ** (-1.0 / half_life) for half_life in self.fixed["memory_half_life"]]

    def draw(self, random: Random) -> Coefficients:
        """Draw the coefficients of a run from their priors."""
        fixed, gauss = self.fixed, random.gauss
        priors = zip(fixed["theta_centre"], fixed["theta_sd"], fixed["theta_positive"], strict=True)
        return [
            centre * exp(gauss(0.0, sd)) if is_positive else gauss(centre, sd) for centre, sd, is_positive in priors
        ]

    def simulate(self, theta: Coefficients, random: Random) -> list[float]:
        """Simulate one run; return three counts, all moves, two peaks, two crossings, two last values."""
        fixed, decay = self.fixed, self.decay
        actors, drifts = self.actors(theta), self.drifts(theta)
        x: list[float] = list(fixed["rest"])
        memory = [0.0] * len(decay)
        ready = [0] * len(decay)
        pending: list[list[tuple[int, float]]] = [[] for _ in range(fixed["n_delays"])]
        tally = Tally([0] * len(decay), [0.0, 0.0], [fixed["n_days"]] * 2)
        for day in range(fixed["n_days"]):
            today = pending[day % len(pending)]
            apply(today, x)
            chosen = [
                move
                for chance, moves in actors
                if random.random() < chance and (move := choose(free(moves, x, ready, day), x, memory, random))
            ]
            memory = [h * d for h, d in zip(memory, decay, strict=True)]
            for move in chosen:
                memory[move.number] += 1.0
                ready[move.number] = day + move.cooldown
                tally.counts[move.number] += 1
                schedule(move, pending, day, random)
            apply(today, x)
            x = drifted(drifts, x, random)
            self.observe(tally, x, day)
        last = [x[q] for q in fixed["last_seen"]]
        counted = [tally.counts[k] for k in fixed["counted"]]
        return [*counted, sum(tally.counts), *tally.peaks, *tally.crossed_on, *last]

    def actors(self, theta: Coefficients) -> list[tuple[float, list[Move]]]:
        """Gather each actor's chance of an opportunity and its moves."""
        fixed = self.fixed
        base, rate = self.block(theta, "base"), self.block(theta, "rate")
        weight, memory = self.rows(theta, "weight"), self.rows(theta, "memory")
        mean, sd = self.rows(theta, "effect_mean"), self.rows(theta, "effect_sd")
        moves = [
            Move(
                number=k,
                base=base[k],
                weights=list(zip(fixed["weight_on"][k], weight[k], strict=True)),
                memories=list(zip(fixed["memory_of"][k], memory[k], strict=True)),
                requires=fixed["requires"][k],
                threshold=fixed["threshold"][k],
                cooldown=fixed["cooldown"][k],
                effects=list(zip(fixed["effect_on"][k], fixed["delay"][k], mean[k], sd[k], strict=True)),
            )
            for k in range(len(base))
        ]
        first = fixed["first_move"]
        return [(1.0 - exp(-rate[a]), moves[first[a] : first[a + 1]]) for a in range(len(rate))]

    def drifts(self, theta: Coefficients) -> list[Drift]:
        """Gather what moves each quantity."""
        rest, coupled_to, coupling = self.fixed["rest"], self.fixed["coupled_to"], self.rows(theta, "coupling")
        drifts = []
        for q, (half_life, noise) in enumerate(
            zip(self.block(theta, "half_life"), self.block(theta, "noise"), strict=True)
        ):
            keep = 2.0 ** (-1.0 / half_life)
            (i, j), (left, right) = coupled_to[q], coupling[q]
            rise = (1.0 - keep) * rest[q] - left * rest[i] - right * rest[j]
            drifts.append(Drift(rise, keep, i, left, j, right, noise))
        return drifts

    def block(self, theta: Coefficients, name: str) -> list[float]:
        """Return one block of coefficients."""
        first, last = self.blocks[name]
        return theta[first:last]

    def rows(self, theta: Coefficients, name: str) -> list[list[float]]:
        """Return one block of coefficients, a row for each move or quantity."""
        values = self.block(theta, name)
        n = len(values) // len(self.fixed["rest" if name == "coupling" else "requires"])
        return [values[start : start + n] for start in range(0, len(values), n)]

    def observe(self, tally: Tally, x: list[float], day: int) -> None:
        """Bring peaks and first crossings up to date."""
        fixed = self.fixed
        for j, q in enumerate(fixed["peaked"]):
            tally.peaks[j] = max(tally.peaks[j], x[q])
        for j, q in enumerate(fixed["crossed"]):
            if tally.crossed_on[j] == fixed["n_days"] and x[q] > fixed["crossing"]:
                tally.crossed_on[j] = day


def apply(due: list[tuple[int, float]], x: list[float]) -> None:
    """Add the effects that are due, then clip what they touched."""
    for q, size in due:
        x[q] += size
    for q, _ in due:
        x[q] = clipped(x[q])
    due.clear()


def free(moves: list[Move], x: list[float], ready: list[int], day: int) -> list[Move]:
    """List the moves that are off their cooldown and meet their requirement."""
    return [m for m in moves if ready[m.number] <= day and (m.requires < 0 or x[m.requires] > m.threshold)]


def choose(moves: list[Move], x: list[float], memory: list[float], random: Random) -> Move | None:
    """Pick a move by a logit on utilities; None is to hold, whose utility is 0."""
    odds = []
    for move in moves:
        utility = move.base
        for q, weight in move.weights:
            utility += weight * x[q]
        for other, weight in move.memories:
            utility += weight * memory[other]
        odds.append(exp(utility))
    point = random.random() * (1.0 + sum(odds)) - 1.0
    if point < 0.0:
        return None
    for move, share in zip(moves, odds, strict=True):
        point -= share
        if point < 0.0:
            return move
    return None


def schedule(move: Move, pending: list[list[tuple[int, float]]], day: int, random: Random) -> None:
    """Put a move's effects where they will be due."""
    for q, delay, mean, sd in move.effects:
        pending[(day + delay) % len(pending)].append((q, random.gauss(mean, sd)))


def drifted(drifts: list[Drift], x: list[float], random: Random) -> list[float]:
    """Relax, couple and shake all quantities from one snapshot."""
    gauss = random.gauss
    return [
        clipped(rise + keep * now + left * x[i] + right * x[j] + gauss(0.0, noise))
        for now, (rise, keep, i, left, j, right, noise) in zip(x, drifts, strict=True)
    ]


def clipped(value: float) -> float:
    """Keep a value within the range of quantities."""
    return 0.0 if value < 0.0 else 1.0 if value > 1.0 else value


def main() -> None:
    """Serve the benchmark."""
    crisis = Crisis(load(Path(sys.argv[1])))

    def simulate(runs: int, seed: int) -> list[list[float]]:
        outcomes = []
        for run in range(runs):
            random = Random(seed * SEEDS_APART + run)
            outcomes.append(crisis.simulate(crisis.draw(random), random))
        return outcomes

    serve(simulate, {})


if __name__ == "__main__":
    main()
