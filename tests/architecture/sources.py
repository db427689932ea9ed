"""The package's source as the rules see it: each module parsed once, with its place and dotted name."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "offramp"


@dataclass(frozen=True)
class Module:
    """One Python file below a package root."""

    root: Path
    path: Path

    @cached_property
    def place(self) -> str:
        """Path below the root, as it is written in messages: `scenario/load.py`."""
        return self.path.relative_to(self.root).as_posix()

    @cached_property
    def name(self) -> str:
        """Dotted name: `offramp.scenario.load`; a package's `__init__` bears the package's name."""
        parts = ["offramp", *self.path.relative_to(self.root).with_suffix("").parts]
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @cached_property
    def text(self) -> str:
        """The file as written."""
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def lines(self) -> list[str]:
        """The file's lines; line n is `lines[n - 1]`."""
        return self.text.splitlines()

    @cached_property
    def tree(self) -> ast.Module:
        """The parsed file."""
        return ast.parse(self.text)


def modules(root: Path = PACKAGE) -> Iterator[Module]:
    """Every Python file below a root, in order of path."""
    for path in sorted(root.rglob("*.py")):
        yield Module(root, path)
