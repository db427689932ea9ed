"""Measure Offramp alone and say which row of the goals each number belongs to."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks.contestants import EMA, EVALUATOR, LOCKSTEP, MESA_3, NUMPY, OFFRAMP, PLAIN, SCALAR
from benchmarks.goals import Measured
from benchmarks.measures import commands, cost, memory, pairing
from benchmarks.measures.warm import Warm
from benchmarks.reference_model import make
from benchmarks.reference_scenario import scenario_text
from benchmarks.rounds import Timing

Tell = Callable[[str], None]
SPEEDS = {"scalar": SCALAR, "mesa": MESA_3, "ema": EMA, "plain": PLAIN, "numpy": NUMPY}
QUICK_RUNS, MANY_RUNS = 50_000, 1_000_000


@dataclass(frozen=True, slots=True)
class Effort:
    """How long to take over it. `is_quick` tries everything out: its numbers are not for the page."""

    rounds: int
    is_quick: bool
    told: Tell


def against_peers(timings: Mapping[str, Timing]) -> dict[str, Measured]:
    """Read the rows about the reference model off the race; ratios within rounds."""
    ours = timings.get(OFFRAMP)
    if ours is None:
        return {}
    rows = {"throughput": Measured(tuple(1e3 / ns for ns in ours.ns))}
    if LOCKSTEP in timings:
        rows["lockstep"] = Measured(_quotients(ours, timings[LOCKSTEP]))
    if EVALUATOR in timings:
        rows["evaluator"] = Measured(_quotients(timings[EVALUATOR], ours))
    return rows | {key: Measured(_quotients(timings[name], ours)) for key, name in SPEEDS.items() if name in timings}


def _quotients(one: Timing, other: Timing) -> tuple[float, ...]:
    return tuple(a / b for a, b in zip(one.ns, other.ns, strict=True))


def of_commands(effort: Effort) -> dict[str, Measured]:
    """Time the flagship, warm and as whole commands, in interleaved rounds."""
    warm = Warm()
    measures: dict[str, Callable[[int], float]] = {
        "warm runs": warm.seconds_of_runs,
        "warm pairs": warm.seconds_of_pairs,
    }
    effort.told("compiling the flagship")
    _ = warm.case
    with ExitStack() as stack:
        effort.told("compiling the engine's own loop in a cache of its own")
        new = stack.enter_context(commands.new_scenario())
        measures |= {
            "cached": lambda _: commands.seconds_cached(),
            "new scenario": lambda _: new.seconds(),
            "background": lambda _: new.seconds_until_specialised(),
            "new machine": lambda _: commands.seconds_on_new_machine(),
        }
        values: dict[str, list[float]] = {key: [] for key in measures}
        for number in range(1, effort.rounds + 1):
            for key, measure in measures.items():
                effort.told(f"{key}: round {number} of {effort.rounds}")
                values[key].append(measure(number))
    return {key: Measured(tuple(seconds)) for key, seconds in values.items()}


def of_memory(effort: Effort) -> dict[str, Measured]:
    """Measure memory, once: it hardly varies."""
    runs = QUICK_RUNS if effort.is_quick else MANY_RUNS
    rows = {}
    with tempfile.TemporaryDirectory() as folder:
        reference = Path(folder, "reference.yaml")
        reference.write_text(scenario_text(make()), encoding="utf-8")
        for key, scenario in (("memory small", "two-rivals"), ("memory reference", str(reference))):
            effort.told(f"memory: {runs:,} runs of {Path(scenario).stem}")
            memory.peak_of(scenario, 1)  # what is compiled now need not be compiled in the process that is measured
            peak = memory.peak_of(scenario, runs)
            few = f"only {runs:,} runs; " if runs < MANY_RUNS else ""
            rows[key] = Measured(
                (peak["above_imports"],),
                f"{few}{peak['imports']:.0f} MiB of imports; {peak['above_first']:.0f} MiB above the first 256 runs",
            )
    return rows


def of_cost(effort: Effort) -> tuple[dict[str, Measured], list[cost.Series]]:
    """Time models of many sizes."""
    form: cost.Form = "evaluator" if effort.is_quick else "specialised"
    series = cost.measure(effort.rounds, form=form, told=effort.told)
    worst = max(series, key=lambda one: one.residual)
    lines = "; ".join(f"{one.of} {one.residual:.1%}" for one in series)
    return {"linear": Measured((100 * worst.residual,), f"{form} form; {lines}")}, series


def of_pairing(effort: Effort) -> tuple[dict[str, Measured], list[pairing.Ratio]]:
    """Measure how much pairing helps."""
    effort.told("pairing")
    ratios = pairing.measure()
    least = pairing.least(ratios)
    return {"pairing": Measured((least.ratio or 0.0,), f"{least.outcome} under `{least.edit}`")}, ratios


def commit(root: Path) -> str:
    """Name the commit that is measured, and whether it is what lies in the folder."""
    shown = ["git", "describe", "--always", "--dirty", "--abbrev=10", "--exclude=*"]
    done = subprocess.run(shown, cwd=root, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"
