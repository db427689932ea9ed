"""Militarized Interstate Events -> acts by day: what each side of a pair of states did, and when they fought.

Rows that start in 1946-2014. An *act* is one side's day with its highest class; a row that lasts counts on its first
day. A day on which both fight (codes 17 and 22) belongs to the pair. Rows whose day is unknown (9 %) get a day of their
month by lot; they are marked, since replies within days cannot be told of them.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

FILE = "mie_1.0.parquet"
FIRST_YEAR = 1946
LAST_DAY = dt.date(2014, 12, 31).toordinal()
THREAT, SHOW, BORDER, SEIZURE, ATTACK, MUTUAL = range(6)
CLASSES = {
    **dict.fromkeys(range(1, 7), THREAT), 7: SHOW, 8: SHOW, 10: SHOW, 11: BORDER, 12: BORDER,
    13: SEIZURE, 14: SEIZURE, 15: SEIZURE, 16: ATTACK, 17: MUTUAL, 22: MUTUAL,
}  # fmt: skip
GAP = 180  # days without an act end a confrontation

Pair = tuple[int, int]


@dataclass
class Acts:
    """What two states did.

    by : side -> day -> highest class; fought : days of mutual fighting; dated : days and sides known to the day, with
    `None` as the side of mutual fighting; fatal : days on which somebody was killed; opened : day -> the side that
    opened the confrontation that the row belongs to
    """

    by: dict[int, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))
    fought: set[int] = field(default_factory=set)
    dated: set[tuple[int, int | None]] = field(default_factory=set)
    fatal: set[int] = field(default_factory=set)
    opened: dict[int, int] = field(default_factory=dict)

    @property
    def days(self) -> list[int]:
        """Every day on which something was done, in order."""
        return sorted(self.fought.union(*self.by.values()))

    def confrontations(self) -> list[tuple[int, int]]:
        """First and last day of each run of acts without a gap of more than `GAP` days."""
        days = self.days
        starts = [day for before, day in zip([None, *days], days, strict=False) if before is None or day - before > GAP]
        ends = [day for day, after in zip(days, [*days[1:], None], strict=True) if after is None or after - day > GAP]
        return list(zip(starts, ends, strict=True))


def read(folder: Path, seed: int) -> dict[Pair, Acts]:
    """Read the acts of every pair of states; `seed` dates the rows whose day is unknown."""
    table = pq.read_table(folder / FILE).to_pydict()
    rows = [dict(zip(table, values, strict=True)) for values in zip(*table.values(), strict=True)]
    return acts(rows, seed)


def acts(rows: Sequence[Mapping[str, int]], seed: int = 0) -> dict[Pair, Acts]:
    """Arrange rows by pair of states."""
    found: dict[Pair, Acts] = defaultdict(Acts)
    kept = [row for row in rows if row["styear"] >= FIRST_YEAR]
    for row, day in zip(kept, _days(kept, seed), strict=True):
        one, other = row["ccode1"], row["ccode2"]
        pair = found[min(one, other), max(one, other)]
        kind = CLASSES[row["action"]]
        side: int | None = None if kind == MUTUAL else one
        if side is None:
            pair.fought.add(day)
        else:
            pair.by[side][day] = max(pair.by[side].get(day, kind), kind)
        if row["stday"] > 0:
            pair.dated.add((day, side))
        if max(row["fatalmax1"], row["fatalmax2"]) > 0:
            pair.fatal.add(day)
        pair.opened.setdefault(day, one if row["sidea1"] == 1 else other)
    return dict(found)


def _days(rows: Sequence[Mapping[str, int]], seed: int) -> list[int]:
    """Date each row, by lot where its day is unknown."""
    lot = np.random.default_rng(seed)
    found = []
    for row in rows:
        length = calendar.monthrange(row["styear"], row["stmon"])[1]
        day = row["stday"] if row["stday"] > 0 else int(lot.integers(1, length + 1))
        found.append(dt.date(row["styear"], row["stmon"], day).toordinal())
    return found


def indicator(days: Sequence[int] | set[int], first: int, length: int) -> NDArray[np.float64]:
    """Mark days in an array that begins on `first`."""
    marked = np.zeros(length)
    marked[[day - first for day in days if 0 <= day - first < length]] = 1.0
    return marked
