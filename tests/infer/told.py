"""A small crisis and records of it: what is lowered for likelihoods, and what they are tried on."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

from offramp.core.errors import Place
from offramp.infer.observation import Beta, ObservationModel, Share
from offramp.infer.observed import ObservedRecord, Recordable, observe_record
from offramp.model.lower import lower
from offramp.model.model import Model
from offramp.record.record import Event, Measurement, Record
from offramp.record.totals import Cell
from offramp.scenario.load import load
from tests.model.small import written

HERE = Place("record.csv", 2, 1)
START = dt.date(2020, 1, 1)


def day(number: int) -> dt.date:
    """Day number of January 2020; 32 is the first of February."""
    return START + dt.timedelta(days=number - 1)


def model_of(folder: Path, **sections: Any) -> Model:
    """Lower a scenario of sections; `tests.model.small` has the rest."""
    folder.mkdir(exist_ok=True)
    (folder / "scenario.yaml").write_text(json.dumps(written(**sections)))
    return lower(load(folder))


def crisis(folder: Path, *, days: int = 30, step: str = "1 d") -> Model:
    """Two actors: raids with two venues that kill, talks, and slips that happen by themselves."""
    clock = {"start": "2020-01-01", "days": days, "step": step}
    deaths = {"on": "dead", "add": "Poisson(1)"}
    return model_of(
        folder,
        scenario={"name": "small", "title": "Small", "clock": clock},
        quantities={
            "x": {"kind": "level", "unit": "index", "range": [0, 1], "start": 0.5},
            "dead": {"kind": "tally", "unit": "people"},
            "hurt": {"kind": "tally", "unit": "people"},
        },
        moves={
            "blue.raid": {"title": "Raid", "variants": {"north": {"effects": [deaths]}, "south": {}}},
            "blue.talk": {"title": "Talk"},
            "red.raid": {"title": "Raid", "effects": [deaths]},
            "red.slip": {"title": "Slip", "rate": "0.1 / day", "max_per_day": 2},
        },
    )


def event(
    name: str,
    date: dt.date,
    move: str | dict[str, float],
    *,
    precision: str = "day",
    count: int = 1,
    known: dt.date | None = None,
    marks: dict[str, float] | None = None,
) -> Event:  # budget(parameters): the columns of a row
    """Write a row; `move` may be candidates with their weights."""
    candidates = tuple(move.items()) if isinstance(move, dict) else ((move, 1.0),)
    return Event(name, date, precision, candidates[0][0], count, marks or {}, known or date, HERE, candidates)  # type: ignore[arg-type]


def measured(
    quantity: str, date: dt.date, value: float, *, sd: float = 0.0, known: dt.date | None = None, left_out: float = 0.0
) -> Measurement:
    """Write a measured value."""
    return Measurement(quantity, date, value, sd, known or date, HERE, left_out)


def record_of(*rows: Event | Measurement, covers: tuple[int, int] = (1, 30)) -> Record:
    """A record in its order, covering days of January."""
    events = sorted((row for row in rows if isinstance(row, Event)), key=lambda row: (row.date, row.id))
    measurements = [row for row in rows if isinstance(row, Measurement)]
    return Record(tuple(events), tuple(measurements), (day(covers[0]), day(covers[1])))


def shares(*cells: tuple[str, int, int, float, float], kind: str = "raid") -> ObservationModel:
    """Shares recorded of moves: (moves joined by `;`, first day, last day, a, b)."""
    found = []
    for moves, first, last, a, b in cells:
        cell = Cell(kind, tuple(moves.split(";")), day(first), day(last), (a, b), "assumed", "", START, HERE)
        found.append(Share(cell, Beta(a, b), Beta(a, b)))
    return ObservationModel(tuple(found))


def observe(
    model: Model,
    record: Record,
    *moves: str,
    observation: ObservationModel | None = None,
    replies: tuple[str, ...] = (),
    as_of: dt.date | None = None,
    until: dt.date | None = None,
) -> ObservedRecord:  # budget(parameters): those of `observe_record`
    """Lower a record of which the event map can name some moves."""
    named = Recordable(frozenset(moves), frozenset(replies))
    seen = observation or ObservationModel()
    return observe_record(model, record, observation=seen, named=named, as_of=as_of, until=until)


def leaf(model: Model, path: str) -> int:
    return [found.path for found in model.leaves].index(path)
