"""Compile a C contestant into a shared library, and call it."""

from __future__ import annotations

import ctypes
import hashlib
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parent
BUILD = HERE.parents[1] / ".build"
N_OUTCOMES = 10
COMPILER = "gcc"


class Contestant:
    """A compiled program: `simulate(first, n, seed, outcomes)` fills an (n, 10) float32 array."""

    def __init__(self, program: str, header: str, flags: Sequence[str]) -> None:
        self._library = ctypes.CDLL(str(_compile(program, header, flags)))

    def __call__(self, runs: int, seed: int, first: int = 0) -> Any:
        """Simulate `runs` runs beginning with number `first`; return their outcomes."""
        outcomes = np.empty((runs, N_OUTCOMES), np.float32)
        self._library.simulate(
            ctypes.c_int64(first),
            ctypes.c_int64(runs),
            ctypes.c_uint64(seed),
            outcomes.ctypes.data_as(ctypes.c_void_p),
        )
        return outcomes


def compiler_version() -> str:
    """Return the C compiler's own version line."""
    told = subprocess.run([COMPILER, "--version"], check=True, capture_output=True, text=True)
    return told.stdout.splitlines()[0]


def _compile(program: str, header: str, flags: Sequence[str]) -> Path:
    """Compile once per text: the folder is named by the hash of everything that matters."""
    sources = [(HERE / name).read_text() for name in (program, "addressed.h", "lanes.h")]
    text = "\0".join([header, *sources, *flags])
    folder = BUILD / f"{Path(program).stem}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
    library = folder / "contestant.so"
    if library.exists():
        return library
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "specialised.h").write_text(header)
    partial = folder / "partial.so"
    command = [COMPILER, "-std=gnu11", *flags, "-shared", "-fPIC", f"-I{folder}", f"-I{HERE}"]
    subprocess.run([*command, str(HERE / program), "-o", str(partial), "-lm"], check=True)
    return partial.rename(library)
