"""Checkpoints: a job that stops early can go on to the same bytes as one that never stopped.

A checkpoint is the summary's state after a whole number of blocks, under a name that hashes
everything the result depends on except the number of runs. It is written beside its place and
moved there in one step, so that a kill or a full disk leaves the last good one.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from offramp.core.storage import cache_folder
from offramp.ensemble.summary import State

FORMAT = 2  # raise when a summary's state changes its meaning; shapes are compared besides


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
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez(file, **state)  # type: ignore[arg-type]
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def load(path: Path) -> State | None:
    """Read a checkpoint; None if there is none or it cannot be read."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile):
        return None
