"""Strict reading of a CSV file with a header: every cell with its place, every fault in one pass.

A file is UTF-8, at most `MAX_BYTES` long, with one row of column names and at most `MAX_ROWS` rows, each with as many
cells as there are columns. Nothing is guessed: no other separators, no dates but ISO ones.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from offramp.core.errors import Place, Problem, RecordError

MAX_BYTES = 16 * 1024 * 1024
MAX_ROWS = 200_000
MAX_COLUMNS = 100
MAX_CELL = 10_000  # characters
_COMMA = re.compile(r'"[^"]*(?:"|\Z)|,')  # or a stretch in quotes, whose commas are text

_MEANINGS = {
    "date": "an event known by its week or month alone has the first day, and says so in `date_precision`",
    "known_from": "`known_from` is the day of the first report, and the date itself where that is not known",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its cells by column, and where it and they stand."""

    cells: dict[str, str]
    place: Place
    starts: tuple[int, ...]  # 1-based column of each cell's first character; empty where the row spans lines

    def at(self, column: str) -> Place:
        """Find the place of a cell."""
        if not self.starts:
            return self.place
        start = self.starts[list(self.cells).index(column)]
        return Place(self.place.file, self.place.line, start, start + len(self.cells[column]))


@dataclass
class Table:
    """A file as read. Faults of cells are added to `problems` as they are asked for."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    problems: list[Problem] = field(default_factory=list)

    def fault(self, code: str, place: Place, *, message: str, hint: str) -> None:
        """Note a fault."""
        self.problems.append(Problem(code, "error", place, message, hint))

    def date(self, row: Row, column: str) -> dt.date | None:
        """Read a cell as a date; a fault gives None."""
        text = row.cells[column].strip()
        if not text:
            self._blank("E504", row, column)
            return None
        try:
            if len(text) == len("2020-01-31"):
                return dt.date.fromisoformat(text)
        except ValueError:
            pass
        self.fault(
            "E504",
            row.at(column),
            message=f"`{text}` is not a date.",
            hint="Dates are written year-month-day: 2020-01-31.",
        )
        return None

    def number(self, row: Row, column: str) -> float | None:
        """Read a cell as a number; a fault gives None."""
        text = row.cells[column].strip()
        if not text:
            self._blank("E505", row, column)
            return None
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if math.isfinite(value) and abs(value) < 1e30 and "_" not in text:
            return value
        self.fault(
            "E505", row.at(column), message=f"`{text}` is not a number.", hint="Numbers are written like `12` or `0.5`."
        )
        return None

    def _blank(self, code: str, row: Row, column: str) -> None:
        hint = f"Fill it in; {_MEANINGS.get(column, 'a row without it is left out of the file')}."
        self.fault(code, row.at(column), message=f"The cell `{column}` is empty; it may not be blank.", hint=hint)


def read_table(content: bytes, *, shown: str, required: Sequence[str]) -> Table:
    """Read a file.

    Parameters
    ----------
    shown : the file's name as problems give it
    required : columns that must be there

    Raises
    ------
    RecordError : a file that is empty or not UTF-8 (E500), too large (E501), lacks a column (E502) or is no CSV (E503).
    """
    text = _decode(content, shown)
    lines = text.splitlines(keepends=True)
    problems: list[Problem] = []
    header: list[str] | None = None
    rows: list[Row] = []
    for number, cells in _records(text, shown):
        if header is None:
            header = [cell.strip() for cell in cells]
            _check_header(header, required, Place(shown, number, 1))
        elif cells:
            row = _row(problems, header=header, cells=cells, place=Place(shown, number, 1), line=lines[number - 1])
            rows += [row] if row else []
    if header is None:
        raise _refusal("E500", Place(shown), "The file is empty.", "Its first row names the columns.")
    return Table(shown, tuple(header), tuple(rows), problems)


def _decode(content: bytes, shown: str) -> str:
    if len(content) > MAX_BYTES:
        message = f"`{shown}` has more than {MAX_BYTES // 1024:,} KiB."
        raise _refusal("E501", Place(shown), message, "Leave out what is not used.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = Place(shown, content.count(b"\n", 0, error.start) + 1, 1)
        raise _refusal("E500", place, "A byte in this line is not UTF-8.", "Save the file as UTF-8.") from None


def _records(text: str, shown: str) -> Iterator[tuple[int, list[str]]]:
    """Split the text into records, each with the line on which it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    begins = 1
    try:
        for count, cells in enumerate(reader):
            if count > MAX_ROWS or len(cells) > MAX_COLUMNS:
                message = f"The file has more than {MAX_ROWS:,} rows or {MAX_COLUMNS} columns."
                raise _refusal("E501", Place(shown, begins, 1), message, "Leave out what is not used.")
            yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        hint = "Cells with commas or quotes stand in double quotes, and quotes inside them are doubled."
        raise _refusal("E503", Place(shown, begins, 1), f"The row cannot be read: {error}.", hint) from None


def _check_header(header: list[str], required: Sequence[str], place: Place) -> None:
    missing = [column for column in required if column not in header]
    twice = sorted({column for column in header if header.count(column) > 1})
    found = []
    if missing:
        names = ", ".join(f"`{column}`" for column in missing)
        found.append(Problem("E502", "error", place, f"The file lacks {names}.", f"Its columns: {', '.join(header)}."))
    if twice:
        names = ", ".join(f"`{column}`" for column in twice)
        found.append(Problem("E502", "error", place, f"The header has {names} twice.", "Each column has one name."))
    if found:
        raise RecordError(found)


def _row(problems: list[Problem], *, header: list[str], cells: list[str], place: Place, line: str) -> Row | None:
    """Make a row; a faulty one is None."""
    if len(cells) != len(header):
        message = f"The row has {len(cells)} cells; the header has {len(header)}."
        problems.append(Problem("E503", "error", place, message, "Cells with commas stand in double quotes."))
        return None
    longest = max(map(len, cells))
    if longest > MAX_CELL:
        message = f"A cell has {longest:,} characters; at most {MAX_CELL:,} are read."
        problems.append(Problem("E501", "error", place, message, "Keep long texts elsewhere."))
        return None
    starts = _starts(line)
    return Row(dict(zip(header, cells, strict=True)), place, starts if len(starts) == len(header) else ())


def _starts(line: str) -> tuple[int, ...]:
    """Find the 1-based column at which the text of each cell of a line begins."""
    starts = [1, *(found.end() + 1 for found in _COMMA.finditer(line) if found[0] == ",")]
    return tuple(start + (line[start - 1 : start] == '"') for start in starts)


def _refusal(code: str, place: Place, message: str, hint: str) -> RecordError:
    return RecordError([Problem(code, "error", place, message, hint)])
