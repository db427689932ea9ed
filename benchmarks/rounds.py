"""Time the contestants in interleaved rounds, so that a disturbance of the machine meets all alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from benchmarks.contestants import Contestant

SEEDS_APART = 1_000
"""Distance between contestants' seeds: those with addressed noise would otherwise share all draws."""


@dataclass
class Timing:
    """What one contestant did: per round, nanoseconds per run-day and moments of the outcomes."""

    name: str
    versions: dict[str, str]
    first_seconds: float
    runs: int
    ns: list[float] = field(default_factory=list)
    means: list[list[float]] = field(default_factory=list)
    variances: list[list[float | None]] = field(default_factory=list)

    @property
    def median_ns(self) -> float:
        """Median over the rounds."""
        return float(np.median(self.ns))

    def ratio(self, other: Timing) -> float:
        """Return this contestant's time over another's: the median of the ratios within rounds."""
        return float(np.median(np.array(self.ns) / np.array(other.ns)))


def race(
    contestants: Sequence[Contestant], *, rounds: int, n_days: int, told: Callable[[str], None]
) -> dict[str, Timing]:
    """Warm each contestant up once, then time `rounds` rounds in which each runs once."""
    timings = {}
    for place, contestant in enumerate(contestants):
        entry = contestant.entry
        told(f"warming up {entry.name}")
        warm = contestant.request(min(entry.runs, 256), seed=SEEDS_APART * place)
        timings[entry.name] = Timing(entry.name, contestant.versions, warm["seconds"], entry.runs)
    for number in range(1, rounds + 1):
        told(f"round {number} of {rounds}")
        for place, contestant in enumerate(contestants):
            entry, timing = contestant.entry, timings[contestant.entry.name]
            answer = contestant.request(entry.runs, seed=SEEDS_APART * place + number)
            timing.ns.append(answer["seconds"] / entry.runs / n_days * 1e9)
            timing.means.append(answer["mean"])
            timing.variances.append(answer["variance"])
    return timings
