"""A scenario's evidence, looked up by the path of what it is for."""

from collections.abc import Iterator

from offramp.present.evidence_table import EvidenceRow, evidence_rows
from offramp.scenario.document import ScenarioDocument
from tools.markdown import plain


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
