"""`condition`, and runs that begin from what was known on a day."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

import offramp
from offramp.infer.kept import Kept
from offramp.infer.known import KEPT_JOBS, keep_file
from tests.results.watched import SAID, crisis

AS_OF = "2020-01-20"
FEW = 70  # particles: a whole group and a part of one
PLAIN = {
    "events": "record.csv", "event_map": [{"where": {"what": "raid"}, "move": "blue.raid"}],
    "covers": {"start": "2020-01-01", "end": "2020-01-30"},
}  # fmt: skip


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> offramp.Case:
    return offramp.load(crisis(tmp_path_factory.mktemp("crisis")))


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def own_cache(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Particles are kept here; compiled code stays where it is."""
    monkeypatch.setattr("offramp.infer.known.cache_folder", lambda: cache)


@pytest.fixture(scope="module")
def found(case: offramp.Case, cache: Path) -> offramp.ConditionResult:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("offramp.infer.known.cache_folder", lambda: cache)
        return case.condition(AS_OF, particles=FEW)


def test_few_particles_are_not_called_good(found: offramp.ConditionResult) -> None:
    assert found.is_complete
    assert found.steps == (20, 20)
    assert any("Fewer than 200" in said for said in found.health)


def test_a_row_that_the_model_forbids_is_told_with_what_would_have_to_change(found: offramp.ConditionResult) -> None:
    (row,) = found.forbidden
    assert (row.id, row.day.isoformat(), row.share) == ("r3", "2020-01-10", 1.0)
    assert "rests for 5 days" in row.why
    assert "`cooldown`" in row.why


def test_the_state_stands_beside_what_was_last_recorded(found: offramp.ConditionResult) -> None:
    rows = {row.name: row for row in found.quantities}
    assert (rows["dead"].recorded, rows["x"].recorded) == (3.0, 0.6)
    assert rows["dead"].recorded_on is not None
    assert rows["dead"].recorded_on.isoformat() == "2020-01-10"
    assert rows["dead"].q05 >= 3  # three were recorded, and r2 does not say


def test_what_is_no_data_is_counted_by_reason(found: offramp.ConditionResult) -> None:
    assert {(row.part, row.reason, row.n) for row in found.unused} == {
        ("row", "not known by 2020-01-20", 1), ("row", "no rule of the event map matches it", 1),
    }  # fmt: skip


def test_weeks_hold_all_of_the_evidence_of_the_filter(found: offramp.ConditionResult) -> None:
    assert len(found.weeks) == 3
    by_steps = float(found.foresight.conditioned.log_evidence.sum())
    assert sum(week.log_evidence for week in found.weeks) == pytest.approx(by_steps)
    assert {count.first.isoformat() for count in found.counts} == {"2020-01-01", "2020-01-08"}
    second = next(count for count in found.counts if count.first.isoformat() == "2020-01-08")
    assert (second.recorded, 0 < second.chance <= 1) == (2, True)


def test_it_is_kept_and_the_same_on_any_number_of_workers(
    case: offramp.Case, cache: Path, found: offramp.ConditionResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = case.condition(AS_OF, particles=FEW, how=offramp.How(workers=1))
    assert again.as_json()["log_evidence"] == found.as_json()["log_evidence"]
    monkeypatch.setattr("offramp.infer.known.load", lambda path: None)
    anew = case.condition(AS_OF, particles=FEW, how=offramp.How(workers=3))
    for result in (again, anew):
        assert np.array_equal(result.foresight.conditioned.coordinates, found.foresight.conditioned.coordinates)
        assert np.array_equal(result.retold.quantities, found.retold.quantities)  # type: ignore[union-attr]
        assert np.array_equal(result.retold.forbidden, found.retold.forbidden)  # type: ignore[union-attr]


def test_an_interrupted_one_is_gone_on_from_to_the_same_particles(
    case: offramp.Case, found: offramp.ConditionResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("offramp.infer.known.cache_folder", lambda: tmp_path)
    stop = threading.Event()

    def stage(what: str, done: int, _of: int) -> None:
        if what == "the record" and done == 7:
            stop.set()

    part = case.condition(AS_OF, particles=FEW, how=offramp.How(stage=stage, stop=stop))
    assert (part.is_complete, part.steps, part.quantities) == (False, (7, 20), ())
    assert "Interrupted" in part.health[0]
    stopped = threading.Event()
    stopped.set()
    with pytest.raises(offramp.ResourceError, match="E717"):
        case.run(FEW, as_of=AS_OF, how=offramp.How(resume=True, stop=stopped))
    seen: list[int] = []
    how = offramp.How(resume=True, stage=lambda what, done, _of: seen.append(done) if what == "the record" else None)
    whole = case.condition(AS_OF, particles=FEW, how=how)
    assert seen[0] == 8
    assert np.array_equal(whole.foresight.conditioned.coordinates, found.foresight.conditioned.coordinates)


def test_runs_live_on_from_the_particles(case: offramp.Case, found: offramp.ConditionResult) -> None:
    result = case.run(FEW, as_of=AS_OF)
    assert result.begins is not None
    assert result.begins == found.known
    assert result.health[0].startswith("Conditioning:")
    assert result.manifest.options == {"as_of": AS_OF, "particles": FEW}
    low = result.outcomes["raids"].q05
    assert low is not None
    assert low >= 3  # those of the record up to the day, the one that was forbidden among them


def test_a_comparison_differs_from_the_day_after_and_only_from_then(case: offramp.Case) -> None:
    result = case.compare(policies="calm", runs=FEW, as_of=AS_OF)
    comparison = result.comparisons["calm"]
    assert comparison.divergence.first is not None
    assert comparison.divergence.first.isoformat() > AS_OF
    raids = comparison.outcomes["raids"]
    assert raids.edited is not None
    assert raids.edited >= 3  # what was done up to the day is done
    assert raids.difference is not None
    assert raids.difference < 0
    assert result.baseline.outcomes["raids"].mean == case.run(FEW, as_of=AS_OF).outcomes["raids"].mean
    assert result.story() is None


def test_an_edit_that_does_nothing_differs_by_nothing(case: offramp.Case) -> None:
    result = case.compare("scale blue.force.opportunities by 1", runs=FEW, as_of=AS_OF)
    assert not result.compared.comparisons[0].divergence.share


def test_the_report_of_a_comparison_says_what_it_begins_from(case: offramp.Case, tmp_path: Path) -> None:
    page = case.compare(policies="calm", runs=FEW, as_of=AS_OF).report(tmp_path / "r.html").read_text()
    assert "given what was known on 2020-01-20" in page
    assert "Fewer than 200 different parameter vectors" in page


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"as_of": "2019-12-31"}, "E713"),
        ({"as_of": "2020-01-30"}, "E713"),  # nothing is left to run
        ({"as_of": AS_OF, "engine": "reference"}, "E713"),
        ({"as_of": AS_OF, "policies": "late"}, "E716"),
        ({"as_of": AS_OF, "do": "set x = 0.2 on 2020-01-20"}, "E716"),
        ({"as_of": AS_OF, "do": "if x > 0.2 then force blue.raid on 2020-01-02 once"}, "E716"),
        ({"as_of": "soon"}, "E707"),
    ],
)
def test_what_cannot_be_asked_is_refused(case: offramp.Case, asked: dict[str, str], code: str) -> None:
    with pytest.raises(offramp.InputError, match=code) as refused:
        case.compare(**({"do": "forbid blue.raid"} | asked), runs=FEW)  # type: ignore[arg-type]
    assert refused.value.problems[0].hint


def test_edits_from_the_day_after_on_are_taken(case: offramp.Case) -> None:
    plain, dated = (case.compare(f"forbid blue.raid{when}", runs=FEW, as_of=AS_OF) for when in ("", " from 2020-01-21"))
    assert plain.compared.comparisons[0].outcomes["raids"] == dated.compared.comparisons[0].outcomes["raids"]


def test_edits_read_of_inputs_what_was_known_on_the_day(tmp_path: Path) -> None:
    folder = crisis(tmp_path / "crisis", inputs={"oil": {"file": "oil.csv", "unit": "USD"} | SAID})
    (folder / "oil.csv").write_text("date,value,known_from\n2020-01-01,0,2020-01-01\n2020-01-22,10,2020-01-22\n")
    case = offramp.load(folder)
    edit = "if input.oil > 5 then forbid blue.raid while"
    for as_of, is_changed in ((AS_OF, False), ("2020-01-22", True)):
        comparison = case.compare(edit, runs=FEW, as_of=as_of).compared.comparisons[0]
        assert (comparison.divergence.share > 0) == is_changed


def test_a_scenario_without_a_record_cannot_be_conditioned() -> None:
    with pytest.raises(offramp.InputError, match="no record"):
        offramp.load("two-rivals").condition("2020-02-01", particles=FEW)


def test_the_last_day_can_be_looked_at(case: offramp.Case) -> None:
    assert case.condition("2020-01-30", particles=2).is_complete


def test_a_report_of_runs_from_the_record_is_refused(case: offramp.Case, tmp_path: Path) -> None:
    with pytest.raises(offramp.InputError, match="E719"):
        case.run(FEW, as_of=AS_OF).report(tmp_path / "r.html")


def test_what_other_code_has_made_is_not_used(
    case: offramp.Case, found: offramp.ConditionResult, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = len(list((cache / "particles").iterdir()))
    monkeypatch.setattr("offramp.infer.known.code", lambda: "another")
    assert case.condition(AS_OF, particles=FEW).known == found.known
    assert len(list((cache / "particles").iterdir())) > before


def test_files_are_few(tmp_path: Path) -> None:
    for number in range(KEPT_JOBS + 3):
        keep_file(tmp_path / f"{number}.npz", Kept({"a": np.zeros(1)}, {}, {}))
    assert len(list(tmp_path.iterdir())) == KEPT_JOBS


def test_what_stood_in_the_way_of_a_row_is_named(tmp_path: Path) -> None:
    raid = {"title": "Raid", "utility": {"base": 0}} | SAID
    crowded = crisis(tmp_path / "crowded", moves={"blue.raid": raid}, policies={}, record=PLAIN, fit=None)
    row_of = "{},2020-01-03,day,2020-01-03,raid\n"
    rows = "id,date,date_precision,known_from,what\n" + row_of.format("r1") + row_of.format("r2")
    (crowded / "record.csv").write_text(rows)
    (row,) = offramp.load(crowded).condition("2020-01-10", particles=FEW).forbidden
    assert "acts 1 times a step, and 2 rows stand on it: raise `max_per_day`" in row.why
    barred = crisis(
        tmp_path / "barred", moves={"blue.raid": raid | {"requires": "x > 0.99"}}, policies={}, record=PLAIN, fit=None
    )
    (barred / "record.csv").write_text(rows.rsplit("\n", 2)[0] + "\n")
    (row,) = offramp.load(barred).condition("2020-01-10", particles=FEW).forbidden
    assert "`requires` did not hold: `x > 0.99`" in row.why
    assert row.share == 1
