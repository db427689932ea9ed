"""Damage to text, to bytes, to the tree of a document; each is a function of a `random.Random`."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.fuzz import hostile

Tree = dict[Any, Any] | list[Any]
FRAGMENTS = [*hostile.NUMBERS, *hostile.TEXTS, *hostile.DATES, *hostile.CODE, *hostile.YAML]


def damaged_text(text: str, chance: random.Random) -> str:
    """Damage a text one to four times."""
    for _ in range(chance.randint(1, 4)):
        text = chance.choice(_TEXT_DAMAGE)(text, chance)
    return text


def damaged_bytes(content: bytes, chance: random.Random) -> bytes:
    """Flip, drop, double or replace bytes; change the line ends or the encoding of all of it."""
    how = chance.randrange(7)
    if how == 0:
        return b"\xef\xbb\xbf" + content
    if how == 1:
        return content.replace(b"\n", chance.choice([b"\r\n", b"\r", b"\n\r", b"\x0b", b"\xe2\x80\xa8"]))
    if how == 2:
        return content.decode("utf-8", "replace").encode(
            chance.choice(["utf-16", "utf-32", "utf-16-le", "cp037"]), "replace"
        )
    out = bytearray(content)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(out) + 1)
        end = at + chance.randint(0, 4)
        out[at:end] = bytes(chance.randrange(256) for _ in range(chance.randint(0, 4)))
    return bytes(out)


def replace_leaf(tree: Tree, value: Any, chance: random.Random) -> None:
    """Put a value in the place of one value of a document, chosen anywhere in it."""
    holder, key = chance.choice(list(_places(tree)))
    holder[key] = value


def rename_key(tree: Tree, name: Any, chance: random.Random) -> None:
    """Give one key of one mapping another name, at the same place in it."""
    mappings = [node for node in _nodes(tree) if isinstance(node, dict) and node]
    mapping = chance.choice(mappings)
    old = chance.choice(list(mapping))
    entries = [(name if key == old else key, value) for key, value in mapping.items()]
    mapping.clear()
    mapping.update(entries)


def move_piece(tree: Tree, chance: random.Random) -> None:
    """Copy one piece of a document, large or small, over another."""
    places = list(_places(tree))
    (to, key), (of, other) = chance.choice(places), chance.choice(places)
    piece = of[other]
    if not any(node is to for node in _nodes(piece)):  # a piece within itself would be endless
        to[key] = piece


def drop_piece(tree: Tree, chance: random.Random) -> None:
    """Leave one piece of a document out."""
    holder, key = chance.choice(list(_places(tree)))
    del holder[key]


def _nodes(tree: Any) -> Iterator[Tree]:
    if isinstance(tree, dict | list):
        yield tree
        for child in tree.values() if isinstance(tree, dict) else tree:
            yield from _nodes(child)


def _places(tree: Tree) -> Iterator[tuple[Any, Any]]:
    for node in _nodes(tree):
        yield from ((node, key) for key in (list(node) if isinstance(node, dict) else range(len(node))))


def _delete(text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text) + 1)
    return text[:at] + text[at + chance.randint(1, 6) :]


def _insert(text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text) + 1)
    return text[:at] + chance.choice(FRAGMENTS) + text[at:]


def _replace_word(text: str, chance: random.Random) -> str:
    starts = [i for i in range(1, len(text)) if text[i].isalnum() and not text[i - 1].isalnum()]
    if not starts:
        return text
    start = chance.choice(starts)
    end = start
    while end < len(text) and (text[end].isalnum() or text[end] in "._"):
        end += 1
    other = chance.choice(starts)
    word = text[other : other + end - start] if chance.random() < 0.4 else chance.choice(FRAGMENTS)
    return text[:start] + word + text[end:]


def _truncate(text: str, chance: random.Random) -> str:
    return text[: chance.randrange(len(text) + 1)]


def _repeat(text: str, chance: random.Random) -> str:
    start = chance.randrange(len(text) + 1)
    end = min(len(text), start + chance.randint(1, 80))
    return text[:end] + text[start:end] * chance.choice([1, 2, 30]) + text[end:]


def _lines(change: Callable[[list[str], int, random.Random], None]) -> Callable[[str, random.Random], str]:
    def damage(text: str, chance: random.Random) -> str:
        lines = text.split("\n")
        change(lines, chance.randrange(len(lines)), chance)
        return "\n".join(lines)

    return damage


def _drop(lines: list[str], at: int, chance: random.Random) -> None:
    del lines[at : at + chance.randint(1, 3)]


def _double(lines: list[str], at: int, _: random.Random) -> None:
    lines.insert(at, lines[at])


def _indent(lines: list[str], at: int, chance: random.Random) -> None:
    lines[at] = " " * chance.randint(1, 4) + lines[at] if chance.random() < 0.5 else lines[at].lstrip()


def _move(lines: list[str], at: int, chance: random.Random) -> None:
    lines.insert(chance.randrange(len(lines)), lines.pop(at))


def _swap(lines: list[str], at: int, chance: random.Random) -> None:
    other = chance.randrange(len(lines))
    lines[at], lines[other] = lines[other], lines[at]


def _plant(lines: list[str], at: int, chance: random.Random) -> None:
    lines.insert(at, " " * chance.choice([0, 0, 2, 4]) + chance.choice(hostile.YAML))


_TEXT_DAMAGE = [
    _delete,
    _insert,
    _insert,
    _replace_word,
    _replace_word,
    _replace_word,
    _truncate,
    _repeat,
    *(_lines(change) for change in (_drop, _double, _indent, _move, _swap, _plant)),
]
