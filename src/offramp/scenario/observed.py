"""The data files that a scenario names: its record and its input series.

`offramp.record` knows how to read them; this module knows where they lie and what the scenario makes of their rows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from hashlib import sha256
from pathlib import PurePosixPath

from offramp.core.errors import OfframpError, Problem, RecordError, ScenarioError
from offramp.record.read import EventFile, EventRule, SeriesFile, SeriesRule, read_record
from offramp.record.record import Record
from offramp.record.series import Point, read_series
from offramp.record.totals import Published, read_published
from offramp.scenario.catalogue import problem
from offramp.scenario.folder import Folder
from offramp.scenario.load import LoadedScenario
from offramp.scenario.yaml_events import RefusedError


def observe(loaded: LoadedScenario) -> Record | None:
    """Read a scenario's record, once; None if it has none.

    Raises
    ------
    ScenarioError : a file that is not there; RecordError : every fault of those that are.
    """
    if "record" not in loaded.data:
        loaded.data["record"] = _read_record(loaded)
    return loaded.data["record"]


def _read_record(loaded: LoadedScenario) -> Record | None:
    written = loaded.document.record
    if written is None:
        return None
    events = series = None
    if written.events is not None:
        content, shown = _read(loaded, written.events, "record.events")
        rules = [EventRule(rule.where, rule.candidates) for rule in written.event_map]
        events = EventFile(content, shown, rules, written.marks)
    if written.series is not None:
        content, shown = _read(loaded, written.series, "record.series")
        measures = [
            SeriesRule(rule.where, rule.quantity, rule.scale, rule.error, rule.left_out) for rule in written.series_map
        ]
        series = SeriesFile(content, shown, measures)
    record = read_record(events, series)
    if written.covers is not None:
        return replace(record, covers=(written.covers.start, written.covers.end))
    dates = [event.date for event in record.events]
    return replace(record, covers=(min(dates), max(dates))) if dates else record


def published(loaded: LoadedScenario) -> Published:
    """Read what is known of the share of events that the record holds; nothing where the scenario names no files.

    Raises
    ------
    ScenarioError : a file that is not there; RecordError : every fault of those that are.
    """
    written = loaded.document.record
    if written is None or written.recording is None:
        return Published()
    cells = _read(loaded, written.recording, "record.recording")
    return read_published(cells, _read(loaded, written.totals, "record.totals") if written.totals else None)


def read_input(loaded: LoadedScenario, name: str, *, as_of: dt.date | None = None) -> tuple[Point, ...]:
    """Read an input series, in order of date; with `as_of`, what was known on that day of it.

    Raises
    ------
    ScenarioError : a file that is not there; RecordError : every fault of one that is.
    """
    written = loaded.document.inputs[name]
    content, shown = _read(loaded, written.file, f"inputs.{name}.file")
    return read_series(content, shown=shown, column=written.column, where=written.where, as_of=as_of)


def data_problems(loaded: LoadedScenario) -> tuple[Problem, ...]:
    """Find every problem of a scenario's data files."""
    problems: list[Problem] = []
    try:
        record = observe(loaded)
        if record is not None:
            problems += [*record.problems, *_beyond(loaded, record), *_not_replies(loaded, record)]
    except OfframpError as error:
        problems += error.problems
    readers: list[Callable[[], object]] = [partial(_published_moves, loaded)]
    readers += [partial(read_input, loaded, name) for name in loaded.document.inputs]
    for read in readers:
        try:
            read()
        except OfframpError as error:
            problems += error.problems
    return tuple(problems)


def _published_moves(loaded: LoadedScenario) -> None:
    """Refuse a share recorded of what is no move of the scenario."""
    unknown = [
        Problem("E514", "error", cell.place, f"`{move}` is not a move of this scenario.", "Correct the cell `moves`.")
        for cell in published(loaded).cells
        for move in cell.moves
        if move not in loaded.document.moves
    ]
    if unknown:
        raise RecordError(unknown)


def _beyond(loaded: LoadedScenario, record: Record) -> list[Problem]:
    """Warn of measurements outside the range that their quantity declares; a run that starts there begins outside."""
    found = []
    for measurement in record.measurements:
        quantity = loaded.document.quantities.get(measurement.quantity)
        low, high = (quantity.range if quantity is not None else None) or (None, None)
        if (low is not None and measurement.value < low) or (high is not None and measurement.value > high):
            message = f"`{measurement.quantity}` measures {measurement.value:g}, which its range excludes."
            found.append(problem("W502", measurement.place, message))
    return found


def _not_replies(loaded: LoadedScenario, record: Record) -> list[Problem]:
    """Refuse replies of which a side is no event of the model, or that are not dated to one and the same day."""
    written = loaded.document.record
    events = {event.id: event for event in record.events}
    found = []
    for reply, answered in ({} if written is None else written.replies).items():
        sides = [events.get(reply), events.get(answered)]
        unknown = [name for name, event in zip((reply, answered), sides, strict=True) if event is None]
        days = {event.date if event.precision == "day" else None for event in sides if event is not None}
        if unknown:
            message = f"`{unknown[0]}` is no row that the event map makes an event."
        elif reply == answered or len(days) > 1 or None in days:
            message = f"`{reply}` and `{answered}` are not two rows dated to one day."
        else:
            continue
        found.append(problem("E516", loaded.locate(f"record.replies.{reply}"), message))
    return found


def data_hashes(loaded: LoadedScenario) -> dict[str, str]:
    """Return the SHA-256 of each data file that the scenario names, for manifests."""
    document = loaded.document
    named = {f"inputs.{name}.file": series.file for name, series in document.inputs.items()}
    if document.record is not None:
        for key in ("events", "series", "recording", "totals"):
            named[f"record.{key}"] = getattr(document.record, key) or ""
    return {name: sha256(_read(loaded, name, path)[0]).hexdigest() for path, name in sorted(named.items()) if name}


def _read(loaded: LoadedScenario, name: str, path: str) -> tuple[bytes, str]:
    """Read a file that the scenario names at a path; its name in problems is beside that of the file naming it."""
    place = loaded.locate(path)
    beside = PurePosixPath(place.file).parent.as_posix() if place is not None else ""
    folder = Folder(loaded.folder, "" if beside == "." else beside)
    try:
        return folder.read_bytes(name, place), folder.shown_name(name)
    except RefusedError as refused:
        raise ScenarioError([refused.problem]) from None
