"""Checkpoints: a job that stops early can go on to the same bytes as one that never stopped.

A checkpoint is the summary's state after a whole number of blocks, under a name that hashes
everything the result depends on except the number of runs. It is written beside its place and
moved there in one step, so that a kill or a full disk leaves the last good one; it ends in a hash
of itself, so that a damaged one is never gone on from.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from offramp.core.storage import cache_folder
from offramp.ensemble.summary import State

FORMAT = 4  # raise when a summary's state changes its meaning; shapes are compared besides
HASH_BYTES = 16
KEEP_JOBS = 200  # interrupted jobs, far more than anybody means to resume
DAY_SECONDS = 86_400.0


def checkpoint_path(identity: Mapping[str, object]) -> Path:
    """Return where the checkpoint of a job lives; `identity` is what its bytes depend on."""
    text = json.dumps([FORMAT, identity], sort_keys=True, default=str)
    return cache_folder() / "runs" / f"{hashlib.sha256(text.encode()).hexdigest()[:32]}.npz"


def save(path: Path, state: State) -> None:
    """Write a checkpoint in one step.

    Raises
    ------
    OSError : the folder cannot be written or the disk is full; the old checkpoint stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    np.savez(buffer, **state)  # type: ignore[arg-type]
    content = buffer.getbuffer()  # no copy: the state of many alternatives is large
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.write(_hash(content))
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    _prune(path.parent)


def load(path: Path) -> State | None:
    """Read a checkpoint; None if there is none or it is not as it was written."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    content, written = content[:-HASH_BYTES], content[-HASH_BYTES:]
    if _hash(content) != written:
        return None
    with np.load(io.BytesIO(content), allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


def discard(path: Path) -> None:
    """Remove a checkpoint that is not needed any more, if there is one and it can be removed."""
    with contextlib.suppress(OSError):
        path.unlink()


def _hash(content: bytes | memoryview) -> bytes:
    return hashlib.blake2s(content, digest_size=HASH_BYTES).digest()


def _prune(folder: Path) -> None:
    """Remove the oldest checkpoints beyond `KEEP_JOBS`, and what a kill left half written a day ago."""
    with contextlib.suppress(OSError):
        dated = [(file.stat().st_mtime, file) for file in folder.iterdir() if file.suffix in {".npz", ".part"}]
        parts = [file for when, file in dated if file.suffix == ".part" and when < time.time() - DAY_SECONDS]
        jobs = [file for _, file in sorted(dated, reverse=True) if file.suffix == ".npz"]
        for file in (*parts, *jobs[KEEP_JOBS:]):
            discard(file)
