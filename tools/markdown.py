"""Markdown of generated pages: tables, formulas, and text that stays text."""

import re
from collections.abc import Iterable

SPECIAL = re.compile(r"([\\`*_$<\[\]])")


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Lay a Markdown table out; bars in cells are escaped."""
    columns = list(head)
    lines = [columns, ["---"] * len(columns), *[[cell.replace("|", "\\|") for cell in row] for row in rows]]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def code(text: object) -> str:
    """A name or formula as code, on one line; nothing for nothing."""
    line = " ".join(str(text).split())
    return f"`{line}`" if line else ""


def plain(text: str | None) -> str:
    """Text in which no character means anything to Markdown, on one line."""
    return SPECIAL.sub(r"\\\1", " ".join((text or "").split()))
