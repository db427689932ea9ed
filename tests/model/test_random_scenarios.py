"""Any scenario that passes check can be lowered and run, and all engines give it the same bits."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from offramp.model.lower import lower
from offramp.model.model import Model
from offramp.scenario.check import check
from offramp.scenario.document import ScenarioDocument
from offramp.scenario.load import load
from tests.engines.engines import ENGINES, differences
from tests.model.random_scenarios import OIL, constructs_of, scenarios

_SETTINGS: dict[str, Any] = {"deadline": None, "suppress_health_check": list(HealthCheck), "derandomize": True}


def _lower(folder: Any, document: dict[str, Any]) -> Model:
    (folder / "scenario.yaml").write_text(json.dumps(document))
    (folder / "oil.csv").write_text(OIL)
    loaded = load(folder)
    assert [str(problem) for problem in check(loaded) if problem.level == "error"] == []
    return lower(loaded)


def _same_bits(model: Model) -> list[str]:
    steps = [0, model.n_steps - 1]
    one, other = (
        ENGINES[name](model, seed=7, first_run=0, n_runs=3, sample_steps=steps) for name in ("reference", "evaluator")
    )
    assert np.isfinite(one.samples).all()
    return differences(one, other)


@settings(max_examples=20, **_SETTINGS)
@given(document=scenarios())
def test_a_scenario_that_passes_check_runs_alike_in_both_engines(tmp_path_factory, document):
    assert _same_bits(_lower(tmp_path_factory.mktemp("random"), document)) == []


@pytest.mark.slow
@settings(max_examples=300, **_SETTINGS)
@given(document=scenarios())
def test_many_more_scenarios_run_alike_in_both_engines(tmp_path_factory, document):
    assert _same_bits(_lower(tmp_path_factory.mktemp("random"), document)) == []


def test_random_scenarios_use_every_construct_and_do_without_each():
    used: list[dict[str, bool]] = []

    @settings(max_examples=60, **_SETTINGS)
    @given(document=scenarios())
    def gather(document):
        used.append(constructs_of(ScenarioDocument.model_validate(document)))

    gather()
    assert {name for name in used[0] if not any(row[name] for row in used)} == set()
    assert {name for name in used[0] if all(row[name] for row in used)} <= {"directs"}  # one move is there to direct
