"""The six statuses of evidence, and what each has to say for itself."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from typing import Protocol


class Item(Protocol):
    """One item of evidence as written; fields that are not written are None."""

    @property
    def status(self) -> str:
        """One of `STATUSES`."""

    @property
    def source(self) -> str | None:
        """Key of a source."""

    @property
    def at(self) -> str | None:
        """Locator in it."""

    @property
    def says(self) -> str | None:
        """What it says, in short."""

    @property
    def why(self) -> str | None:
        """The reason."""

    @property
    def computed(self) -> str | None:
        """The computation."""


@dataclass(frozen=True, slots=True)
class Status:
    """A status: its meaning, and groups of fields of each of which at least one must be given."""

    name: str
    meaning: str
    required: tuple[tuple[str, ...], ...]


STATUSES: dict[str, Status] = {
    row.name: row
    for row in (
        Status("sourced", "a source says it, at a place that can be looked up", (("source",), ("at",), ("says",))),
        Status("derived", "computed from data or from other numbers; the computation is kept", (("computed", "why"),)),
        Status("elicited", "asked of people who know, by a method that is told", (("why",),)),
        Status("recalled", "general knowledge, not looked up", (("why",),)),
        Status("assumed", "chosen by the author, for a reason that is told", (("why",),)),
        Status("fitted", "estimated from the record; the computation is kept", (("computed",),)),
    )
}
_PLACEHOLDERS = {"todo", "tbd", "tba", "fixme", "xxx", "?", "??", "???", "n/a", "na", "none", "-", "..."}


@dataclass(frozen=True, slots=True)
class Fault:
    """Something missing or dangling in an item; `field` is where."""

    kind: str  # "missing", "unknown source", "placeholder"
    field: str
    message: str


def faults(item: Item, sources: Container[str]) -> list[Fault]:
    """Say what an item of evidence lacks, given the keys of `sources`."""
    found = []
    for group in STATUSES[item.status].required:
        if not any((getattr(item, name) or "").strip() for name in group):
            wanted = " or ".join(f"`{name}`" for name in group)
            found.append(Fault("missing", group[0], f"Evidence that is `{item.status}` lacks {wanted}."))
    if item.source is not None and item.source.strip() and item.source not in sources:
        found.append(Fault("unknown source", "source", f"`{item.source}` is not a key of `sources`."))
    for name in ("at", "says", "why", "computed"):
        if (getattr(item, name) or "").strip().lower() in _PLACEHOLDERS:
            found.append(Fault("placeholder", name, f"`{name}` holds a placeholder, `{getattr(item, name)}`."))
    return found
