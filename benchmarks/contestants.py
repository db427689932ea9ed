"""Who takes part, and how to talk to each: one process per contestant, one request at a time."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).parents[1]
PEERS = ROOT / "benchmarks" / "peers"
OFFRAMP, EVALUATOR = "Offramp, specialised", "Offramp, evaluator"
LOCKSTEP, SCALAR = "C, lockstep", "C, scalar"
NUMPY, MESA_3 = "NumPy over runs", "Mesa 3"
EMA, PLAIN = "EMA Workbench", "Pure Python"
FOLDERS = {MESA_3: PEERS / "mesa", EMA: PEERS / "ema"}
"""Peers with an environment of their own, made by the `setup.sh` in their folder."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A contestant: how to start it, which input it reads, how many runs make a fair round."""

    name: str
    python: Path
    arguments: tuple[str, ...]
    reads_scenario: bool
    runs: int


def entries() -> tuple[Entry, ...]:
    """List the contestants; runs are chosen so that a round of each takes about a second."""
    ours = Path(sys.executable)
    mesa, ema = (FOLDERS[name] / ".venv" / "bin" / "python" for name in (MESA_3, EMA))
    offramp = "benchmarks.offramp_contestant"
    return (
        Entry(OFFRAMP, ours, (offramp, "specialised"), True, 20_480),
        Entry(EVALUATOR, ours, (offramp, "evaluator"), True, 8192),
        Entry(LOCKSTEP, ours, ("benchmarks.peers.c.lockstep",), False, 8192),
        Entry(SCALAR, ours, ("benchmarks.peers.c.scalar",), False, 4096),
        Entry(NUMPY, ours, ("benchmarks.peers.numpy_runs.model",), False, 2048),
        Entry(PLAIN, ours, ("benchmarks.peers.plain.model",), False, 40),
        Entry(MESA_3, mesa, ("benchmarks.peers.mesa.model",), False, 40),
        Entry(EMA, ema, ("benchmarks.peers.ema.model",), False, 80),
    )


def able(wanted: Sequence[Entry], told: Callable[[str], None]) -> tuple[Entry, ...]:
    """Make the environments of the peers that have their own; leave out, and say so, who cannot run here."""
    missing: dict[str, str] = {}
    if any(e.name in (LOCKSTEP, SCALAR) for e in wanted) and shutil.which("gcc") is None:
        missing |= dict.fromkeys((LOCKSTEP, SCALAR), "gcc is not installed")
    for name in FOLDERS.keys() & {e.name for e in wanted}:
        made = subprocess.run([str(FOLDERS[name] / "setup.sh"), sys.executable], check=False)
        if made.returncode:
            missing[name] = "its environment could not be made (see above)"
    for name, reason in missing.items():
        told(f"without {name}: {reason}")
    return tuple(e for e in wanted if e.name not in missing)


class Contestant:
    """A running contestant. Use it as a context manager."""

    def __init__(self, entry: Entry, inputs: Path) -> None:
        self.entry = entry
        name = "reference.yaml" if entry.reads_scenario else "reference.npz"
        self._process = subprocess.Popen(
            [str(entry.python), "-m", *entry.arguments, str(inputs / name)],
            cwd=ROOT,
            env=os.environ | dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.versions: dict[str, str] = self._answer()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.communicate()

    def request(self, runs: int, seed: int) -> dict[str, Any]:
        """Let it simulate; return seconds of processor time, means and variances of outcomes."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"runs": runs, "seed": seed}) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.entry.name} stopped; its message is above")
        answer: dict[str, Any] = json.loads(line)
        return answer


def selected(names: Sequence[str]) -> tuple[Entry, ...]:
    """Return the entries whose names contain one of the words given, or all."""
    everyone = entries()
    if not names:
        return everyone
    return tuple(e for e in everyone if any(word.lower() in e.name.lower() for word in names))
