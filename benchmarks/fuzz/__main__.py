"""Run cases in many short stretches, keep what came of each, and write the result.

`--state FILE` keeps a line for each stretch that is done; a second call with the same file, seed and version of the
source goes on behind it. Only cases that were run are counted.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.fuzz.cases import make
from benchmarks.fuzz.judge import judge, warm_up
from benchmarks.fuzz.stretch import STRETCH, stretch, version
from benchmarks.fuzz.summary import summary

ROOT = Path(__file__).parents[2]
RESULT = Path(__file__).parent / "result.md"


def main() -> int:
    """Run, show one case, or write the result."""
    options = _options()
    if options.show is not None:
        return _show(options.seed, options.show)
    state = Path(options.state)
    state.parent.mkdir(parents=True, exist_ok=True)
    if options.again:
        with state.open("a", encoding="utf-8") as file:
            file.write(json.dumps(_again(_rows(state, options.seed), options.seed)) + "\n")
        options.cases = 0
    done = {row["first"] for row in _rows(state, options.seed)}
    waiting = [first for first in range(0, options.cases, STRETCH) if first not in done]
    until = time.monotonic() + 60 * options.minutes if options.minutes else None
    with state.open("a", encoding="utf-8") as file:
        for row in _work(waiting, options, until):
            file.write(json.dumps(row) + "\n")
            file.flush()
            _report_faults(row)
    rows = _rows(state, options.seed)
    text = summary(rows, options.seed)
    print(text)
    if options.write:
        RESULT.write_text(text, encoding="utf-8")
    return 1 if any(row["faults"] for row in rows) else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz", description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--minutes", type=float, help="stop after so long")
    parser.add_argument("--state", default=str(ROOT / "out" / "fuzz.jsonl"), help="where to keep what is done")
    parser.add_argument("--again", action="store_true", help="judge those that were at fault again, as things are now")
    parser.add_argument("--show", type=int, metavar="NUMBER", help="run one case and show it")
    parser.add_argument("--write", action="store_true", help=f"write {RESULT.name}")
    return parser.parse_args()


def _work(waiting: list[int], options: argparse.Namespace, until: float | None) -> Iterator[dict[str, Any]]:
    """Run stretches in processes of their own, so that none inherits another's memory."""
    with ProcessPoolExecutor(options.processes, max_tasks_per_child=10) as pool:
        while waiting and (until is None or time.monotonic() < until):
            batch = [waiting.pop(0) for _ in range(min(options.processes, len(waiting)))]
            yield from pool.map(
                stretch, [options.seed] * len(batch), batch, [min(STRETCH, options.cases - first) for first in batch]
            )


def _again(rows: list[dict[str, Any]], seed: int) -> dict[str, Any]:
    """Judge the cases that were at fault once more; they are not counted twice."""
    found = {}
    for fault in (fault for row in rows for fault in row["faults"]):
        (told,) = stretch(seed, fault["number"], 1)["faults"] or [None]
        found[str(fault["number"])] = f"at {version()}: {told['fault'] if told else 'answered lawfully'}"
    return {**stretch(seed, 0, 0), "first": -1, "again": found}


def _rows(state: Path, seed: int) -> list[dict[str, Any]]:
    if not state.exists():
        return []
    rows = [json.loads(line) for line in state.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [row for row in rows if row["seed"] == seed]


def _report_faults(row: dict[str, Any]) -> None:
    for fault in row["faults"]:
        print(f"case {fault['number']} ({fault['kind']}): {fault['fault']}", file=sys.stderr, flush=True)


def _show(seed: int, number: int) -> int:
    """Judge one case, and show it."""
    case = make(seed, number)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "case"
        warm_up(place)
        verdict = judge(case, number, place)
    print(case.kind, repr(case.line or case.arguments))
    for name, content in case.files.items():
        shown = content.decode("utf-8", "backslashreplace")[:20_000] if isinstance(content, bytes) else content
        print(f"--- {name}\n{shown}")
    print(verdict)
    return 1 if verdict.fault else 0


if __name__ == "__main__":
    sys.exit(main())
