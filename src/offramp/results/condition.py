"""What `condition` returns: the state of the world on a day, and how far to trust it."""

from __future__ import annotations

import datetime as dt
import math
import os
import time
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from offramp.analyse.forbidden import ForbiddenRow, forbidden_rows
from offramp.analyse.known_state import KnownQuantity, known_state
from offramp.analyse.surprising import SurprisingWeek, first_day, surprising_weeks
from offramp.core.manifest import Manifest
from offramp.core.words import number
from offramp.record.record import Record
from offramp.results.known import Known, summed_up
from offramp.results.opened import OpenedCase

if TYPE_CHECKING:  # they bring the compiler with them
    from offramp.infer.foresight import Foresight
    from offramp.infer.retold import Retold

RARE = 0.05  # chance below which a week is worth a line
MOST_WEEKS = 8  # lines


@dataclass(frozen=True, slots=True)
class UnusedRows:
    """How many rows of the record, or parts of rows, were no data for one reason."""

    part: str
    reason: str
    n: int


@dataclass(frozen=True, slots=True)
class WeekEvidence:
    """One week of the record: log-probability of what it holds, each step given all before it."""

    first: dt.date
    last: dt.date
    log_evidence: float


@dataclass(frozen=True)
class ConditionTiming:
    """Seconds to condition, or to take it from its file, and to tell it again."""

    condition_s: float
    retell_s: float


# budget(lines): a result with its readings
@dataclass(frozen=True, eq=False)
class ConditionResult:
    """The state of the world on a day, given what was known by then.

    foresight : the particles, and branches from them; retold : their histories told again, None if it was cut short
    """

    case: OpenedCase
    manifest: Manifest
    foresight: Foresight
    retold: Retold | None
    timing: ConditionTiming

    @property
    def as_of(self) -> dt.date:
        """The day."""
        return self.foresight.as_of

    @cached_property
    def known(self) -> Known:
        """The conditioning in short."""
        return summed_up(self.foresight)

    @property
    def health(self) -> tuple[str, ...]:
        """What to distrust in it, the gravest first, in sentences; empty if all is well."""
        return self.known.health

    @property
    def is_complete(self) -> bool:
        """Whether the record was taken in up to the day."""
        return self.foresight.conditioned.is_complete

    @property
    def steps(self) -> tuple[int, int]:
        """Steps of the record that were taken in, and that were to be."""
        return self.foresight.conditioned.n_steps, self.foresight.conditioned.asked

    @property
    def least_effective(self) -> float | None:
        """The smallest effective sample size after any step, before what was lost was made good by moves."""
        ess = self.foresight.conditioned.ess
        return float(ess.min()) if len(ess) else None

    @cached_property
    def weeks(self) -> tuple[WeekEvidence, ...]:
        """Log evidence week by week, from the first day; the last may be a part of a week."""
        model, evidence = self.foresight.model, self.foresight.conditioned.log_evidence
        per_week = max(1, round(7 / model.step_days))
        found = []
        for start in range(0, len(evidence), per_week):
            part = evidence[start : start + per_week]
            last = first_day(model, start + len(part)) - dt.timedelta(days=1)
            found.append(WeekEvidence(first_day(model, start), last, float(part.sum())))
        return tuple(found)

    @cached_property
    def counts(self) -> tuple[SurprisingWeek, ...]:
        """What each actor did in each week, by the record and in the model, the least expected first."""
        if self.retold is None:
            return ()
        titles = [self.case.document.actors[name].title for name in self.foresight.model.actors]
        return surprising_weeks(self.foresight.model, self.retold.weeks, titles=titles)

    @property
    def surprises(self) -> tuple[SurprisingWeek, ...]:
        """The weeks least expected, at most eight: those with a chance below 1 in 20."""
        return tuple(week for week in self.counts[:MOST_WEEKS] if week.chance < RARE)

    @cached_property
    def forbidden(self) -> tuple[ForbiddenRow, ...]:
        """The rows that the model forbade on their day."""
        if self.retold is None:
            return ()
        observed = self.foresight.observed.observed
        return forbidden_rows(self.foresight.model, observed, self.retold, self.case.document)

    @cached_property
    def quantities(self) -> tuple[KnownQuantity, ...]:
        """The world on the evening of the day, beside what was last recorded of it."""
        if self.retold is None:
            return ()
        names = tuple(quantity.path for quantity in self.foresight.model.quantities)
        return known_state(
            self.case.document, names, self.retold.quantities, record=self.case.record or Record(),
            since=self.manifest.start, as_of=self.as_of,
        )  # fmt: skip

    @cached_property
    def unused(self) -> tuple[UnusedRows, ...]:
        """What of the record was no data, by reason, the most frequent first."""
        counts = Counter((row.part, row.reason) for row in self.foresight.observed.unused)
        found = [UnusedRows(part, reason, n) for (part, reason), n in counts.items()]
        return tuple(sorted(found, key=lambda row: (-row.n, row.part, row.reason)))

    def as_json(self) -> dict[str, object]:
        """Return the JSON shape that other programs may rely on (docs/reference/json.md)."""
        found = self.foresight.conditioned
        moves, noise = found.acceptance
        return {
            "manifest": self.manifest.as_json(),
            **self.known.as_json(),
            "is_complete": self.is_complete,
            "is_settled": found.is_settled,
            "steps": dict(zip(("done", "asked"), self.steps, strict=True)),
            "effective_sample_size": {"least": self.least_effective, "last": _last(found.ess)},
            "accepted": {"parameters": moves, "noise": noise},
            "weeks": [_plain(vars_of(week)) for week in self.weeks],
            "surprises": [_plain(vars_of(week)) for week in self.surprises],
            "forbidden": [_plain(vars_of(row)) for row in self.forbidden],
            "quantities": {row.name: _plain(vars_of(row), leave_out="name") for row in self.quantities},
            "unused": [vars_of(row) for row in self.unused],
            "timing": vars(self.timing),
        }

    def __repr__(self) -> str:
        lines = [f"{self.case.document.scenario.title}: {self.known}"]
        lines += [f"  ! {said}" for said in self.health]
        lines += [f"  {week}" for week in self.surprises]
        lines += [f"  {row}" for row in self.forbidden]
        known = (row for row in self.quantities if row.recorded is not None)
        lines += [
            f"  {row.title}: {number(row.q05)} to {number(row.q95)}, recorded {number(row.recorded)}" for row in known
        ]
        return "\n".join(lines)


def tell_world(
    case: OpenedCase, manifest: Manifest, *, foresight: Foresight, began: float, workers: int | None
) -> ConditionResult:
    """Tell the histories of particles once more, if they are complete, and put the result together."""
    from offramp.infer.retold import retell

    ready = time.perf_counter()
    is_whole = foresight.conditioned.is_complete
    retold = retell(foresight, workers=workers or os.cpu_count() or 1) if is_whole else None
    timing = ConditionTiming(ready - began, time.perf_counter() - ready)
    return ConditionResult(case, manifest, foresight, retold, timing)


def vars_of(row: object) -> dict[str, object]:
    """Return the fields of a row by name."""
    return {name: getattr(row, name) for name in getattr(type(row), "__dataclass_fields__", {})}


def _plain(values: dict[str, object], *, leave_out: str = "") -> dict[str, object]:
    """Write days as text, and what is no number as null."""
    return {name: _plain_value(value) for name, value in values.items() if name != leave_out}


def _plain_value(value: object) -> object:
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _last(values: NDArray[np.float64]) -> float | None:
    return float(values[-1]) if len(values) else None
