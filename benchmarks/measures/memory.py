"""Peak memory of many runs: `python -m benchmarks.measures.memory SCENARIO RUNS` prints MiB as JSON.

`above_imports` is the high-water mark of resident memory less what was resident when all modules had been imported;
`above_first` less what was resident after the first 256 runs, when compiled code had been loaded too. Only summaries
are kept, so neither should grow with the number of runs. Reads /proc: Linux only.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
STATUS = Path("/proc/self/status")
KIB_PER_MIB = 1024


def peak_of(scenario: str, runs: int) -> dict[str, float]:
    """Measure in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.measures.memory", scenario, str(runs)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    answer: dict[str, float] = json.loads(done.stdout)
    return answer


def measure(scenario: str, runs: int) -> dict[str, float]:
    """Measure in this process."""
    import offramp.case
    from offramp.engine import compiled
    from offramp.engine.program import build

    imported = _mib("VmRSS")
    case = offramp.load(scenario)
    compiled.compile_specialised(build(case.model()))
    case.run(256)
    first = _mib("VmRSS")
    case.run(runs)
    peak = _mib("VmHWM")
    return {"runs": runs, "imports": imported, "above_imports": peak - imported, "above_first": peak - first}


def _mib(field: str) -> float:
    line = next(line for line in STATUS.read_text(encoding="ascii").splitlines() if line.startswith(field))
    return int(line.split()[1]) / KIB_PER_MIB


def main() -> None:
    """Print what was measured."""
    print(json.dumps(measure(sys.argv[1], int(sys.argv[2]))))


if __name__ == "__main__":
    main()
