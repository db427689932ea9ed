"""What each number rests on, as rows of a table."""

from __future__ import annotations

from dataclasses import dataclass

from offramp.evidence import evidence_items
from offramp.scenario.document import ScenarioDocument


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
