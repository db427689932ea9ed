"""The cache of compiled code does not grow for ever: what was used last is kept, within a bound.

Each edit of a scenario and each version of Offramp leaves a module and its compiled files behind. Whenever a module is
added, those beyond `KEEP_MODULES` or `KEEP_BYTES` go, the longest unused first; but none that was used within
`IDLE_DAYS`, by whatever process, and nothing that does not bear a name that Offramp gives.
"""

from __future__ import annotations

import contextlib
import os
import re
import time
from dataclasses import dataclass, field
from pathlib import Path

KEEP_MODULES = 200
KEEP_BYTES = 512 * 2**20
IDLE_DAYS = 2.0
_DAY_SECONDS = 86_400.0
_NAMED = re.compile(r"([a-z_]+_[0-9a-f]{20})([.\w-]*)")


@dataclass
class _Entry:
    """A module with its compiled files: their size, and when the last of them was written or marked as used."""

    files: list[Path] = field(default_factory=list)
    size: int = 0
    used: float = 0.0


def mark_used(module: Path) -> None:
    """Note that a module is in use now; where nothing can be written it is not noted."""
    with contextlib.suppress(OSError):
        os.utime(module.parent / "__pycache__" / f"{module.stem}.seal")


def prune(folder: Path) -> list[Path]:
    """Remove what is beyond the bounds and idle, and return it; what cannot be removed stays."""
    idle_since = time.time() - IDLE_DAYS * _DAY_SECONDS
    kept_bytes = 0
    gone: list[Path] = []
    newest_first = sorted(_entries(folder).values(), key=lambda entry: entry.used, reverse=True)
    for place, entry in enumerate(newest_first, 1):
        kept_bytes += entry.size
        if entry.used < idle_since and (place > KEEP_MODULES or kept_bytes > KEEP_BYTES):
            gone += [file for file in entry.files if _removed(file)]
    return gone


def _entries(folder: Path) -> dict[str, _Entry]:
    """Gather modules by name; temporary files that were left behind have a name of their own."""
    entries: dict[str, _Entry] = {}
    for file in (*_files(folder), *_files(folder / "__pycache__")):
        named = _NAMED.fullmatch(file.name)
        if named is not None:
            with contextlib.suppress(OSError):
                facts, entry = file.stat(), entries.setdefault(named[1], _Entry())
                entry.files.append(file)
                entry.size += facts.st_size
                entry.used = max(entry.used, facts.st_mtime)
    return entries


def _files(folder: Path) -> list[Path]:
    try:
        return [Path(found.path) for found in os.scandir(folder) if found.is_file(follow_symlinks=False)]
    except OSError:
        return []


def _removed(file: Path) -> bool:
    try:
        file.unlink()
    except OSError:
        return False
    return True
