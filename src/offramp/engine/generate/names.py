"""Names for rows in generated source: Python identifiers that still read like the scenario's paths."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Sequence

from offramp.engine.layout import Layout

# Every other name of a generated module: a quantity may be called what it likes, also `clip32`.
_RESERVED = frozenset(
    {"rows", "l", "stage", "pointer", "carray", "cfunc", "types", "f32", "kernel", "range", "where", "both", "either"}
    | {"truth", "negation", "absolute", "logarithm", "logarithm_of_one_plus", "run_stage", "True", "False", "None"}
    | {"clip32", "divide32", "fade", "exp32", "logistic", "maximum32", "minimum32", "sqrt32"}
)
_FUNCTION = "do_"  # functions begin with it, and nothing else does


def identifier(text: str) -> str:
    """Turn a path into an identifier: `us.airstrike[syria]` becomes `us_airstrike_syria`."""
    name = re.sub(r"\W+", "_", text.replace("@", " at "), flags=re.ASCII).strip("_").lower()
    return f"_{name}" if not name or name[0].isdigit() or keyword.iskeyword(name) else name


def name_rows(layout: Layout, rows: Iterable[int]) -> dict[int, str]:
    """Give each of these rows a name of its own."""
    ordered = sorted(rows)
    names = distinct([layout.names[row] for row in ordered])
    return {row: f"_{name}" if name.startswith(_FUNCTION) else name for row, name in zip(ordered, names, strict=True)}


def plain(text: str) -> str:
    """Make a free text fit for a comment or docstring: printable ASCII without quotes and backslashes.

    Titles and file names come from a scenario, and nothing of a scenario may become code.
    """
    return re.sub(r"[^ !#-\[\]-~]", "?", text)


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
