"""Simulation-based calibration: right samplers pass, wrong ones do not.

False alarms: 1 % for each calibration of a right sampler (seeds are fixed, so one that passes passes always). Power is
stated where a wrong sampler is shown to fail.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import comb

import numpy as np
import pytest
from scipy.special import gammaincinv

from offramp.infer.calibration import ALARM, Calibration, Replication, calibrate, coverage_bounds, rank_band
from offramp.infer.condition import condition
from offramp.infer.temper import fit
from tests.infer import worlds

DRAWS = 200


def of_gaussian(seed: int, *, narrow: float = 1.0, shift: float = 0.0) -> Callable[[int], Replication]:
    """Truth ~ N(0, 1), a reading with error 1; the posterior is N(reading / 2, 1 / 2), or wrong on purpose."""

    def replicate(trial: int) -> Replication:
        rng = np.random.default_rng([seed, trial])
        truth = rng.normal(size=1)
        reading = truth + rng.normal(size=1)
        sd = np.sqrt(0.5)
        return Replication(truth, reading / 2 + shift * sd + narrow * sd * rng.normal(size=(DRAWS, 1)))

    return replicate


def of_gaussians(n_trials: int, seed: int = 1, **wrong: float) -> Calibration:
    return calibrate(of_gaussian(seed, **wrong), range(n_trials), names=["a"])


@pytest.mark.slow
def test_a_right_sampler_alarms_as_seldom_as_stated() -> None:
    # 150 calibrations at an alarm of 10 %: 15 expected, or fewer since ranks are whole; 6 standard errors above is 37.
    alarms = sum(bool(of_gaussians(60, seed).failures(0.1)) for seed in range(150))
    assert 2 < alarms < 37


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"narrow": 0.6}, "narrow"),
        ({"narrow": 1.6}, "wide"),
        ({"shift": 0.6}, "high"),
        ({"shift": -0.6}, "low"),
    ],
)
def test_wrong_samplers_fail_and_are_told_how(wrong: dict[str, float], word: str) -> None:
    # Power: of 10 calibrations of 150 trials each all fail.
    said = [of_gaussians(150, seed, **wrong).failures() for seed in range(10)]
    assert all(said)
    assert all(word in failures[0] for failures in said if failures and "ranks" in failures[0])


def test_parameters_share_the_alarm() -> None:
    narrow_band, wide_band = (rank_band(100, 49, alarm=alarm) for alarm in (0.05, 0.001))
    assert (wide_band[0] <= narrow_band[0]).all()
    assert (wide_band[1] >= narrow_band[1]).all()
    assert (wide_band[1] - wide_band[0]).sum() > (narrow_band[1] - narrow_band[0]).sum()


def test_coverage_bounds_are_binomial() -> None:
    # Of Binomial(200, 0.9): outside the bounds lies at most half of the alarm on each side, and no closer ones do so.
    chances = [comb(200, k) * 0.9**k * 0.1 ** (200 - k) for k in range(201)]
    fewest, most = coverage_bounds(200, alarm=0.01)
    assert sum(chances[:fewest]) <= 0.005 < sum(chances[: fewest + 1])
    assert sum(chances[most + 1 :]) <= 0.005 < sum(chances[most:])


def test_equal_draws_are_ranked_by_lot() -> None:
    tied = calibrate(lambda trial: Replication(np.zeros(1), np.zeros((DRAWS, 1))), range(600), names=["a"])
    assert not [text for text in tied.failures() if "ranks" in text]


def test_trials_can_be_shared_out_and_joined() -> None:
    whole = of_gaussians(30)
    first, rest = (calibrate(of_gaussian(1), part, names=["a"]) for part in (range(11), range(11, 30)))
    assert first.joined(rest).as_json() == whole.as_json()
    assert whole.rank_counts().sum() == 30


def counts_of(trial: int) -> tuple[worlds.Counts, np.ndarray]:
    """Draw rate and chance from their priors, and a record from these."""
    rng = np.random.default_rng([77, trial])
    blank = worlds.Counts(np.zeros(6), hits=np.zeros(6), seed=trial)
    truth = np.array([gammaincinv(blank.shape, rng.uniform()) / blank.rate, rng.beta(blank.a, blank.b)])
    observed = rng.poisson(truth[0], 6).astype(float)
    return replace(blank, observed=observed, hits=rng.binomial(blank.trials, truth[1], 6).astype(float)), truth


def by_fit(trial: int, *, power_of_record: float = 1.0) -> Replication:
    world, truth = counts_of(trial)
    if power_of_record != 1.0:  # a likelihood that counts each reading more, or less, than once
        world = replace(world, observed=world.observed * power_of_record, hits=world.hits)
    found = fit(world, DRAWS, seed=trial)
    return Replication(truth, world.parameters(found.particles.coordinates))


@pytest.mark.slow
def test_the_fit_is_calibrated() -> None:
    assert calibrate(by_fit, range(100), names=["rate", "chance"]).failures(ALARM) == ()


@pytest.mark.slow
def test_a_fit_that_reads_its_record_wrongly_is_found() -> None:
    # Power against counts read a third too high: over 99 % at 100 trials (19 of 20 calibrations were the least seen).
    wrong = calibrate(lambda trial: by_fit(trial, power_of_record=4 / 3), range(100), names=["rate", "chance"])
    assert wrong.failures(ALARM) != ()
    assert all(text.startswith("rate") for text in wrong.failures(ALARM))


def path_of(trial: int, *, keep: float = 0.9) -> Replication:
    """Level and last position of a linear-Gaussian path, by conditioning; `keep` is what the sampler believes."""
    rng = np.random.default_rng([78, trial])
    world = worlds.LinearGaussian(np.zeros(15), seed=trial)
    level = rng.normal(0, world.level_sd)
    x, readings = level, []
    for step in range(15):
        x = level + (world.keep if step else 0.0) * (x - level) + rng.normal(0, world.noise)
        readings.append(x + rng.normal(0, world.error))
    found = condition(replace(world, observed=np.array(readings), keep=keep), DRAWS, seed=trial)
    draws = np.stack([found.states.theta[:, 0], found.states.x], axis=1)
    return Replication(np.array([level, x]), draws)


@pytest.mark.slow
def test_conditioning_is_calibrated() -> None:
    assert calibrate(path_of, range(200), names=["level", "last position"]).failures(ALARM) == ()


@pytest.mark.slow
def test_conditioning_on_a_wrong_belief_of_inertia_is_found() -> None:
    wrong = calibrate(lambda trial: path_of(trial, keep=0.3), range(200), names=["level", "last position"])
    assert any("narrow" in text for text in wrong.failures(ALARM))
