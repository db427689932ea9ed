"""What was written, before it means anything: scalars, mappings and lists, each with its place.

`flatten` gives every piece its dotted path (keys and list indices joined by dots: `moves.guard.raid.effects.0.add`);
these are the paths under which `LoadedScenario.places` and every `Problem` find the text again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from offramp.core.errors import Place
from offramp.expr.tree import Span

_LINE_BREAK = re.compile("[\n\x85\u2028\u2029]")  # as YAML counts lines


@dataclass(frozen=True, slots=True)
class TextFile:
    """A file as read: the name by which problems call it, and its text."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value. `start` and `end` are its characters [start, end) in the file's text, quotes included."""

    value: str | int | float | bool | None
    place: Place
    file: TextFile
    start: int
    end: int

    def locate(self, span: Span) -> Place:
        """Find columns of the value's text in the file, past quotes, folds and indents."""
        wanted = str(self.value)
        at = self.start
        first = last = None
        for column, character in enumerate(wanted[: span.end]):
            if character.isspace():
                continue
            found = self.file.text.find(character, at, self.end)
            if found < 0:  # an escape in double quotes: the value as a whole has to do
                return self.place
            if first is None and column >= span.start:
                first = found
            last, at = found, found + 1
        if first is None or last is None:
            return self.place
        breaks = list(_LINE_BREAK.finditer(self.file.text, self.start, first))
        column = first - breaks[-1].end() + 1 if breaks else self.place.column + first - self.start
        on_one_line = not _LINE_BREAK.search(self.file.text, first, last + 1)
        end_column = column + last + 1 - first if on_one_line else 0
        return Place(self.file.name, self.place.line + len(breaks), column, end_column)


@dataclass(slots=True)
class Mapping:
    """Keys and values in the order written; a key written twice is kept once and reported (`is_doubled`)."""

    place: Place
    entries: dict[str, tuple[Scalar, Node]] = field(default_factory=dict)
    is_doubled: bool = False


@dataclass(slots=True)
class Sequence:
    """A list."""

    place: Place
    items: list[Node] = field(default_factory=list)


Node = Scalar | Mapping | Sequence


def plain(node: Node) -> object:
    """Strip places: dicts, lists and scalars."""
    match node:
        case Scalar():
            return node.value
        case Mapping():
            return {key: plain(value) for key, (_, value) in node.entries.items()}
        case Sequence():
            return [plain(item) for item in node.items]


def child(node: Node, step: str | int) -> Node | None:
    """The piece below `node` under a key or an index; None where there is none."""
    if isinstance(node, Mapping) and isinstance(step, str) and step in node.entries:
        return node.entries[step][1]
    if isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
        return node.items[step]
    return None


def flatten(node: Node, path: str = "") -> Iterator[tuple[str, Scalar | None, Node]]:
    """Every piece below a node: its path, its key (None in a list), and itself."""
    prefix = f"{path}." if path else ""
    if isinstance(node, Mapping):
        for name, (key, value) in node.entries.items():
            yield f"{prefix}{name}", key, value
            yield from flatten(value, f"{prefix}{name}")
    elif isinstance(node, Sequence):
        for index, item in enumerate(node.items):
            yield f"{prefix}{index}", None, item
            yield from flatten(item, f"{prefix}{index}")
