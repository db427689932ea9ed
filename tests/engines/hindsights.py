"""Hindsight on small worlds: relived histories, and the records that a day can have left behind."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

import numpy as np
from numpy.typing import NDArray

from offramp.engine import compiled
from offramp.engine.block import Block
from offramp.engine.conditioned import CompiledWorld, compile_world
from offramp.engine.hindsight import Coupling, Histories, relive
from offramp.engine.program import build
from offramp.model.intervention import EMPTY, Intervention
from offramp.model.model import Model
from offramp.model.observed import ALWAYS_CAUGHT, NEVER_CAUGHT, Cell, Mark, Observed, Reading, Report

SEED = 20200103
FAR_RUNS = 10**9  # numbers of runs with noise of their own
Told = tuple[int, tuple[tuple[int, float], ...]]  # a leaf and its marks (quantity, value)


def world_of(model: Model, observed: Observed, intervention: Intervention = EMPTY) -> CompiledWorld:
    return compile_world(build(model), observed, seed=SEED, form="evaluator", intervention=intervention)


def histories(world: CompiledWorld, n: int, *, seed: int = 1, shares: Sequence[float] | None = None) -> Histories:
    """Histories with coordinates and noise of their own; `shares` in place of the uniforms of parameters and cells."""
    rng = np.random.default_rng(seed)
    coordinates = rng.uniform(size=(n, world.n_coordinates))
    if shares is not None:
        coordinates[:, : len(shares)] = shares
    keys = rng.integers(0, 2**62, (world.n_steps, n)).astype(np.uint64)
    every = range(len(world.program.model.leaves))
    return Histories(coordinates, keys, 0, np.arange(world.n_steps), every, with_trail=True)


def both(
    model: Model,
    observed: Observed,
    intervention: Intervention,
    found: Histories | int,
    *,
    coupling: Coupling = "gumbel",
) -> tuple[Block, Block]:
    """Live histories (or so many new ones) as recorded and as edited."""
    world = world_of(model, observed)
    lived = histories(world, found) if isinstance(found, int) else found
    edited = world_of(model, observed, intervention)
    return relive(world, edited, intervention, histories=lived, coupling=coupling)


def record(
    model: Model,
    *days: Sequence[Told],
    caught: Sequence[int] | int = ALWAYS_CAUGHT,
    misfit: float = 1e-9,
    readings: Sequence[Reading] = (),
) -> Observed:
    """A record of what was told of each step; `caught` by leaf."""
    table = np.full((model.n_steps, len(model.leaves)), NEVER_CAUGHT, np.int16)
    table[:] = caught
    reports = tuple(
        Report(f"{step}.{k}", step, step, (leaf,), (1.0,), tuple(Mark(*mark) for mark in marks))
        for step, told in enumerate(days)
        for k, (leaf, marks) in enumerate(told)
    )
    cells = tuple(Cell(f"cell {k}", 1.0, 1.0) for k in range(int(table.max(initial=-1)) + 1))
    return Observed(table, cells, reports, tuple(readings), misfit)


# Marginals: the edited world, averaged over all records there can be, each as likely as it is.


@dataclass(frozen=True)
class Setting:
    """A model all of whose records can be listed, and edits of it.

    told : what can be told of a step, whichever it is
    quantities : those whose values at the end tell worlds apart, besides the number of events of each leaf
    shares : r of each cell
    """

    model: Model
    intervention: Intervention
    told: Sequence[Sequence[Told]]
    caught: Sequence[int] | int = ALWAYS_CAUGHT
    quantities: tuple[int, ...] = ()
    shares: tuple[float, ...] = ()


def ends(block: Block, setting: Setting) -> NDArray[np.float64]:
    """Describe where each run ends: (run, number)."""
    at = block.samples[-1][list(setting.quantities)].T if setting.quantities else np.zeros((len(block.counts), 0))
    return np.asarray(np.concatenate([block.counts, at], axis=1).round(3), np.float64)


@dataclass(frozen=True)
class Marginal:
    """Probability of each end with its standard error; total : of all records together."""

    probability: dict[tuple[float, ...], float]
    error: dict[tuple[float, ...], float]
    total: float


def over_records(setting: Setting, coupling: Coupling, *, n: int = 1024) -> tuple[Marginal, Marginal]:
    """Average the recorded world and the edited one over all records, each weighed with its probability."""
    model = setting.model
    assert len(setting.shares) == len(set(np.unique(setting.caught)) - {NEVER_CAUGHT, ALWAYS_CAUGHT})
    sums: tuple[Sums, Sums] = ({}, {})
    total = 0.0
    for number, told in enumerate(itertools.product(setting.told, repeat=model.n_steps)):
        observed = record(model, *told, caught=setting.caught)
        world = world_of(model, observed)
        lived = histories(world, n, seed=number, shares=setting.shares)
        weights = np.exp(world.advance_through(world.begin(lived.coordinates), 0, lived.keys).sum(axis=0))
        if weights.max() < 1e-8:  # what the model forbids: the misfit alone explains it
            continue
        edited = world_of(model, observed, setting.intervention)
        pair = relive(world, edited, setting.intervention, histories=lived, coupling=coupling)
        total += float(weights.mean())
        for side, block in zip(sums, pair, strict=True):
            add_up(side, ends(block, setting), weights)
    first, second = (
        Marginal({e: s[0] for e, s in side.items()}, {e: s[1] ** 0.5 for e, s in side.items()}, total) for side in sums
    )
    return first, second


Sums = dict[tuple[float, ...], tuple[float, float]]  # of each end: probability and variance


def add_up(sums: Sums, found: NDArray[np.float64], weights: NDArray[np.float64]) -> None:
    """Add the ends of the runs of one record."""
    where, inverse = np.unique(found, axis=0, return_inverse=True)
    for k, end in enumerate(where):
        hits = weights * (inverse.ravel() == k)
        before = sums.get(tuple(end), (0.0, 0.0))
        sums[tuple(end)] = before[0] + float(hits.mean()), before[1] + float(hits.var(ddof=1)) / len(hits)


def simulated(setting: Setting, *, n: int = 200_000, plain: bool = False) -> Marginal:
    """Run the edited model (or the plain one) without any record."""
    last = np.array([setting.model.n_steps - 1])
    block = compiled.simulate(
        build(setting.model), seed=SEED, first_run=FAR_RUNS, n_runs=n, sample_steps=last,
        form="evaluator", intervention=EMPTY if plain else setting.intervention,
    )  # fmt: skip
    where, counts = np.unique(ends(block, setting), axis=0, return_counts=True)
    shares = {tuple(end): float(count) / n for end, count in zip(where, counts, strict=True)}
    return Marginal(shares, {end: (p * (1 - p) / n) ** 0.5 for end, p in shares.items()}, 1.0)


LEAST_SHARE = 0.004  # rarer ends are taken together, so that sums are nearly Gaussian


def deviations(found: Marginal, expected: Marginal) -> NDArray[np.float64]:
    """By how many standard errors probabilities of ends differ; those that are rare together as one."""
    frequent = [end for end, p in expected.probability.items() if p >= LEAST_SHARE]
    rare = (set(found.probability) | set(expected.probability)) - set(frequent)
    groups: list[list[tuple[float, ...]]] = [[end] for end in frequent] + ([list(rare)] if rare else [])
    out = []
    for group in groups:
        difference = sum(found.probability.get(e, 0.0) - expected.probability.get(e, 0.0) for e in group)
        variance = sum(found.error.get(e, 0.0) ** 2 + expected.error.get(e, 0.0) ** 2 for e in group)
        out.append(difference / max(variance, 1e-16) ** 0.5)
    return np.array(out)


# Random records of random models.


def random_record(model: Model, seed: int) -> Observed:
    """A record of anything, likely or not: misfits, marks, uncertain dates, shares, readings that leave much out."""
    rng = Random(seed)
    last, leaves = model.n_steps - 1, range(len(model.leaves))
    kinds = [NEVER_CAUGHT, ALWAYS_CAUGHT, ALWAYS_CAUGHT, 0, 1]
    caught = np.array([[rng.choice(kinds) for _ in leaves]] * model.n_steps, np.int16)
    reports = []
    for k in range(rng.randint(0, 3 * model.n_steps)):
        first = rng.randint(0, last)
        until = rng.choice([first, first, rng.randint(first, last)])
        which = tuple(rng.sample(leaves, min(len(leaves), rng.choice([1, 1, 2]))))
        marked = rng.choice([(), (Mark(rng.randrange(len(model.quantities)), float(rng.randint(0, 3))),)])
        reports.append(Report(f"r{k}", first, until, which, (0.5,) * len(which), marked if model.quantities else ()))
    readings = []
    for _ in range(rng.randint(0, 3) if model.quantities else 0):
        step, which_one = rng.randint(0, last), rng.randrange(len(model.quantities))
        readings.append(Reading(step, which_one, rng.uniform(-1, 2), 0.3, rng.choice([0.0, 0.5])))
    ordered = tuple(sorted(reports, key=lambda report: report.first_step))
    cells = tuple(Cell(f"cell {k}", 2.0, 1.0) for k in range(2))
    return Observed(caught, cells, ordered, tuple(sorted(readings, key=lambda r: r.step)), misfit=1e-3)


def without_trail(block: Block) -> Block:
    return replace(block, trail=None)
