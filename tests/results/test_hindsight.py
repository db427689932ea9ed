"""Comparisons in hindsight at their doors: `--given-record`, what is printed, what is refused."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import offramp
from offramp.analyse.hindsight import Coupled, disagreements
from offramp.core.errors import InputError
from tests.results.watched import crisis

pytestmark = pytest.mark.slow  # the day loop of hindsight takes a minute to compile

EDIT = "forbid red.talk from 2020-01-11"
OUTCOMES = {"raids": "count(blue.raid)", "talks": "count(red.talk)", "high": "any(x > 0.6)", "talked": "first(x > 0.7)"}
ROUSES = {"red.talk": {"title": "Talk", "utility": {"base": "x"}, "effects": [{"on": "x", "add": 0.02}]}}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A crisis whose record tells of raids; talks, of which it says nothing, move what raids are chosen by."""
    said = {"evidence": {"status": "assumed", "why": "invented"}}
    raid = {
        "title": "Raid", "utility": {"base": "Normal(0, 1)", "hot": "2 * x"},
        "effects": [{"on": "dead", "add": "Poisson(1)"}],
    }  # fmt: skip
    moves = {"blue.raid": raid | said, "red.talk": ROUSES["red.talk"] | said}
    return crisis(tmp_path_factory.mktemp("crisis"), outcomes=OUTCOMES, moves=moves)


@pytest.fixture(scope="module")
def result(folder: Path) -> offramp.CompareResult:
    return offramp.load(folder).compare([EDIT], runs=300, given_record=True)


def test_the_baseline_is_the_recorded_history(result: offramp.CompareResult) -> None:
    raids = result.baseline.outcomes["raids"]
    assert (raids.mean, raids.q05, raids.q95) == (4, 4, 4)  # the parade is none


def test_nothing_differs_before_the_edit(result: offramp.CompareResult) -> None:
    parted = result.compared.comparisons[0].divergence
    assert parted.first is not None
    assert str(parted.first) == "2020-01-11"


def test_both_couplings_and_bounds_stand_beside_each_other(result: offramp.CompareResult) -> None:
    found = result.hindsight[0]
    assert list(found) == list(OUTCOMES), "in the order in which they are written"
    own = result.compared.comparisons[0].outcomes
    assert found["raids"].difference == own["raids"].difference
    assert found["raids"].bounds is None
    assert found["high"].is_share
    assert found["talked"].difference == own["talked"].share.difference  # type: ignore[union-attr]
    for name in ("high", "talked"):
        low, high = found[name].bounds  # type: ignore[misc]
        assert -1 <= low <= high <= 1
    # Under the Gumbel coupling lower utilities give raids up, and never call for one.
    assert found["raids"].difference is not None
    assert found["raids"].difference < 0
    assert found["raids"].independent != found["raids"].difference


def test_json_has_its_shape(result: offramp.CompareResult) -> None:
    told = json.loads(json.dumps(result.as_json()))
    keys = {
        "coupling",
        "until",
        "health",
        "particles",
        "log_evidence",
        "unique_ancestors",
        "unique_vectors",
        "unique_origins",
        "is_settled",
        "outcomes",
    }
    assert set(told["hindsight"]) == keys
    assert told["hindsight"]["coupling"] == "gumbel"
    assert told["hindsight"]["until"] == "2020-01-30"
    assert told["manifest"]["options"]["given_record"] is True
    assert set(told["hindsight"]["outcomes"]["high"]) == {
        "difference", "interval", "independent", "independent_interval", "bounds",
    }  # fmt: skip
    assert told["alternatives"][0]["hindsight"] == told["hindsight"]["outcomes"]


def test_the_same_again_is_the_same_to_the_last_byte(folder: Path, result: offramp.CompareResult) -> None:
    again = offramp.load(folder).compare([EDIT], runs=300, given_record=True, how=offramp.How(workers=1))
    first, second = ({**one.as_json(), "timing": None} for one in (result, again))
    assert json.dumps(first) == json.dumps(second)


def test_a_report_says_under_which_coupling(result: offramp.CompareResult, tmp_path: Path) -> None:
    page = result.report(tmp_path / "what-if.html").read_text(encoding="utf-8")
    assert "n hindsight, under the Gumbel coupling" in page
    assert "Independent coupling" in page
    assert "Under other couplings" in page
    assert "Independent coupling" in result._repr_html_()


def test_an_edit_that_changes_nothing_differs_by_nothing(folder: Path) -> None:
    done = offramp.load(folder).compare(["if x > 5 then forbid blue.raid while"], runs=70, given_record=True)
    assert done.compared.comparisons[0].divergence.share == 0
    for found in done.hindsight[0].values():
        assert not found.difference
        assert not found.independent


@pytest.mark.parametrize("other", [{"as_of": "2020-01-20"}, {"engine": "reference"}])
def test_what_does_not_go_together_is_refused(folder: Path, other: dict[str, str]) -> None:
    with pytest.raises(InputError, match=r"E722|E713"):
        offramp.load(folder).compare([EDIT], runs=70, given_record=True, **other)  # type: ignore[arg-type]


def test_what_was_interrupted_before_the_other_coupling_says_so(result: offramp.CompareResult) -> None:
    assert not any("Interrupted" in said for said in result.health)
    assert any("Interrupted before" in said for said in replace(result, hindsight=()).health)
    assert "outcomes" not in replace(result, hindsight=()).as_json()["hindsight"]  # type: ignore[operator]


def test_what_only_one_coupling_says_clearly_is_told() -> None:
    one = Coupled("war", "War", "", True, 0.2, (0.1, 0.3), -0.1, (-0.2, 0.0), (-0.5, 0.5))
    assert "disagree" in disagreements([one])[0]
    assert "disagree" in disagreements([replace(one, independent=0.1, independent_interval=(-0.1, 0.3))])[0]
    assert disagreements([replace(one, interval=(-0.1, 0.5))]) == ()
    assert disagreements([replace(one, independent=0.1, independent_interval=(0.05, 0.2))]) == ()
    assert disagreements([replace(one, difference=None)]) == ()


def test_it_is_printed_with_its_health_first(folder: Path) -> None:
    command = [sys.executable, "-m", "offramp", "compare", str(folder), "--do", EDIT, "--runs", "70", "--given-record"]
    environment = {**os.environ, "COLUMNS": "160"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600, env=environment)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[2].startswith("! Conditioning")
    assert "In hindsight, under the Gumbel coupling" in done.stdout
    assert "Independent" in done.stdout
    assert "70 histories given the record up to 2020-01-30" in done.stdout


def test_bounds_are_of_the_difference(result: offramp.CompareResult) -> None:
    high = result.hindsight[0]["high"]
    share = result.baseline.outcomes["high"].mean
    assert high.bounds is not None
    assert share is not None
    assert np.array(high.bounds) + share == pytest.approx(np.clip(np.array(high.bounds) + share, 0, 1))
