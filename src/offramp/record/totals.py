"""Published totals, and what is thought beforehand of how much the record catches: two CSV files.

A *total* is a number of events that somebody published for some days. It says how much of what happened the record
holds, once its definition is mapped to the record's kinds: columns

    id, first_day, last_day, count, kinds, use, leaves_out, complete_a, complete_b, reason, known_from

- `kinds`: one kind, or two joined by `;`. `count`: what the total comes to under the record's definition.
- `use`: `evidence`; `pause` (a published absence: nothing is missing); `unused`, for the reason given.
- `leaves_out`: ids of record rows inside the window that the total's definition excludes, joined by `;`.
- `complete_a`, `complete_b`: Beta prior of the share of such events that the publisher itself caught.

The other file has one row per *cell*, a kind in a period: columns `kind, moves, first_day, last_day, a, b, status,
reason, known_from`; Beta(a, b) is the prior of the share of these events that the record holds. Columns beyond these
are for readers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, get_args

from offramp.core.errors import Place, RecordError
from offramp.record.table import Row, Table, read_table

Use = Literal["evidence", "pause", "unused"]
TOTAL_COLUMNS = ("id", "first_day", "last_day", "count", "kinds", "use", "leaves_out", "complete_a", "complete_b",
                 "reason", "known_from")  # fmt: skip
CELL_COLUMNS = ("kind", "moves", "first_day", "last_day", "a", "b", "status", "reason", "known_from")
MAX_COUNT = 1_000  # of one total
MAX_KINDS = 2  # of one total
MAX_SHAPE = 1e6  # of a Beta distribution


@dataclass(frozen=True, slots=True)
class Total:
    """One published total; `completeness` are the shapes of the Beta prior of what its publisher caught."""

    id: str
    first_day: dt.date
    last_day: dt.date
    count: int
    kinds: tuple[str, ...]
    use: Use
    leaves_out: tuple[str, ...]
    completeness: tuple[float, float]
    reason: str
    known_from: dt.date
    place: Place


@dataclass(frozen=True, slots=True)
class Cell:
    """A kind of event in a period, and the shapes of the Beta prior of the share of it that the record holds."""

    kind: str
    moves: tuple[str, ...]
    first_day: dt.date
    last_day: dt.date
    prior: tuple[float, float]
    status: str
    reason: str
    known_from: dt.date
    place: Place

    def holds(self, day: dt.date) -> bool:
        """Tell whether a day lies in the period."""
        return self.first_day <= day <= self.last_day


@dataclass(frozen=True, slots=True)
class Published:
    """Both files, read: what there is to estimate an observation model from."""

    cells: tuple[Cell, ...] = ()
    totals: tuple[Total, ...] = ()


def read_published(cells: tuple[bytes, str], totals: tuple[bytes, str] | None = None) -> Published:
    """Read both files, each given as its bytes and its name in problems.

    Raises
    ------
    RecordError : with every fault of both; E514 is theirs alone.
    """
    cell_table = read_table(cells[0], shown=cells[1], required=CELL_COLUMNS)
    found_cells = [_cell(cell_table, row) for row in cell_table.rows]
    kept_cells = tuple(cell for cell in found_cells if cell is not None)
    _check_periods(cell_table, kept_cells)
    tables = [cell_table]
    kept_totals: tuple[Total, ...] = ()
    if totals is not None:
        table = read_table(totals[0], shown=totals[1], required=TOTAL_COLUMNS)
        kinds = {cell.kind for cell in kept_cells}
        found = [_total(table, row, kinds=kinds) for row in table.rows]
        kept_totals = tuple(total for total in found if total is not None)
        _check_ids(table, kept_totals)
        tables.append(table)
    problems = [problem for table in tables for problem in table.problems]
    if problems:
        raise RecordError(problems)
    return Published(kept_cells, kept_totals)


def _cell(table: Table, row: Row) -> Cell | None:
    days, prior = _days(table, row), _shapes(table, row, "a", "b")
    known_from = table.date(row, "known_from")
    kind, moves = row.cells["kind"].strip(), _words(row, "moves")
    if not kind or not moves:
        _refuse(table, row, "kind", "The row names no kind or no move.", hint="Each cell is a kind, and its moves.")
        return None
    if days is None or prior is None or known_from is None:
        return None
    status, reason = row.cells["status"].strip(), row.cells["reason"].strip()
    return Cell(kind, moves, *days, prior, status, reason, known_from, row.place)


def _total(table: Table, row: Row, *, kinds: set[str]) -> Total | None:
    days, completeness = _days(table, row), _shapes(table, row, "complete_a", "complete_b")
    known_from, count, use = table.date(row, "known_from"), _count(table, row), _use(table, row)
    named = _words(row, "kinds")
    unknown = [kind for kind in named if kind not in kinds]
    if unknown or not 0 < len(named) <= MAX_KINDS or len(set(named)) < len(named):
        hint = f"Name one kind, or {MAX_KINDS} joined by `;`, of: {', '.join(sorted(kinds))}."
        _refuse(table, row, "kinds", f"`{row.cells['kinds']}` names kinds that are not known.", hint=hint)
        return None
    if days is None or completeness is None or known_from is None or count is None or use is None:
        return None
    return Total(
        row.cells["id"].strip(), *days, count, named, use, _words(row, "leaves_out"), completeness,
        row.cells["reason"].strip(), known_from, row.place,
    )  # fmt: skip


def _days(table: Table, row: Row) -> tuple[dt.date, dt.date] | None:
    first, last = table.date(row, "first_day"), table.date(row, "last_day")
    if first is None or last is None:
        return None
    if last < first:
        _refuse(table, row, "last_day", f"The days end on {last}, before they begin.", hint="Swap the two days.")
        return None
    return first, last


def _shapes(table: Table, row: Row, *columns: str) -> tuple[float, float] | None:
    shapes = [table.number(row, column) for column in columns]
    for column, shape in zip(columns, shapes, strict=True):
        if shape is not None and not 0 < shape <= MAX_SHAPE:
            _refuse(table, row, column, f"`{shape:g}` is no shape of a Beta distribution.", hint="It is above 0.")
            return None
    one, other = shapes
    return None if one is None or other is None else (one, other)


def _count(table: Table, row: Row) -> int | None:
    value = table.number(row, "count")
    if value is None or not (0 <= value <= MAX_COUNT and value == int(value)):
        if value is not None:
            hint = f"A total is a whole number, at most {MAX_COUNT:,}."
            _refuse(table, row, "count", f"`{value:g}` is not a count.", hint=hint)
        return None
    return int(value)


def _use(table: Table, row: Row) -> Use | None:
    text = row.cells["use"].strip()
    for use in get_args(Use):
        if text == use:
            return use  # type: ignore[no-any-return]  # one of the words of Use
    hint = "Write `evidence`, `pause` (a published absence) or `unused`."
    _refuse(table, row, "use", f"`{text}` is no use of a total.", hint=hint)
    return None


def _check_periods(table: Table, cells: Sequence[Cell]) -> None:
    """Refuse a kind of which two periods share a day."""
    for one, other in pairwise(sorted(cells, key=lambda cell: (cell.kind, cell.first_day))):
        if one.kind == other.kind and other.first_day <= one.last_day:
            message = f"Two periods of `{one.kind}` share the day {other.first_day}."
            table.fault("E514", other.place, message=message, hint="Let one begin on the day after the other ends.")


def _check_ids(table: Table, totals: Sequence[Total]) -> None:
    """Refuse a total that comes twice: each is used once."""
    seen: set[str] = set()
    for total in totals:
        if not total.id or total.id in seen:
            message = f"The total `{total.id}` comes twice or has no id."
            table.fault("E514", total.place, message=message, hint="Give each total an id of its own.")
        seen.add(total.id)


def _words(row: Row, column: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in row.cells[column].split(";") if word.strip())


def _refuse(table: Table, row: Row, column: str, message: str, *, hint: str) -> None:
    table.fault("E514", row.at(column), message=message, hint=hint)
