"""Particles that nothing is told about are the runs of the engine: the same bits, with edits and without.

Particle k has the uniforms of run k as coordinates and its number as keys. Where the record says nothing it must then
live as that run does, and have weight 1; from a branch on it must live as the run under the same edits.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from offramp.core.noise import PARAMETER_DAY
from offramp.engine import compiled, reference
from offramp.engine.block import Block
from offramp.engine.branch import simulate_branch
from offramp.engine.conditioned import CompiledWorld, compile_world
from offramp.engine.edited import shift_parameters
from offramp.engine.history import Run
from offramp.engine.program import build
from offramp.expr.ir import Param
from offramp.infer.addressed import RunKeys
from offramp.model.intervention import EMPTY, Intervention, Shift
from offramp.model.lower import lower
from offramp.model.model import Model
from offramp.model.observed import NEVER_CAUGHT, Observed
from offramp.scenario.load import load
from tests.engines import builders as b
from tests.engines.constructs import CONSTRUCTS
from tests.engines.documents import write_random_scenario
from tests.engines.engines import differences
from tests.engines.interventions import random_intervention
from tests.engines.models import random_model
from tests.model.edited import intervene
from tests.model.rich import rich

SEED, FIRST, N_RUNS = 20200103, 5, 70  # more than one group, and not a whole number of groups
N_QUICK, N_RANDOM, N_SCENARIOS, N_SPECIALISED = 60, 400, 12, 3


def nothing_observed(model: Model) -> Observed:
    return Observed(np.full((model.n_steps, len(model.leaves)), NEVER_CAUGHT, np.int16), (), (), ())


def world_of(
    model: Model, intervention: Intervention = EMPTY, *, form: compiled.Form = "evaluator", workers: int = 1
) -> CompiledWorld:
    program = build(model)
    return compile_world(
        program, nothing_observed(model), seed=SEED, form=form, intervention=intervention, workers=workers
    )


def own_coordinates(model: Model, n: int = N_RUNS) -> NDArray[np.float64]:
    """Give the uniforms at which runs draw their parameters."""
    keys = RunKeys.of(SEED, range(FIRST, FIRST + n))
    drawn = [keys.uniforms(PARAMETER_DAY, parameter.slot).astype(np.float64) for parameter in model.parameters]
    return np.stack(drawn, axis=1) if drawn else np.zeros((n, 0))


def own_keys(n_steps: int, n: int = N_RUNS) -> NDArray[np.uint64]:
    return np.tile(np.arange(FIRST, FIRST + n, dtype=np.uint64), (n_steps, 1))


def as_runs(
    model: Model, intervention: Intervention = EMPTY, *, form: compiled.Form = "evaluator", n: int = N_RUNS
) -> Block:
    return compiled.simulate(
        build(model), seed=SEED, first_run=FIRST, n_runs=n, sample_steps=np.arange(model.n_steps), form=form,
        intervention=intervention, with_trail=True,
    )  # fmt: skip


def as_branch(
    model: Model,
    intervention: Intervention = EMPTY,
    *,
    n_told: int,
    form: compiled.Form = "evaluator",
    n: int = N_RUNS,
) -> Block:
    """Let particles live `n_told` steps of a record that says nothing, and from there as runs."""
    return simulate_branch(
        world_of(model, intervention, form=form),
        coordinates=own_coordinates(model, n),
        keys=own_keys(n_told, n),
        first_run=FIRST,
        sample_steps=np.arange(model.n_steps),
        counted=range(len(model.leaves)),
        with_trail=True,
    )


def unlike(branch: Block, runs: Block, *, n_told: int) -> list[str]:
    """List differences; the trail of steps that were told is left out, the digest of the last step is of all later."""
    assert branch.trail is not None
    assert runs.trail is not None
    assert not branch.trail[:n_told].any()
    if n_told > 0:  # digests go on from before, which particles do not keep
        branch, runs = replace(branch, trail=None), replace(runs, trail=None)
    return differences(branch, runs)


def random_one(number: int) -> Model:
    return random_model(size=1 + number % 4, seed=number)


def acting_from(intervention: Intervention, step: int) -> Intervention:
    """Let edits begin at a step at the earliest; shifts of parameters have tests of their own."""
    activities = tuple(
        replace(
            activity,
            first_step=max(activity.first_step, step),
            last_step=max(activity.last_step, step),
            watched_from=max(activity.watched_from, step),
        )
        for activity in intervention.activities
    )
    return replace(intervention, activities=activities, shifts=())


# Whole lives.


def assert_lives_as_runs(model: Model, form: compiled.Form = "evaluator") -> None:
    world, runs = world_of(model, form=form), as_runs(model, form=form)
    states = world.begin(own_coordinates(model))
    assert world.parameters(states).tobytes() == runs.parameters.tobytes()
    for step in range(model.n_steps):
        log_weights = world.advance(states, step, own_keys(1)[0])
        assert (log_weights == 0.0).all(), f"step {step}"
        assert world.quantities(states).tobytes() == np.ascontiguousarray(runs.samples[step].T).tobytes()
        assert world.totals(states).tobytes() == np.ascontiguousarray(runs.sample_counts[step].T).tobytes()


@pytest.mark.parametrize("number", range(N_QUICK))
def test_particles_without_a_record_live_as_runs(number: int) -> None:
    assert_lives_as_runs(random_one(number))


@pytest.mark.slow
@pytest.mark.parametrize("number", range(N_QUICK, N_RANDOM))
def test_many_more_particles_without_a_record_live_as_runs(number: int) -> None:
    assert_lives_as_runs(random_one(number))


@pytest.mark.parametrize("name", CONSTRUCTS)
def test_particles_without_a_record_live_as_runs_on_each_construct(name: str) -> None:
    assert_lives_as_runs(CONSTRUCTS[name]())


@pytest.mark.parametrize("number", range(N_SCENARIOS))
def test_particles_of_a_random_scenario_live_as_runs(number: int, tmp_path: Path) -> None:
    assert_lives_as_runs(lower(load(write_random_scenario(tmp_path, 1 + number % 4, number))))


def test_particles_of_the_rich_scenario_live_as_runs(tmp_path: Path) -> None:
    (tmp_path / "scenario.yaml").write_text(json.dumps(rich()))
    assert_lives_as_runs(lower(load(tmp_path)))


@pytest.mark.slow
@pytest.mark.parametrize("number", range(N_SPECIALISED))
def test_particles_of_a_specialised_program_live_as_runs(number: int) -> None:
    assert_lives_as_runs(random_one(number + 1), form="specialised")


def test_the_bits_of_a_particle_depend_on_nothing_but_itself() -> None:
    # Alone, in other company, in another place, on more threads, in one call or step by step, or as a copy.
    model = random_one(11)
    world, crowd, n = world_of(model), world_of(model, workers=8), 200
    coordinates, keys = own_coordinates(model, n), own_keys(model.n_steps, n)
    together = crowd.begin(coordinates)
    crowd.advance_through(together, 0, keys)
    for k in (0, 63, 64, 137, 199):
        alone = world.begin(coordinates[[k]])
        for step in range(model.n_steps):
            world.advance(alone, step, keys[step, [k]])
        assert world.quantities(alone).tobytes() == crowd.quantities(together)[k].tobytes()
    half = model.n_steps // 2
    order = np.random.default_rng(1).integers(0, n, 150)
    begun = world.begin(coordinates)
    world.advance_through(begun, 0, keys[:half])
    taken = world.take(begun, order)
    world.advance_through(taken, half, keys[half:, order])
    assert world.quantities(taken).tobytes() == crowd.quantities(together)[order].tobytes()
    assert world.totals(taken).tobytes() == crowd.totals(together)[order].tobytes()


# Branches.


@pytest.mark.parametrize("number", range(N_QUICK))
def test_a_branch_that_no_edit_touches_lives_as_runs(number: int) -> None:
    model = random_one(number)
    for n_told in (0, model.n_steps // 2, model.n_steps):
        assert unlike(as_branch(model, n_told=n_told), as_runs(model), n_told=n_told) == []


@pytest.mark.parametrize("number", range(N_QUICK))
def test_a_branch_under_edits_lives_as_runs_under_them(number: int) -> None:
    model = random_one(number)
    n_told = number % model.n_steps
    intervention = acting_from(random_intervention(model, number), n_told)
    found = as_branch(model, intervention, n_told=n_told)
    assert unlike(found, as_runs(model, intervention), n_told=n_told) == []


def test_edits_of_branches_do_something() -> None:
    n_changed = 0
    for number in range(N_QUICK):
        model = random_one(number)
        intervention = acting_from(random_intervention(model, number), number % model.n_steps)
        n_changed += differences(as_runs(model), as_runs(model, intervention)) != []
    assert n_changed > N_QUICK // 3


def shifted_after(model: Model, intervention: Intervention, *, run: int, n_told: int) -> Run:
    """Live a run plainly, its parameters shifted once some steps have passed."""
    history = reference.begin(model, SEED, run, replace(intervention, shifts=()))
    is_over = False
    for step in range(model.n_steps):
        if step == n_told:
            shift_parameters(intervention, history.theta)
        if not is_over:
            reference.live_one_step(history)
            is_over = reference.has_ended(history)
    return history


@pytest.mark.parametrize("number", range(N_QUICK))
def test_shifts_of_parameters_act_from_the_branch_on(number: int) -> None:
    model = random_one(number)
    if not model.parameters:
        return
    n_told = number % model.n_steps
    intervention = replace(
        acting_from(random_intervention(model, number), n_told),
        shifts=random_intervention(model, number).shifts,
    )
    found = as_branch(model, intervention, n_told=n_told, n=3)
    for k in range(3):
        with np.errstate(all="ignore"):
            expected = shifted_after(model, intervention, run=FIRST + k, n_told=n_told)
        assert found.counts[k].tobytes() == np.array(expected.totals, np.float32).tobytes()
        assert found.samples[-1, :, k].tobytes() == np.array(expected.x, np.float32).tobytes()
        assert found.parameters[k].tobytes() == np.array(expected.theta, np.float32).tobytes()


def test_a_shift_is_seen_after_the_branch_and_not_before() -> None:
    drift = b.quantity("level", 0.0)
    parameter = b.parameter("pace", "Normal", 1.0, 0.5)
    model = b.model(6, parameters=(parameter,), quantities=(replace(drift, flows=(Param(0),)),))
    by = Intervention(shifts=(Shift(0, 2.0),))
    moved, plain = as_branch(model, by, n_told=4), as_branch(model, n_told=4)
    assert (moved.samples[:4] == plain.samples[:4]).all()
    np.testing.assert_allclose(moved.samples[5] - plain.samples[5], 4.0, rtol=1e-5)


def edited_scenario(folder: Path, *do: str) -> tuple[Model, Intervention]:
    (folder / "scenario.yaml").write_text(json.dumps(rich()))
    loaded = load(folder)
    model = lower(loaded)
    return model, intervene(loaded, *do, model=model)


@pytest.mark.parametrize(
    "do",
    [
        ("forbid blue.raid from 2020-01-16",),
        ("forbid blue.raid[north] from 2020-01-20 until 2020-01-25", "force red.reply on 2020-01-18"),
        ("set x = 0.9 on 2020-01-17", "hold dead = 1 from 2020-01-22"),
        ("replace blue.raid with blue.talk from 2020-01-16",),
        ("if x > 0.3 then forbid blue.raid while from 2020-01-16",),
        ("if count(blue.raid, 9 d) > 0 then set x = 0 once from 2020-01-18",),
        ("scale blue.force.opportunities by 2 from 2020-01-16", "scale red.slip.rate by 10 from 2020-01-20"),
    ],
)
def test_edits_after_the_branch_act_as_on_runs(do: tuple[str, ...], tmp_path: Path) -> None:
    model, intervention = edited_scenario(tmp_path, *do)
    found, expected = as_branch(model, intervention, n_told=15), as_runs(model, intervention)
    assert unlike(found, expected, n_told=15) == []
    assert differences(expected, as_runs(model)) != []
