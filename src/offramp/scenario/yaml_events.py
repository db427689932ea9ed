"""Events of a YAML parser -> nodes with places; what the language refuses is refused here, before it is built.

Anchors, aliases, tags, merge keys and second documents are refused at the first sight of them, and pieces and depth
are counted while the parser runs, so a small file can never become a large one. Plain scalars resolve as in the core
schema of YAML 1.2 (numbers, true, false, null); dates stay text, and whoever wants a date reads it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, NoReturn, Protocol

from offramp.core.errors import Place, Problem
from offramp.scenario.catalogue import problem
from offramp.scenario.limits import MAX_DEPTH, MAX_NODES
from offramp.scenario.written import Mapping, Node, Scalar, Sequence, TextFile

_INTEGER = re.compile(r"[-+]?[0-9]{1,30}")
_REAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?")
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_WORDS: dict[str, bool | None] = {"": None, "~": None, "null": None, "Null": None, "NULL": None}
_WORDS |= dict.fromkeys(("true", "True", "TRUE"), True) | dict.fromkeys(("false", "False", "FALSE"), False)


class Mark(Protocol):
    """A position of the parser, from 0."""

    index: int
    line: int
    column: int


class RefusedError(Exception):
    """The file as a whole is refused."""

    def __init__(self, found: Problem) -> None:
        super().__init__(found)
        self.problem = found


class Builder:
    """Builds the nodes of one file; `nodes` counts on across files, `problems` gathers what is not fatal."""

    def __init__(self, file: TextFile, *, nodes: int) -> None:
        self.file = file
        self.nodes = nodes
        self.problems: list[Problem] = []
        self._open: list[tuple[Mapping | Sequence, Scalar | None]] = []
        self._root: Node | None = None
        self._doubled: list[tuple[Node, Node]] = []  # sections written twice
        self._documents = 0

    def build(self, events: Iterable[Any]) -> Node | None:
        """Take all events; None for an empty file."""
        for event in events:
            self._take(event)
        for first, second in self._doubled:
            self._join(first, second)
        return self._root

    def _take(self, event: Any) -> None:
        kind = type(event).__name__
        if kind == "AliasEvent" or getattr(event, "anchor", None):
            sign = "*" if kind == "AliasEvent" else "&"
            self._refuse("E106", event, f"`{sign}{event.anchor}` is {'an alias' if sign == '*' else 'an anchor'}.")
        if kind == "DocumentStartEvent":
            self._documents += 1
            if self._documents > 1:
                self._refuse("E111", event, "A second document begins here.")
        elif kind in {"MappingStartEvent", "SequenceStartEvent", "ScalarEvent"}:
            self._count(event)
            if getattr(event, "tag", None) is not None:
                self._refuse("E107", event, f"`{event.tag}` is a tag.")
            self._value(kind, event)
        elif kind in {"MappingEndEvent", "SequenceEndEvent"}:
            self._open.pop()

    def _value(self, kind: str, event: Any) -> None:
        place = self._place(event.start_mark, event.end_mark if kind == "ScalarEvent" else None)
        node: Node
        if kind == "ScalarEvent":
            self._refuse_unseen(event)
            value = event.value if event.style else _resolve(event.value)
            node = Scalar(value, place, self.file, event.start_mark.index, event.end_mark.index)
        else:
            node = Mapping(place) if kind == "MappingStartEvent" else Sequence(place)
        self._attach(node, event)
        if not isinstance(node, Scalar):
            if len(self._open) >= MAX_DEPTH:
                self._refuse("E110", event, f"Mappings and lists are nested more than {MAX_DEPTH} deep here.")
            self._open.append((node, None))

    def _refuse_unseen(self, event: Any) -> None:
        """Refuse characters that only an escape can write: half a character, or a command to a terminal."""
        unseen = _UNSEEN.search(event.value)
        if unseen is not None:
            message = f"The text holds the character U+{ord(unseen[0]):04X}, which cannot be seen."
            self._refuse("E104", event, message, hint="Write the text without its escape (`\\`).")

    def _attach(self, node: Node, event: Any) -> None:
        if not self._open:
            self._root = node
            return
        parent, key = self._open[-1]
        if isinstance(parent, Sequence):
            parent.items.append(node)
        elif key is None:
            self._open[-1] = (parent, self._key(node, event))
        else:
            self._open[-1] = (parent, None)
            self._enter(parent, key, node)

    def _key(self, node: Node, event: Any) -> Scalar:
        if not isinstance(node, Scalar):
            self._refuse("E113", event, "A key is a list or a mapping here.")
        written = self.file.text[node.start : node.end] if not isinstance(node.value, str) else node.value
        if written == "<<":
            self._refuse("E106", event, "`<<` merges mappings.")
        return Scalar(written, node.place, self.file, node.start, node.end)

    def _enter(self, parent: Mapping, key: Scalar, node: Node) -> None:
        name = str(key.value)
        if name in parent.entries:
            first_key, first = parent.entries[name]
            parent.is_doubled = True
            message = f"`{name}` is written twice in the same mapping; it stands already at {first_key.place}."
            self.problems.append(problem("E108", key.place, message))
            if parent is self._root:
                self._doubled.append((first, node))
        else:
            parent.entries[name] = (key, node)

    def _join(self, first: Node, second: Node) -> None:
        """Add what a section's second writing holds to its first, so that nothing in it is called unknown."""
        if isinstance(first, Mapping) and isinstance(second, Mapping):
            for key, node in second.entries.values():
                self._enter(first, key, node)
        elif isinstance(first, Sequence) and isinstance(second, Sequence):
            first.items.extend(second.items)

    def _count(self, event: Any) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self._refuse("E109", event, f"The scenario has more than {MAX_NODES:,} pieces.")

    def _place(self, start: Mark, end: Mark | None = None) -> Place:
        same_line = end is not None and end.line == start.line
        return Place(
            self.file.name, start.line + 1, start.column + 1, end.column + 1 if end is not None and same_line else 0
        )

    def _refuse(self, code: str, event: Any, message: str, *, hint: str | None = None) -> NoReturn:
        raise RefusedError(problem(code, self._place(event.start_mark), message, hint=hint))


def _resolve(text: str) -> str | int | float | bool | None:
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _REAL.fullmatch(text):
        number = float(text)
        return number if abs(number) < float("inf") else text
    return text
