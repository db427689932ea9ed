"""E2xx: names."""

from __future__ import annotations

from offramp.scenario.codes.entry import Entry

ROWS: tuple[Entry, ...] = ()
