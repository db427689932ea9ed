"""Where Offramp keeps what can be made again: compiled code and checkpoints."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path


def cache_folder() -> Path:
    """Return the folder for what can be made again: ``OFFRAMP_CACHE``, else the user's cache folder.

    Where there is no such user, as in some containers, it is a folder of this process alone.
    """
    chosen = os.environ.get("OFFRAMP_CACHE")
    if chosen:
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME")
    try:
        return (Path(base) if base else Path.home() / ".cache") / "offramp"
    except RuntimeError:  # neither HOME nor an entry in the list of users
        return private_folder()


@cache
def private_folder() -> Path:
    """Make a folder that this process alone uses, and that goes with it."""
    folder = tempfile.mkdtemp(prefix="offramp-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)
