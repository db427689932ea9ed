"""What a scenario leans on: its items of evidence, counted by status, arrows and sizes apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from offramp.evidence.kinds import STATUSES, Item


@dataclass(frozen=True, slots=True)
class Cited:
    """An item of evidence at a dotted path; `part` is `arrow` or `size` where the two are told apart."""

    path: str
    part: str | None
    item: Item


@dataclass(frozen=True, slots=True)
class Tally:
    """Number of arrows and of sizes by status, in the order of `STATUSES`.

    An item given for both counts as an arrow and as a size: what is claimed of a number is not hidden behind what is
    known of a direction.
    """

    arrows: Mapping[str, int]
    sizes: Mapping[str, int]


def tally(document: object) -> Tally:
    """Count a document's items of evidence."""
    items = list(evidence_items(document))
    arrows = Counter(cited.item.status for cited in items if cited.part != "size")
    sizes = Counter(cited.item.status for cited in items if cited.part != "arrow")
    return Tally({s: arrows[s] for s in STATUSES}, {s: sizes[s] for s in STATUSES})


def evidence_items(written: object, path: str = "") -> Iterator[Cited]:
    """Every item of evidence below a piece of a document, with the dotted path of what it is evidence for."""
    evidence = getattr(written, "evidence", None)
    if evidence is not None:
        yield from _items(path, evidence)
    for name, value in _parts(written):
        if value is not evidence:
            yield from evidence_items(value, f"{path}.{name}" if path else name)


def _items(path: str, evidence: Any) -> Iterator[Cited]:
    if hasattr(evidence, "arrow"):
        yield Cited(path, "arrow", evidence.arrow)
        yield Cited(path, "size", evidence.size)
    else:
        yield Cited(path, None, evidence)


def _parts(written: object) -> list[tuple[str, object]]:
    if isinstance(written, Mapping):
        return [(str(key), value) for key, value in written.items()]
    if isinstance(written, tuple):
        return [(str(index), value) for index, value in enumerate(written)]
    return list(vars(written).items()) if hasattr(written, "__dict__") else []
