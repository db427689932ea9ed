"""The runs that a report tells as stories: traced by the reference interpreter, in words of the scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby

from offramp.analyse.beside import PanelRequest
from offramp.analyse.chosen import ChosenRun
from offramp.analyse.kept import leaf_indices
from offramp.analyse.standing import Standing
from offramp.analyse.turning_points import turning_points
from offramp.core.words import number
from offramp.engine.trace import Trace
from offramp.ensemble.ensemble import Ensemble, OutcomeSummary
from offramp.present.charts import DayRow, day_chart
from offramp.present.story import Story, costs, dead_titles, in_one_breath, months_told
from offramp.present.svg import Picture
from offramp.results.charts import panel_requests
from offramp.results.opened import OpenedCase

MEASURES = {
    "typical": "of all runs the one that is least far from the others, over outcomes and monthly counts",
    "nearest": "of all runs the one nearest to the record, over the charts above; its distance is {measure} of that of "
    "the average run",
    "worst": "the run in which most people die, {measure} in all, every side counted alike",
}


def tell(
    case: OpenedCase, chosen: Sequence[ChosenRun], ensemble: Ensemble, *, traces: Mapping[int, Trace],
    standings: Mapping[str, Standing], window: tuple[date, date],
) -> tuple[Story, ...]:  # fmt: skip
    """Tell chosen runs; one that was chosen for several reasons is told once.

    Parameters
    ----------
    traces : of each chosen run
    """
    ordered = sorted(chosen, key=lambda one: [c.run for c in chosen].index(one.run))
    return tuple(
        _story(case, list(reasons), ensemble, told=traces[run], standings=standings, window=window)
        for run, reasons in groupby(ordered, key=lambda one: one.run)
    )


def _story(
    case: OpenedCase, reasons: Sequence[ChosenRun], ensemble: Ensemble, *, told: Trace,
    standings: Mapping[str, Standing], window: tuple[date, date],
) -> Story:  # fmt: skip
    document = case.document
    anys = [o for o in ensemble.outcomes.values() if o.kind == "any"]
    happens = [o for o in anys if told.outcomes[o.name]]
    return Story(
        run=told.run, why=tuple(one.why for one in reasons),
        measures=tuple(MEASURES[one.why].format(measure=number(one.measure)) for one in reasons),
        happens=tuple(map(_title, happens)), not_so=tuple(_title(o) for o in anys if o not in happens),
        short=in_one_breath(document, turning_points(
            told, mean_counts={leaf: m["mean_count"] for leaf, m in ensemble.moves.items()}, dead=dead_titles(document),
            rungs={path: move.rung or 0 for path, move in document.moves.items()},
        )),
        only_recorded=tuple(_title(o) for o in anys if o not in happens and _is_recorded(standings, o)),
        only_here=tuple(_title(o) for o in happens if o.name in standings and not _is_recorded(standings, o)),
        dead=costs(told.events, dead_titles(document)), n_events=len(told.events),
        months=months_told(document, told), chart=_days(_rows(case, ensemble, told), window, told.run),
    )  # fmt: skip


def _is_recorded(standings: Mapping[str, Standing], outcome: OutcomeSummary) -> bool:
    return outcome.name in standings and bool(standings[outcome.name].recorded)


def _title(outcome: OutcomeSummary) -> str:
    return outcome.title or outcome.name.replace("_", " ")


def _rows(case: OpenedCase, ensemble: Ensemble, told: Trace) -> tuple[DayRow, ...]:
    return tuple(_row(request, ensemble, told) for request in panel_requests(case.document) if request.moves)


def _row(request: PanelRequest, ensemble: Ensemble, told: Trace) -> DayRow:
    wanted = {ensemble.model.leaves[i].path for i in leaf_indices(ensemble.model, request.moves)}
    counts: dict[int, float] = {}
    for event in told.events:
        if event.leaf in wanted:
            counts[event.date.toordinal()] = counts.get(event.date.toordinal(), 0.0) + 1
    return DayRow(request.title, tuple(counts.items()))


def _days(rows: Sequence[DayRow], window: tuple[date, date], run: int) -> Picture:
    return day_chart(rows, window, whose=f"Run {run}", name="lived") if rows else Picture()
