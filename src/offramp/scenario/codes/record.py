"""E5xx: the record and other tables."""

from __future__ import annotations

from offramp.scenario.codes.entry import Entry

ROWS: tuple[Entry, ...] = ()
