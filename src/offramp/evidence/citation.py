"""Sources as a reader wants them: one formatted line each, those that evidence or claims lean on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Protocol

from offramp.evidence.tally import evidence_items


class Source(Protocol):
    """A source as written."""

    @property
    def title(self) -> str:
        """Its title."""

    @property
    def author(self) -> str | None:
        """Who wrote it."""

    @property
    def publisher(self) -> str | None:
        """Who published it."""

    @property
    def date(self) -> dt.date | None:
        """When."""

    @property
    def url(self) -> str | None:
        """Where it is on the web."""


class Claim(Protocol):
    """A claim, as far as it names its source."""

    @property
    def source(self) -> str:
        """Key of the source."""


class Document(Protocol):
    """A scenario document, as far as it cites."""

    @property
    def sources(self) -> Mapping[str, Source]:
        """What may be cited."""

    @property
    def claims(self) -> Mapping[str, Claim]:
        """Claims, by id."""


def cite(document: Document) -> tuple[str, ...]:
    """Format the sources that a scenario's evidence and claims cite, sorted by key."""
    cited = {found.item.source for found in evidence_items(document) if found.item.source}
    cited |= {claim.source for claim in document.claims.values()}
    return tuple(format_source(key, document.sources[key]) for key in sorted(cited & set(document.sources)))


def format_source(key: str, source: Source) -> str:
    """Write one source: `key: Author (date). Title. Publisher. URL`."""
    who = source.author or source.publisher
    when = f"({source.date.isoformat()})" if source.date else ""
    publisher = source.publisher if source.author else None
    head = " ".join(part for part in (who, when) if part)
    parts = [head, source.title, publisher, source.url]
    return f"{key}: " + ". ".join(part.strip().rstrip(".") for part in parts if part)
