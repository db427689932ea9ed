"""Rows of the record that the model forbade on their day, with what would have to change for them to be possible."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from offramp.analyse.surprising import first_day
from offramp.core.words import percent
from offramp.model.model import Model
from offramp.model.observed import Observed, Report
from offramp.scenario.document import ScenarioDocument

if TYPE_CHECKING:  # it brings the compiler with it
    from offramp.infer.retold import Retold

WORTH_TELLING = 0.01  # share of the particles


@dataclass(frozen=True, slots=True)
class ForbiddenRow:
    """A row, the (first) day on which it may have been, the share of particles that forbade it, and why."""

    id: str
    day: dt.date
    moves: tuple[str, ...]
    share: float
    why: str

    def __str__(self) -> str:
        return (
            f"{self.day} {self.id} ({' or '.join(self.moves)}): impossible in {percent(self.share)} of particles. "
            f"{self.why}"
        )


def forbidden_rows(
    model: Model, observed: Observed, retold: Retold, document: ScenarioDocument
) -> tuple[ForbiddenRow, ...]:  # budget(positional): a record, the model that read it, and what came of it
    """List the rows that at least one particle in a hundred forbade, the most forbidden first."""
    found = [
        ForbiddenRow(
            report.id,
            first_day(model, report.first_step),
            tuple(model.leaves[leaf].path for leaf in report.leaves),
            float(share),
            _why(model, observed.reports, number, retold, document),
        )
        for number, (report, share) in enumerate(zip(observed.reports, retold.forbidden, strict=True))
        if share >= WORTH_TELLING
    ]
    return tuple(sorted(found, key=lambda row: (-row.share, row.day, row.id)))


def _why(
    model: Model, reports: Sequence[Report], number: int, retold: Retold, document: ScenarioDocument
) -> str:  # budget: one row of a record and all that may stand in its way
    """Say what stood in a row's way: a full channel, a move at rest, or what it requires."""
    report = reports[number]
    leaf = report.leaves[0]
    move = model.moves[model.leaves[leaf].move]
    same_day = [r for r in reports if r.first_step == r.last_step == report.first_step == report.last_step]
    crowd = [r for r in same_day if model.moves[model.leaves[r.leaves[0]].move].channel == move.channel]
    if move.channel is not None and len(crowd) > model.channels[move.channel].n_slots:
        channel, slots = model.channels[move.channel], model.channels[move.channel].n_slots
        return f"`{channel.path}` acts {slots} times a step, and {len(crowd)} rows stand on it: raise `max_per_day`."
    twins = [r for r in same_day if model.leaves[r.leaves[0]].move == model.leaves[leaf].move]
    rests = retold.resting[number] > retold.forbidden[number] / 2
    if move.cooldown and (rests or len(twins) > 1):
        days = round(move.cooldown * model.step_days)
        return f"`{move.path}` rests for {days} days after each time: shorten its `cooldown`, or part the rows in time."
    return _required(document, move.path, model.leaves[leaf].path)


def _required(document: ScenarioDocument, move: str, leaf: str) -> str:
    written = document.moves[move]
    variant = written.variants.get(leaf.partition("[")[2].rstrip("]"))
    conditions = [str(text) for text in (written.requires, variant.requires if variant else None) if text is not None]
    if conditions:
        return f"Its `requires` did not hold: {' and '.join(f'`{text}`' for text in conditions)}."
    return "No slot of its channel was open to it."
