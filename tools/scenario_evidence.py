"""A scenario's evidence, looked up by the path of what it is for."""

from collections.abc import Iterator
from dataclasses import dataclass

from offramp.evidence.tally import evidence_items
from offramp.scenario.document import ScenarioDocument
from tools.markdown import plain


@dataclass(frozen=True)
class EvidenceRow:
    """One item of evidence: what it is for, which part of it, its status, what is said, where, and since when."""

    path: str
    part: str
    status: str
    said: str
    where: str
    contested: str
    known_from: str = ""  # ISO date


def evidence_rows(document: ScenarioDocument) -> tuple[EvidenceRow, ...]:
    """List every item of evidence of a scenario in the order in which it is written."""
    rows = []
    for cited in evidence_items(document):
        item = cited.item
        said = item.says or item.computed or item.why or ""
        where = ", ".join(piece for piece in (item.source, item.at) if piece)
        contested = getattr(item, "contested", None) or ""
        known = getattr(item, "known_from", None)
        since = known.isoformat() if known else ""
        rows.append(EvidenceRow(cited.path, cited.part or "arrow and size", item.status, said, where, contested, since))
    return tuple(rows)


class Evidence:
    """The items of evidence of a scenario by path, as Markdown."""

    def __init__(self, document: ScenarioDocument) -> None:
        self._rows = evidence_rows(document)

    def items(self, path: str) -> str:
        """A bullet for each item of an element and its parts: its status, what is said and where, who disputes it."""
        return "".join(f"- {line}\n" for line in self._lines(path))

    def said(self, path: str) -> str:
        """The same in one piece, for a cell of a table."""
        return "; ".join(self._lines(path))

    def _lines(self, path: str) -> Iterator[str]:
        for row in self._rows:
            if row.path == path or row.path.startswith(f"{path}."):
                yield _line(row, row.path[len(path) + 1 :])


def _line(row: EvidenceRow, part: str) -> str:
    of = f"{plain(part)}, " if part else ""
    since = f"known from {row.known_from}" if row.known_from else ""
    placed = "; ".join(filter(None, (plain(row.where), since)))
    where = f" ({placed})" if placed else ""
    contested = f" Contested: {plain(row.contested)}." if row.contested else ""
    return f"*{of}{row.part}: {row.status}*{where}: {plain(row.said).rstrip('.')}.{contested}"
