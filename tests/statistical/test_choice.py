"""Opportunities, the logit and its two stages, what an actor sees: frequencies have their closed forms."""

from __future__ import annotations

from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pytest

from offramp.expr.ir import Param, View
from offramp.model import model as m
from tests.engines import builders as b
from tests.statistical.monte_carlo import assert_mean, assert_shares, assert_variance, events_by_step, simulate

EAGER = 100.0
N_RUNS, N_STEPS = 12_000, 20


def choosing(utilities: list[float], *, probability: float = 2.0, n_slots: int = 1) -> m.Model:
    """Make a Model of one channel with a move for each utility."""
    moves = tuple(b.chosen(f"move{k}", [k], utility) for k, utility in enumerate(utilities))
    leaves = tuple(b.leaf(f"move{k}", k) for k in range(len(moves)))
    channels = (b.channel("channel", probability, range(len(moves)), n_slots),)
    return b.model(N_STEPS, moves=moves, leaves=leaves, channels=channels)


def trials(model: m.Model) -> np.ndarray:
    """Give (trial, alternative) of a Model without memory, hold as the last: one trial per run and step."""
    block = simulate(model, N_RUNS)
    happened = [events_by_step(block, leaf).ravel() for leaf in range(len(model.leaves))]
    return np.stack([*happened, 1 - np.sum(happened, axis=0)], axis=1)


def softmax(utilities: list[float]) -> np.ndarray:
    weights = np.exp(utilities)
    return weights / weights.sum()


@pytest.mark.parametrize("n_slots", [1, 2, 3])
def test_each_slot_is_an_opportunity_of_its_own(n_slots: int) -> None:
    p = 0.3
    events = simulate(choosing([EAGER], probability=p, n_slots=n_slots), N_RUNS).counts[:, 0]
    n = N_STEPS * n_slots
    wrong = {"one slot more": p * (n + N_STEPS), "the rate of Poisson": n * -np.log(1 - p)}
    assert_mean(events, n * p, wrong=wrong)
    spread = {"Poisson": n * p} | ({"one draw for all slots": n_slots * n * p * (1 - p)} if n_slots > 1 else {})
    assert_variance(events, n * p * (1 - p), mean=n * p, wrong=spread)


def test_choices_have_the_frequencies_of_the_logit() -> None:
    utilities = [1.0, 0.0, -1.5]
    wrong = {"no hold": [*softmax(utilities), 0], "half the scale": softmax([0.5, 0, -0.75, 0])}
    assert_shares(trials(choosing(utilities)), softmax([*utilities, 0.0]), wrong=wrong)


def test_an_opportunity_comes_before_the_choice() -> None:
    shares = 0.6 * softmax([0.5, 0.0])
    wrong = {"the chance weighs utility": softmax([0.5 + np.log(0.6), 0.0])}
    assert_shares(trials(choosing([0.5], probability=0.6)), [shares[0], 1 - shares[0]], wrong=wrong)


def test_slots_of_a_day_choose_independently() -> None:
    events = events_by_step(simulate(choosing([0.4], n_slots=2), N_RUNS))
    p = softmax([0.4, 0.0])[0]
    assert_mean(events == 2, p**2, wrong={"one choice for both slots": p})


def two_stage(*, is_available: bool) -> np.ndarray:
    variants = [0.8, 0.0, -0.7]
    leaves = tuple(
        b.leaf(f"move[{k}]", 0, utility=v, available=None if k else float(is_available)) for k, v in enumerate(variants)
    )
    channels = (b.channel("channel", 2.0, [0]),)
    return trials(b.model(N_STEPS, moves=(b.chosen("move", [0, 1, 2], 0.3),), leaves=leaves, channels=channels))


def test_variants_divide_a_move_and_do_not_make_it_more_frequent() -> None:
    move, variants = softmax([0.3, 0.0])[0], softmax([0.8, 0.0, -0.7])
    flat = softmax([1.1, 0.3, -0.4, 0.0])
    alike = [move / 3, move / 3, move / 3, 1 - move]
    wrong = {"alternatives of one logit": flat, "variants alike": alike}
    assert_shares(two_stage(is_available=True), [*(move * variants), 1 - move], wrong=wrong)


def test_available_variants_take_the_share_of_one_that_is_not() -> None:
    move, variants = softmax([0.3, 0.0])[0], softmax([0.0, -0.7])
    lost = move * softmax([0.8, 0.0, -0.7])[1:]
    wrong = {"its share is lost": [lost[0], lost[1], 1 - lost.sum()]}
    happened = two_stage(is_available=False)
    assert not happened[:, 0].any()
    assert_shares(happened[:, 1:], [*(move * variants), 1 - move], wrong=wrong)


def test_a_prior_is_drawn_once_per_run() -> None:
    moves, parameters = (b.chosen("move0", [0], Param(0)),), (b.parameter("utility", "Normal", 0.5, 2.0),)
    model = replace(choosing([0.0]), moves=moves, parameters=parameters)
    events = simulate(model, N_RUNS).counts[:, 0]
    theta, weights = np.polynomial.hermite_e.hermegauss(80)
    p = 1 / (1 + np.exp(-(0.5 + 2.0 * theta)))
    mean, square = (np.sum(weights * p**k) / weights.sum() for k in (1, 2))
    at_the_mean = 1 / (1 + np.exp(-0.5))
    assert_mean(events, N_STEPS * mean, wrong={"the mean of the prior": N_STEPS * at_the_mean})
    within, between = N_STEPS * (mean - square), N_STEPS**2 * (square - mean**2)
    wrong = {"a draw for each day": N_STEPS * mean * (1 - mean)}
    assert_variance(events, within + between, mean=N_STEPS * mean, wrong=wrong)


def test_errors_of_a_view_are_gaussian_and_new_each_day() -> None:
    sees_much = b.apply("gt", View(0), 0.5)
    model = replace(
        choosing([0.0]),
        moves=(b.chosen("move0", [0], EAGER, available=sees_much),),
        quantities=(b.quantity("level", 0.2),),
        views=(b.view("level@blue", 0, error=0.4),),
    )
    events = simulate(model, N_RUNS).counts[:, 0]
    p = 1 - NormalDist(0.2, 0.4).cdf(0.5)
    wrong = {"variance for standard deviation": N_STEPS * (1 - NormalDist(0.2, 0.4**0.5).cdf(0.5)), "no error": 0.0}
    assert_mean(events, N_STEPS * p, wrong=wrong)
    one_error = {"one error for the run": N_STEPS**2 * p * (1 - p)}
    assert_variance(events, N_STEPS * p * (1 - p), mean=N_STEPS * p, wrong=one_error)


def test_a_cooldown_makes_a_renewal_process() -> None:
    p, cooldown, n_steps = 0.25, 4, 400
    moves = (b.chosen("act", [0], EAGER, cooldown=cooldown),)
    model = b.model(n_steps, moves=moves, leaves=(b.leaf("act"),), channels=(b.channel("channel", p, [0]),))
    events = simulate(model, N_RUNS).counts[:, 0]
    renewals = np.zeros(n_steps)  # probability of an event on each step
    for step in range(n_steps):
        renewals[step] = p * (1 - renewals[max(step - cooldown + 1, 0) : step].sum())
    wrong = {"a day too long": n_steps / (1 / p + cooldown), "a day too short": n_steps / (1 / p + cooldown - 2)}
    assert_mean(events, renewals.sum(), wrong=wrong)
