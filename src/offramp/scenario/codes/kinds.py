"""E3xx: kinds, units, ranges."""

from __future__ import annotations

from offramp.scenario.codes.entry import Entry

ROWS: tuple[Entry, ...] = ()
