"""Where the world stands on a day, as far as it was known: the model's quantities beside what was last recorded."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offramp.record.record import Record
from offramp.scenario.document import QuantityDocument, ScenarioDocument


@dataclass(frozen=True, slots=True)
class KnownQuantity:
    """A quantity on a day: mean and quantiles over particles, and the last recorded value with its date."""

    name: str
    title: str
    kind: str
    unit: str
    mean: float
    q05: float
    q50: float
    q95: float
    recorded: float | None
    recorded_on: dt.date | None


def known_state(
    document: ScenarioDocument, names: tuple[str, ...], values: NDArray[np.float64], *, record: Record,
    since: dt.date, as_of: dt.date,
) -> tuple[KnownQuantity, ...]:  # budget: a state and the record beside it  # fmt: skip
    """Summarise (particle, quantity) values; tallies count from the first day of the run, `since`."""
    found = []
    for name, column in zip(names, values.T, strict=True):
        written = document.quantities.get(name)
        if written is None:  # of a directive or a pledge: the model's own bookkeeping
            continue
        q05, q50, q95 = (float(np.quantile(column, p, method="inverted_cdf")) for p in (0.05, 0.5, 0.95))
        recorded, day = _recorded(written, name, record, since, as_of)
        found.append(
            KnownQuantity(
                name, written.title or name, written.kind, written.unit or "", float(column.mean()), q05, q50, q95,
                recorded, day,
            )
        )  # fmt: skip
    return tuple(found)


def _recorded(
    written: QuantityDocument, name: str, record: Record, since: dt.date, as_of: dt.date
) -> tuple[float | None, dt.date | None]:  # budget(positional): a quantity, its record and two days
    """Find what was known on a day of a quantity: the last measurement; of a tally, the sum of its marks."""
    if written.kind == "tally":
        marked = [e for e in record.events if name in e.marks and since <= e.date <= as_of and e.known_from <= as_of]
        return (sum(e.marks[name] for e in marked), max(e.date for e in marked)) if marked else (None, None)
    known = [m for m in record.measured(name) if m.date <= as_of and m.known_from <= as_of]
    return (known[-1].value, known[-1].date) if known else (None, None)
