"""Everything that a report takes from runs kept one by one: fans, rhythms, chosen runs, the screen of numbers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offramp.analyse.beside import HistoryPath, PanelRequest, recorded_path
from offramp.analyse.chosen import ChosenRun, Course, course_of_counts, nearest_run, typical_run, worst_run
from offramp.analyse.fans import Fan, at_days, fan
from offramp.analyse.kept import KeptRuns, Watched, leaf_indices, month_ends
from offramp.analyse.rhythm import Observed, Rhythm, rhythm
from offramp.analyse.screen import Screen, screen
from offramp.core.words import number
from offramp.ensemble.run import sample_steps
from offramp.model.model import Model

DEATHS = "deaths"  # in the name of an outcome that counts the dead at the end of a run


@dataclass(frozen=True)
class SingleRuns:
    """What was taken from kept runs.

    counted_dead : titles of the outcomes that the worst run is chosen by.
    """

    n_runs: int
    fans: tuple[Fan, ...]
    rhythms: tuple[Rhythm, ...]
    chosen: tuple[ChosenRun, ...]
    counted_dead: tuple[str, ...]
    screen: Screen | None

    def __repr__(self) -> str:
        told = ", ".join(f"{c.why} {c.run} ({number(c.measure)})" for c in self.chosen)
        return f"SingleRuns({self.n_runs:,} runs; {told})"


def watched(model: Model, requests: Sequence[PanelRequest]) -> Watched:
    """Choose what to keep of each run: the charted moves day by day, the charted quantities on sampled days."""
    index = {quantity.path: i for i, quantity in enumerate(model.quantities)}
    leaves = {leaf for request in requests for leaf in leaf_indices(model, request.moves)}
    quantities = sorted({index[request.quantity] for request in requests if request.quantity is not None})
    steps = np.union1d(sample_steps(model.n_steps), month_ends(model)[1])
    return Watched(tuple(sorted(leaves)), tuple(quantities), steps)


def single_runs(
    model: Model, kept: KeptRuns, *, requests: Sequence[PanelRequest], observed: Observed, seed: int
) -> SingleRuns:
    """Take from kept runs what a report shows of them, chart by chart."""
    window = _window(model)
    fans, rhythms = [], []
    for request in requests:
        if request.quantity is None:
            rhythms.append(rhythm(model, kept, request=request, observed=observed, seed=seed))
        else:
            path = recorded_path(observed.record, request, window=window) if observed.record else None
            fans.append(fan(model, kept, title=request.title, quantity=request.quantity, history=path))
    whole = [i for i, outcome in enumerate(model.outcomes) if outcome.kind != "first"]
    named = [i for i in whole if model.outcomes[i].kind == "final" and DEATHS in model.outcomes[i].name]
    counts = [r.counts for r in rhythms] or list(kept.monthly.transpose(1, 0, 2))
    chosen = (
        typical_run(kept.outcomes[:, whole], counts),
        nearest_run(_courses(model, kept, fans, rhythms)),
        worst_run(kept.outcomes[:, named]),
    )
    names = [p.path for p in model.parameters], [model.outcomes[i].name for i in whole]
    return SingleRuns(
        kept.n_runs, tuple(fans), tuple(rhythms), tuple(c for c in chosen if c is not None),
        tuple(model.outcomes[i].title or model.outcomes[i].name for i in named),
        screen=screen(kept.parameters, kept.outcomes[:, whole], names=names, seed=seed),
    )  # fmt: skip


def _window(model: Model) -> tuple[dt.date, dt.date]:
    last = int(model.days[-1] + model.step_days) - 1
    return dt.date.fromordinal(int(model.days[0])), dt.date.fromordinal(last)


def _courses(model: Model, kept: KeptRuns, fans: Sequence[Fan], rhythms: Sequence[Rhythm]) -> list[Course]:
    """Set every chart that has a record beside it."""
    courses = [course_of_counts(r.counts, r.recorded) for r in rhythms if r.recorded is not None]
    columns = [model.quantities[q].path for q in kept.watched.quantities]
    for one in fans:
        if one.history is not None:
            courses.append(_course_of_levels(kept.levels[:, columns.index(one.quantity)], one.days, one.history))
    return courses


def _course_of_levels(levels: NDArray[np.float32], days: NDArray[np.int64], path: HistoryPath) -> Course:
    """Set levels (day, run) beside measurements on their dates, or beside a running count on every kept day."""
    if not path.is_count:
        return Course(levels[at_days(days, path.days)].astype(np.float64), path.values)
    kept = (days >= path.days[0]) & (days <= path.days[-1])
    values = path.values[np.searchsorted(path.days, days[kept], side="right") - 1]
    return Course(np.sqrt(np.maximum(levels[kept], 0).astype(np.float64)), np.sqrt(values))
