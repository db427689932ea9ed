"""The record of a Model's window as the data of a likelihood: docs/explanation/likelihood.md says what is made of what.

Every event row ends up in `Observed.reports` or in `unused`, with the reason; so does every measurement.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from offramp.infer.observation import ObservationModel
from offramp.infer.reports import Reading as RowReading
from offramp.infer.reports import Reported, leaves_named, report_rows, weights_of
from offramp.infer.silence import caught_by_share, cells_in_use, delays_of, leave_out_late
from offramp.infer.spoken import Spoken, spoken_days
from offramp.infer.unused import Unused
from offramp.model.model import Model
from offramp.model.observed import NEVER_CAUGHT, Observed, Reading
from offramp.record.record import Measurement, Record
from offramp.scenario.document import RecordDocument

NO_RULE = "no rule of the event map matches it"
DAYS_OF_LEFT_OUT = 30  # as in `record.Measurement`
WRITTEN_DIGITS = 7  # of a number that is taken as written: what float32 can hold


@dataclass(frozen=True, slots=True)
class Recordable:
    """What a scenario says of the rows of its record.

    moves : the moves and variants that some rule of the event map can name: silence about them may be data
    replies : ids of rows that answer another row of their own day
    """

    moves: frozenset[str]
    replies: frozenset[str] = frozenset()


@dataclass(frozen=True)
class ObservedRecord:
    """The data of a likelihood, and what of the record is no part of them.

    last_step : the last that is read, -1 if none is
    """

    observed: Observed
    unused: tuple[Unused, ...]
    last_step: int


def recordable(document: RecordDocument | None) -> Recordable:
    """Find what the event map of a scenario can name, and which rows it says are replies."""
    if document is None:
        return Recordable(frozenset())
    moves = frozenset(name for rule in document.event_map for name, _ in rule.candidates)
    return Recordable(moves, frozenset(document.replies))


def observe_record(
    model: Model,
    record: Record,
    *,
    observation: ObservationModel,
    named: Recordable,
    as_of: dt.date | None = None,
    until: dt.date | None = None,
) -> ObservedRecord:
    """Lower a record for a model.

    Parameters
    ----------
    observation : the shares recorded, estimated as of the same day
    named : what the event map can name
    as_of : only what was known on that day, of days up to it
    until : only what is dated up to that day, whenever it was known

    Returns
    -------
    Reports and readings in order of their first step, rows of one day in the order of the record.
    """
    spoken = spoken_days(model, record, limits=(as_of, until))
    leaves = frozenset(leaf for name in named.moves for leaf in leaves_named(model, name))
    rows = report_rows(model, record.events, RowReading(spoken, leaves, named.replies, as_of))
    by_share = caught_by_share(model, observation, leaves, spoken)
    read = by_share.copy()
    if as_of is not None:
        candidates = [(event, tuple(weights_of(model, event, leaves))) for event in record.events]
        leave_out_late(read, spoken, delays_of(model, candidates, as_of=as_of), as_of=as_of)
    caught, cells = cells_in_use(_around_reports(read, by_share, rows), observation)
    readings, not_read = _readings(model, record.measurements, spoken, as_of)
    unmapped = [Unused("row", str(place), place, NO_RULE) for place in record.unmapped]
    steps = np.flatnonzero(spoken.steps)
    return ObservedRecord(
        Observed(caught, cells, tuple(rows.reports), readings),
        (*rows.unused, *unmapped, *not_read),
        int(steps[-1]) if len(steps) else -1,
    )


def _around_reports(read: NDArray[np.int16], by_share: NDArray[np.int16], rows: Reported) -> NDArray[np.int16]:
    """Where a report may stand its leaves are caught; where a known event may that could not be placed, not."""
    caught = read.copy()
    for leaves, (first, last) in rows.blurred:
        caught[first : last + 1, list(leaves)] = NEVER_CAUGHT
    for report in rows.reports:
        steps = slice(report.first_step, report.last_step + 1)
        caught[steps, list(report.leaves)] = by_share[steps, list(report.leaves)]
    return caught


def _readings(
    model: Model, measurements: Sequence[Measurement], spoken: Spoken, as_of: dt.date | None
) -> tuple[tuple[Reading, ...], list[Unused]]:
    quantities = {quantity.path: number for number, quantity in enumerate(model.quantities)}
    readings, unused = [], []
    days_of_a_step, read = model.step_days, dict[str, int]()  # quantity -> steps up to its last reading
    for row in sorted(measurements, key=lambda row: row.date):
        step = _read_on(row, spoken, as_of)
        if isinstance(step, int) and row.quantity in quantities:
            sd = row.sd if row.sd > 0 else rounding_error(row.value)
            since = read.get(row.quantity, 0)
            left_out = row.left_out * float(np.sqrt((step + 1 - since) * days_of_a_step / DAYS_OF_LEFT_OUT))
            readings.append(Reading(step, quantities[row.quantity], row.value, sd, left_out))
            read[row.quantity] = step + 1
        else:
            reason = step if isinstance(step, str) else f"`{row.quantity}` is no quantity of this model"
            unused.append(Unused("measurement", f"{row.quantity} on {row.date}", row.place, reason))
    return tuple(sorted(readings, key=lambda reading: reading.step)), unused


def _read_on(row: Measurement, spoken: Spoken, as_of: dt.date | None) -> int | str:
    """Find the step that a measurement speaks of; in words why it is not used."""
    day = row.date.toordinal()
    if as_of is not None and row.known_from > as_of:
        return f"not known by {as_of}"
    if day < spoken.window[0]:
        return "before the first step: the last of them is where the quantity starts"
    if day > spoken.window[1]:
        return "after the last step"
    step = spoken.holding(day)
    return step if spoken.lasts[step] <= spoken.limit else "after the last step that is read"


def rounding_error(value: float) -> float:
    """Take a number that is given without an error as rounded to its last written digit, or to the unit.

    Returns
    -------
    The standard deviation of an even error of half that digit either way, at least what float32 can tell apart.
    """
    digits = Decimal(f"{value:.{WRITTEN_DIGITS}g}").normalize().as_tuple().exponent
    unit = 10.0 ** min(int(digits), 0)
    return max(unit, float(np.spacing(np.float32(abs(value))))) / float(np.sqrt(12))
