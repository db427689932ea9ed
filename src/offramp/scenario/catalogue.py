"""The catalogue of problems: every code with its level, meaning, remedy and smallest example.

Codes are stable: E1xx syntax and shape, E2xx names, E3xx kinds and units, E4xx evidence, E5xx record, E6xx numerics;
`W` for warnings, by the same hundreds. Tests raise each one by its example, and the reference page is made from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from offramp.core.errors import Place, Problem
from offramp.scenario.codes import evidence, kinds, names, numerics, record, syntax
from offramp.scenario.codes.entry import Entry

CATALOGUE: Mapping[str, Entry] = MappingProxyType(
    {row.code: row for part in (syntax, names, kinds, evidence, record, numerics) for row in part.ROWS}
)


def problem(code: str, place: Place | None, message: str, *, hint: str | None = None) -> Problem:
    """Make a problem of the catalogue; its own hint stands in for one that says no more."""
    entry = CATALOGUE[code]
    return Problem(code, entry.level, place, message, entry.hint if hint is None else hint)
