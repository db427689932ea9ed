"""Where Offramp keeps what can be made again: compiled code and checkpoints; and how it writes what is to be kept."""

from __future__ import annotations

import atexit
import contextlib
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


def write_whole(path: Path, text: str) -> None:
    """Write a text file whole or not at all: a disk that runs full leaves what stood there before.

    Raises
    ------
    OSError : it cannot be written.
    """
    if path.exists() and not path.is_file():  # a device or a pipe is written to, not replaced
        path.write_text(text, encoding="utf-8")
        return
    target = path.resolve()  # of a link, what it leads to
    beside = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise
