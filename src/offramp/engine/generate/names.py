"""Names for rows in generated source: Python identifiers that still read like the scenario's paths."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Sequence

from offramp.engine.layout import Layout

_RESERVED = frozenset(
    {"rows", "l", "stage", "pointer", "carray", "cfunc", "types", "f32", "kernel", "range", "where", "both", "either"}
    | {"truth", "negation", "absolute", "logarithm", "logarithm_of_one_plus"}
)


def identifier(text: str) -> str:
    """Turn a path into an identifier: `us.airstrike[syria]` becomes `us_airstrike_syria`."""
    name = re.sub(r"\W+", "_", text.replace("@", " at "), flags=re.ASCII).strip("_").lower()
    return f"_{name}" if not name or name[0].isdigit() or keyword.iskeyword(name) else name


def name_rows(layout: Layout, rows: Iterable[int]) -> dict[int, str]:
    """Give each of these rows a name of its own."""
    return dict(zip(ordered := sorted(rows), distinct([layout.names[row] for row in ordered]), strict=True))


def distinct(texts: Sequence[str]) -> list[str]:
    """Turn texts into identifiers, numbering those that would be the same."""
    taken, names = set(_RESERVED), []
    for text in texts:
        name, n = identifier(text), 1
        while name in taken or re.fullmatch(r"part_?\d+", name):
            n += 1
            name = f"{identifier(text)}_{n}"
        taken.add(name)
        names.append(name)
    return names
