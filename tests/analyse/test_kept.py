"""Runs kept one by one are the runs of the ensemble; months add up; the record is counted in the same way."""

import datetime as dt
import threading
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import offramp
from offramp.analyse.kept import AT_ONCE, KeptRuns, keep, leaf_indices, month_ends
from offramp.analyse.rhythm import Observed, rhythm
from offramp.analyse.single_runs import watched
from offramp.engine import compiled
from offramp.engine.block import Block
from offramp.engine.program import build
from offramp.infer.observation import ObservationModel
from offramp.record.record import Record
from offramp.results.charts import panel_requests

CANAL = Path(__file__).resolve().parents[2] / "examples" / "canal"
RUNS = AT_ONCE + 6


@pytest.fixture(scope="module")
def case() -> offramp.Case:
    return offramp.load(CANAL)


@pytest.fixture(scope="module")
def kept(case: offramp.Case) -> KeptRuns:
    program = build(case.model())

    def simulate(first: int, n: int, steps: NDArray[np.int64]) -> Block:
        return compiled.simulate(program, seed=1, first_run=first, n_runs=n, sample_steps=steps)

    wanted = watched(case.model(), panel_requests(case.document))
    found = keep(case.model(), simulate, runs=RUNS, watched=wanted, workers=2, stop=threading.Event())
    assert found is not None
    return found


def test_kept_runs_are_those_of_the_ensemble(case: offramp.Case, kept: KeptRuns) -> None:
    ensemble = case.run(RUNS).ensemble
    assert kept.n_runs == RUNS
    for i, outcome in enumerate(case.model().outcomes):
        if outcome.kind != "first":
            assert kept.outcomes[:, i].mean(dtype=np.float64) == pytest.approx(ensemble.outcomes[outcome.name].mean)
    for i, leaf in enumerate(case.model().leaves):
        mean = ensemble.moves[leaf.path]["mean_count"]
        assert kept.monthly[:, i].sum(axis=0).mean() == pytest.approx(mean, abs=1e-6)


def test_a_kept_run_is_the_traced_one(case: offramp.Case, kept: KeptRuns) -> None:
    run, model = AT_ONCE + 1, case.model()  # behind the first few that are held at once
    told = case.trace(run)
    assert dict(zip((o.name for o in model.outcomes), kept.outcomes[run].tolist(), strict=True)) == told.outcomes
    assert kept.parameters[run].tolist() == pytest.approx(list(told.parameters.values()))
    for place, leaf in enumerate(kept.watched.leaves):
        steps = [event.step for event in told.events if event.leaf == model.leaves[leaf].path]
        assert kept.daily[place, :, run].tolist() == np.bincount(steps, minlength=model.n_steps).tolist()
    states = told.states[kept.watched.steps][:, list(kept.watched.quantities)]
    assert np.array_equal(kept.levels[:, :, run], states)


def test_months_are_whole_and_add_up(case: offramp.Case, kept: KeptRuns) -> None:
    months, ends = month_ends(case.model())
    assert months == kept.months
    assert all(month.day == 1 for month in months)
    assert ends[-1] == case.model().n_steps - 1
    place = kept.watched.leaves[0]
    assert np.array_equal(kept.monthly[:, place].sum(axis=0), kept.daily[0].sum(axis=0))


def test_a_move_stands_for_its_variants() -> None:
    model = offramp.load("us-iran-iraq").model()
    paths = [model.leaves[i].path for i in leaf_indices(model, ["us.airstrike"])]
    assert paths == ["us.airstrike[iraq]", "us.airstrike[syria]"]


def test_waits_and_months_of_a_known_history(case: offramp.Case, kept: KeptRuns) -> None:
    """One event every tenth day in every run: waits of ten days, three or four events a month."""
    model = case.model()
    request = next(r for r in panel_requests(case.document) if r.moves)
    leaves = leaf_indices(model, request.moves)
    daily = np.zeros_like(kept.daily)
    daily[kept.watched.leaves.index(leaves[0]), ::10] = 1
    known = KeptRuns(kept.watched, kept.months, kept.outcomes, kept.parameters, kept.monthly, daily, kept.levels)
    found = rhythm(model, known, request=request, observed=Observed(None, ObservationModel()), seed=1)
    assert found.waits is not None
    assert found.waits.medians == (10.0, 10.0, 10.0)
    assert (found.waits.band[:, found.waits.days >= 10] == 0).all()
    assert (found.waits.band[:, found.waits.days < 10] == 1).all()
    assert found.counts[:, 0].sum() == len(range(0, model.n_steps, 10))
    assert found.total == (found.counts[:, 0].sum(),) * 3
    assert found.recorded is None


def test_a_month_beyond_the_record_is_unknown_not_empty(case: offramp.Case, kept: KeptRuns) -> None:
    model, request = case.model(), next(r for r in panel_requests(case.document) if r.moves)
    first = dt.date.fromordinal(model.first_day)
    record = Record(covers=(first, first + dt.timedelta(days=40)))
    found = rhythm(model, kept, request=request, observed=Observed(record, ObservationModel()), seed=1)
    assert found.recorded is not None
    assert found.recorded[0] == 0
    assert np.isnan(found.recorded[-1])
    assert found.inside is not None
    assert found.inside[1] == np.isfinite(found.recorded).sum()


def test_stopped_before_the_first_run_there_is_nothing(case: offramp.Case) -> None:
    how = offramp.How()
    how.stop.set()
    assert case.single_runs(50, how=how) is None
