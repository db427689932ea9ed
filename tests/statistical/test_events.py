"""Delays, sizes and probabilities of effects, spontaneous counts, sightings: distributions have their closed forms."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from scipy import stats

from offramp.expr.ir import Memory
from offramp.model import model as m
from tests.engines import builders as b
from tests.statistical.monte_carlo import assert_mean, assert_shares, assert_variance, events_by_step, simulate

EAGER = 100.0
N_RUNS = 40_000


def acting(
    effects: Sequence[m.EffectModel], *, n_steps: int, cooldown: int = 0, n_slots: int = 1, **parts: object
) -> m.Model:
    """Make a Model of one move, made in every slot of its channel, and of one quantity."""
    return b.model(
        n_steps,
        moves=(b.chosen("act", [0], EAGER, cooldown=cooldown),),
        leaves=(b.leaf("act", 0, effects),),
        channels=(b.channel("channel", 2.0, [0], n_slots),),
        **{"quantities": (b.quantity("felt"),)} | parts,
    )


def arrivals(delay: m.Draw, n_steps: int, step_days: float = 1.0) -> np.ndarray:
    """Give (run, step): where the effect of one event on the first step is felt."""
    effect = b.effect("effect", 0, "add", 1.0, delay=delay, max_delay=10_000)
    model = acting([effect], n_steps=n_steps, cooldown=10_000, step_days=step_days)
    return np.diff(simulate(model, N_RUNS).samples[:, 0].astype(np.float64), axis=0, prepend=0).T


def test_a_constant_delay_is_exact() -> None:
    assert arrivals(b.size("Constant", 3.0), 6).sum(axis=0).tolist() == [0, 0, 0, N_RUNS, 0, 0]


def test_counted_delays_arrive_as_they_are_distributed() -> None:
    days = np.arange(9)
    shares = stats.poisson.pmf(days, 2.5)
    wrong = {"a day late": np.roll(shares, 1), "geometric": stats.geom.pmf(days + 1, 1 / 3.5)}
    assert_shares(arrivals(b.size("Poisson", 2.5), 9), shares, wrong=wrong)


def test_continuous_delays_round_to_the_nearest_step() -> None:
    law, days = stats.gamma(2.0, scale=1.25), np.arange(6)
    shares = law.cdf(days + 0.5) - law.cdf(days - 0.5)
    wrong = {"down": law.cdf(days + 1) - law.cdf(days), "up": law.cdf(days) - law.cdf(days - 1)}
    assert_shares(arrivals(b.size("Gamma", 2.0, 0.8), 6), shares, wrong=wrong)


def test_delays_in_days_become_steps_of_the_clock() -> None:
    shares = np.diff(stats.expon.cdf([0, 3.5, 10.5, 17.5, 24.5], scale=10))
    wrong = {"days as steps": np.diff(stats.expon.cdf([0, 0.5, 1.5, 2.5, 3.5], scale=10))}
    assert_shares(arrivals(b.size("Exponential", 0.1), 4, step_days=7.0), shares, wrong=wrong)


def test_every_event_draws_its_own_size() -> None:
    effect = b.effect("effect", 0, "add", b.size("Poisson", 1.5), probability=0.4)
    felt = simulate(acting([effect], n_steps=10, n_slots=2), N_RUNS).samples[-1, 0]
    n, p, mean = 20, 0.4, 1.5
    variance = p * (mean + mean**2) - (p * mean) ** 2
    assert_mean(felt, n * p * mean, wrong={"always": n * mean, "one slot": n * p * mean / 2})
    wrong = {
        "one draw for both slots": 2 * n * variance,
        "one size for a run": n**2 * variance,
        "the mean size": n * mean**2 * p * (1 - p),
    }
    assert_variance(felt, n * variance, mean=n * p * mean, wrong=wrong)


SIZES = {
    "Normal": ((1.0, 2.0), stats.norm(1.0, 2.0)),
    "LogNormal": ((2.0, 0.5), stats.lognorm(0.5, scale=2.0)),
    "Gamma": ((2.0, 0.5), stats.gamma(2.0, scale=2.0)),
    "Beta": ((2.0, 3.0), stats.beta(2.0, 3.0)),
    "Exponential": ((0.5,), stats.expon(scale=2.0)),
    "Uniform": ((-1.0, 3.0), stats.uniform(-1.0, 4.0)),
    "Poisson": ((3.0,), stats.poisson(3.0)),
    "NegBinomial": ((3.0, 1.5), stats.nbinom(1.5, 1.5 / 4.5)),
    "Bernoulli": ((0.3,), stats.bernoulli(0.3)),
}


@pytest.mark.parametrize("family", SIZES)
def test_sizes_have_the_moments_of_their_family(family: str) -> None:
    arguments, law = SIZES[family]
    model = acting([b.effect("effect", 0, "set", b.size(family, *arguments))], n_steps=10)
    sizes = simulate(model, N_RUNS // 4).samples[:, 0]
    mean, variance = (float(moment) for moment in law.stats("mv"))
    assert_mean(sizes, mean, wrong={"a tenth of a standard deviation off": mean + 0.1 * variance**0.5})
    assert_variance(sizes, variance, mean=mean, wrong={"a third more": variance * 4 / 3})


def test_a_size_cut_at_bounds_is_renormalised_not_piled_up() -> None:
    model = acting([b.effect("effect", 0, "set", b.size("Normal", 0.0, 1.0, low=0.5, high=2.0))], n_steps=10)
    sizes = simulate(model, N_RUNS // 4).samples[:, 0]
    law = stats.truncnorm(0.5, 2.0)
    piled, squared = (stats.norm.expect(lambda x, k=k: np.clip(x, 0.5, 2.0) ** k) for k in (1, 2))
    assert_mean(sizes, law.mean(), wrong={"clipped": piled})
    assert_variance(sizes, law.var(), mean=law.mean(), wrong={"clipped": squared - piled**2})


# Spontaneous moves.


def accident(rate: b.Formula, *, max_count: int = 30, n_steps: int = 10, **parts: object) -> m.Model:
    moves = (b.spontaneous("accident", [0], rate, max_count=max_count),)
    return b.model(n_steps, moves=moves, leaves=(b.leaf("accident"),), **parts)


def test_spontaneous_moves_come_at_their_rate() -> None:
    events = simulate(accident(0.7), N_RUNS).counts[:, 0]
    assert_mean(events, 7.0, wrong={"at most one a day": 10 * (1 - np.exp(-0.7))})
    assert_variance(events, 7.0, mean=7.0, wrong={"binomial": 7.0 * 0.3, "one draw for all days": 70.0})


def test_days_have_the_shares_of_the_poisson_distribution() -> None:
    events = events_by_step(simulate(accident(1.2), N_RUNS // 4)).ravel()
    counts = np.arange(5)
    wrong = {"geometric": stats.geom.pmf(counts + 1, 1 / 2.2), "a count more": stats.poisson.pmf(counts - 1, 1.2)}
    assert_shares(events[:, None] == counts, stats.poisson.pmf(counts, 1.2), wrong=wrong)


def test_a_cap_cuts_the_count_and_says_so() -> None:
    block = simulate(accident(1.2, max_count=2), N_RUNS)
    none, one = stats.poisson.pmf([0, 1], 1.2)
    capped = one + 2 * (1 - none - one)
    above = stats.poisson.sf(2, 1.2)
    assert_mean(block.counts[:, 0], 10 * capped, wrong={"no cap": 12.0, "cap at one": 10 * (1 - none)})
    assert_mean(block.cuts[:, 0], 10 * above, wrong={"at the cap as well": 10 * stats.poisson.sf(1, 1.2)})


def test_a_rate_fed_by_its_own_past_is_a_hawkes_process() -> None:
    # n(t) ~ Poisson(mu + a h(t)), h(t+1) = d h(t) + n(t), so that E n = mu + a E h and E h(t+1) = (d + a) E h(t) + mu.
    mu, a, d, n_steps = 0.2, 0.3, 0.5, 60
    memory = m.MemoryModel("recent", "recent", (0,), (), decay=d)
    rate = b.apply("add", mu, b.apply("mul", a, Memory(0)))
    last = events_by_step(simulate(accident(rate, n_steps=n_steps, memories=(memory,)), N_RUNS))[-1]
    stationary = mu / (1 - a / (1 - d))
    wrong = {"no feedback": mu, "no decay of the first day": mu / (1 - a * d / (1 - d))}
    assert_mean(last, stationary, wrong=wrong)


# Seeing.


def test_each_observer_sees_each_event_by_a_chance_of_its_own() -> None:
    sightings = b.sighting("act@blue", 0, 0.7), b.sighting("act@red", 0, 0.2)
    memories = tuple(m.MemoryModel(f"by{k}", "recent", (), (k,), decay=0.0) for k in range(2))
    copy = m.Rule("copy", b.node(1.0), ((0, Memory(0)), (1, Memory(1))))
    quantities = b.quantity("blue"), b.quantity("red")
    model = acting([], n_steps=11, quantities=quantities, sightings=sightings, memories=memories, rules=(copy,))
    blue, red = simulate(model, N_RUNS // 4).samples[1:].transpose(1, 0, 2).reshape(2, -1)
    pairs = np.stack([blue * red, blue * (1 - red), (1 - blue) * red], axis=1)
    wrong = {"one draw for both": [0.2, 0.5, 0.0], "swapped": [0.14, 0.06, 0.56]}
    assert_shares(pairs, [0.14, 0.56, 0.06], wrong=wrong)


def test_of_several_events_a_day_each_is_seen_by_itself() -> None:
    memory = m.MemoryModel("seen", "count", (), (0,), window=1)
    copy = m.Rule("copy", b.node(1.0), ((0, Memory(0)),))
    parts = {"sightings": (b.sighting("act@blue", 0, 0.4),), "memories": (memory,), "rules": (copy,)}
    seen = simulate(acting([], n_steps=2, n_slots=3, **parts), N_RUNS).samples[1, 0]
    shares = stats.binom.pmf(range(4), 3, 0.4)
    assert_shares(seen[:, None] == np.arange(4), shares, wrong={"all or none": [0.6, 0, 0, 0.4]})
