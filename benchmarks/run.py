"""`python -m benchmarks.run`: everything that the benchmark measures, in one go; prints one page.

Offramp and its peers on the reference model, side by side; the flagship as its users wait for it; memory; cost against
size; what pairing saves. `--write` also puts the page into docs/explanation/speed.md. Exit status 1 if the contestants
do not agree on what happens in the model: then their speeds say nothing.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from benchmarks import own
from benchmarks.agreement import LIMIT, z_scores
from benchmarks.contestants import OFFRAMP, ROOT, Contestant, able, selected
from benchmarks.goals import Measured
from benchmarks.machine import load, machine
from benchmarks.measures.cost import Series
from benchmarks.measures.pairing import Ratio
from benchmarks.page import page, write, write_plot
from benchmarks.reference_model import N_DAYS, make
from benchmarks.reference_scenario import scenario_text
from benchmarks.rounds import Timing, race
from benchmarks.table import table

ROUNDS, QUICK_ROUNDS = 5, 2
PARTS = ("peers", "commands", "memory", "cost", "pairing")


def main() -> int:
    """Run the benchmark as the command line asks."""
    options = _options()
    effort = own.Effort(options.rounds or (QUICK_ROUNDS if options.quick else ROUNDS), options.quick, _tell)
    goals: dict[str, Measured] = {}
    timings: dict[str, Timing] = {}
    series: list[Series] = []
    ratios: list[Ratio] = []
    for part in options.parts:
        match part:
            case "peers":
                timings = _race(options.only, effort)
                found = own.against_peers(timings)
            case "commands":
                found = own.of_commands(effort)
            case "memory":
                found = own.of_memory(effort)
            case "cost":
                found, series = own.of_cost(effort)
            case _:
                found, ratios = own.of_pairing(effort)
        goals |= found
    peers = table(timings) if timings else ""
    text = page(goals, peers=peers, series=series, ratios=ratios, conditions=_conditions(effort))
    print(text)
    if options.write:
        write(text)
        write_plot(series)
    return 0 if _agree(timings) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Time Offramp, alone and beside its peers.")
    parser.add_argument("--rounds", type=int, help=f"default {ROUNDS}, or {QUICK_ROUNDS} if quick")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="what to measure; default all")
    parser.add_argument("--only", nargs="*", default=[], help="words in the names of contestants")
    parser.add_argument("--quick", action="store_true", help="try everything out in a few minutes")
    parser.add_argument("--write", action="store_true", help="put the page into the docs")
    options = parser.parse_args()
    if options.write and (options.quick or set(options.parts) != set(PARTS) or options.only):
        parser.error("--write puts the whole page into the docs: leave out --quick, --parts and --only")
    return options


def _race(words: list[str], effort: own.Effort) -> dict[str, Timing]:
    entries = able(selected(words), _tell)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        inputs = Path(folder)
        model = make()
        model.save(inputs / "reference.npz")
        (inputs / "reference.yaml").write_text(scenario_text(model), encoding="utf-8")
        contestants = [stack.enter_context(Contestant(entry, inputs)) for entry in entries]
        return race(contestants, rounds=effort.rounds, n_days=N_DAYS, told=_tell)


def _conditions(effort: own.Effort) -> str:
    today = datetime.now(tz=UTC).date().isoformat()
    warning = "**Quick: fewer runs and rounds than the page wants.** " if effort.is_quick else ""
    return (
        f"{warning}Medians of {effort.rounds} interleaved rounds; memory and pairing once. Machine: {machine()}; "
        f"load at the end {load()}. Offramp at {own.commit(ROOT)}. Measured {today}."
    )


def _agree(timings: dict[str, Timing]) -> bool:
    """Tell whether every contestant's outcomes agree with the first's, and say which do not."""
    if not timings:
        return True
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
