"""Series of dated values from a CSV file with a `date` column: exogenous inputs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from offramp.core.errors import Place, Problem, RecordError
from offramp.record.table import Row, Table, read_table


@dataclass(frozen=True, slots=True)
class Point:
    """One value of a series."""

    date: dt.date
    value: float


def read_series(
    content: bytes, *, shown: str, column: str, where: Mapping[str, str], as_of: dt.date | None = None
) -> tuple[Point, ...]:
    """Read one series, in order of date.

    A date may stand there more than once if the rows were known from different days: the latest known is right.

    Parameters
    ----------
    column : holds the values; where : column -> text that picks the rows of the series
    as_of : leave out rows known later, by the column `known_from`; a file without that column is read whole

    Raises
    ------
    RecordError : with every fault of the file; E506 if a date comes twice, E507 if no row is picked. Where rows are
        there and none of them was known by `as_of`, the earliest known stands for them all: a series begins somewhere.
    """
    table = read_table(content, shown=shown, required=["date", column, *where])
    rows = _known_rows(table, column, where)
    if table.problems:
        raise RecordError(table.problems)
    if not rows:
        picked = ", ".join(f"{name}: {text}" for name, text in where.items())
        hint = f"No row has {{{picked}}}." if where else "The file has a header and no rows."
        raise RecordError([Problem("E507", "error", Place(shown), "The series is empty.", hint)])
    known = [point for known_from, point in rows if as_of is None or known_from <= as_of] or [rows[0][1]]
    latest = {point.date: point for point in known}
    return tuple(latest[date] for date in sorted(latest))


def _known_rows(table: Table, column: str, where: Mapping[str, str]) -> list[tuple[dt.date, Point]]:
    """List the points of a series, each with the day from which it was known, in the order of those days."""
    is_dated = "known_from" in table.columns
    found: dict[tuple[dt.date, dt.date], Point] = {}
    for row in table.rows:
        if not matches(row, where):
            continue
        date, value = table.date(row, "date"), table.number(row, column)
        known_from = table.date(row, "known_from") if is_dated else dt.date.min
        if date is None or value is None or known_from is None:
            continue
        if (known_from, date) in found:
            message, hint = f"`{date}` comes twice.", "A series has one value a date; `where` picks its rows."
            table.fault("E506", row.at("date"), message=message, hint=hint)
        found[known_from, date] = Point(date, value)
    return [(known_from, point) for (known_from, _), point in sorted(found.items(), key=lambda item: item[0])]


def matches(row: Row, where: Mapping[str, str | tuple[str, ...]]) -> bool:
    """Tell whether a row has, in each column, the text or one of the texts wanted."""
    return all(
        row.cells[column].strip() in ((wanted,) if isinstance(wanted, str) else wanted)
        for column, wanted in where.items()
    )
