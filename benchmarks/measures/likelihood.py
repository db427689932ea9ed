"""How fast likelihoods of the flagship's record are: whole replays of it, each of other parameters, and their rate.

Takes the packaged record up to a day, as a fit does, and lets particles live through it: one evaluation is the
likelihood of the record along one history. `python -m benchmarks.measures.likelihood` prints the line that
docs/explanation/likelihood.md has; medians over rounds, one thread a core.
"""

from __future__ import annotations

import datetime as dt
import os
import time
from dataclasses import dataclass

import numpy as np

import offramp
from benchmarks.measures.warm import FLAGSHIP
from offramp.engine.conditioned import CompiledWorld, compile_world
from offramp.engine.program import build
from offramp.infer.observation import observation_model
from offramp.infer.observed import ObservedRecord, observe_record, recordable
from offramp.model.model import Model
from offramp.scenario.observed import published

UNTIL = dt.date(2020, 6, 30)
PARTICLES, ROUNDS = 2_048, 5


@dataclass(frozen=True)
class Speed:
    """What was measured: a record, and the seconds that each round took, by the clock and of processors."""

    reports: int
    readings: int
    days: int
    threads: int
    seconds: tuple[float, ...]
    of_processors: tuple[float, ...]

    @property
    def per_second(self) -> float:
        """Evaluations of the whole record in a second by the clock, with whatever else the machine does meanwhile."""
        return PARTICLES / float(np.median(self.seconds))

    @property
    def per_processor_second(self) -> float:
        """Evaluations in a second of one processor."""
        return PARTICLES / float(np.median(self.of_processors))

    def __str__(self) -> str:
        """Say it in a line."""
        nanoseconds = 1e9 / self.per_processor_second / self.days
        return (
            f"{self.per_processor_second:,.0f} likelihoods in a second of one processor, of {self.reports} reports and "
            f"{self.readings} readings over {self.days} days ({nanoseconds:,.0f} ns a day); {self.per_second:,.0f} a "
            f"second by the clock on {self.threads} threads"
        )


def prepare(threads: int) -> tuple[Model, ObservedRecord, CompiledWorld]:
    """Lower the flagship's record up to the day and compile all."""
    case = offramp.load(FLAGSHIP)
    loaded, model, record = case.loaded, case.model(end=UNTIL), case.record
    assert record is not None
    shares = observation_model(published(loaded), record)
    found = observe_record(model, record, observation=shares, named=recordable(loaded.document.record), until=UNTIL)
    world = compile_world(build(model), found.observed, seed=1, workers=threads, form="specialised")
    return model, found, world


def measure(rounds: int = ROUNDS, threads: int | None = None) -> Speed:
    """Time rounds of evaluations after one that warms up."""
    threads = threads or os.cpu_count() or 1
    model, found, world = prepare(threads)
    coordinates = np.random.default_rng(1).random((PARTICLES, world.n_coordinates))
    keys = np.tile(np.arange(PARTICLES, dtype=np.uint64), (model.n_steps, 1))
    seconds, of_processors = [], []
    for _ in range(rounds + 1):
        began, of_processors_began = time.perf_counter(), time.process_time()
        world.advance_through(world.begin(coordinates), 0, keys)
        seconds.append(time.perf_counter() - began)
        of_processors.append(time.process_time() - of_processors_began)
    sizes = len(found.observed.reports), len(found.observed.readings), model.n_steps, threads
    return Speed(*sizes, tuple(seconds[1:]), tuple(of_processors[1:]))


def main() -> None:
    """Measure and print the line."""
    print(measure())


if __name__ == "__main__":
    main()
