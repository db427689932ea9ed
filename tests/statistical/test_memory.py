"""Memories, beliefs and outcomes under events of constant probability: means have their closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from offramp.expr.ir import Const, Memory, Quantity
from offramp.model import model as m
from tests.engines import builders as b
from tests.statistical.monte_carlo import assert_mean, assert_shares, assert_variance, simulate

P = 0.3  # probability of the one event of a day
N_RUNS = 40_000
EAGER = 100.0


def happening(n_steps: int, **parts: object) -> m.Model:
    """Make a Model of one move that happens each day with probability P."""
    return b.model(
        n_steps,
        moves=(b.chosen("act", [0], EAGER),),
        leaves=(b.leaf("act"),),
        channels=(b.channel("channel", P, [0]),),
        **parts,
    )


def last_morning(memory: m.MemoryModel, n_steps: int) -> np.ndarray:
    """Give the memory of each run on the morning of the last step."""
    copy = m.Rule("copy", Const(1.0), ((0, Memory(0)),))
    model = happening(n_steps, quantities=(b.quantity("copy"),), memories=(memory,), rules=(copy,))
    return simulate(model, N_RUNS).samples[-1, 0].astype(np.float64)


def test_a_decaying_count_has_the_moments_of_a_geometric_sum() -> None:
    d = 0.8
    values = last_morning(m.MemoryModel("recent", "recent", (0,), (), decay=d), 80)
    assert_mean(values, P / (1 - d), wrong={"decayed on the day itself": P * d / (1 - d)})
    wrong = {"decay in place of its square": P * (1 - P) / (1 - d), "Poisson": P / (1 - d**2)}
    assert_variance(values, P * (1 - P) / (1 - d**2), mean=P / (1 - d), wrong=wrong)


def test_a_decaying_count_forgets_its_start_at_its_own_rate() -> None:
    d = 0.8
    values = last_morning(m.MemoryModel("recent", "recent", (0,), (), decay=d, initial=10.0), 6)
    expected = 10 * d**5 + P * (1 - d**5) / (1 - d)
    assert_mean(values, expected, wrong={"six days": 10 * d**6 + P * (1 - d**6) / (1 - d)})


def test_a_count_covers_its_window() -> None:
    values = last_morning(m.MemoryModel("count", "count", (0,), (), window=7), 30)
    assert_mean(values, 7 * P, wrong={"a day more": 8 * P, "a day less": 6 * P})
    assert_variance(values, 7 * P * (1 - P), mean=7 * P, wrong={"a day more": 8 * P * (1 - P), "Poisson": 7 * P})


def test_the_time_since_an_event_is_geometric() -> None:
    values = last_morning(m.MemoryModel("since", "since", (0,), (), initial=m.SINCE_NEVER), 90)
    assert_mean(values, 1 / P, wrong={"yesterday is 0": 1 / P - 1})
    days = np.arange(1, 6)
    shares = P * (1 - P) ** (days - 1)
    assert_shares(values[:, None] == days, shares, wrong={"yesterday is 0": P * (1 - P) ** days})


def belief_path(update: m.BeliefUpdate, n_steps: int, start: float, seen: float) -> np.ndarray:
    """Give (step, run) of a belief that is moved by the events that its owner sees."""
    belief = b.quantity("belief", start, low=0.0, high=1.0, kind="belief", owner=0)
    sightings = (b.sighting("act@blue", 0, seen),)
    model = happening(n_steps, quantities=(belief,), sightings=sightings, belief_updates=(update,))
    return simulate(model, N_RUNS).samples[:, 0].astype(np.float64)


def test_the_delta_rule_approaches_its_aim_geometrically() -> None:
    rate, aim, start, seen, n_steps = 0.4, 0.9, 0.2, 0.5, 9
    update = m.BeliefUpdate("update", 0, "delta", (), (0,), (Const(aim), Const(rate)))
    last = belief_path(update, n_steps, start, seen)[-1]

    def mean(chance: float, days: int = n_steps - 1) -> float:
        return aim + (start - aim) * (1 - chance * rate) ** days

    wrong = {"everything is seen": mean(P), "the same day": mean(P * seen, n_steps), "seen without event": mean(seen)}
    assert_mean(last, mean(P * seen), wrong=wrong)


def test_bayes_rule_moves_the_log_odds_by_the_likelihood_ratio_of_each_day_with_events() -> None:
    if_true, if_false, start, n_steps = 0.6, 0.4, 0.3, 13
    update = m.BeliefUpdate("update", 0, "bayes", (), (0,), (Const(if_true), Const(if_false)))
    last = belief_path(update, n_steps, start, 0.5)[-1]
    log_odds = np.log(last / (1 - last))
    prior, weight, days = np.log(start / (1 - start)), np.log(if_true / if_false), n_steps - 1

    wrong = {
        "everything is seen": prior + days * P * weight,
        "the same day": prior + (days + 1) * P * 0.5 * weight,
    }
    assert_mean(log_odds, prior + days * P * 0.5 * weight, wrong=wrong)
    chance = P * 0.5
    spread = days * chance * (1 - chance) * weight**2
    assert_variance(log_odds, spread, mean=prior + days * chance * weight, wrong={"one draw": spread * days})


@pytest.mark.parametrize(("first", "last"), [(0, 9), (4, 7)])
def test_outcomes_reduce_the_days_of_their_window(first: int, last: int) -> None:
    today = m.MemoryModel("today", "count", (0,), (), window=1)
    window, days = {"first_step": first, "last_step": last}, last - first + 1
    outcomes = (
        b.outcome("any", "any", Memory(0), **window),
        b.outcome("first", "first", Memory(0), **window),
        b.outcome("count", "count", leaves=[0], **window),
        b.outcome("mean", "mean", Memory(0), **window),
    )
    found = simulate(happening(12, memories=(today,), outcomes=outcomes), N_RUNS).outcomes.astype(np.float64)
    never = (1 - P) ** days
    assert_mean(found[:, 0], 1 - never, wrong={"a day less": 1 - (1 - P) ** (days - 1)})
    steps = np.arange(first, last + 1)
    shares = P * (1 - P) ** (steps - first)
    wrong = {"a day late": P * (1 - P) ** (steps - first + 1)}
    assert_shares(found[:, 1, None] == [*steps, -1], [*shares, never], wrong={k: [*v, never] for k, v in wrong.items()})
    assert_mean(found[:, 2], P * days, wrong={"a day more": P * (days + 1)})
    assert_variance(found[:, 3], P * (1 - P) / days, mean=P, wrong={"a day less": P * (1 - P) / (days - 1)})


def test_a_run_that_ends_at_the_first_event_has_a_geometric_length() -> None:
    today = m.MemoryModel("today", "count", (0,), (), window=1)
    clock = b.quantity("clock", 0.0, flows=[1.0])
    block = simulate(happening(40, memories=(today,), quantities=(clock,), ends=(Memory(0),)), N_RUNS)
    length = block.last_step + 1
    mean = (1 - (1 - P) ** 40) / P
    assert_mean(length, mean, wrong={"a day later": mean + 1})
    assert (block.samples[-1, 0] == length).all()
    assert set(np.unique(block.counts)) <= {0.0, 1.0}


def test_an_end_reads_what_the_day_has_brought() -> None:
    level = b.quantity("level", 0.0, flows=[1.0])
    block = simulate(b.model(9, quantities=(level,), ends=(b.apply("ge", Quantity(0), 4.0),)), 3)
    assert block.last_step.tolist() == [3.0] * 3
