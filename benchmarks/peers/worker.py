"""The conversation between the benchmark and a contestant, so that each may live in its own world.

The contestant reads one JSON line per request, {"runs": n, "seed": s}, simulates, and answers with
one JSON line: the seconds that the simulation took, and mean and variance of each outcome.
Standard library and NumPy only: this file also runs in the peers' own environments.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np


def serve(simulate: Callable[[int, int], Any]) -> None:
    """Answer requests until standard input ends; `simulate(runs, seed)` gives (run, outcome)."""
    for line in sys.stdin:
        request = json.loads(line)
        began = time.perf_counter()
        outcomes = simulate(request["runs"], request["seed"])
        seconds = time.perf_counter() - began
        values = np.asarray(outcomes, dtype=np.float64)
        answer = {
            "seconds": seconds,
            "mean": values.mean(axis=0).tolist(),
            "variance": values.var(axis=0, ddof=1).tolist(),
        }
        print(json.dumps(answer), flush=True)
