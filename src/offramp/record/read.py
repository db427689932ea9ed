"""Record files -> Record: rows become events of moves and measurements of quantities, by the scenario's maps.

Event rows have the columns `id, date, date_precision, known_from`, and any others that the maps name; a column
`incidents`, where there is one, says how many events a row stands for (an empty cell: 1). Series rows have
`date, quantity, value, known_from`, likewise. Every fault is found in one pass.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import get_args

from offramp.core.errors import Problem, RecordError
from offramp.record.record import Event, Measurement, Precision, Record
from offramp.record.series import matches
from offramp.record.table import Row, Table, read_table

EVENT_COLUMNS = ("id", "date", "date_precision", "known_from")
SERIES_COLUMNS = ("date", "value", "known_from")
MAX_INCIDENTS = 1_000  # of one row
MAX_MARK = 1_000_000_000  # of one row
MAX_MEASURED = 1e30


@dataclass(frozen=True, slots=True)
class EventRule:
    """Rows whose columns match `where` are events of one of `candidates`, the likeliest first; none sets them aside."""

    where: Mapping[str, str | tuple[str, ...]]
    candidates: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class SeriesRule:
    """Rows whose columns match `where` measure `quantity`: value * scale, with an error of that standard deviation.

    left_out : as in `Measurement`
    """

    where: Mapping[str, str]
    quantity: str
    scale: float = 1.0
    error: float = 0.0
    left_out: float = 0.0


@dataclass(frozen=True, slots=True)
class EventFile:
    """The event file's bytes, its name in problems, and how to read it: the first matching rule of a row wins.

    marks : column -> tally to which its number is added
    """

    content: bytes
    shown: str
    rules: Sequence[EventRule]
    marks: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SeriesFile:
    """The series file's bytes, its name in problems, and how to read it: the first matching rule of a row wins."""

    content: bytes
    shown: str
    rules: Sequence[SeriesRule]


def read_record(events: EventFile | None, series: SeriesFile | None) -> Record:
    """Read a record.

    Raises
    ------
    RecordError : with every fault of both files.
    """
    problems: list[Problem] = []
    happened = _Events()
    measured: list[Measurement] = []
    try:
        if events is not None:
            happened = _read_events(events, problems)
    except RecordError as error:
        problems += error.problems
    try:
        if series is not None:
            measured = _read_measurements(series, problems)
    except RecordError as error:
        problems += error.problems
    if problems:
        raise RecordError(problems)
    return Record(
        events=tuple(sorted(happened.events, key=lambda event: (event.date, event.id))),
        measurements=tuple(sorted(measured, key=lambda measurement: (measurement.date, measurement.quantity))),
        unmapped=tuple(row.place for row in happened.unmapped),
        set_aside=happened.set_aside,
        problems=_notes(happened.unmapped),
    )


@dataclass
class _Events:
    """What an event file holds, as it is read."""

    events: list[Event] = field(default_factory=list)
    unmapped: list[Row] = field(default_factory=list)
    set_aside: int = 0


def _read_events(file: EventFile, problems: list[Problem]) -> _Events:
    named = [column for rule in file.rules for column in rule.where]
    table = read_table(file.content, shown=file.shown, required=_once(*EVENT_COLUMNS, *named, *file.marks))
    found = _Events()
    ids: set[str] = set()
    for row in table.rows:
        _check_id(table, row, ids)
        dated = _dates(table, row)
        _check_known(table, row, dated)
        precision = _precision(table, row)
        count = _count(table, row)
        marks = _marks(table, row, file.marks)
        rule = next((rule for rule in file.rules if matches(row, rule.where)), None)
        if rule is None:
            found.unmapped.append(row)
        elif not rule.candidates:
            found.set_aside += 1
        elif dated is not None and precision is not None and count is not None:
            date, known_from = dated
            move, name = rule.candidates[0][0], row.cells["id"].strip()
            event = Event(name, date, precision, move, count, marks, known_from, row.place, rule.candidates)
            found.events.append(event)
    problems += table.problems
    return found


def _read_measurements(file: SeriesFile, problems: list[Problem]) -> list[Measurement]:
    """Read what the rules ask for; other rows are other series, and none of ours."""
    named = [column for rule in file.rules for column in rule.where]
    table = read_table(file.content, shown=file.shown, required=_once(*SERIES_COLUMNS, *named))
    found = []
    for row in table.rows:
        rule = next((rule for rule in file.rules if matches(row, rule.where)), None)
        if rule is None:
            continue
        dated, value = _dates(table, row), table.number(row, "value")
        if dated is not None and value is not None:
            date, known_from = dated
            if abs(value * rule.scale) > MAX_MEASURED:
                message = f"`{value:g}` times the scale {rule.scale:g} is more than a quantity can hold."
                table.fault("E505", row.at("value"), message=message, hint="Correct `scale` in `series_map`.")
            measured = (value * rule.scale, rule.error)
            found.append(Measurement(rule.quantity, date, *measured, known_from, row.place, rule.left_out))
    problems += table.problems
    return found


def _once(*names: str) -> list[str]:
    return list(dict.fromkeys(names))


def _check_id(table: Table, row: Row, ids: set[str]) -> None:
    name = row.cells["id"].strip()
    if not name or name in ids:
        message = f"The id `{name}` comes twice." if name else "The row has no id."
        table.fault("E508", row.at("id"), message=message, hint="Each row of the event file has an id of its own.")
    ids.add(name)


def _dates(table: Table, row: Row) -> tuple[dt.date, dt.date] | None:
    """Read of when something is and from when it was known."""
    date, known_from = table.date(row, "date"), table.date(row, "known_from")
    return None if date is None or known_from is None else (date, known_from)


def _check_known(table: Table, row: Row, dated: tuple[dt.date, dt.date] | None) -> None:
    """Refuse an event that was known before it happened; a level may be announced, or forecast, before its date."""
    if dated is not None and dated[1] < dated[0]:
        message = f"The event is dated {dated[0]} and known from {dated[1]}, before it happened."
        table.fault("E510", row.at("known_from"), message=message, hint="`known_from` is the day of the first report.")


def _precision(table: Table, row: Row) -> Precision | None:
    text = row.cells["date_precision"].strip()
    for precision in get_args(Precision):
        if text == precision:
            return precision  # type: ignore[no-any-return]  # one of the words of Precision
    message = f"`{text}` is not a precision of dates."
    table.fault("E509", row.at("date_precision"), message=message, hint="Write `day`, `week` or `month`.")
    return None


def _count(table: Table, row: Row) -> int | None:
    """Read how many events a row stands for; an empty cell, or no such column, is 1."""
    if not row.cells.get("incidents", "").strip():
        return 1
    value = table.number(row, "incidents")
    if value is None or not (0 <= value <= MAX_INCIDENTS and value == int(value)):
        if value is not None:
            hint = f"A row stands for a whole number of events, at most {MAX_INCIDENTS:,}."
            table.fault("E505", row.at("incidents"), message=f"`{value:g}` is not a count.", hint=hint)
        return None
    return int(value)


def _marks(table: Table, row: Row, marks: Mapping[str, str]) -> dict[str, float]:
    """Add up a row's marks by tally; an empty cell says nothing, which is not 0."""
    found: dict[str, float] = {}
    for column, tally in marks.items():
        if row.cells[column].strip():
            number = table.number(row, column)
            if number is not None and not (0 <= number <= MAX_MARK and number == int(number)):
                hint = f"A mark is a whole number of 0 or more, at most {MAX_MARK:,}; an empty cell says nothing."
                table.fault("E513", row.at(column), message=f"`{number:g}` is not a count.", hint=hint)
            elif number is not None:
                found[tally] = found.get(tally, 0.0) + number
    return found


def _notes(unmapped: Sequence[Row]) -> tuple[Problem, ...]:
    """Report rows that no rule matches: they are neither modelled nor knowingly left out."""
    if not unmapped:
        return ()
    first = unmapped[0]
    listed = ", ".join(f"`{row.cells['id']}`" for row in unmapped[:5]) + (", ..." if len(unmapped) > 5 else "")
    rows = "1 row of the record matches" if len(unmapped) == 1 else f"{len(unmapped)} rows of the record match"
    hint = "Add a rule to `event_map`, with `move: null` for what is knowingly left out."
    return (Problem("W501", "warning", first.place, f"{rows} no rule of the event map: {listed}.", hint),)
