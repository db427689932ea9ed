"""The compiled engine under the sampler: against the exact Kalman filter and smoother, and against enumeration.

Each check is over 50 seeds and allows 6 standard errors of their mean plus the bias that is stated; a right sampler on
a right engine fails one with probability below 1e-6 (Student's t, 49 degrees of freedom: 2e-7). The evidence itself has
no bias; posterior means have one that falls with the number of particles, of which a tenth of a posterior standard
deviation is allowed. A few seeds do for the quick form, with a limit for as many degrees of freedom.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import t as student

from offramp.engine.branch import simulate_branch
from offramp.engine.conditioned import CompiledWorld, compile_world
from offramp.engine.program import build
from offramp.expr.ir import Param, Quantity
from offramp.infer.condition import condition
from offramp.infer.particles import replay
from offramp.model import model as m
from offramp.model.intervention import EMPTY, Activity, EditSet, Forbid, Intervention
from offramp.model.observed import ALWAYS_CAUGHT, NEVER_CAUGHT, Observed, Reading, Report
from tests.engines import builders as b
from tests.engines.engines import differences
from tests.infer.oracle import solve

MANY, FEW = 50, 8
BIAS = 0.1  # of a posterior standard deviation
N_PARTICLES = 600

Array = NDArray[np.float64]
IN_BOTH_FORMS = pytest.mark.parametrize(
    "n_seeds", [FEW, pytest.param(MANY, marks=pytest.mark.slow)], ids=["a few seeds", "many seeds"]
)


def assert_unbiased(found: Array, expected: Array, *, allowed: Array) -> None:
    """Hold that (seed, number) readings have these means."""
    limit = student.isf(1e-7, len(found) - 1)
    error = np.abs(found.mean(axis=0) - expected)
    standard_error = found.std(axis=0, ddof=1) / np.sqrt(len(found))
    worst = int(np.argmax(error - allowed - limit * standard_error))
    assert (error < allowed + limit * standard_error).all(), f"{worst}: off by {error[worst]}, {standard_error[worst]}"


# A level with a half-life and noise, and readings with error.

N_DAYS, HALF_LIFE, REST, SHOCK, START, START_SD = 25, 6.0, 1.0, 0.3, 2.0, 0.5
STAYS = 0.5 ** (1 / HALF_LIFE)


def level() -> m.Model:
    start = b.parameter("start", "Normal", START, START_SD)
    x = b.quantity("x", Param(0), low=-1e6, high=1e6, rest=REST, relax=1 - STAYS, noise=SHOCK)
    return b.model(N_DAYS, parameters=(start,), quantities=(x,))


def readings(*, left_out: float) -> tuple[Reading, ...]:
    """Readings on most days, two on some; what may have been left out is told from day 10 on."""
    rng = np.random.default_rng(8)
    x, found = 2.5, []
    for day in range(N_DAYS):
        x = REST + STAYS * (x - REST) + SHOCK * rng.normal()
        for _ in range(0 if day % 4 == 1 else 2 if day % 6 == 0 else 1):
            error = 0.4 if day % 3 else 0.15
            found.append(Reading(day, 0, x + error * rng.normal(), error, left_out if day >= 10 else 0.0))
    return tuple(found)


class Kalman:
    """The exact answers: log evidence, filtered and smoothed means and variances by day.

    A day is a chain of states: after drift and noise, and after each reading, before which what is left out moves it.
    """

    def __init__(self, told: tuple[Reading, ...]) -> None:
        mean, variance, self.log_evidence = START, START_SD**2, np.zeros(N_DAYS)
        filtered, ahead, stays, evenings = [], [], [], []  # by state of the chain; `ahead` before it was read
        for day in range(N_DAYS):
            mean, variance = REST + STAYS * (mean - REST), STAYS**2 * variance + SHOCK**2
            ahead.append((mean, variance))
            filtered.append((mean, variance))
            stays.append(STAYS)
            for reading in (reading for reading in told if reading.step == day):
                variance += reading.left_out**2
                ahead.append((mean, variance))
                spread, off = variance + reading.sd**2, reading.value - mean
                self.log_evidence[day] -= 0.5 * (np.log(2 * np.pi * spread) + off**2 / spread)
                gain = variance / spread
                mean, variance = mean + gain * off, variance * (1 - gain)
                filtered.append((mean, variance))
                stays.append(1.0)
            evenings.append(len(filtered) - 1)
        smoothed = [filtered[-1]]
        for k in range(len(filtered) - 2, -1, -1):
            (mean, variance), (to_mean, to_variance) = filtered[k], ahead[k + 1]
            gain, (later_mean, later_variance) = variance * stays[k + 1] / to_variance, smoothed[0]
            found = mean + gain * (later_mean - to_mean), variance + gain**2 * (later_variance - to_variance)
            smoothed.insert(0, found)
        self.filtered, self.filtered_variance = np.array(filtered)[evenings].T
        self.mean, self.variance = np.array(smoothed)[evenings].T


def world_of(model: m.Model, observed: Observed, *, seed: int, workers: int = 1) -> CompiledWorld:
    return compile_world(build(model), observed, seed=seed, form="evaluator", workers=workers)


def only(told: tuple[Reading, ...]) -> Observed:
    return Observed(np.zeros((N_DAYS, 0), np.int16), (), (), told)


def paths(world: CompiledWorld, coordinates: Array, keys: NDArray[np.uint64]) -> Array:
    """Tell histories again: (step, particle) the level each evening."""
    states = world.begin(coordinates)
    rows = []
    for step, row in enumerate(keys):
        world.advance(states, step, row)
        rows.append(world.quantities(states)[:, 0].astype(np.float64))
    return np.array(rows)


def one_by_one(told: tuple[Reading, ...], seeds: range) -> Array:
    """For each seed: evidence over the exact one, then smoothed means, then the filtered mean of the middle day."""
    exact, found = Kalman(told), []
    for seed in seeds:
        world = world_of(level(), only(told), seed=seed + 500)
        whole = condition(world, N_PARTICLES, seed=seed)
        half = condition(world, N_PARTICLES, seed=seed, last_step=N_DAYS // 2)
        middle = world.quantities(half.states)[:, 0] @ half.weights
        lived = paths(world, whole.coordinates, whole.keys)
        evidence = np.exp(whole.total_log_evidence - exact.log_evidence.sum())
        found.append([evidence, *(lived @ whole.weights), middle])
    return np.array(found)


@IN_BOTH_FORMS
@pytest.mark.parametrize("left_out", [0.0, 0.25], ids=["readings", "with what is left out"])
def test_a_level_is_filtered_and_smoothed_as_by_kalman(left_out: float, n_seeds: int) -> None:
    told = readings(left_out=left_out)
    exact = Kalman(told)
    found = one_by_one(told, range(n_seeds))
    sd = np.sqrt(exact.variance)
    half = N_DAYS // 2
    expected = np.array([1.0, *exact.mean, exact.filtered[half]])
    assert_unbiased(found, expected, allowed=BIAS * np.array([0.0, *sd, sd[half]]))
    assert (found[:, 1 : N_DAYS + 1].std(axis=0) < 0.5 * sd).all()  # and no seed is far off
    if left_out > 0 and n_seeds == MANY:  # a filter that made nothing of what is left out would be seen
        ignorant = Kalman(readings(left_out=0.0))
        mistaken = np.array([1.0, *ignorant.mean, ignorant.filtered[half]])
        with pytest.raises(AssertionError):
            assert_unbiased(found, mistaken, allowed=BIAS * np.array([np.inf, *sd, sd[half]]))


def test_one_particle_filter_step_by_step_is_the_kalman_filter_by_many_particles() -> None:
    # Without sampling: means over unconditioned particles, weighed. Day 0 has two readings, what is left out included.
    told = tuple(Reading(0, 0, value, 0.3, 0.5) for value in (1.5, 2.6))
    exact, n = Kalman(told), 200_000
    world = world_of(level(), only(told), seed=3)
    coordinates = np.random.default_rng(4).uniform(size=(n, 1))
    states, increments = replay(world, coordinates, keys=np.arange(n, dtype=np.uint64)[None])
    weights = np.exp(increments[0])
    error = weights.std() / np.sqrt(n)
    assert abs(weights.mean() - np.exp(exact.log_evidence[0])) < 6 * error
    x = world.quantities(states)[:, 0].astype(np.float64)
    for power, moment in ((1, 0.0), (2, exact.filtered_variance[0])):
        off = weights * ((x - exact.filtered[0]) ** power - moment) / weights.mean()
        assert abs(off.mean()) < 6 * off.std() / np.sqrt(n)
        assert off.std() / np.sqrt(n) < 0.01


# A small crisis that can be enumerated.


@cache
def crisis() -> m.Model:
    """Hidden raids heat, heat makes for talks that are told, and accidents."""
    return b.model(
        4,
        quantities=(b.quantity("heat", 0.1, low=0.0, high=1.0, rest=0.0, relax=0.3),),
        channels=(
            b.channel("force", 0.6, [0], n_slots=1),
            b.channel("words", b.apply("add", 0.2, b.apply("mul", 0.7, Quantity(0))), [1]),
        ),
        moves=(
            b.chosen("raid", [0], 0.3, channel=0, cooldown=2),
            b.chosen("talk", [1], b.apply("mul", 2.0, Quantity(0)), channel=1),
            b.spontaneous("slip", [2], b.apply("mul", 0.8, Quantity(0)), max_count=2),
        ),
        leaves=(
            b.leaf("raid", 0, [b.effect("heat", 0, "add", 0.5, probability=0.8)]),
            b.leaf("talk", 1),
            b.leaf("slip", 2),
        ),
    )


def told_of_crisis() -> Observed:
    caught = np.tile(np.array([NEVER_CAUGHT, ALWAYS_CAUGHT, ALWAYS_CAUGHT], np.int16), (4, 1))
    rows = [(0, 0, 1), (1, 1, 2), (2, 2, 1), (1, 3, 1)]
    reports = tuple(Report(f"row {k}", first, last, (leaf,), (1.0,)) for k, (first, last, leaf) in enumerate(rows))
    return Observed(caught, (), reports, (Reading(2, 0, 0.6, 0.2),), misfit=1e-3)


@IN_BOTH_FORMS
def test_a_small_crisis_is_filtered_as_by_enumeration(n_seeds: int) -> None:
    model, observed = crisis(), told_of_crisis()
    exact = solve(model, observed, with_totals=True)
    raids, heat = exact.total("raid"), exact.quantity("heat")
    expected_heat = sum(value * chance for value, chance in heat.items())
    found = []
    for seed in range(n_seeds):
        world = world_of(model, observed, seed=seed + 900)
        conditioned = condition(world, N_PARTICLES, seed=seed)
        n_raids = world.totals(conditioned.states)[:, 0]
        shares = [conditioned.weights @ (n_raids == n) for n in (0, 1, 2)]
        mean = world.quantities(conditioned.states)[:, 0].astype(np.float64) @ conditioned.weights
        found.append([np.exp(conditioned.total_log_evidence - exact.log_likelihood), *shares, mean])
    shares = np.array([raids.get(float(n), 0.0) for n in (0, 1, 2)])
    assert (shares[1:] > 0.1).all()
    spread = np.sqrt(sum((value - expected_heat) ** 2 * chance for value, chance in heat.items()))
    allowed = BIAS * np.array([0.0, *np.sqrt(shares * (1 - shares)), spread])
    assert_unbiased(np.array(found), np.array([1.0, *shares, expected_heat]), allowed=allowed)


# Branches and workers.


def bytes_of(n_workers: int) -> list[bytes]:
    world = world_of(crisis(), told_of_crisis(), seed=6, workers=n_workers)
    found = condition(world, 1000, seed=6)
    arrays = (found.coordinates, found.keys, found.log_weights, found.log_evidence, found.ess)
    states = (world.quantities(found.states), world.totals(found.states))
    return [array.tobytes() for array in (*arrays, *states)]


def test_conditioning_gives_the_same_bytes_for_any_number_of_workers() -> None:
    one = bytes_of(1)
    assert bytes_of(2) == one
    assert bytes_of(8) == one


def in_vain(first_step: int) -> Intervention:
    """Edits that are in force and change nothing: a quantity set to itself, and one that never acts."""
    always, never = Activity("always", "always", first_step, 3), Activity("never", "while", 2, 3, b.node(0.0))
    return Intervention((always, never), sets=(EditSet(0, 0, Quantity(0), False),), forbids=(Forbid(1, 0),))


def test_a_branch_without_an_edit_or_with_one_in_vain_differs_by_nothing() -> None:
    world = world_of(crisis(), told_of_crisis(), seed=6)
    found = condition(world, 300, seed=6, last_step=1)
    forbidden = Intervention((Activity("now", "always", 2, 3),), forbids=(Forbid(0, 0),))
    blocks = [
        simulate_branch(
            compile_world(build(crisis()), told_of_crisis(), seed=6, form="evaluator", intervention=intervention),
            coordinates=found.coordinates, keys=found.keys, first_run=40, sample_steps=np.arange(4), counted=range(3),
        )
        for intervention in (EMPTY, EMPTY, in_vain(2), forbidden)
    ]  # fmt: skip
    assert differences(blocks[0], blocks[1]) == []
    assert differences(blocks[0], blocks[2]) == []
    assert differences(blocks[0], blocks[3]) != []
    # Nothing differs before the branch, and what was conditioned is what is branched from.
    assert (blocks[0].samples[:2] == blocks[3].samples[:2]).all()
    assert blocks[0].samples[1].T.tobytes() == world.quantities(found.states).tobytes()
