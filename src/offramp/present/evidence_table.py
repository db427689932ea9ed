"""What each number rests on, entry by entry, each with an address on the page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from offramp.analyse.rests import Entry, Rests
from offramp.analyse.screen import Screen
from offramp.evidence import Cited
from offramp.present.number_names import number_in_words
from offramp.present.written_numbers import written_numbers
from offramp.scenario.document import ScenarioDocument

SECTIONS = {
    "actors": "Actors, their goals and tempo", "quantities": "Quantities and beliefs", "moves": "Moves",
    "pledges": "Pledges", "mechanisms": "Mechanisms", "calendar": "Calendar", "inputs": "Inputs",
    "parameters": "Shared numbers", "switches": "Rival readings",
}  # fmt: skip


@dataclass(frozen=True)
class EvidenceRow:
    """One item of evidence: what it is for, which part of it, its status, what is said, where, and since when.

    source : address on the page of the source, if it has one
    """

    path: str
    part: str
    status: str
    said: str
    where: str
    contested: str
    known_from: str = ""  # ISO date
    source: str = ""


@dataclass(frozen=True)
class EvidenceEntry:
    """Everything at one path: its address, title, items, and what is written there.

    written : (name, formula) of its numbers; goes_with : titles of outcomes that one of them moves
    """

    path: str
    anchor: str
    title: str
    items: tuple[EvidenceRow, ...]
    written: tuple[tuple[str, str], ...] = ()
    goes_with: tuple[str, ...] = ()


@dataclass(frozen=True)
class EvidenceSection:
    """The entries of one section of the scenario."""

    title: str
    entries: tuple[EvidenceEntry, ...] = field(default=())


def anchor(path: str) -> str:
    """Make the address on the page of an entry."""
    return f"e-{re.sub(r'[^A-Za-z0-9_.-]', '-', path)}"


def source_anchor(key: str) -> str:
    """Make the address on the page of a source."""
    return f"s-{re.sub(r'[^A-Za-z0-9_.-]', '-', key)}"


def chart_anchor(title: str) -> str:
    """Make the address on the page of a chart."""
    return f"c-{re.sub(r'[^A-Za-z0-9_.-]', '-', title)}"


def evidence_sections(
    found: Rests, *, screen: Screen | None, outcome_titles: Mapping[str, str]
) -> tuple[EvidenceSection, ...]:
    """List every entry of a scenario, section by section in the order in which it is written."""
    moved: dict[str, list[str]] = {}
    for influence in screen.influences if screen is not None else ():
        entry = found.of(influence.parameter)
        title = outcome_titles[influence.outcome]
        if entry is not None and title not in moved.setdefault(entry, []):
            moved[entry].append(title)
    sections: dict[str, list[EvidenceEntry]] = {}
    for path, entry_items in found.entries.items():
        shown = _entry(found.document, entry_items, moved.get(path, ()))
        sections.setdefault(path.partition(".")[0], []).append(shown)
    return tuple(EvidenceSection(SECTIONS.get(name, name), tuple(entries)) for name, entries in sections.items())


def _entry(document: ScenarioDocument, entry: Entry, moved: Sequence[str]) -> EvidenceEntry:
    items = tuple(_row(document, cited) for cited in entry.items)
    title = element_title(document, entry.path)
    return EvidenceEntry(
        entry.path, anchor(entry.path), title, items, written_numbers(document, entry.path), tuple(moved)
    )


def element_title(document: ScenarioDocument, path: str) -> str:
    """Name the element at a path of the document."""
    section, _, rest = path.partition(".")
    written = getattr(document, section).get(rest) if section != "panels" else None
    title = getattr(written, "title", None)
    return title or number_in_words(document, path)


def _row(document: ScenarioDocument, cited: Cited) -> EvidenceRow:
    item = cited.item
    known = getattr(item, "known_from", None)
    return EvidenceRow(
        cited.path, cited.part or "arrow and size", item.status, said=item.says or item.computed or item.why or "",
        where=", ".join(piece for piece in (item.source, item.at) if piece),
        contested=getattr(item, "contested", None) or "", known_from=known.isoformat() if known else "",
        source=source_anchor(item.source) if item.source and item.source in document.sources else "",
    )  # fmt: skip
