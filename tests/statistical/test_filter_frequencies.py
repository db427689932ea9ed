"""Records that the engine itself made are as frequent as their likelihoods say.

Runs are simulated, each of their events is recorded with its share, and the records of two days are counted. Their
likelihoods are means of particle weights, with noise of their own; both errors enter the chi-square statistic. A right
engine fails a check with probability below 1e-6, seeds are fixed besides. Each check also weighs the records with a
share that is wrong by a fifth or less, and holds that this would have been caught far beyond the limit.
"""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import chi2

from offramp.engine import compiled
from offramp.engine.conditioned import compile_world
from offramp.engine.program import build
from offramp.expr.ir import Memory, Quantity
from offramp.model import model as m
from offramp.model.observed import ALWAYS_CAUGHT, NEVER_CAUGHT, Cell, Observed, Report
from tests.engines import builders as b

N_RUNS, N_PARTICLES = 200_000, 40_000
FALSE_ALARM = 1e-6
SHARE = 0.4
NEVER = NEVER_CAUGHT


def crisis(*, n_slots: int, cooldown: int) -> m.Model:
    """Raids, which anger and may rest; talks, which calm; accidents. What is hidden today shapes what is tomorrow."""
    anger = Memory(0)
    raid_effects = [b.effect("hot", 0, "add", 0.4, probability=0.7)]
    return b.model(
        2,
        quantities=(b.quantity("hot", 0.2, low=0.0, high=1.0),),
        memories=(m.MemoryModel("raids", "recent", (0, 1), (), decay=0.5),),
        channels=(b.channel("force", b.apply("add", 0.4, b.apply("mul", 0.5, Quantity(0))), [0, 1], n_slots=n_slots),),
        moves=(
            b.chosen("raid", [0, 1], b.apply("mul", 1.5, anger), cooldown=cooldown),
            b.chosen("talk", [2], b.apply("sub", 0.3, anger)),
            b.spontaneous("slip", [3], b.apply("add", 0.3, Quantity(0)), max_count=2),
        ),
        leaves=(
            b.leaf("raid[north]", 0, raid_effects),
            b.leaf("raid[south]", 0, raid_effects, utility=-0.5),
            b.leaf("talk", 1),
            b.leaf("slip", 2),
        ),
    )


Key = tuple[tuple[int, ...], ...]  # (step, leaf) how many are recorded


def frequencies(model: m.Model, caught: list[int]) -> dict[Key, float]:
    """Simulate runs, record their events, and count the records that come."""
    block = compiled.simulate(
        build(model), seed=77, first_run=0, n_runs=N_RUNS, sample_steps=np.arange(2), form="evaluator"
    )
    events = np.diff(block.sample_counts, axis=0, prepend=0).astype(np.int64).transpose(2, 0, 1)  # (run, step, leaf)
    shares = [{ALWAYS_CAUGHT: 1.0, NEVER: 0.0}.get(cell, SHARE) for cell in caught]
    recorded = np.random.default_rng(5).binomial(events, shares)
    kinds, counts = np.unique(recorded.reshape(N_RUNS, -1), axis=0, return_counts=True)
    n = len(caught)
    return {
        (tuple(row[:n].tolist()), tuple(row[n:].tolist())): count / N_RUNS
        for row, count in zip(kinds, counts, strict=True)
    }


def weights_of(model: m.Model, caught: list[int], key: Key, share: float) -> NDArray[np.float64]:
    """Weigh a record: (particle,), of the same noise for every record."""
    reports = [
        Report(f"{step} {leaf} {k}", step, step, (leaf,), (1.0,))
        for step, row in enumerate(key)
        for leaf, n in enumerate(row)
        for k in range(n)
    ]
    by_leaf = np.tile(np.array(caught, np.int16), (2, 1))
    observed = Observed(by_leaf, (Cell("cell", 1.0, 1.0),), tuple(reports), (), misfit=1e-9)
    world = compile_world(build(model), observed, seed=78, form="evaluator")
    keys = np.tile(np.arange(N_PARTICLES, dtype=np.uint64), (2, 1))
    weights: NDArray[np.float64] = np.exp(
        world.advance_through(world.begin(np.full((N_PARTICLES, 1), share)), 0, keys).sum(axis=0)
    )
    return weights


def statistic(model: m.Model, caught: list[int], found: dict[Key, float], share: float) -> tuple[float, int]:
    """Hold frequencies against likelihoods: chi-square and degrees of freedom. What is rare is put together."""
    common = [key for key, frequency in sorted(found.items()) if frequency > 1e-3]
    weights = np.array([weights_of(model, caught, key, share) for key in common])
    frequency = np.array([found[key] for key in common])
    likely = weights.mean(axis=1)
    error = (np.diag(likely) - np.outer(likely, likely)) / N_RUNS + np.cov(weights) / N_PARTICLES
    off = frequency - likely
    return float(off @ np.linalg.solve(error, off)), len(common)


@pytest.mark.parametrize(
    ("n_slots", "cooldown", "caught"),
    [
        (2, 1, [0, ALWAYS_CAUGHT, NEVER, NEVER]),
        pytest.param(1, 2, [0, 0, ALWAYS_CAUGHT, ALWAYS_CAUGHT], marks=pytest.mark.slow),
        pytest.param(1, 0, [0, NEVER, ALWAYS_CAUGHT, 0], marks=pytest.mark.slow),
    ],
    ids=["two slots, talks never told", "raids go unrecorded and rest", "one venue is never told"],
)
def test_records_are_as_frequent_as_they_are_likely(n_slots: int, cooldown: int, caught: list[int]) -> None:
    model = crisis(n_slots=n_slots, cooldown=cooldown)
    found = frequencies(model, caught)
    off, n = statistic(model, caught, found, SHARE)
    limit = chi2.isf(FALSE_ALARM, n)
    assert n > 5
    assert off < limit
    for wrong in (SHARE * 0.85, SHARE * 1.2):
        assert statistic(model, caught, found, wrong)[0] > 2 * limit, f"a share of {wrong} would go unseen"


def test_the_mean_inverse_likelihood_of_records_is_their_number() -> None:
    # E[1 / P(record)] over records is how many there are: here of one day, where particles know P for certain.
    model = b.model(
        1,
        channels=(b.channel("force", 0.7, [0, 1]),),
        moves=(b.chosen("raid", [0], 0.4), b.chosen("talk", [1], -0.2)),
        leaves=(b.leaf("raid", 0), b.leaf("talk", 1)),
    )
    block = compiled.simulate(
        build(model), seed=9, first_run=0, n_runs=N_RUNS, sample_steps=np.arange(1), form="evaluator"
    )
    recorded = np.random.default_rng(6).binomial(block.sample_counts[0].T.astype(np.int64), SHARE)
    inverse = np.zeros(N_RUNS)
    for row in itertools.product((0, 1), repeat=2):
        is_it = (recorded == row).all(axis=1)
        if is_it.any():
            reports = [Report(f"{leaf}", 0, 0, (leaf,), (1.0,)) for leaf, n in enumerate(row) if n]
            observed = Observed(np.zeros((1, 2), np.int16), (Cell("cell", 1.0, 1.0),), tuple(reports), (), misfit=1e-12)
            world = compile_world(build(model), observed, seed=1, form="evaluator")
            weight = world.advance(world.begin(np.array([[SHARE]])), 0, np.zeros(1, np.uint64))[0]
            inverse[is_it] = np.exp(-weight)
    error = inverse.std() / np.sqrt(N_RUNS)
    assert abs(inverse.mean() - 3) < 6 * error  # nothing, a raid, a talk
    assert error < 0.02
