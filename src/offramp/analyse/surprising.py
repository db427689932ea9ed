"""The weeks of a record that a model least expected: counts by actor beside the same week lived again (`retold`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from offramp.core.words import number
from offramp.model.model import Model

if TYPE_CHECKING:  # it brings the compiler with it
    from offramp.infer.retold import Week


@dataclass(frozen=True, slots=True)
class SurprisingWeek:
    """What an actor did in a week, by the record and in the model.

    recorded : number of recorded events; mean, q05, q95 : of what would have been recorded of the week lived again
    chance : of a count as far out as the recorded one, on either side; at most that where none came so far out
        (`is_bound`)
    """

    first: dt.date
    last: dt.date
    actor: str
    recorded: int
    mean: float
    q05: float
    q95: float
    chance: float
    is_bound: bool

    def __str__(self) -> str:
        band = f"{number(self.q05)} to {number(self.q95)}" if self.q05 < self.q95 else number(self.q05)
        return (
            f"week of {self.first}: {self.actor} {self.recorded} recorded, {number(self.mean)} expected ({band}); "
            f"the model gave this {'less than ' * self.is_bound}1 in {number(round(1 / self.chance))}"
        )


def surprising_weeks(model: Model, weeks: Sequence[Week], *, titles: Sequence[str]) -> tuple[SurprisingWeek, ...]:
    """Set each actor's count of each week beside what was lived, the rarest first; `titles` of the actors."""
    found = [
        _compared(model, week, actor, title)
        for week in weeks
        for actor, title in enumerate(titles)
        if week.recorded[actor] or week.lived[:, actor].any()
    ]
    return tuple(sorted(found, key=lambda week: (week.chance, week.first, week.actor)))


def _compared(model: Model, week: Week, actor: int, title: str) -> SurprisingWeek:
    lived = week.lived[:, actor]
    low, high = (float(np.quantile(lived, p, method="inverted_cdf")) for p in (0.05, 0.95))
    first, last = first_day(model, week.first_step), first_day(model, week.last_step + 1) - dt.timedelta(days=1)
    chance, recorded = week.chance(actor), int(week.recorded[actor])
    is_bound = not lived.min() <= recorded <= lived.max()
    return SurprisingWeek(first, last, title, recorded, float(lived.mean()), low, high, chance, is_bound)


def first_day(model: Model, step: int) -> dt.date:
    """Return the first day of a step, or the day after the last one."""
    if step < model.n_steps:
        return dt.date.fromordinal(int(model.days[step]))
    return dt.date.fromordinal(int(model.days[-1]) + round(model.step_days))
