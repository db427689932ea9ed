"""Seals: what Numba left in the cache is loaded only if it is what was written.

Numba reads its files without looking at them: a truncated one ends in an exception, and a changed one in wrong code.
So a module's compiled files are sealed with their hashes once they are complete, and a broken seal has them removed,
to be compiled anew. Files without a seal are whole (Numba moves each into place in one step): they are of a process
that is still at work, or was killed between the last of them and the seal.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import pickle
import tempfile
from pathlib import Path
from typing import Any

# What reading a damaged file of Numba's can end in.
UNREADABLE = (EOFError, ValueError, TypeError, KeyError, IndexError, AttributeError, ImportError, pickle.PickleError)
_SUFFIXES = (".nbi", ".nbc")


def compiled_files(module: Path) -> list[Path]:
    """List the files that Numba keeps of a module, sorted."""
    try:
        found = [entry for entry in (module.parent / "__pycache__").iterdir() if entry.suffix in _SUFFIXES]
    except OSError:
        return []
    return sorted(file for file in found if file.name.startswith(f"{module.stem}."))


def is_sealed(module: Path) -> bool:
    """Tell whether a module has been compiled to its end."""
    try:
        return _seal_of(module).is_file()
    except OSError:
        return False


def seal(module: Path) -> None:
    """Seal what is compiled of a module; where nothing can be written it goes without."""
    files = compiled_files(module)
    with contextlib.suppress(OSError):
        if files and _read(module) != (hashes := _hashes(files)):
            write_at_once(_seal_of(module), json.dumps(hashes).encode())


def drop_if_broken(module: Path) -> bool:
    """Remove what is compiled of a module if it is not what was sealed; tell whether it was."""
    sealed = _read(module)
    if sealed is None and not is_sealed(module):
        return False
    try:
        if sealed == _hashes(compiled_files(module)):
            return False
    except OSError:
        pass
    drop(module)
    return True


def drop(module: Path) -> None:
    """Remove what is compiled of a module, as far as it can be removed."""
    for file in (_seal_of(module), *compiled_files(module)):
        with contextlib.suppress(OSError):
            file.unlink()


def write_at_once(path: Path, content: bytes) -> None:
    """Write a file beside its place and move it there: nobody ever reads half of it.

    Raises
    ------
    OSError : it cannot be written; nothing is left behind.
    """
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.stem, suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


class Careful:
    """Numba's cache of one function, to which files that cannot be read or written are no reason to fail."""

    def __init__(self, inner: Any, module: Path) -> None:
        self._inner, self._module = inner, module

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Return the compiled function; None, and nothing left of it, if it cannot be read."""
        try:
            return self._inner.load_overload(sig, target_context)
        except (OSError, *UNREADABLE):
            drop(self._module)
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep a compiled function if there is room for it, and seal it."""
        try:
            self._inner.save_overload(sig, data)
        except OSError:
            drop(self._module)
        else:
            seal(self._module)


def _seal_of(module: Path) -> Path:
    return module.parent / "__pycache__" / f"{module.stem}.seal"


def _read(module: Path) -> dict[str, str] | None:
    try:
        found = json.loads(_seal_of(module).read_bytes())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _hashes(files: list[Path]) -> dict[str, str]:
    return {file.name: hashlib.blake2s(file.read_bytes()).hexdigest() for file in files}
