"""What does more of something cost? Time against runs, days, moves and actors, with a straight line through each.

Models of other sizes are made after the pattern of the reference model. Each series changes one number and leaves the
others as they are there: with more moves each actor chooses among more, with more actors each has fewer, and more
opportunities arise. Processor time of whole calls of `case.run` on one worker, so a line does not start at zero.
`python -m benchmarks.measures.cost` prints the lines.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np

from benchmarks.offramp_contestant import simulator
from benchmarks.reference_model import REFERENCE, Size, make
from benchmarks.reference_scenario import scenario_text

Form = Literal["specialised", "evaluator"]
RUNS = 1024
"""Runs of a point, where runs are not what is changed: four blocks."""


@dataclass
class Point:
    """One size and how long it took in each round."""

    at: int
    runs: int
    size: Size
    seconds: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """Median over the rounds."""
        return float(np.median(self.seconds))


@dataclass
class Series:
    """Time against one number; `line` is a least-squares line through the medians."""

    of: str
    points: list[Point]

    @property
    def line(self) -> tuple[float, float]:
        """Seconds at zero, seconds for each one more; every point counts by its relative distance."""
        x, y = self._medians()
        slope, start = np.polyfit(x, y, 1, w=1 / y)
        return float(start), float(slope)

    @property
    def residual(self) -> float:
        """Largest distance of a median from the line, as a share of the line there."""
        x, y = self._medians()
        start, slope = self.line
        fitted = start + slope * x
        return float(np.max(np.abs(y / fitted - 1)))

    def _medians(self) -> tuple[np.ndarray, np.ndarray]:
        return np.array([p.at for p in self.points], float), np.array([p.median for p in self.points])


def all_series() -> list[Series]:
    """List what is varied, and how far."""
    return [
        Series("runs", [Point(n, n, REFERENCE) for n in (1024, 2048, 4096, 8192, 16384)]),
        Series("days", [Point(n, RUNS, Size(n_days=n)) for n in (100, 200, 400, 800, 1600)]),
        Series("moves", [Point(n, RUNS, Size(n_moves=n)) for n in (24, 48, 96, 144)]),
        Series("actors", [Point(n, RUNS, Size(n_actors=n)) for n in (5, 10, 20, 40)]),
    ]


def measure(rounds: int, *, form: Form, told: Callable[[str], None]) -> list[Series]:
    """Time every point once a round, after one warm-up."""
    series = all_series()
    points = [point for one in series for point in one.points]
    with tempfile.TemporaryDirectory() as folder:
        simulators = {}
        for size in dict.fromkeys(point.size for point in points):
            told(f"preparing {size.n_actors} actors, {size.n_moves} moves, {size.n_days} days")
            path = Path(folder, f"{size.n_actors}-{size.n_moves}-{size.n_days}.yaml")
            path.write_text(scenario_text(make(size=size)), encoding="utf-8")
            simulators[size] = simulator(form, str(path))
            simulators[size](256, 0)
        for number in range(1, rounds + 1):
            told(f"cost: round {number} of {rounds}")
            for point in points:
                began = time.process_time()
                simulators[point.size](point.runs, number)
                point.seconds.append(time.process_time() - began)
    return series


def main() -> None:
    """Print the lines of the evaluator."""
    for series in measure(3, form="evaluator", told=print):
        start, slope = series.line
        print(f"{series.of}: {start:.3f} s + {slope * 1e3:.4f} ms each; largest residual {series.residual:.1%}")
        print("   ", ", ".join(f"{p.at}: {p.median:.3f} s" for p in series.points))


if __name__ == "__main__":
    main()
