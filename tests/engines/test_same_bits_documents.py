"""Random scenarios in every construct of the language go through the whole pipeline to the same bits."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from offramp.engine.block import Block
from offramp.model.lower import lower
from offramp.model.model import Model
from offramp.scenario.check import check
from offramp.scenario.load import LoadedScenario, load
from tests.engines.documents import write_random_scenario
from tests.engines.engines import ENGINES, SPECIALISED, differences

SEED = 20190914
N_RUNS = 5
N_QUICK, N_RANDOM = 24, 200


def scenario(folder: Path, number: int) -> LoadedScenario:
    return load(write_random_scenario(folder, size=1 + number % 4, seed=number))


def run_everywhere(model: Model, *forms: str) -> list[str]:
    """List the differences between the reference and other forms of the engine; all results are finite."""
    how = {"seed": SEED, "first_run": 0, "n_runs": N_RUNS, "sample_steps": range(model.n_steps)}
    engines = ENGINES | {"specialised": SPECIALISED}
    expected = ENGINES["reference"](model, **how)
    arrays = [getattr(expected, field.name) for field in fields(Block) if field.name not in {"first_run", "trail"}]
    assert all(np.isfinite(array).all() for array in arrays)
    return [found for form in forms for found in differences(expected, engines[form](model, **how))]


@pytest.mark.parametrize("number", range(N_QUICK))
def test_a_random_scenario_passes_check_and_runs_to_the_same_bits(number: int, tmp_path: Path) -> None:
    loaded = scenario(tmp_path, number)
    assert [str(problem) for problem in check(loaded) if problem.level == "error"] == []
    assert run_everywhere(lower(loaded), "evaluator") == []


@pytest.mark.slow
@pytest.mark.parametrize("number", range(N_QUICK, N_RANDOM))
def test_many_more_random_scenarios_run_to_the_same_bits(number: int, tmp_path: Path) -> None:
    loaded = scenario(tmp_path, number)
    assert [str(problem) for problem in check(loaded) if problem.level == "error"] == []
    assert run_everywhere(lower(loaded), "evaluator") == []


@pytest.mark.slow
@pytest.mark.parametrize("number", range(5))
def test_random_scenarios_run_to_the_same_bits_in_specialised_form(number: int, tmp_path: Path) -> None:
    assert run_everywhere(lower(scenario(tmp_path, number)), "evaluator", "specialised") == []


def test_random_scenarios_use_every_part_of_a_model(tmp_path: Path) -> None:
    models = [lower(scenario(tmp_path, number)) for number in range(N_QUICK)]
    parts = [
        "parameters",
        "views",
        "daily_names",
        "sightings",
        "memories",
        "belief_updates",
        "rules",
        "ends",
        "channels",
    ]
    for part in parts:
        assert any(getattr(model, part) for model in models), part
    assert {memory.kind for model in models for memory in model.memories} == {"recent", "count", "since", "ever"}
    assert {effect.op for model in models for leaf in model.leaves for effect in leaf.effects} == {
        "set",
        "scale",
        "add",
    }
