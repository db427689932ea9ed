"""Series of dated values from a CSV file with a `date` column: exogenous inputs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from offramp.core.errors import Place, Problem, RecordError
from offramp.record.table import Row, read_table


@dataclass(frozen=True, slots=True)
class Point:
    """One value of a series."""

    date: dt.date
    value: float


def read_series(content: bytes, *, shown: str, column: str, where: Mapping[str, str]) -> tuple[Point, ...]:
    """Read one series, in order of date.

    Parameters
    ----------
    column : holds the values; where : column -> text that picks the rows of the series

    Raises
    ------
    RecordError : with every fault of the file; E506 if a date comes twice, E507 if no row is picked.
    """
    table = read_table(content, shown=shown, required=["date", column, *where])
    points: dict[dt.date, Point] = {}
    for row in table.rows:
        if not matches(row, where):
            continue
        date, value = table.date(row, "date"), table.number(row, column)
        if date in points:
            table.fault(
                "E506",
                row.at("date"),
                message=f"`{date}` comes twice.",
                hint="A series has one value a date; `where` picks its rows.",
            )
        elif date is not None and value is not None:
            points[date] = Point(date, value)
    if table.problems:
        raise RecordError(table.problems)
    if not points:
        picked = ", ".join(f"{name}: {text}" for name, text in where.items())
        hint = f"No row has {{{picked}}}." if where else "The file has a header and no rows."
        raise RecordError([Problem("E507", "error", Place(shown), "The series is empty.", hint)])
    return tuple(points[date] for date in sorted(points))


def matches(row: Row, where: Mapping[str, str | tuple[str, ...]]) -> bool:
    """Tell whether a row has, in each column, the text or one of the texts wanted."""
    return all(
        row.cells[column].strip() in ((wanted,) if isinstance(wanted, str) else wanted)
        for column, wanted in where.items()
    )
