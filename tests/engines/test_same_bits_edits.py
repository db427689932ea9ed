"""Edits give the same bits in all engines: random Interventions over random Models, trails included."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest

from offramp.engine import choosing, compiled, edited, reference
from offramp.engine.block import Block
from offramp.engine.history import Event
from offramp.engine.program import build
from offramp.expr.ir import Const
from offramp.model.intervention import EMPTY, Activity, Hold, Intervention
from offramp.model.model import Model
from tests.engines import builders as b
from tests.engines.engines import differences
from tests.engines.interventions import random_intervention
from tests.engines.models import random_model

SEED, N_RUNS = 20200103, 5
N_QUICK, N_RANDOM, N_SPECIALISED = 60, 300, 4


def random_pair(number: int) -> tuple[Model, Intervention]:
    model = random_model(size=1 + number % 4, seed=number)
    return model, random_intervention(model, number)


def plainly(model: Model, intervention: Intervention) -> Block:
    steps = range(0, model.n_steps, 3)
    return reference.simulate(
        model, seed=SEED, first_run=2, n_runs=N_RUNS, sample_steps=steps, intervention=intervention, with_trail=True
    )


def compiled_as(form: compiled.Form, model: Model, intervention: Intervention) -> Block:
    steps = np.arange(0, model.n_steps, 3)
    return compiled.simulate(
        build(model), seed=SEED, first_run=2, n_runs=N_RUNS, sample_steps=steps, form=form, intervention=intervention,
        with_trail=True,
    )  # fmt: skip


@pytest.mark.parametrize("number", range(N_QUICK))
def test_edits_give_the_same_bits(number: int) -> None:
    model, intervention = random_pair(number)
    assert differences(plainly(model, intervention), compiled_as("evaluator", model, intervention)) == []


@pytest.mark.slow
@pytest.mark.parametrize("number", range(N_QUICK, N_RANDOM))
def test_edits_give_the_same_bits_on_many_more(number: int) -> None:
    model, intervention = random_pair(number)
    assert differences(plainly(model, intervention), compiled_as("evaluator", model, intervention)) == []


@pytest.mark.slow
@pytest.mark.parametrize("number", range(N_SPECIALISED))
def test_edits_of_a_specialised_program_give_the_same_bits(number: int) -> None:
    model, intervention = random_pair(number)
    assert differences(plainly(model, intervention), compiled_as("specialised", model, intervention)) == []


@pytest.mark.parametrize("zeros", [(0.0, -0.0), (-0.0, 0.0)])
def test_edits_that_differ_by_the_sign_of_a_zero_alone_are_not_taken_for_each_other(zeros: tuple[float, float]) -> None:
    model = b.model(3, quantities=(b.quantity("level", 1.0),))
    for zero in zeros:
        held = Intervention((Activity("hold", "always", 0, 2),), holds=(Hold(0, 0, Const(zero)),))
        assert differences(plainly(model, held), compiled_as("evaluator", model, held)) == []


# Would a difference be seen?  Each of these changes what the reference interpreter does about edits, in one place.

MUTATIONS: dict[str, tuple[ModuleType, Any]] = {
    "shift_parameters": (reference, lambda intervention, theta: None),
    "keep_held": (reference, lambda run: None),
    "settle": (edited, lambda run: None),
    "scaled": (choosing, lambda run, what, index, node: node),
    "forces_today": (choosing, lambda run: []),
    "replacement_today": (choosing, lambda run, leaf: None),
    "happens": (choosing, lambda run, leaf, j: Event(leaf, j)),
    "add32": (choosing, lambda j, offset: j),
    "daily_with_edits": (reference, lambda model, intervention: np.pad(model.daily, ((0, 0), (0, 9)))),
}


@pytest.mark.parametrize("place", MUTATIONS)
def test_the_random_interventions_would_show_a_mistake(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = [random_pair(number) for number in range(N_QUICK)]
    right = [plainly(*pair) for pair in pairs]
    module, mistaken = MUTATIONS[place]
    monkeypatch.setattr(module, place, mistaken)
    assert any(differences(one, plainly(*pair)) for one, pair in zip(right, pairs, strict=True))


def test_the_random_interventions_do_something_and_no_edit_does_nothing() -> None:
    n_changed = 0
    for number in range(N_QUICK):
        model, intervention = random_pair(number)
        baseline, edited = compiled_as("evaluator", model, EMPTY), compiled_as("evaluator", model, intervention)
        n_changed += differences(baseline, edited) != []
        assert differences(baseline, compiled_as("evaluator", model, Intervention())) == []
    assert n_changed > N_QUICK // 2
