"""Laws of edits, on random scenarios: they do what they say, in their windows and on nothing before."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from offramp.engine import reference
from offramp.engine.history import Run
from offramp.model.intervention import Intervention
from offramp.model.lower import lower
from offramp.model.model import Model
from offramp.scenario.load import LoadedScenario, load
from tests.model.edited import block, differs, intervene
from tests.model.random_edits import Editor, random_edits
from tests.model.random_scenarios import OIL, Document, scenarios

_SETTINGS: dict[str, Any] = {
    "deadline": None,
    "suppress_health_check": list(HealthCheck),
    "derandomize": True,
    "phases": [Phase.explicit, Phase.generate],  # to shrink a scenario takes minutes, and the seed tells it all
}
SEEDS = st.integers(0, 2**32 - 1)


def opened(tmp_path_factory: pytest.TempPathFactory, document: Document) -> tuple[LoadedScenario, Model]:
    folder = tmp_path_factory.mktemp("random")
    (folder / "scenario.yaml").write_text(json.dumps(document))
    (folder / "oil.csv").write_text(OIL)
    loaded = load(folder)
    return loaded, lower(loaded)


def lives(model: Model, intervention: Intervention) -> list[Run]:
    return [reference.live(model, 1, run, intervention) for run in range(3)]


Law = Callable[[LoadedScenario, Model, int], None]


def nothing_differs_before_an_edit_can_act(loaded: LoadedScenario, model: Model, seed: int) -> None:
    intervention = intervene(loaded, *random_edits(loaded, model, seed=seed), model=model)
    difference = differs(block(model, n_runs=3), block(model, intervention, n_runs=3))
    assert not difference[: intervention.first_step].any()


def a_forbidden_leaf_never_happens_in_its_window(loaded: LoadedScenario, model: Model, seed: int) -> None:
    text = Editor(loaded, model, seed).plain("forbid")
    intervention = intervene(loaded, text, model=model)
    forbidden = {forbid.leaf for forbid in intervention.forbids}
    for run in lives(model, intervention):
        for step in steps_of(intervention, run):
            assert not forbidden & happened(run, step)


def a_held_quantity_is_its_value_at_the_end_of_each_step(loaded: LoadedScenario, model: Model, seed: int) -> None:
    editor = Editor(loaded, model, seed)
    quantity = editor.rng.choice([q for q in model.quantities if q.kind in {"level", "belief"}])
    intervention = intervene(loaded, f"hold {quantity.path} = 0.375{editor.window()}", model=model)
    for run in lives(model, intervention):
        for step in steps_of(intervention, run):
            assert run.evenings[step].x[model.quantities.index(quantity)] == np.float32(0.375)


def a_forced_move_happens_on_its_day(loaded: LoadedScenario, model: Model, seed: int) -> None:
    intervention = intervene(loaded, Editor(loaded, model, seed).plain("force"), model=model)
    (force,) = intervention.forces
    meant = set(model.moves[force.move].leaves) if force.leaf is None else {force.leaf}
    for run in lives(model, intervention):
        for step in steps_of(intervention, run):
            assert meant & happened(run, step)


def a_replaced_leaf_never_happens_in_its_window(loaded: LoadedScenario, model: Model, seed: int) -> None:
    intervention = intervene(loaded, Editor(loaded, model, seed).plain("replace"), model=model)
    replaced = {replacement.leaf for replacement in intervention.replacements}
    for run in lives(model, intervention):
        for step in steps_of(intervention, run):
            assert not replaced & happened(run, step)


def a_set_quantity_is_seen_so_in_the_morning(loaded: LoadedScenario, model: Model, seed: int) -> None:
    editor = Editor(loaded, model, seed)
    intervention = intervene(loaded, f"set resolve = 0.25 on {editor.day()}", model=model)
    resolve = [quantity.path for quantity in model.quantities].index("resolve")
    for run in lives(model, intervention):
        for step in steps_of(intervention, run):
            assert run.mornings[step + 1][resolve] == np.float32(0.25)  # the first is the one before the run


def a_shift_moves_its_parameter_and_no_other(loaded: LoadedScenario, model: Model, seed: int) -> None:
    text = Editor(loaded, model, seed).shift()
    shifts = intervene(loaded, text, model=model).shifts if text else ()
    intervention = Intervention(shifts=shifts)
    for plain, shifted in zip(lives(model, Intervention()), lives(model, intervention), strict=True):
        expected = list(plain.theta)
        for shift in shifts:
            expected[shift.parameter] = expected[shift.parameter] + np.float32(shift.amount)
        assert shifted.theta == expected


def a_rate_scaled_to_nothing_lets_nothing_happen(loaded: LoadedScenario, model: Model, seed: int) -> None:
    editor = Editor(loaded, model, seed)
    intervention = intervene(loaded, f"scale {editor.rng.choice(editor.rates())} by 0{editor.window()}", model=model)
    (scale,) = intervention.scales
    moves = model.channels[scale.index].moves if scale.what == "channel" else (scale.index,)
    stopped = {leaf for move in moves for leaf in model.moves[move].leaves}
    for run in lives(model, intervention):
        for step in steps_of(intervention, run):
            assert not stopped & happened(run, step)


LAWS: list[Law] = [
    nothing_differs_before_an_edit_can_act,
    a_forbidden_leaf_never_happens_in_its_window,
    a_held_quantity_is_its_value_at_the_end_of_each_step,
    a_forced_move_happens_on_its_day,
    a_replaced_leaf_never_happens_in_its_window,
    a_set_quantity_is_seen_so_in_the_morning,
    a_shift_moves_its_parameter_and_no_other,
    a_rate_scaled_to_nothing_lets_nothing_happen,
]


def steps_of(intervention: Intervention, run: Run) -> range:
    """The steps that a run lived through while its only edit was in force; none where it changes nothing."""
    if not intervention.activities:
        return range(0)
    (activity,) = intervention.activities
    return range(activity.first_step, min(activity.last_step, run.step) + 1)


def happened(run: Run, step: int) -> set[int]:
    return {event.leaf for event in run.evenings[step].events}


def hold_up(law: Law, tmp_path_factory: pytest.TempPathFactory, *, n: int) -> None:
    """Put a law to the test on random scenarios."""

    @settings(max_examples=n, **_SETTINGS)
    @given(document=scenarios(), seed=SEEDS)
    def holds(document: Document, seed: int) -> None:
        law(*opened(tmp_path_factory, document), seed)

    holds()


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_edits_do_what_they_say(tmp_path_factory, law):
    hold_up(law, tmp_path_factory, n=10)


@pytest.mark.slow
@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_edits_do_what_they_say_in_many_more_scenarios(tmp_path_factory, law):
    hold_up(law, tmp_path_factory, n=150)


def test_random_edits_are_of_every_sort_and_use_every_part_of_an_intervention(tmp_path_factory):
    used: set[str] = set()

    @settings(max_examples=25, **_SETTINGS)
    @given(document=scenarios(), seed=SEEDS)
    def gather(document: Document, seed: int) -> None:
        loaded, model = opened(tmp_path_factory, document)
        intervention = intervene(loaded, *random_edits(loaded, model, seed=seed, n=8), model=model)
        used.update(field.name for field in fields(intervention) if getattr(intervention, field.name))
        used.update(activity.how for activity in intervention.activities)

    gather()
    assert used >= {field.name for field in fields(Intervention)} | {"always", "once", "while"}
