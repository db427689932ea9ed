"""A stretch of cases, run one after another in one process, and what came of them."""

from __future__ import annotations

import atexit
import datetime as dt
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.fuzz.cases import make
from benchmarks.fuzz.judge import judge, warm_up

STRETCH = 200  # cases
ADDRESS_SPACE = 4 * 2**30  # of a whole process: a case that wants all memory is stopped before the machine is


def stretch(seed: int, first: int, n: int) -> dict[str, Any]:
    """Run n cases from the first on, and count."""
    sys.dont_write_bytecode = True
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answers: Counter[str] = Counter()
    worst_time: dict[str, Any] = {"cpu_s": 0.0}
    worst_memory: dict[str, Any] = {"peak_mib": 0.0}
    faults = []
    place = _place()
    began = time.process_time()
    for number in range(first, first + n):
        verdict = judge(make(seed, number), number, place)
        answers[f"{verdict.kind}/{verdict.answer}"] += 1
        if verdict.fault:
            faults.append({"number": number, "kind": verdict.kind, "fault": verdict.fault})
        if verdict.cpu_s > worst_time["cpu_s"]:
            worst_time = {"cpu_s": verdict.cpu_s, "number": number, "kind": verdict.kind}
        if verdict.peak_mib > worst_memory["peak_mib"]:
            worst_memory = {"peak_mib": verdict.peak_mib, "number": number, "kind": verdict.kind}
    return {
        "seed": seed,
        "first": first,
        "n": n,
        "version": version(),
        "when": dt.datetime.now(dt.UTC).date().isoformat(),
        "cpu_s": time.process_time() - began,
        "answers": dict(answers),
        "worst_time": worst_time,
        "worst_memory": worst_memory,
        "faults": faults,
    }


@cache
def _place() -> Path:
    """Make the folder in which this process's cases live, and load all that Offramp loads on first use."""
    home = tempfile.TemporaryDirectory()
    atexit.register(home.cleanup)
    place = Path(home.name) / "case"
    warm_up(place)
    return place


@cache
def version() -> str:
    """Return the commit of the source; `+` if it has changes."""
    try:
        return subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"],
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
