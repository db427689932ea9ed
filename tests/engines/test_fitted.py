"""Fitted draws in place of priors: whole draws, the same in both engines, each as often as any other."""

import json

import numpy as np
import pytest

from offramp.engine import compiled, reference
from offramp.engine.program import build
from offramp.model.fitted import Fitted
from offramp.model.lower import lower
from offramp.scenario.load import load
from tests.model.rich import rich

DRAWS = 4


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rich")
    (folder / "scenario.yaml").write_text(json.dumps(rich()))
    return lower(load(folder))


@pytest.fixture(scope="module")
def fitted(model):
    chosen = np.array([0, len(model.parameters) - 1])
    values = np.arange(DRAWS, dtype=np.float32)[:, None] * np.float32(0.01) + np.array([0.1, 0.2], np.float32)
    return Fitted(chosen, values)


def test_both_engines_take_the_same_draws(model, fitted):
    steps = np.array([model.n_steps - 1])
    plain = reference.simulate(model, seed=3, first_run=0, n_runs=20, sample_steps=[model.n_steps - 1], fitted=fitted)
    fast = compiled.simulate(
        build(model), seed=3, first_run=0, n_runs=20, sample_steps=steps, fitted=fitted, form="evaluator"
    )
    for name in ("outcomes", "counts", "samples", "parameters"):
        np.testing.assert_array_equal(getattr(plain, name), getattr(fast, name))


def test_a_draw_is_taken_whole_and_each_as_often(model, fitted):
    """Binomial counts of 4,000 runs: outside five standard deviations for one seed in 400,000; the seed is fixed."""
    n = 4_000
    block = compiled.simulate(
        build(model), seed=3, first_run=0, n_runs=n, sample_steps=np.array([0]), fitted=fitted, form="evaluator"
    )
    drawn = block.parameters[:, fitted.parameters]
    which = (drawn[:, None] == fitted.values[None]).all(axis=2)
    assert (which.sum(axis=1) == 1).all()
    assert np.all(np.abs(which.sum(axis=0) - n / DRAWS) < 5 * np.sqrt(n / DRAWS * (1 - 1 / DRAWS)))


def test_other_parameters_are_left_alone(model, fitted):
    chosen = {"seed": 3, "first_run": 0, "n_runs": 50, "sample_steps": np.array([0]), "form": "evaluator"}
    with_draws = compiled.simulate(build(model), **chosen, fitted=fitted).parameters
    without = compiled.simulate(build(model), **chosen).parameters
    others = np.setdiff1d(np.arange(len(model.parameters)), fitted.parameters)
    np.testing.assert_array_equal(with_draws[:, others], without[:, others])
