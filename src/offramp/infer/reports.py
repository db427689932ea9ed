"""Rows of the record -> reports: on which steps an event may have been, in which leaves, with which marks.

A row of several events becomes that many reports, its marks on the first. A candidate that is a move with variants
stands for each of its variants that can be recorded, with the same weight. A row that answers another row of the same
day stands on the next step, since nobody in the model sees the same day's moves of others.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from offramp.infer.spoken import Spoken, period
from offramp.infer.unused import Unused
from offramp.model.model import Model
from offramp.model.observed import Mark, Report
from offramp.record.record import Event


@dataclass(frozen=True)
class Reading:
    """How rows are read.

    spoken : the days that are read; replies : ids of rows that answer another one of their own day
    recordable : leaves that the event map can name; as_of : the day by which a row must have been known
    """

    spoken: Spoken
    recordable: Collection[int]
    replies: Collection[str]
    as_of: dt.date | None


@dataclass
class Reported:
    """The reports of a record, what gave none, and where a row is known to stand that could not be placed.

    blurred : leaves of such rows, with their first and last step inside the window: no silence can be read there
    """

    reports: list[Report] = field(default_factory=list)
    unused: list[Unused] = field(default_factory=list)
    blurred: list[tuple[tuple[int, ...], tuple[int, int]]] = field(default_factory=list)


def report_rows(model: Model, events: Sequence[Event], reading: Reading) -> Reported:
    """Turn event rows into reports, in order of their first step."""
    reported = Reported()
    quantities = {quantity.path: number for number, quantity in enumerate(model.quantities)}
    for event in events:
        found = _read_row(model, event, reading)
        if isinstance(found, str):
            reported.unused.append(Unused("row", event.id, event.place, found))
            _blur(model, event, reading, reported)
            continue
        steps, weights = found
        marks = _marks(model, event, weights, quantities, reported.unused)
        for number in range(event.count):
            name = event.id if number == 0 else f"{event.id}#{number + 1}"
            own = marks if number == 0 else ()
            reported.reports.append(Report(name, *steps, tuple(weights), tuple(weights.values()), own))
    reported.reports.sort(key=lambda report: (report.first_step, report.last_step))  # stable: the record's order stays
    return reported


def leaves_named(model: Model, name: str) -> tuple[int, ...]:
    """Find the leaves that a move or a variant stands for; none if the model has no such thing."""
    found = next((move.leaves for move in model.moves if move.path == name), None)
    return found or tuple(number for number, leaf in enumerate(model.leaves) if leaf.path == name)


def weights_of(model: Model, event: Event, recordable: Collection[int]) -> dict[int, float]:
    """Weigh each leaf that a row may be."""
    named = ((leaves_named(model, name), weight) for name, weight in event.candidates)
    return {leaf: weight for leaves, weight in named for leaf in leaves if leaf in recordable}


def _read_row(model: Model, event: Event, reading: Reading) -> tuple[tuple[int, int], dict[int, float]] | str:
    """Place a row and weigh what it may be; in words why not."""
    if event.count == 0:
        return "it stands for no event that other rows do not list"
    if reading.as_of is not None and event.known_from > reading.as_of:
        return f"not known by {reading.as_of}"
    weights = weights_of(model, event, reading.recordable)
    if not weights:
        return f"`{event.move}` is no move of this model that the event map names"
    steps = reading.spoken.place(*period(event))
    if isinstance(steps, str) or event.id not in reading.replies:
        return steps if isinstance(steps, str) else (steps, weights)
    if steps[0] < steps[1]:
        return "a reply of uncertain date has no next step"
    after = steps[0] + 1
    if after == model.n_steps or not reading.spoken.steps[after]:
        return "a reply stands on the next step, which is not read"
    return (after, after), weights


def _blur(model: Model, event: Event, reading: Reading, reported: Reported) -> None:
    """Keep in mind a known event of which only a part of the period is read."""
    spoken = reading.spoken
    is_known = reading.as_of is None or event.known_from <= reading.as_of
    first, last = (max(spoken.window[0], min(day, spoken.window[1])) for day in period(event))
    touches = period(event)[0] <= spoken.window[1] and period(event)[1] >= spoken.window[0]
    if event.count > 0 and is_known and touches:
        leaves = tuple(weights_of(model, event, reading.recordable))
        reported.blurred.append((leaves, (spoken.holding(first), spoken.holding(last))))


def _marks(
    model: Model, event: Event, leaves: Collection[int], quantities: Mapping[str, int], unused: list[Unused]
) -> tuple[Mark, ...]:
    """Read the marks that some candidate can have added; an effect that is not there adds nothing."""
    marks = []
    for tally, value in sorted(event.marks.items()):
        quantity = quantities.get(tally)
        effects = (effect for leaf in leaves for effect in model.leaves[leaf].effects)
        if quantity is not None and any(effect.quantity == quantity and effect.op == "add" for effect in effects):
            marks.append(Mark(quantity, value))
        else:
            reason = "no effect of this move adds to it" if len(leaves) == 1 else "no effect of its moves adds to it"
            unused.append(Unused("mark", f"{event.id}: {tally}", event.place, reason))
    return tuple(marks)
