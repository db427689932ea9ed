"""The pages on what the record holds and on the prior predictive check say what the code gives."""

from __future__ import annotations

import re

import pytest

from offramp.analyse.predictive import PredictiveResult
from tools import observation_page, predictive_page


@pytest.fixture(scope="module")
def few() -> PredictiveResult:
    return predictive_page.check(predictive_page.FEW)


def test_the_page_was_made_from_the_scenario_as_it_is(few: PredictiveResult) -> None:
    written = predictive_page.PAGE.read_text(encoding="utf-8")
    assert predictive_page.small_print(few) == written.splitlines()[-1], "run `make predictive`"


def test_every_position_outside_has_its_line(few: PredictiveResult) -> None:
    outside = [position for position in few.positions() if not position.is_inside]
    lines = [line for _, line in predictive_page.failures(few) if "recorded" in line]
    assert len(lines) == len(outside) > 0
    page = predictive_page.text(few, notes="")
    assert all(line in page for line in lines)


def test_a_failure_that_the_notes_do_not_mention_is_called_unexplained(few: PredictiveResult) -> None:
    names = sorted({name for name, _ in predictive_page.failures(few)})
    some = predictive_page.text(few, notes=" ".join(f"`{name}`" for name in names[1:]))
    assert f"Not explained yet: `{names[0]}`.\n" in some
    everything = predictive_page.text(few, notes=" ".join(f"`{name}`" for name in names))
    assert "Not explained yet" not in everything


def test_the_notes_explain_every_failure_of_the_page() -> None:
    written = predictive_page.PAGE.read_text(encoding="utf-8")
    notes = predictive_page.NOTES.read_text(encoding="utf-8")
    failed = set(re.findall(r"^- `([^`]+)`", written.split("## Explanations")[0], re.MULTILINE))
    assert {name for name in failed if f"`{name}`" not in notes} == set()


def test_the_tables_of_the_observation_model_are_those_of_today() -> None:
    written = observation_page.PAGE.read_text(encoding="utf-8")
    assert observation_page.renewed(written) == written, "run `python -m tools.observation_page`"
