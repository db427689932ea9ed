"""The compiled engine against the brute force: to the last digits where nothing is left to chance, else by averages.

Particles draw what the record does not tell, and the mean of their weights is the likelihood. A check of a mean allows
five standard errors of it; seeds are fixed, so a check that passes once passes always.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from offramp.engine.conditioned import compile_world
from offramp.engine.program import build
from offramp.model.model import Model
from offramp.model.observed import ALWAYS_CAUGHT, NEVER_CAUGHT, Observed, Report
from tests.infer.oracle import solve
from tests.infer.tiny import observed, quantity, report, tiny

SEED = 11
N_PARTICLES = 50_000
LIMIT = 5.0

Told = Callable[[Model], Observed]


def told(*reports: tuple, caught: dict[str, int] | int = ALWAYS_CAUGHT, **more: object) -> Told:  # type: ignore[type-arg]
    """A record, once there is a model; each report as (days, what) or (days, what, marks)."""

    def on(model: Model) -> Observed:
        found: list[Report] = [
            report(model, days, what, marks=marks[0] if marks else None) for days, what, *marks in reports
        ]
        return observed(model, *found, caught=caught, misfit=0.01, **more)  # type: ignore[arg-type]

    return on


def live(model: Model, record: Observed, shares: tuple[float, ...], n: int) -> tuple[NDArray, NDArray]:  # type: ignore[type-arg]
    """Let particles live the record: log-likelihoods (particle,), and quantities at the end (particle, quantity)."""
    world = compile_world(build(model), record, seed=SEED, form="evaluator")
    coordinates = np.random.default_rng(SEED).uniform(size=(n, world.n_coordinates))
    coordinates[:, : len(shares)] = shares  # a Beta(1, 1) share is its uniform
    states = world.begin(coordinates)
    keys = np.tile(np.arange(n, dtype=np.uint64), (model.n_steps, 1))
    return world.advance_through(states, 0, keys).sum(axis=0), world.quantities(states)


# Where everything is told and every effect is certain, each particle has the likelihood itself as its weight.

CERTAIN = {
    "silence": told(),
    "one of each": told((0, "blue.talk"), (1, "red.strike"), (2, "red.slip"), (4, "blue.raid[south]")),
    "full days": told((1, "blue.talk"), (1, "blue.talk"), (1, "red.strike"), (1, "red.slip"), (1, "red.slip")),
    "more than there is room for": told(*[(2, "blue.talk")] * 3, *[(3, "red.strike")] * 2, *[(4, "red.slip")] * 3),
    "marks": told((0, "blue.raid[north]", {"dead": 1}), (2, "red.strike", {"dead": 1}), (3, "red.strike", {"dead": 4})),
    "a strike while strikes rest": told((1, "red.strike"), (2, "red.strike"), (2, "blue.raid[south]")),
    "readings": told((0, "blue.raid[south]"), readings=[(0, "x", 0.4, 0.1), (3, "x", 0.2, 0.2), (4, "dead", 1, 0.5)]),
}


@pytest.fixture(scope="module")
def certain(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return tiny(tmp_path_factory.mktemp("certain"), days=5, is_certain=True)


@pytest.mark.parametrize("name", CERTAIN)
def test_a_record_that_tells_all_is_as_likely_as_by_brute_force(certain: Model, name: str) -> None:
    record = CERTAIN[name](certain)
    exact = solve(certain, record)
    log_likelihoods, levels = live(certain, record, (), 64)
    assert np.ptp(log_likelihoods) < 1e-12
    assert log_likelihoods[0] == pytest.approx(exact.log_likelihood, abs=1e-10)
    for path in ("x", "dead", "nerve"):
        assert exact.quantity(path) == {float(levels[0, quantity(certain, path)]): pytest.approx(1.0)}


# Where something is left to chance, by averages.

NORTH_OR_SOUTH = {"blue.raid[north]": 0.5, "blue.raid[south]": 0.25}
UNCERTAIN = {
    "nothing": (told(caught=NEVER_CAUGHT), ()),
    "silence": (told(caught=0), (0.5,)),
    "a raid and its dead": (told((0, "blue.raid[north]", {"dead": 1}), caught=0), (0.5,)),
    "a raid and a talk": (told((0, "blue.talk"), (0, "blue.raid[south]"), caught=0), (0.5,)),
    "two raids of one day": (told((0, "blue.raid[north]"), (0, "blue.raid[south]")), ()),
    "slips": (told((0, "red.slip"), (0, "red.slip"), (1, "red.slip"), caught=0), (0.4,)),
    "more slips than can be": (told(*[(0, "red.slip")] * 3, caught=0), (0.4,)),
    "whose it was": (
        told(
            (0, {"red.strike": 0.3, "blue.raid[north]": 0.6, "red.slip": 0.2}),
            (0, {"red.strike": 0.5, "blue.talk": 0.2}),
            caught=0,
        ),
        (0.7,),
    ),
    "when it was": (
        told(((0, 1), "blue.raid[north]"), ((0, 1), "blue.raid[north]"), (1, "red.strike", {"dead": 2}), caught=0),
        (0.7,),
    ),
    "when, which and how much": (
        told(((0, 1), NORTH_OR_SOUTH), caught=0, readings=[(0, "x", 0.4, 0.1), (1, "dead", 1, 0.5)]),
        (0.7,),
    ),
    "some seen, some not": (
        told((1, "red.strike"), caught={"red.strike": 0, "red.slip": ALWAYS_CAUGHT, "blue.talk": 1}),
        (0.7, 0.2),
    ),
}


@pytest.fixture(scope="module")
def uncertain(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return tiny(tmp_path_factory.mktemp("uncertain"), days=2)


@pytest.mark.parametrize("name", UNCERTAIN)
def test_the_mean_weight_and_the_worlds_left_are_those_of_brute_force(uncertain: Model, name: str) -> None:
    made, shares = UNCERTAIN[name]
    record = made(uncertain)
    exact = solve(uncertain, record, shares=shares)
    log_likelihoods, levels = live(uncertain, record, shares, N_PARTICLES)
    weights = np.exp(log_likelihoods - exact.log_likelihood)
    assert abs(weights.mean() - 1) <= LIMIT * weights.std() / math.sqrt(N_PARTICLES) + 1e-6  # shares are float32
    for path in ("x", "dead", "nerve"):
        mean = math.fsum(value * chance for value, chance in exact.quantity(path).items())
        off = weights * (levels[:, quantity(uncertain, path)] - mean)
        assert abs(off.mean()) <= LIMIT * off.std() / math.sqrt(N_PARTICLES) + 1e-6
