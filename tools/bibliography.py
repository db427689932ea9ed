"""Read docs/refs.bib and find which of its keys the code cites."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ENTRY = re.compile(r"^@(\w+)\{([\w-]+),\n(.*?)^\}$", re.MULTILINE | re.DOTALL)
FIELD = re.compile(r"^\s*(\w+) = \{(.*?)\},?$", re.MULTILINE)
SOURCE = re.compile(r"\bSource ?: (.+?)(?:\"\"\"|\n\s*\n|\n\s*(?:Examples|Notes)\b|\Z)", re.DOTALL)
KEY = re.compile(r"[a-z]+\d{4}[a-z]?\b|[a-z]+(?=[,.]|$)")


@dataclass(frozen=True)
class Reference:
    """One entry of the bibliography."""

    key: str
    kind: str
    fields: dict[str, str]

    def __str__(self) -> str:
        get = self.fields.get
        place = get("journal") or get("booktitle") or get("publisher") or ""
        volume = " ".join(filter(None, [get("volume"), f"({get('number')})" if get("number") else ""]))
        parts = [f"{get('author')} ({get('year')}). {get('title')}", " ".join(filter(None, [place, volume]))]
        parts += [get("pages", "").replace("--", "-"), f"doi:{get('doi')}" if get("doi") else "", get("note", "")]
        return ". ".join(filter(None, parts)) + "."


def read_references(path: Path) -> dict[str, Reference]:
    """Read a BibTeX file of the plain shape that ours has: one field a line, braces around each value."""
    found = ENTRY.findall(path.read_text(encoding="utf-8"))
    return {key: Reference(key, kind, dict(FIELD.findall(body))) for kind, key, body in found}


def cited_keys(text: str) -> Iterator[str]:
    """Yield the keys in a file's `Source : KEY, page` lines; several are parted by `;`."""
    for found in SOURCE.finditer(text):
        for part in found[1].split(";"):
            key = KEY.match(" ".join(part.split()))
            yield key[0] if key else part.strip()
