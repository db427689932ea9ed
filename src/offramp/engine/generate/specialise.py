"""Find, compile and load the specialised form of a program.

Compiling takes a second per four moves or so, during which the evaluator does the work. It happens in a process of its
own: a thread would hold Python's lock most of the time, and could not be left behind when the program is done. The
process leaves compiled code in the cache, for this program and for the next.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from offramp.engine import cache
from offramp.engine.generate.source import source_of, stray_code
from offramp.engine.program import Program

PREFIX = "formulas"
_SECONDS_PER_INSTRUCTION = 4e-10  # of the evaluator, per run and step; only to guess whether compiling pays
_PAYS_AFTER_SECONDS = 2.0


@dataclass
class _Wait:
    """What is known of a module that is not loaded yet."""

    seconds: float = 0.0  # that the evaluator has worked in its place
    process: subprocess.Popen[bytes] | None = None
    is_given_up: bool = False


_lock = threading.Lock()
_addresses: dict[str, int] = {}
_waits: dict[str, _Wait] = {}


def address_of(program: Program) -> int:
    """Return the address of the specialised code, compiling it first if it is not in the cache."""
    text = source_of(program)
    name = cache.module_name(PREFIX, text)
    with _lock:
        if name not in _addresses:
            if not cache.is_compiled(PREFIX, text):
                _refuse_stray_code(text)
            _addresses[name] = int(cache.load(PREFIX, text).run_stage.address)
        return _addresses[name]


def address_if_ready(program: Program, n_runs: int) -> int:
    """Return the address of the specialised code if it can be had at once, else 0.

    Once so many runs have been asked for that it pays, compiling starts in the background.
    """
    text = source_of(program)
    name = cache.module_name(PREFIX, text)
    if name not in _addresses and not cache.is_compiled(PREFIX, text):
        with _lock:
            _wait(_waits.setdefault(name, _Wait()), program, text=text, n_runs=n_runs)
        return 0
    return address_of(program)


def _wait(wait: _Wait, program: Program, *, text: str, n_runs: int) -> None:
    """Count the work that the evaluator is given, and start compiling once."""
    if wait.process is not None:
        wait.is_given_up = wait.process.poll() is not None
    if wait.is_given_up:  # it has failed, or the cache cannot be written; the evaluator gives the same bits
        return
    wait.seconds += n_runs * program.sizes.n_steps * len(program.tape) * _SECONDS_PER_INSTRUCTION
    if wait.seconds > _PAYS_AFTER_SECONDS and wait.process is None:
        _refuse_stray_code(text)
        path = cache.store(PREFIX, text)
        wait.process = subprocess.Popen(
            compile_command(path), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )


def compile_command(path: Path) -> list[str]:
    """Return the command that compiles a generated file; with -P it imports nothing from where the user works."""
    return [sys.executable, "-P", "-m", "offramp.engine.generate.compile_file", str(path)]


def _refuse_stray_code(text: str) -> None:
    stray = stray_code(text)
    assert not stray, f"generated source holds statements of unknown origin: {stray[0]}"
