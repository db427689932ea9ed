"""What `case.compare` returns, on the small packaged scenario."""

import json

import pytest

import offramp

EDIT = "forbid blue.strike"


@pytest.fixture(scope="module")
def case() -> offramp.Case:
    return offramp.load("two-rivals")


def test_a_comparison_stopped_before_its_first_run_says_so_and_still_prints(case: offramp.Case) -> None:
    how = offramp.How()
    how.stop.set()
    result = case.compare(EDIT, runs=100, how=how, better={"war": "lower"})
    assert result.health[0].startswith("Interrupted: 0 of 100")
    assert not result.is_complete
    json.dumps(result.as_json(), allow_nan=False)
    assert "no run differs" in repr(result)
    assert "No run differs" in result._repr_html_()


def test_one_pair_has_a_difference_and_no_interval_of_a_mean(case: offramp.Case) -> None:
    result = case.compare(EDIT, runs=1)
    json.dumps(result.as_json(), allow_nan=False)
    assert result.comparisons[EDIT].n_runs == 1


def test_an_edit_whose_days_lie_outside_changes_nothing_by_construction_and_is_told(case: offramp.Case) -> None:
    result = case.compare("forbid blue.strike from 2020-06-01", runs=20, end="2020-03-01")
    (comparison,) = result.comparisons.values()
    assert comparison.alternative.is_null
    assert comparison.outcomes["war"].interval == (0.0, 0.0)
    assert any("outside this run" in said for said in result.health)


def test_an_edit_that_changed_nothing_is_told_and_keeps_its_doubt(case: offramp.Case) -> None:
    result = case.compare("if tension > 0.999 then forbid blue.strike once", runs=50, end="2020-01-31")
    (comparison,) = result.comparisons.values()
    interval = comparison.outcomes["war"].interval
    assert interval is not None
    assert interval[0] < 0 < interval[1]
    assert any("changes nothing in any of 50 runs" in said for said in result.health)
    assert result.story() is None


def test_each_side_is_what_run_gives_alone(case: offramp.Case) -> None:
    result = case.compare(EDIT, runs=300)
    assert result.baseline.outcomes == case.run(300).outcomes
    assert result.sides[1].outcomes == case.run(300, do=EDIT).outcomes


def test_engines_agree_on_a_comparison(case: offramp.Case) -> None:
    plain, compiled = (
        case.compare(EDIT, runs=12, end="2020-02-10", engine=e).as_json() for e in ("reference", "compiled")
    )
    plain.pop("timing")
    compiled.pop("timing")
    assert plain == compiled


def test_the_story_parts_on_the_day_that_the_digests_say(case: offramp.Case) -> None:
    result = case.compare("forbid blue.strike from 2020-02-01", runs=200)
    (comparison,) = result.comparisons.values()
    story = result.story()
    assert story is not None
    assert story.run == comparison.example
    alone = case.compare("forbid blue.strike from 2020-02-01", runs=story.run + 1).comparisons
    parted = {c.divergence.days[c.divergence.counts.nonzero()[0]].tolist()[0] for c in alone.values()}
    assert story.parted is not None
    assert story.parted.toordinal() >= min(parted)
    assert story.parted.isoformat() >= "2020-02-01"


def test_edits_can_be_named_and_stand_beside_policies(case: offramp.Case) -> None:
    result = case.compare([EDIT, "hold tension = 0.2"], policies="restraint", runs=20, name="calm")
    assert list(result.comparisons) == ["calm", "restraint"]
    assert result.comparisons["calm"].alternative.edits == (EDIT, "hold tension = 0.2")
    assert result.manifest.options["alternatives"][0]["name"] == "calm"  # type: ignore[index]


def test_a_trace_with_edits_is_the_edited_run(case: offramp.Case) -> None:
    told = case.trace(3, do=EDIT)
    assert not any(event.leaf == "blue.strike" for event in told.events)
    assert any(event.leaf == "blue.strike" for run in range(5) for event in case.trace(run).events)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({}, "E711"),
        ({"do": EDIT, "name": "baseline"}, "E712"),
        ({"policies": ["restraint", "restraint"]}, "E712"),
        ({"do": EDIT, "as_of": "2020-02-01"}, "E713"),
        ({"do": EDIT, "better": {"war": "less"}}, "E714"),
        ({"do": EDIT, "runs": 0}, "E701"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_remedy(case: offramp.Case, asked: dict[str, object], code: str) -> None:
    with pytest.raises(offramp.InputError, match=code) as refused:
        case.compare(**asked)  # type: ignore[arg-type]
    assert refused.value.problems[0].hint
