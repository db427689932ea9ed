"""What Python does while a case is judged: nothing may be run, nothing written or read outside the case's folder.

Python tells its audit hooks of every file opened, module imported, text compiled, code run, process begun and socket
made. A hook cannot be taken away again, so it is put in place once for a process and asks whether it is to watch.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType
from typing import Any

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_FORBIDDEN = (
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.spawn",
    "os.fork",
    "os.kill",
    "os.putenv",
    "os.unsetenv",
    "subprocess.",
    "socket.",
    "ctypes.dlopen",
    "pickle.find_class",
    "ftplib.",
    "urllib.",
    "http.client",
    "smtplib.",
    "webbrowser.",
    "pty.",
    "shutil.",
    "sys.setprofile",
    "code.__new__",
    "function.__new__",
    "cpython.run_",
    "mmap.",
)
_CHANGES = (
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.mkdir",
    "os.link",
    "os.symlink",
    "os.chmod",
    "os.chown",
    "os.truncate",
    "os.utime",
    "os.chdir",
    "os.setxattr",
)
_TRUSTED = tuple(
    {
        str(Path(folder).resolve())
        for folder in (sys.prefix, sys.base_prefix, str(Path(__file__).parents[2] / "src"), *filter(None, sys.path))
        if Path(folder).is_dir()
    }
    - {"/"}
)
_READABLE = (*_TRUSTED, "/usr/share/zoneinfo", "/etc/localtime", "/dev/null")
_IMPORTABLE = {
    *sys.stdlib_module_names,
    "offramp",
    "numpy",
    "ruamel",
    "pydantic",
    "pydantic_core",
    "numba",
    "llvmlite",
    "scipy",
    "typer",
    "click",
    "rich",
    "pygments",
    "jinja2",
    "markupsafe",
    "markdown_it",
    "mdurl",
    "shellingham",
    "typing_extensions",
    "annotated_types",
    "typing_inspection",
    "_ruamel_yaml",
    "annotated_doc",
}

_shared: list[str] = []  # folders beside it that cases may use: the cache of compiled code
_watched: list[str] = []  # the folder in which a case lives, while it is judged
_breaches: list[str] = []


class BreachError(BaseException):
    """Something was done that no input may bring about. No handler of `Exception` may swallow it."""


def allow(folder: Path) -> None:
    """Let cases use a folder besides their own."""
    _shared.append(str(folder.resolve()))


@contextmanager
def watching(folder: Path) -> Iterator[list[str]]:
    """Watch until the end of the block; yields the list of what was done that may not be."""
    _install()
    _watched.append(str(folder.resolve()))
    _breaches.clear()
    try:
        yield _breaches
    finally:
        _watched.pop()


def _install() -> None:
    if not getattr(sys, "_offramp_fuzz_guard", False):
        sys.addaudithook(_hook)
        sys._offramp_fuzz_guard = True  # type: ignore[attr-defined]


def _hook(event: str, args: tuple[Any, ...]) -> None:
    if _watched and (fault := _fault(event, args)):
        _breaches.append(fault)
        raise BreachError(fault)


def _fault(event: str, args: tuple[Any, ...]) -> str:
    if event == "open":
        return _open_fault(*args)
    if event == "exec":
        code = args[0]
        name = code.co_filename if isinstance(code, CodeType) else "?"
        return "" if name.startswith((*_TRUSTED, *_shared, "<frozen")) else f"code of `{name}` is run"
    if event == "compile":
        name = str(args[1])
        return (
            "" if name == "<unknown>" or name.startswith(_TRUSTED) else f"`{name}` is compiled"
        )  # `ast.parse` says <unknown>
    if event == "import":
        return "" if str(args[0]).partition(".")[0] in _IMPORTABLE else f"`{args[0]}` is imported"
    if event in ("os.putenv", "os.unsetenv") and bytes(args[0]).startswith(b"PYDANTIC_"):  # by pydantic's own first use
        return ""
    if event.startswith(_FORBIDDEN):
        return f"{event}{args!r}"
    if event in _CHANGES and not all(_inside(path) for path in args if isinstance(path, str | bytes) and path):
        return f"{event}{args!r}"
    return ""


def _open_fault(path: Any, mode: Any, flags: Any) -> str:
    if isinstance(path, int) or path is None:
        return ""
    is_writing = bool(flags & _WRITES) if isinstance(flags, int) else any(letter in str(mode) for letter in "wax+")
    if _inside(path):
        return ""
    real = os.path.realpath(os.fsdecode(path))
    if is_writing:
        return f"`{real}` is opened for writing"
    return "" if real.startswith(_READABLE) else f"`{real}` is read"


def _inside(path: str | bytes) -> bool:
    real = os.path.realpath(os.fsdecode(path))
    return any(real == folder or real.startswith(folder + os.sep) for folder in (_watched[-1], *_shared))
