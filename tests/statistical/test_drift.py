"""Relaxation, flows and noise: the discrete Ornstein-Uhlenbeck process has its textbook moments."""

from __future__ import annotations

import numpy as np
import pytest

from offramp.expr.ir import Param, Quantity
from offramp.model import model as m
from tests.engines import builders as b
from tests.statistical.monte_carlo import assert_mean, assert_variance, simulate

RELAX, NOISE, REST = 0.3, 0.5, 2.0
KEPT = 1 - RELAX
STATIONARY = NOISE**2 / (1 - KEPT**2)
N_RUNS = 150_000


def process(start: float, n_steps: int) -> m.Model:
    return b.model(n_steps, quantities=(b.quantity("level", start, rest=REST, relax=RELAX, noise=NOISE),))


@pytest.fixture(scope="module")
def paths() -> np.ndarray:
    """Give (step, run): sixty steps from rest, by when 1e-18 of the start is left."""
    return simulate(process(REST, 60), N_RUNS).samples[:, 0].astype(np.float64)


def test_relaxation_has_the_mean_path_of_its_share() -> None:
    path = simulate(process(10.0, 4), N_RUNS).samples[:, 0]
    mean = REST + (10.0 - REST) * KEPT**4
    late = {"a step late": REST + (10.0 - REST) * KEPT**3, "share as a rate": REST + 8.0 * np.exp(-RELAX * 4)}
    assert_mean(path[3], mean, wrong=late)


def test_stationary_variance_is_that_of_the_discrete_process(paths: np.ndarray) -> None:
    wrong = {"the continuous process": NOISE**2 / (2 * RELAX), "noise before relaxing": STATIONARY * KEPT**2}
    assert_variance(paths[-1], STATIONARY, mean=REST, wrong=wrong)


@pytest.mark.parametrize("lag", [1, 3])
def test_autocovariance_falls_by_the_kept_share_each_step(paths: np.ndarray, lag: int) -> None:
    products = (paths[-1] - REST) * (paths[-1 - lag] - REST)
    wrong = {"one step off": STATIONARY * KEPT ** (lag + 1), "exponential": STATIONARY * np.exp(-RELAX * lag)}
    assert_mean(products, STATIONARY * KEPT**lag, wrong=wrong)


def test_shocks_of_different_days_and_quantities_are_independent() -> None:
    quantities = tuple(b.quantity(name, 0.0, noise=1.0) for name in ("one", "two"))
    walks = simulate(b.model(9, quantities=quantities), N_RUNS).samples.astype(np.float64)
    assert_variance(walks[-1, 0], 9.0, mean=0.0, wrong={"one shock for all days": 81.0, "eight days": 8.0})
    assert_variance(walks[-1, 0] - walks[-1, 1], 18.0, mean=0.0, wrong={"one shock for both": 0.0, "eight days": 16.0})


def test_noise_may_differ_between_runs_by_a_parameter() -> None:
    parameter = b.parameter("sd", "Uniform", 0.0, 2.0)
    model = b.model(1, parameters=(parameter,), quantities=(b.quantity("level", 0.0, noise=Param(0)),))
    values = simulate(model, N_RUNS).samples[0, 0]
    assert_variance(values, 4 / 3, mean=0.0, wrong={"the mean of the parameter": 1.0})


def test_what_flows_out_of_one_quantity_and_into_another_is_kept() -> None:
    flow = b.apply("mul", 0.1, Quantity(0))
    quantities = b.quantity("out", 5.0, noise=0.2, flows=[b.apply("neg", flow)]), b.quantity("in", 0.0, flows=[flow])
    values = simulate(b.model(10, quantities=quantities), N_RUNS).samples.astype(np.float64)
    assert_mean(values[-1, 0], 5 * 0.9**10, wrong={"a step late": 5 * 0.9**9})
    # What leaves one enters the other, so that the sum is a random walk of ten shocks.
    assert_variance(values[-1].sum(axis=0), 10 * 0.04, mean=5.0, wrong={"a shock lost": 9 * 0.04})
