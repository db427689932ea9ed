"""`python -m benchmarks.run`: Offramp and its peers on the reference model, side by side.

Prints the table; `--write` also puts it into docs/explanation/speed.md. Exit status 1 if the
contestants do not agree on what happens in the model: then their speeds say nothing.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from benchmarks.agreement import LIMIT, z_scores
from benchmarks.contestants import OFFRAMP, Contestant, able, selected
from benchmarks.reference_model import N_DAYS, make
from benchmarks.reference_scenario import scenario_text
from benchmarks.rounds import Timing, race
from benchmarks.table import table, write

MIN_ROUNDS = 5


def main() -> int:
    """Run the benchmark as the command line asks."""
    options = _options()
    entries = able(selected(options.only), _tell)
    if not entries:
        _tell("no contestant is left")
        return 1
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        inputs = Path(folder)
        model = make()
        model.save(inputs / "reference.npz")
        (inputs / "reference.yaml").write_text(scenario_text(model), encoding="utf-8")
        contestants = [stack.enter_context(Contestant(entry, inputs)) for entry in entries]
        timings = race(contestants, rounds=options.rounds, n_days=N_DAYS, told=_tell)
    text = table(timings)
    print(text)
    if options.write:
        write(text)
    return 0 if _agree(timings) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Time Offramp and its peers on the reference model.")
    parser.add_argument("--rounds", type=int, default=MIN_ROUNDS)
    parser.add_argument("--only", nargs="*", default=[], help="words in the names of contestants")
    parser.add_argument("--write", action="store_true", help="put the table into the docs")
    return parser.parse_args()


def _agree(timings: dict[str, Timing]) -> bool:
    """Tell whether every contestant's outcomes agree with the first's, and say which do not."""
    reference = timings.get(OFFRAMP) or next(iter(timings.values()))
    worst = {
        name: float(np.abs(z_scores(timing, reference)).max())
        for name, timing in timings.items()
        if timing is not reference
    }
    for name, z in worst.items():
        if not z <= LIMIT:
            print(f"{name} differs from {reference.name}: |z| = {z:.1f}", file=sys.stderr)
    return all(z <= LIMIT for z in worst.values())


def _tell(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
