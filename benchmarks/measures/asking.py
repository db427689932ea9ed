"""Ask for runs of a scenario until its specialised form is ready: `python -m benchmarks.measures.asking SCENARIO`.

The engine compiles in the background while the evaluator answers. Ends with the first answer of the specialised form.
"""

from __future__ import annotations

import sys

import offramp
from offramp.engine import compiled
from offramp.engine.program import build

RUNS_A_TIME = 1_000


def main() -> None:
    """Ask."""
    case = offramp.load(sys.argv[1])
    program = build(case.model())
    asked = 0
    while compiled.form_of(program) != "specialised":
        asked += 1
        case.run(RUNS_A_TIME, seed=asked)
    case.run(RUNS_A_TIME, seed=asked + 1)
    print(f"{asked * RUNS_A_TIME:,} runs by the evaluator")


if __name__ == "__main__":
    main()
