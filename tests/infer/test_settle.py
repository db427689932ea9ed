"""Particles from a fit in place of a filter's: exact answers, distinct noise ahead, who is believed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.special import ndtri

from offramp.infer.condition import condition
from offramp.infer.health import Health
from offramp.infer.kept import keep, load, restore, save
from offramp.infer.particles import replay
from offramp.infer.settle import SettleOptions, condition_and_settle, settle
from offramp.infer.temper import fit
from tests.infer import worlds
from tests.infer.test_condition import as_bytes
from tests.infer.test_condition_exact import BIAS, SEEDS, assert_unbiased


def test_the_particles_are_those_of_the_fit_and_fill_every_slot() -> None:
    world = worlds.counts()
    filtered, fitted = condition(world, 200, seed=2), fit(world, 200, seed=2)
    generous = replace(fitted, log_evidence=fitted.log_evidence + 100)  # so that the fit is believed
    found = settle(world, filtered, fitted=generous, n=500)
    assert found.particles.n == 500
    assert found.coordinates[:200].tobytes() == fitted.particles.coordinates.tobytes()
    assert found.log_evidence.tobytes() == filtered.log_evidence.tobytes()
    states, increments = replay(world, found.coordinates, keys=found.keys)
    assert states.theta.tobytes() == found.states.theta.tobytes()
    assert increments.sum(axis=0) == pytest.approx(found.particles.log_likelihood)


def test_whoever_finds_less_evidence_is_not_believed() -> None:
    world = worlds.counts()
    filtered, fitted = condition(world, 200, seed=2), fit(world, 200, seed=2)
    meagre = replace(fitted, log_evidence=fitted.log_evidence - 100)
    assert settle(world, filtered, fitted=meagre, n=500) is filtered


def test_noise_ahead_is_shared_with_nobody() -> None:
    world = worlds.Flat(np.zeros(8))
    found = condition_and_settle(world, 300, seed=2, last_step=4, options=SettleOptions(chains=100))
    assert found.keys.shape == (5, 300)
    assert (found.particles.unique_noise(8)[5:] == 300).all()


def test_the_same_seed_gives_the_same_bytes_and_a_file_keeps_them(tmp_path: Path) -> None:
    world = worlds.logit()
    first, again = (condition_and_settle(world, 500, seed=2, options=SettleOptions(chains=200)) for _ in range(2))
    assert as_bytes(first) == as_bytes(again)
    save(tmp_path / "a.npz", keep(replace(first, noted=(Health.SLOW,)), {}))
    kept = load(tmp_path / "a.npz")
    assert kept is not None
    back = restore(world, kept)
    assert as_bytes(back) == as_bytes(first)
    assert Health.SLOW in back.health
    assert back.health == replace(first, noted=(Health.SLOW,)).health


def test_interrupted_it_says_so() -> None:
    for stop_at in ("the record", "likelihood"):
        options = SettleOptions(chains=100)

        def progress(what: str, done: int, of: int, options: SettleOptions = options, word: str = stop_at) -> None:
            if what.startswith(word):
                options.stop.set()

        found = condition_and_settle(worlds.counts(), 500, seed=2, options=options, progress=progress)
        assert found.health[0] is Health.INTERRUPTED


@pytest.mark.slow
def test_logit_by_quadrature() -> None:
    # 50 seeds, 6 standard errors and a tenth of a posterior sd, as in `test_condition_exact`.
    world = worlds.logit()
    _, mean, cover = world.by_quadrature()
    sd = np.sqrt(np.diag(cover))

    def read(seed: int) -> np.ndarray:
        found = condition_and_settle(world, 600, seed=seed, options=SettleOptions(chains=200))
        theta = world.sd * ndtri(found.coordinates)
        return np.array([*theta.mean(axis=0), *np.cov(theta.T).ravel()])

    readings = np.array([read(seed) for seed in SEEDS])
    allowed = BIAS * np.array([*sd, *np.outer(sd, sd).ravel()])
    assert_unbiased(readings, np.array([*mean, *cover.ravel()]), allowed=allowed)
