"""Contestant: the EMA Workbench, with the reference model as a function of its coefficients.

Each coefficient is an uncertainty with its prior, the seed of a run's noise is one more; the workbench samples them
(Monte Carlo), calls the function once a run and gathers the outcomes, all in this process (`SequentialEvaluator`). The
function is that of the pure-Python peer. Run with this folder's environment as
`python -m benchmarks.peers.ema.model NUMBERS.npz`.
"""

from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from ema_workbench import (
    IntegerParameter,
    Model,
    RealParameter,
    Samplers,
    ScalarOutcome,
    SequentialEvaluator,
)
from scipy.stats import lognorm, norm

from benchmarks.peers.numbers import load
from benchmarks.peers.plain.model import Crisis
from benchmarks.peers.worker import serve

OUTCOMES = [f"outcome_{i}" for i in range(10)]
SEED = "seed_of_noise"
MAX_SEED = 2**31 - 1


def uncertainties(numbers: dict[str, Any]) -> list[Any]:
    """Return one parameter for each coefficient, in the order of the numbers file, and the seed."""
    names = ("theta_centre", "theta_sd", "theta_positive")
    priors = enumerate(zip(*(numbers[name].tolist() for name in names), strict=True))
    return [
        *(
            RealParameter.from_dist(theta(i), lognorm(s=sd, scale=centre) if is_positive else norm(centre, sd))
            for i, (centre, sd, is_positive) in priors
        ),
        IntegerParameter(SEED, 0, MAX_SEED),
    ]


def theta(i: int) -> str:
    """Return the name of a coefficient."""
    return f"theta_{i:04d}"


def make_model(numbers: dict[str, Any]) -> Any:
    """Return the workbench's model around the function."""
    crisis = Crisis(numbers)
    names = [theta(i) for i in range(len(numbers["theta_centre"]))]

    def run(**sampled: float) -> dict[str, float]:
        values = crisis.simulate([sampled[name] for name in names], Random(int(sampled[SEED])))
        return dict(zip(OUTCOMES, values, strict=True))

    model = Model("crisis", function=run)
    model.uncertainties = uncertainties(numbers)
    model.outcomes = [ScalarOutcome(name) for name in OUTCOMES]
    return model


def main() -> None:
    """Serve the benchmark."""
    model = make_model(load(Path(sys.argv[1])))

    def simulate(runs: int, seed: int) -> Any:
        np.random.seed(seed)  # noqa: NPY002  the workbench's samplers draw from NumPy's global generator
        with SequentialEvaluator(model) as evaluator:
            _, outcomes = evaluator.perform_experiments(
                scenarios=runs, uncertainty_sampling=Samplers.MC, log_progress=True
            )
        return np.stack([outcomes[name] for name in OUTCOMES], axis=1)

    serve(simulate, {"ema_workbench": version("ema_workbench")})


if __name__ == "__main__":
    main()
