"""Compiled code outlives the process: source modules in a cache folder, each named by a hash of all it depends on.

Numba caches what it compiles beside the source file and looks only at that file's path and time. So every module that
is compiled as a whole is written to a file of its own whose name changes whenever anything that it depends on does:
its text, the kernels and shared functions that it is linked with, and the versions of Numba and Python. A file that
exists is never written again. What is compiled of it is sealed (`offramp.engine.seal`); what has long been unused is
removed (`offramp.engine.prune`).
"""

from __future__ import annotations

import hashlib
import importlib.abc
import importlib.util
import sys
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numba
from numba.core.caching import FunctionCache
from numba.core.dispatcher import Dispatcher

from offramp.core.manifest import ENGINE
from offramp.core.storage import cache_folder, private_folder
from offramp.engine import prune, seal

_PACKAGE = Path(__file__).parents[1]
_LOADING = threading.RLock()  # a module is listed before it has run; no other thread may find it half made
_SCALARS = tuple(f"core/{name}.py" for name in ("bits", "arithmetic", "special", "noise", "draws"))
_LOOPS = (
    *_SCALARS,
    "engine/kernels/*.py",
    *(f"engine/{name}.py" for name in ("families", "stages", "tables", "tape")),
    "expr/ir.py",
)
_LINKED = {
    "fold": ("engine/bin_kinds.py", "engine/kernels/fold.py", "engine/kernels/lanes.py"),
    "draws": (*_SCALARS, "engine/kernels/bits.py", "engine/kernels/shared.py"),
    "formulas": (*_SCALARS, *(f"engine/kernels/{name}.py" for name in ("bits", "shared", "lanes", "operations"))),
    "day_loop": _LOOPS,
    "hindsight": (*_LOOPS, "engine/watch.py", "model/observed.py"),
    "particles": (*_LOOPS, "engine/watch.py", "model/observed.py"),
}


def load(prefix: str, text: str) -> ModuleType:
    """Import a source text as a module from the cache, where it is kept as ``PREFIX_HASH.py``.

    If the cache cannot be used a folder of this process serves, and if nothing can be written at all, memory.
    """
    name = module_name(prefix, text)
    for folder in (cache_folder, private_folder):
        try:
            return load_file(_write(folder(), name, text))
        except (OSError, RuntimeError):  # Numba's word for a folder in which it can keep nothing
            continue
    return _imported(name, _Unkept(text.replace("cache=True", "cache=False")).exec_module)


class _Unkept(importlib.abc.InspectLoader):
    """Loads a module from memory."""

    def __init__(self, text: str) -> None:
        self._text = text

    def get_source(self, fullname: str) -> str:
        """Return the text, whatever the name."""
        del fullname
        return self._text


def load_file(path: Path) -> ModuleType:
    """Import a file of the cache.

    Raises
    ------
    OSError : what is compiled of it is damaged and cannot be removed.
    """
    if seal.drop_if_broken(path) and seal.compiled_files(path):
        raise OSError("a damaged cache that cannot be written")
    module = _imported(path.stem, lambda module: _execute(module, path))
    prune.mark_used(path)
    return module


def _imported(name: str, execute: Callable[[ModuleType], None]) -> ModuleType:
    with _LOADING:
        if name not in sys.modules:
            module = ModuleType(name)
            sys.modules[name] = module  # before it runs: Numba looks up the module of what it compiles
            try:
                execute(module)
            except BaseException:
                del sys.modules[name]
                raise
        return sys.modules[name]


def _execute(module: ModuleType, path: Path) -> None:
    """Run a file as a module, once more if what is compiled of it cannot be read, and seal what it compiles."""
    specification = importlib.util.spec_from_file_location(module.__name__, path)
    assert specification is not None
    assert specification.loader is not None
    module.__spec__, module.__file__ = specification, str(path)
    try:
        specification.loader.exec_module(module)
    except seal.UNREADABLE:
        seal.drop(path)
        specification.loader.exec_module(module)
    functions: list[Any] = [value for value in vars(module).values() if isinstance(value, Dispatcher)]
    for function in functions:
        if isinstance(function._cache, FunctionCache):
            function._cache = seal.Careful(function._cache, path)
    seal.seal(path)


def module_name(prefix: str, text: str) -> str:
    """Return the name under which a text is kept."""
    return f"{prefix}_{_digest(text.encode(), linked_digest(prefix).encode())}"


def is_compiled(prefix: str, text: str) -> bool:
    """Tell whether compiled code of a text is in the cache, so that loading it takes no time."""
    return seal.is_sealed(cache_folder() / f"{module_name(prefix, text)}.py")


def store(prefix: str, text: str) -> Path:
    """Keep a text in the cache; in a folder of this process alone if the cache cannot be used."""
    name = module_name(prefix, text)
    try:
        return _write(cache_folder(), name, text)
    except OSError:
        return _write(private_folder(), name, text)


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
    if path.is_file() and path.read_bytes() == text.encode():
        return path
    seal.write_at_once(path, text.encode())
    prune.prune(folder)
    return path
