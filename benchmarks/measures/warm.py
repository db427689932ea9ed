"""The flagship in a process that is warm: everything is loaded and compiled, results come at once.

20,000 runs of the default window, and 2,000 pairs of runs with and without an edit: what dragging a slider costs.
`python -m benchmarks.measures.warm` prints both once.
"""

from __future__ import annotations

import time
from functools import cached_property

import offramp
from offramp.engine import compiled
from offramp.engine.program import build

FLAGSHIP = "us-iran-iraq"
RUNS, PAIRS = 20_000, 2_000
EDIT = "scale us.posture.opportunities by 0.9"


class Warm:
    """The flagship, compiled and run once."""

    @cached_property
    def case(self) -> offramp.Case:
        """The case, warmed up on first use."""
        case = offramp.load(FLAGSHIP)
        program = build(case.model())
        compiled.compile_specialised(program)
        case.run(256)
        case.compare(do=[EDIT], runs=256)
        return case

    def seconds_of_runs(self, seed: int) -> float:
        """Time the runs, one thread a core."""
        case = self.case
        began = time.perf_counter()
        case.run(RUNS, seed)
        return time.perf_counter() - began

    def seconds_of_pairs(self, seed: int) -> float:
        """Time the pairs."""
        case = self.case
        began = time.perf_counter()
        case.compare(do=[EDIT], runs=PAIRS, seed=seed)
        return time.perf_counter() - began


def main() -> None:
    """Print both, once."""
    warm = Warm()
    print(f"{RUNS:,} runs: {warm.seconds_of_runs(1):.2f} s")
    print(f"{PAIRS:,} pairs: {warm.seconds_of_pairs(1):.2f} s")


if __name__ == "__main__":
    main()
