"""E6xx: supports, clocks and other numerics."""

from __future__ import annotations

from offramp.scenario.codes.entry import Entry

ROWS: tuple[Entry, ...] = ()
