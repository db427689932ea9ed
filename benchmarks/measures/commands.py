"""Whole commands as a user waits for them: `offramp run us-iran-iraq --runs 100`, from Enter to the prompt.

- cached: all is compiled, in the user's own cache. Compile first with `python -m benchmarks.measures.warm`.
- new machine: nothing is compiled; the day loop is compiled first, then the evaluator runs.
- new scenario: the day loop is compiled, the scenario's formulas never were; the evaluator runs.
- background: a process that keeps asking for runs of a new scenario; how long until they are specialised.

`python -m benchmarks.measures.commands` prints each once.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.measures.warm import FLAGSHIP

COMMAND = ("run", FLAGSHIP, "--runs", "100")
ASKING = "benchmarks.measures.asking"
ROOT = Path(__file__).parents[2]


def seconds_cached() -> float:
    """Time the command with everything in the cache."""
    return _seconds(dict(os.environ))


def seconds_on_new_machine() -> float:
    """Time the command with an empty cache."""
    with tempfile.TemporaryDirectory() as folder:
        return _seconds(_with_cache(Path(folder)))


class NewScenario:
    """A cache that holds what is compiled once for all scenarios, and nothing of the flagship."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        _seconds(_with_cache(folder))

    def seconds(self) -> float:
        """Time the command."""
        self._forget_formulas()
        return _seconds(_with_cache(self.folder))

    def seconds_until_specialised(self) -> float:
        """Time from the start of a process to its first specialised run, while it keeps asking for runs."""
        self._forget_formulas()
        began = time.perf_counter()
        command = [sys.executable, "-m", ASKING, FLAGSHIP]
        subprocess.run(command, cwd=ROOT, env=_with_cache(self.folder), check=True, stdout=subprocess.DEVNULL)
        return time.perf_counter() - began

    def _forget_formulas(self) -> None:
        for file in [*self.folder.glob("formulas_*"), *self.folder.glob("__pycache__/formulas_*")]:
            file.unlink()


@contextmanager
def new_scenario() -> Iterator[NewScenario]:
    """Make such a cache for a while."""
    with tempfile.TemporaryDirectory() as folder:
        yield NewScenario(Path(folder))


def _with_cache(folder: Path) -> dict[str, str]:
    return os.environ | {"OFFRAMP_CACHE": str(folder)}


def _seconds(environment: dict[str, str]) -> float:
    program = str(Path(sys.executable).with_name("offramp"))
    began = time.perf_counter()
    done = subprocess.run([program, *COMMAND], env=environment, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - began
    if done.returncode:
        raise RuntimeError(f"offramp {' '.join(COMMAND)}: status {done.returncode}\n{done.stderr}")
    return seconds


def main() -> None:
    """Print each once."""
    with new_scenario() as new:
        measures: dict[str, Callable[[], float]] = {
            "cached": seconds_cached,
            "new machine": seconds_on_new_machine,
            "new scenario": new.seconds,
            "until specialised": new.seconds_until_specialised,
        }
        for name, measure in measures.items():
            print(f"{name}: {measure():.2f} s", flush=True)


if __name__ == "__main__":
    main()
