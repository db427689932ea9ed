"""Contestant: lockstep C, sixteen runs side by side.

Run as `python -m benchmarks.peers.c.lockstep NUMBERS.npz`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.peers.c.build import Contestant, compiler_version
from benchmarks.peers.c.emit_lockstep import emit
from benchmarks.peers.c.structure import Structure
from benchmarks.peers.numbers import load
from benchmarks.peers.worker import serve

FLAGS = ("-O3", "-march=native", "-ffast-math", "-Wno-psabi")

if __name__ == "__main__":
    header = emit(Structure(load(Path(sys.argv[1]))))
    serve(Contestant("lockstep.c", header, FLAGS), {"compiler": compiler_version(), "flags": " ".join(FLAGS)})
