"""Likelihoods of random records of random small crises, held against brute force.

In a crisis that *forgets*, nothing that happens changes what comes after. Then every particle has the likelihood
itself as its weight, and the identity must hold to the last digits, date by date. Otherwise the mean weight over
particles must be it: LIMIT standard errors are allowed, which a right engine exceeds with probability 2e-9; besides,
the squares of all deviations together are held against their chi-square distribution, where errors add up that are too
small for a single check.
"""

from __future__ import annotations

import math
from random import Random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import chi2

from offramp.engine.conditioned import CompiledWorld, compile_world
from offramp.engine.program import build
from offramp.expr.ir import Daily, Memory, Node, Quantity
from offramp.model import model as m
from offramp.model.observed import ALWAYS_CAUGHT, NEVER_CAUGHT, Cell, Mark, Observed, Reading, Report
from tests.engines import builders as b
from tests.infer.oracle import solve

N_PARTICLES = 20_000
LIMIT = 6.0
CALM, DEAD, SEEN = range(3)  # quantities
SHARES = (0.3, 0.85)

FEW = settings(max_examples=80, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
MANY = settings(FEW, max_examples=1500)
seeds = st.integers(0, 2**32 - 1)


class Crisis:
    """Makes a random crisis of one or two channels and a spontaneous move; `forgets` as above."""

    def __init__(self, rng: Random, *, n_steps: int, forgets: bool) -> None:
        self.rng, self.n_steps, self.forgets = rng, n_steps, forgets
        self.slots = rng.choice([[1], [2], [1, 1], [2, 1]])
        self.n_leaves = 0
        self.leaves: list[m.LeafModel] = []

    def number(self, low: float, high: float) -> Node:
        """A number of the day, or of the state where that may matter."""
        constant = b.node(self.rng.uniform(low, high))
        read: Node = Daily(0) if self.forgets else self.rng.choice([Quantity(CALM), Memory(0), Memory(1), Daily(0)])
        return self.rng.choice([constant, b.apply("add", constant, b.apply("mul", self.rng.choice([-1.5, 1.5]), read))])

    def condition(self) -> Node:
        read: Node = Daily(0) if self.forgets else self.rng.choice([Quantity(CALM), Daily(0)])
        return b.apply("lt", read, self.rng.choice([0.2, 0.6]))

    def effects(self, path: str) -> list[m.EffectModel]:
        """Up to two effects on the tally of the dead, and one on what may be read."""
        rng = self.rng
        sizes = [1.0, 2.0, b.size("Bernoulli", rng.uniform(0.1, 0.9)), b.size("Constant", 1.0)]
        made = [
            b.effect(
                f"{path}.dead{k}", DEAD, "add", rng.choice(sizes),
                probability=rng.choice([None, 0.4, 1.0, 0.0]), condition=rng.choice([None, self.condition()]),
                delay=float(rng.choice([0, 1])),
            )
            for k in range(rng.choice([0, 0, 1, 2]) if self.leaves else 1)  # marks are of what some effect adds to
        ]  # fmt: skip
        if rng.random() < 0.5 and not self.forgets:
            made.append(
                b.effect(
                    f"{path}.calm", CALM, rng.choice(["add", "set", "scale"]), rng.choice([0.5, 0.25]),
                    probability=rng.choice([None, 0.5]), delay=float(rng.choice([0, 1])),
                )
            )  # fmt: skip
        return made

    def add_leaves(self, move: int) -> list[int]:
        n = self.rng.choice([1, 1, 2])
        first = len(self.leaves)
        for k in range(n):
            path = f"move{move}[{k}]"
            available = self.condition() if n > 1 and self.rng.random() < 0.4 else None
            self.leaves.append(
                b.leaf(path, move, self.effects(path), available=available, utility=self.number(-1.0, 1.0))
            )
        return list(range(first, len(self.leaves)))

    def model(self) -> m.Model:
        rng = self.rng
        moves: list[m.MoveModel] = []
        inside: list[list[int]] = []
        for c in range(len(self.slots)):
            inside.append([])
            for _ in range(rng.choice([1, 2])):
                k = len(moves)
                rests = not self.forgets
                moves.append(
                    b.chosen(
                        f"move{k}", self.add_leaves(k), self.number(-1.5, 1.0), channel=c,
                        available=rng.choice([None, None, self.condition()]),
                        cooldown=rng.choice([0, 1, 2]) if rests else 0,
                    )
                )  # fmt: skip
                inside[c].append(k)
        k = len(moves)
        rate = rng.choice([b.node(0.0), self.number(0.3, 0.8), b.node(2.0)])
        moves.append(b.spontaneous(f"move{k}", self.add_leaves(k), rate, max_count=rng.choice([1, 2])))
        probabilities = [b.node(0.0), b.node(1.0), b.node(0.4), b.node(0.8), self.number(0.2, 0.6)]
        channels = [
            b.channel(f"channel{c}", rng.choice(probabilities), inside[c], n_slots=n) for c, n in enumerate(self.slots)
        ]
        return b.model(
            self.n_steps,
            quantities=(
                b.quantity("calm", 0.3, low=0.0, high=1.0, rest=0.0, relax=0.5 if not self.forgets else 0.0),
                b.quantity("dead", low=0.0, kind="tally"),
                b.quantity("seen", 0.1, low=0.0, high=1.0),
            ),
            daily=np.array([[rng.uniform(0, 1)] for _ in range(self.n_steps)], np.float32),
            daily_names=("daily",),
            memories=(
                m.MemoryModel("recent", "recent", tuple(range(len(self.leaves))), (), decay=0.5),
                m.MemoryModel("ever", "ever", (0,), ()),
            ),
            channels=tuple(channels),
            moves=tuple(moves),
            leaves=tuple(self.leaves),
        )


def random_record(rng: Random, model: m.Model, *, forgets: bool) -> Observed:
    """A random record; one that forgets says of all but one report what it was."""
    n_leaves, last = len(model.leaves), model.n_steps - 1
    caught = np.array(
        [[rng.choice([NEVER_CAUGHT, ALWAYS_CAUGHT, ALWAYS_CAUGHT, 0, 1]) for _ in range(n_leaves)]] * model.n_steps,
        np.int16,
    )
    if rng.random() < 0.3:
        caught[0] = NEVER_CAUGHT
    reports = []
    for k in range(rng.choice([0, 1, 2, 3])):
        leaf, first = rng.randrange(n_leaves), rng.randint(0, last)
        until = rng.choice([first, first, last])
        marks = (Mark(DEAD, float(rng.choice([0, 1, 2, 3]))),) if rng.random() < 0.5 else ()
        name = "same" if rng.random() < 0.5 else f"report {k}"
        reports.append(Report(name, first, until, (leaf,), (rng.choice([1.0, 0.4]),), marks))
        if rng.random() < 0.3 and len(reports) < 3:
            reports.append(reports[-1])  # cannot be told apart
    # What a report is drawn from is exact for moves that are chosen, and near it for those that happen by themselves.
    of_choice = [k for k, leaf in enumerate(model.leaves) if model.moves[leaf.move].channel is not None]
    candidates = of_choice if forgets else range(n_leaves)
    if rng.random() < 0.6:
        leaves = tuple(rng.sample(candidates, min(len(candidates), rng.choice([2, 3]))))
        marks = (Mark(DEAD, 1.0),) if rng.random() < 0.5 and not forgets else ()
        reports.append(Report("whose", last, last, leaves, tuple(rng.choice([1.0, 0.2]) for _ in leaves), marks))
    if not forgets:
        rng.shuffle(reports)
    reports.sort(key=lambda report: report.first_step)
    what = [SEEN] if forgets else [CALM, DEAD, SEEN]
    readings = []
    for _ in range(rng.choice([0, 0, 1, 2])):
        q = rng.choice(what)
        readings.append(
            Reading(rng.randint(0, last), q, rng.uniform(0, 1), 3.0 if q == DEAD else rng.choice([0.1, 0.5]))
        )
    cells = tuple(Cell(f"cell {k}", 1.0, 1.0) for k in range(len(SHARES)))
    return Observed(
        caught, cells, tuple(reports), tuple(readings), misfit=rng.choice([1e-6, 0.02]) if forgets else 0.02
    )


def date_grid(world: CompiledWorld, observed: Observed) -> list[list[float]]:
    """List coordinates that put every uncertain report on each day of its period once."""
    grid: list[list[float]] = [[]]
    for number in observed.uncertain:
        report = observed.reports[number]
        n = report.last_step - report.first_step + 1
        grid = [[*before, (k + 0.5) / n] for before in grid for k in range(n)]
    return grid


def log_weights(world: CompiledWorld, coordinates: NDArray[np.float64]) -> NDArray[np.float64]:
    keys = np.tile(np.arange(len(coordinates), dtype=np.uint64), (world.n_steps, 1))
    return world.advance_through(world.begin(coordinates), 0, keys).sum(axis=0)


def shares_in(world: CompiledWorld) -> list[float]:
    """Give the shares recorded as the world has them: those of Beta(1, 1) are their uniforms, but for rounding."""
    states = world.begin(np.array([[*SHARES, *([0.5] * (world.n_coordinates - len(SHARES)))]]))
    found: list[float] = world.shares(states)[0].tolist()
    return found


def assert_identity(seed: int) -> None:
    rng = Random(seed)
    model = Crisis(rng, n_steps=rng.choice([1, 2]), forgets=True).model()
    observed = random_record(rng, model, forgets=True)
    world = compile_world(build(model), observed, seed=3, form="evaluator")
    exact = solve(model, observed, shares=shares_in(world)).log_likelihood
    likelihoods = []
    for dates in date_grid(world, observed):
        found = log_weights(world, np.tile([*SHARES, *dates], (5, 1)))
        assert np.ptp(found) < 1e-10, "some particle weighs differently"
        likelihoods.append(math.exp(found[0] - exact))
    assert np.mean(likelihoods) == pytest.approx(1.0, abs=1e-10)


def deviation(seed: int) -> float:
    """Tell by how many standard errors the mean weight is off; 0 where nothing is left to chance."""
    rng = Random(seed)
    model = Crisis(rng, n_steps=2, forgets=False).model()
    observed = random_record(rng, model, forgets=False)
    world = compile_world(build(model), observed, seed=seed, form="evaluator")
    exact = solve(model, observed, shares=shares_in(world)).log_likelihood
    dates = np.random.default_rng(seed).uniform(size=(N_PARTICLES, len(observed.uncertain)))
    found = log_weights(world, np.concatenate([np.tile(SHARES, (N_PARTICLES, 1)), dates], axis=1))
    weights = np.exp(found - exact)
    if np.ptp(weights) < 1e-10:
        assert weights[0] == pytest.approx(1.0, abs=1e-10)
        return 0.0
    return float((weights.mean() - 1.0) / (weights.std(ddof=1) / math.sqrt(N_PARTICLES)))


@FEW
@given(seeds)
def test_every_particle_has_the_likelihood_where_nothing_is_remembered(seed: int) -> None:
    assert_identity(seed)


@pytest.mark.slow
@MANY
@given(seeds)
def test_every_particle_has_the_likelihood_of_many_more_records(seed: int) -> None:
    assert_identity(seed)


def assert_unbiased(numbers: range) -> None:
    found = np.array([deviation(number) for number in numbers])
    assert np.abs(found).max() < LIMIT, f"seed {numbers[int(np.abs(found).argmax())]}: {np.abs(found).max()}"
    drawn = found[found != 0.0]
    assert len(drawn) > len(found) // 2
    assert chi2.sf(np.square(drawn).sum(), len(drawn)) > 1e-6


def test_the_mean_weight_is_the_likelihood() -> None:
    assert_unbiased(range(60))


@pytest.mark.slow
def test_the_mean_weight_is_the_likelihood_of_many_more_records() -> None:
    assert_unbiased(range(60, 1060))
