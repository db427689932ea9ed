"""Costs of coordinates are found, and moves that are chosen by them keep the target."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtri

from offramp.infer.ladder import BROAD, NARROW, ladder
from offramp.infer.moves import Stage
from offramp.infer.particles import draw_particles, in_step_order, replay
from offramp.infer.sounding import sound
from offramp.infer.streams import Stream
from offramp.infer.temper import fit
from offramp.infer.world import Keys, Logs
from tests.infer import worlds

WIDTH = 40
READ = (3, 17)  # coordinates that the record reads, with this error
ERROR = 0.3
READINGS = np.array([1.0, -0.5])


@dataclass(frozen=True)
class FewMatter(worlds.Flat):
    """Forty coordinates, two of which are read; the posterior of these is N(reading, 1 with error) by conjugacy."""

    width: int = WIDTH

    def advance(self, states: worlds.Cloud, step: int, keys: Keys) -> Logs:
        super().advance(states, step, keys)
        if step:
            return np.zeros(len(keys))
        z = ndtri(states.theta[:, READ])
        return worlds.log_normal(z[:, 0], READINGS[0], ERROR) + worlds.log_normal(z[:, 1], READINGS[1], ERROR)


def test_what_the_record_reads_costs_and_the_rest_is_free() -> None:
    world = FewMatter(np.zeros(3))
    drawn = draw_particles(3, 200, n_steps=3, n_coordinates=WIDTH)
    coordinates = drawn.coordinates.copy()
    coordinates[:, READ] = 0.5 + 0.01 * drawn.coordinates[:, READ]
    _, increments = replay(world, coordinates, keys=drawn.keys)
    placed = replace(drawn, coordinates=coordinates, log_likelihood=in_step_order(increments))
    costs = sound(world, placed, n_steps=3, stage=Stage(Stream(1, 1)))
    assert (costs[list(READ)] > 0.1).all()
    assert (np.delete(costs, READ) == 0).all()


def test_broad_blocks_leave_out_what_costs_and_narrow_ones_seek_it() -> None:
    kinds = ladder(WIDTH, 3)
    costs = np.where(np.isin(np.arange(WIDTH), READ), 2.0, 0.0)
    known = replace(kinds, costs=costs)
    shares = known.shares(np.arange(len(known.sizes)))
    dear, cheap = shares[:, list(READ)].mean(axis=1), shares[:, [0, 1]].mean(axis=1)
    assert (dear < 0.1 * cheap)[known.choice == BROAD].all()
    assert (dear > 10 * cheap)[known.choice == NARROW].all()


def test_a_fit_that_has_sounded_finds_the_exact_posterior() -> None:
    # 1,500 draws; means and variances are allowed 6 standard errors of 500 independent ones.
    found = fit(FewMatter(np.zeros(3)), 1500, seed=2)
    assert found.sounded == 1.0
    z = ndtri(found.particles.coordinates)
    variance = np.ones(WIDTH)
    variance[list(READ)] = 1 / (1 + ERROR**-2)
    mean = np.zeros(WIDTH)
    mean[list(READ)] = READINGS * variance[list(READ)] / ERROR**2
    assert (np.abs(z.mean(axis=0) - mean) < 6 * np.sqrt(variance / 500)).all()
    assert (np.abs(z.var(axis=0) / variance - 1) < 6 * np.sqrt(2 / 500)).all()
    exact = -0.5 * (READINGS**2 / (1 + ERROR**2) + np.log(2 * np.pi * (1 + ERROR**2))).sum()
    assert abs(found.total_log_evidence - exact) < 0.5
