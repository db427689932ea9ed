"""`fit`: what the record of a small crisis teaches, kept and gone on from."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

import offramp
from tests.results.watched import crisis

FEW = 64


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> offramp.Case:
    return offramp.load(crisis(tmp_path_factory.mktemp("crisis")))


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("offramp.infer.known.cache_folder", lambda: tmp_path)
    return tmp_path


def test_a_fit_reports_on_the_declared_parameters(case: offramp.Case, cache: Path) -> None:
    found = case.fit(particles=FEW)
    assert found.is_complete
    assert (found.until.isoformat(), found.n_reports, found.n_readings) == ("2020-01-25", 4, 1)
    shape = found.as_json()
    assert set(shape["parameters"]) == {"blue.force.opportunities", "blue.raid.utility.base"}  # type: ignore[call-overload]
    for row in found.parameters:
        assert row.posterior[0] <= row.posterior[1] <= row.posterior[2]
        assert row.contraction < 0.6  # four raids in 25 days tell something, not all
        assert row.shift > -1
    assert any("It cannot tell" in said or "in part" in said for said in found.words)
    assert any("Fewer than 200 different parameter vectors" in said for said in found.health)
    again = case.fit(particles=FEW, how=offramp.How(workers=1))
    assert np.array_equal(again.learnt.posterior, found.learnt.posterior)
    assert len(list((cache / "fits").iterdir())) == 1


def test_an_interrupted_fit_is_gone_on_from_to_the_same_draws(case: offramp.Case, cache: Path) -> None:
    stop, seen = threading.Event(), list[str]()

    def stage(what: str, _done: int, _of: int) -> None:
        seen.append(what)
        if len(set(seen)) == 2:
            stop.set()

    part = case.fit(particles=FEW, seed=2, how=offramp.How(stage=stage, stop=stop))
    assert not part.is_complete
    assert "Interrupted" in part.health[0]
    whole = case.fit(particles=FEW, seed=2, how=offramp.How(resume=True))
    assert whole.is_complete
    for file in (cache / "fits").iterdir():
        file.unlink()
    anew = case.fit(particles=FEW, seed=2)
    assert np.array_equal(anew.learnt.posterior, whole.learnt.posterior)


def test_a_later_row_changes_nothing(case: offramp.Case, cache: Path, tmp_path: Path) -> None:
    folder = crisis(tmp_path / "other")
    (folder / "record.csv").write_text((folder / "record.csv").read_text() + "r9,2020-01-27,day,2020-01-27,raid,9\n")
    other = offramp.load(folder).fit(particles=FEW)
    assert np.array_equal(other.learnt.posterior, case.fit(particles=FEW).learnt.posterior)


def test_what_cannot_be_fitted_is_refused(case: offramp.Case, tmp_path: Path) -> None:
    with pytest.raises(offramp.InputError, match="E720"):
        offramp.load("two-rivals").fit()
    with pytest.raises(offramp.InputError, match="E703"):
        case.fit(until="2031-01-01")
    unknown = {"until": "2020-01-25", "parameters": ["blue.raid.utility.bass"]}
    with pytest.raises(offramp.ScenarioError, match=r"Did you mean `blue\.raid\.utility\.base`") as refused:
        offramp.load(crisis(tmp_path / "unknown", fit=unknown))
    assert refused.value.problems[0].code == "E207"


def test_runs_take_their_parameters_from_the_draws(case: offramp.Case, cache: Path) -> None:
    found = case.fit(particles=FEW)
    plain, fitted = case.run(200), case.run(200, posterior=found)
    assert fitted.begins is not None
    assert fitted.as_json()["fitted"]["draws"] == FEW  # type: ignore[index]
    assert "posterior" in fitted.manifest.options
    assert fitted.outcomes["raids"].mean != plain.outcomes["raids"].mean
    compared = case.compare(policies="calm", runs=200, posterior=found)
    assert compared.baseline.outcomes["raids"].mean == fitted.outcomes["raids"].mean
    assert compared.baseline.outcomes["raids"].q05 == fitted.outcomes["raids"].q05
    assert "retrodiction" in compared.basis


def test_draws_of_the_prior_are_runs_of_the_prior(case: offramp.Case) -> None:
    """With the coordinates of the prior's own runs, the outcome is that of the prior to within Monte Carlo error."""
    from offramp.infer.drawn import drawn
    from offramp.infer.streams import prior_coordinates
    from offramp.model.intervention import EMPTY

    model = case.model()
    draws = prior_coordinates(3, 4_096, width=len(model.parameters))
    block = drawn(model, model, coordinates=draws, seed=1).simulator(EMPTY, counted=[])(0, 4_096, np.array([29]))
    plain = case.run(4_096).outcomes["raids"]
    mean = float(block.outcomes[:, [outcome.name for outcome in model.outcomes].index("raids")].mean())
    assert plain.mean is not None
    assert plain.se is not None
    assert abs(mean - plain.mean) < 4 * 2**0.5 * plain.se


@pytest.mark.parametrize("asked", [{"as_of": "2020-01-20"}, {"engine": "reference"}])
def test_draws_do_not_go_with_everything(case: offramp.Case, cache: Path, asked: dict[str, str]) -> None:
    with pytest.raises(offramp.InputError, match="E721"):
        case.run(FEW, posterior=case.fit(particles=FEW), **asked)  # type: ignore[arg-type]


def test_draws_of_other_files_are_refused(case: offramp.Case, cache: Path, tmp_path: Path) -> None:
    folder = crisis(tmp_path / "other")
    (folder / "series.csv").write_text((folder / "series.csv").read_text() + "2020-01-28,x,0.5,2020-01-28\n")
    with pytest.raises(offramp.InputError, match="another scenario"):
        offramp.load(folder).run(FEW, posterior=case.fit(particles=FEW))
