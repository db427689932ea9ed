"""Contestant: Offramp, from the scenario file through the public API, on one worker.

`specialised` is `case.run(...)` once the scenario's own code is compiled; `evaluator` makes the same
calls with the form of the engine that starts at once. Lowering and summaries are in the time of both.
Run as `python -m benchmarks.offramp_contestant FORM SCENARIO.yaml`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import numba
import numpy as np

import offramp
from benchmarks.peers.worker import Moments, serve
from benchmarks.reference_model import N_DAYS
from offramp.engine import compiled
from offramp.engine.program import build
from offramp.ensemble import Ensemble, Options, run

ORDER = ("counted_0", "counted_1", "counted_2", None, "peak_0", "peak_1", "crossed_0", "crossed_1", "last_0", "last_1")
"""Outcomes in the contestants' order; None is the count of all moves, which is no outcome here."""


def simulator(form: compiled.Form, path: str) -> Callable[[int, int], Ensemble]:
    """Return what simulates `runs` runs with a seed."""
    case = offramp.load(path)
    if form == "specialised":
        program = build(case.model())
        compiled.compile_specialised(program)
        if compiled.form_of(program) != form:
            sys.exit("case.run would not take the specialised form, although it is compiled")
        return lambda runs, seed: case.run(runs, seed, how=offramp.How(workers=1)).ensemble
    return lambda runs, seed: _run_in(form, case, runs, seed=seed)


def _run_in(form: compiled.Form, case: offramp.Case, runs: int, *, seed: int) -> Ensemble:
    """Do what `case.run` does, in the form wanted."""
    model = case.model()
    program = build(model)
    return run(
        model,
        lambda first, n, steps: compiled.simulate(
            program, seed=seed, first_run=first, n_runs=n, sample_steps=steps, form=form
        ),
        options=Options(runs, workers=1),
    )


def moments(ensemble: Ensemble) -> Moments:
    """Read mean and variance of the ten outcomes off the summaries."""
    pairs = [_of_all_moves(ensemble) if name is None else _of_outcome(ensemble, name) for name in ORDER]
    means, variances = zip(*pairs, strict=True)
    return list(means), list(variances)


def _of_all_moves(ensemble: Ensemble) -> tuple[float, None]:
    return sum(count["mean_count"] for count in ensemble.moves.values()), None


def _of_outcome(ensemble: Ensemble, name: str) -> tuple[float, float]:
    """Return mean and variance over all runs; a day that never comes counts as the last."""
    outcome = ensemble.outcomes[name]
    share = 1.0 if outcome.share is None else outcome.share
    mean, se = outcome.mean or 0.0, outcome.se or 0.0
    variance = se**2 * share * outcome.n
    overall = share * mean + (1 - share) * N_DAYS
    second = share * (variance + mean**2) + (1 - share) * N_DAYS**2
    return overall, second - overall**2


def main() -> None:
    """Serve the benchmark."""
    wanted, path = sys.argv[1:]
    form: compiled.Form = "evaluator" if wanted == "evaluator" else "specialised"
    versions = {"offramp": offramp.__version__, "numba": numba.__version__, "numpy": np.__version__}
    serve(simulator(form, path), versions, moments)


if __name__ == "__main__":
    main()
