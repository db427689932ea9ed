"""`python -m benchmarks.same_runs`: are Offramp's runs and those of the C peers the same runs?

They share noise and addresses and differ in rounding only: C may fuse and reorder arithmetic. A last
bit decides a choice once in a long while; every other run must agree in all counts, and to rounding
in all values. Exit status 1 if fewer do than `ENOUGH`.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import offramp
from benchmarks.offramp_contestant import ORDER
from benchmarks.peers.c import emit_lockstep, emit_scalar
from benchmarks.peers.c.build import Contestant
from benchmarks.peers.c.lockstep import FLAGS
from benchmarks.peers.c.structure import Structure
from benchmarks.peers.numbers import load
from benchmarks.reference_model import N_DAYS, make
from benchmarks.reference_scenario import scenario_text
from offramp.engine import compiled
from offramp.engine.program import build

RUNS, SEED = 4096, 11
TOLERANCE = 1e-4
"""Largest difference of a quantity (range 0 to 1) that rounding may make over the days of a run."""
ENOUGH = 0.99


def main() -> int:
    """Compare and tell."""
    with tempfile.TemporaryDirectory() as folder:
        numbers, scenario = Path(folder, "reference.npz"), Path(folder, "reference.yaml")
        model = make()
        model.save(numbers)
        scenario.write_text(scenario_text(model), encoding="utf-8")
        structure = Structure(load(numbers))
        ours = offramp_runs(scenario)
    shares = {
        program: float(np.mean(np.all(np.abs(peer(RUNS, SEED) - ours) <= TOLERANCE, axis=1)))
        for program, peer in (
            ("lockstep.c", Contestant("lockstep.c", emit_lockstep.emit(structure), FLAGS)),
            ("scalar.c", Contestant("scalar.c", emit_scalar.emit(structure), FLAGS)),
        )
    }
    for program, share in shares.items():
        print(f"{program}: {share:.2%} of {RUNS:,} runs are the same")
    return 0 if min(shares.values()) >= ENOUGH else 1


def offramp_runs(scenario: Path) -> NDArray[np.float32]:
    """Return (run, 10) outcomes in the contestants' order."""
    model = offramp.load(scenario).model()
    steps = np.zeros(0, np.int64)
    block = compiled.simulate(build(model), seed=SEED, first_run=0, n_runs=RUNS, sample_steps=steps, form="evaluator")
    place = {outcome.name: i for i, outcome in enumerate(model.outcomes)}
    columns = [block.counts.sum(axis=1) if name is None else block.outcomes[:, place[name]] for name in ORDER]
    values = np.stack(columns, axis=1)
    never = np.array([str(name).startswith("crossed") for name in ORDER]) & (values < 0)
    return np.where(never, np.float32(N_DAYS), values)


if __name__ == "__main__":
    sys.exit(main())
