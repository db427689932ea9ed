"""Where Offramp keeps what can be made again: compiled code and checkpoints."""

from __future__ import annotations

import os
from pathlib import Path


def cache_folder() -> Path:
    """Return the folder for what can be made again: ``OFFRAMP_CACHE``, else the user's cache folder."""
    chosen = os.environ.get("OFFRAMP_CACHE")
    if chosen:
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "offramp"
