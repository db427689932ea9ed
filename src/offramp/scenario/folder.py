"""The folder of a scenario: nothing outside it is ever read, nothing large, nothing that is not a plain file."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Sequence
from pathlib import Path

from offramp.core.errors import Place, Problem
from offramp.scenario.catalogue import problem
from offramp.scenario.limits import MAX_FILE_BYTES, MAX_TABLE_BYTES, MAX_TOTAL_BYTES
from offramp.scenario.written import TextFile
from offramp.scenario.yaml_events import RefusedError

MAIN = "scenario.yaml"


class Folder:
    """Reads files of one folder by name and remembers their hashes.

    Parameters
    ----------
    path : the folder
    shown : how problems call it, as the user wrote it; empty for the current one
    """

    def __init__(self, path: Path, shown: str) -> None:
        self.path = path
        self.shown = shown
        self.hashes: dict[str, str] = {}
        self._bytes_read = 0

    def shown_name(self, name: str) -> str:
        """Name of a file as the user would write it."""
        return f"{self.shown}/{name}" if self.shown else name

    def read_text(self, name: str, asked_at: Place | None) -> TextFile:
        """Read one YAML file."""
        content = self.read_bytes(name, asked_at, limit=MAX_FILE_BYTES)
        self._bytes_read += len(content)
        if self._bytes_read > MAX_TOTAL_BYTES:
            raise RefusedError(
                problem(
                    "E102", asked_at, f"The scenario's files have more than {MAX_TOTAL_BYTES // 1024:,} KiB together."
                )
            )
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            column = error.start - (content.rfind(b"\n", 0, error.start) + 1) + 1
            place = Place(self.shown_name(name), line, column)
            raise RefusedError(problem("E103", place, "A byte here is not UTF-8.")) from None
        return TextFile(self.shown_name(name), text.replace("\r\n", "\n").replace("\r", "\n"))

    def read_bytes(self, name: str, asked_at: Place | None, *, limit: int = MAX_TABLE_BYTES) -> bytes:
        """Read one file of the folder, at most `limit` bytes long."""
        path = self.path / name
        place = asked_at or Place(self.shown_name(name))
        if "/" in name or "\\" in name or name in {"", ".", ".."} or "\0" in name or self._escapes(path):
            raise RefusedError(problem("E114", place, f"`{name}` is not a file of the scenario's own folder."))
        try:
            if path.exists() and not path.is_file():
                raise RefusedError(_not_regular(place, name))
            if not path.exists():
                raise RefusedError(problem("E101", place, f"`{name}` does not exist."))
            with path.open("rb") as stream:
                content = stream.read(limit + 1)
        except OSError as error:
            raise RefusedError(problem("E101", place, f"`{name}` cannot be read: {error.strerror}.")) from None
        if len(content) > limit:
            raise RefusedError(problem("E102", place, f"`{name}` has more than {limit // 1024:,} KiB."))
        self.hashes[name] = hashlib.sha256(content).hexdigest()
        return content

    def _escapes(self, path: Path) -> bool:
        try:
            return path.resolve().parent != self.path.resolve()
        except (OSError, RuntimeError):  # a loop of links
            return True


def _not_regular(place: Place, name: str) -> Problem:
    hint = "Folders, pipes and devices are not read; write the content to a file."
    return problem("E101", place, f"`{name}` is not a regular file.", hint=hint)


def find_scenario(path_or_name: str | Path, packaged: Path, names: Sequence[str]) -> tuple[Folder, str]:
    """Find the folder and the main file: an existing path first, then a packaged scenario's name."""
    written = str(path_or_name)
    is_path = written != "" and "\0" not in written
    if is_path and (found := _on_disk(written)) is not None:
        return found
    if written in names:
        return Folder(packaged / written, written), MAIN
    raise RefusedError(_not_found(written, names, is_folder=is_path and _is_folder(Path(written))))


def _on_disk(written: str) -> tuple[Folder, str] | None:
    path = Path(written)
    try:
        if path.is_file():
            return Folder(path.parent, "" if str(path.parent) == "." else str(path.parent)), path.name
        if (path / MAIN).is_file():
            return Folder(path, "" if written == "." else written.rstrip("/")), MAIN
        for named in (path, path / MAIN):
            if named.exists() and not named.is_dir():  # a pipe or a device might never end
                raise RefusedError(_not_regular(Place(str(named)), str(named)))
    except OSError:  # a name too long, a folder closed to us
        return None
    return None


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def _not_found(written: str, names: Sequence[str], *, is_folder: bool) -> Problem:
    if is_folder:
        return problem("E100", Place(written), f"The folder `{written}` holds no `{MAIN}`.")
    near = difflib.get_close_matches(written, names, n=1)
    meant = f"Did you mean `{near[0]}`?  " if near else ""
    hint = f"{meant}Packaged scenarios: {', '.join(names) or 'none'}."
    return problem("E100", None, f"There is no file, folder or packaged scenario `{written}`.", hint=hint)
