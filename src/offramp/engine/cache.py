"""Compiled code outlives the process: source modules in a cache folder, each named by a hash of all it depends on.

Numba caches what it compiles beside the source file and looks only at that file's path and time. So every module that
is compiled as a whole is written to a file of its own whose name changes whenever anything that it depends on does:
its text, the kernels and shared functions that it is linked with, and the versions of Numba and Python. A file that
exists is never written again.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
import tempfile
import threading
from functools import cache
from pathlib import Path
from types import ModuleType

import numba

from offramp.core.manifest import ENGINE
from offramp.core.storage import cache_folder

_PACKAGE = Path(__file__).parents[1]
_LOADING = threading.RLock()  # a module is listed before it has run; no other thread may find it half made
_SCALARS = tuple(f"core/{name}.py" for name in ("bits", "arithmetic", "special", "noise", "draws"))
_LINKED = {
    "fold": ("engine/kernels/fold.py", "engine/kernels/lanes.py"),
    "draws": (*_SCALARS, "engine/kernels/bits.py", "engine/kernels/shared.py"),
    "formulas": (*_SCALARS, *(f"engine/kernels/{name}.py" for name in ("bits", "shared", "lanes", "operations"))),
    "day_loop": (
        *_SCALARS,
        "engine/kernels/*.py",
        *(f"engine/{name}.py" for name in ("families", "stages", "tables", "tape")),
        "expr/ir.py",
    ),
}


def load(prefix: str, text: str) -> ModuleType:
    """Import a source text as a module from the cache, where it is kept as ``PREFIX_HASH.py``."""
    return load_file(store(prefix, text))


def load_file(path: Path) -> ModuleType:
    """Import a file of the cache."""
    name = path.stem
    with _LOADING:
        if name not in sys.modules:
            specification = importlib.util.spec_from_file_location(name, path)
            assert specification is not None
            assert specification.loader is not None
            module = importlib.util.module_from_spec(specification)
            sys.modules[name] = module  # before it runs: Numba looks up the module of what it compiles
            try:
                specification.loader.exec_module(module)
            except BaseException:
                del sys.modules[name]
                raise
        return sys.modules[name]


def module_name(prefix: str, text: str) -> str:
    """Return the name under which a text is kept."""
    return f"{prefix}_{_digest(text.encode(), linked_digest(prefix).encode())}"


def is_compiled(prefix: str, text: str) -> bool:
    """Tell whether compiled code of a text is in the cache, so that loading it takes no time."""
    name = module_name(prefix, text)
    return any((cache_folder() / "__pycache__").glob(f"{name}.*.nbi"))


def store(prefix: str, text: str) -> Path:
    """Keep a text in the cache; in a folder of this process alone if the cache cannot be used."""
    name = module_name(prefix, text)
    try:
        return _write(cache_folder(), name, text)
    except OSError:
        return _write(_own_folder(), name, text)


@cache
def linked_digest(prefix: str) -> str:
    """Hash everything, but the text itself, that decides what a module of this kind compiles to."""
    files = sorted(file for pattern in _LINKED[prefix] for file in _PACKAGE.glob(pattern))
    versions = f"{ENGINE} {numba.__version__} {sys.version}"
    return _digest(versions.encode(), *(file.read_bytes() for file in files))


def _digest(*parts: bytes) -> str:
    digest = hashlib.blake2s(digest_size=10)
    for part in parts:
        digest.update(len(part).to_bytes(8, "little"))
        digest.update(part)
    return digest.hexdigest()


def _write(folder: Path, name: str, text: str) -> Path:
    path = folder / f"{name}.py"
    folder.mkdir(parents=True, exist_ok=True)
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return path
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=name, suffix=".tmp")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    Path(temporary).replace(path)
    return path


@cache
def _own_folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="offramp-"))
