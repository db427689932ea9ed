"""Read the notes beside a scenario, section by section, for its page."""

import re
from pathlib import Path

HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
# How the headings begin of the sections that the notes of every scenario with a page must have.
CONTESTED, LIMITS, LOG = "What is contested", "Limits", "Log of changes"


def sections(folder: Path) -> dict[str, str]:
    """Read the sections of NOTES.md by heading, in order."""
    _, *parts = HEADING.split((folder / "NOTES.md").read_text(encoding="utf-8"))
    return {heading: text.strip() for heading, text in zip(parts[::2], parts[1::2], strict=True)}


def section(notes: dict[str, str], beginning: str) -> str:
    """Return the text of the one section whose heading begins so; deeper headings keep their depth.

    Raises
    ------
    ValueError : there is no such section, or more than one.
    """
    (text,) = (text for heading, text in notes.items() if heading.startswith(beginning))
    return text
