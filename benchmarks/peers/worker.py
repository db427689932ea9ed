"""The conversation between the benchmark and a contestant, so that each may live in its own world.

The contestant first says its versions in one JSON line. Then it reads one JSON line per request,
{"runs": n, "seed": s}, simulates, and answers with one: the seconds of processor time that the
simulation took (all threads together), and mean and variance of each outcome; a variance that the
contestant does not know is null. Standard library and NumPy only: this file also runs in the
peers' own environments.
"""

from __future__ import annotations

import json
import platform
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

Moments = tuple[list[float], list[float | None]]


def serve(
    simulate: Callable[[int, int], Any],
    versions: dict[str, str],
    moments: Callable[[Any], Moments] | None = None,
) -> None:
    """Answer requests until standard input ends.

    `simulate(runs, seed)` is what is timed; `moments` reads means and variances off what it
    returns, by default an array (run, outcome).
    """
    print(json.dumps({"python": platform.python_version(), **versions}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        began = time.process_time()
        result = simulate(request["runs"], request["seed"])
        seconds = time.process_time() - began
        mean, variance = (moments or moments_of_runs)(result)
        print(json.dumps({"seconds": seconds, "mean": mean, "variance": variance}), flush=True)


def moments_of_runs(outcomes: Any) -> Moments:
    """Return mean and variance of each column of (run, outcome)."""
    values = np.asarray(outcomes, dtype=np.float64)
    return values.mean(axis=0).tolist(), values.var(axis=0, ddof=1).tolist()
