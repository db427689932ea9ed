"""Hindsight where the answer is known, under the Gumbel coupling; and that another coupling would be found out.

Let A be what was done, p an opportunity's probability, pi that of a choice, primes the edited world. Where only A's
utility falls, whoever would have won before still does, so P(B' | A) = (pi'_B - pi_B) / pi_A, P(B' | B) = 1. Where only
p changes, an opportunity keeps its side: P(opportunity' | opportunity) = min(1, p' / p). A count n' follows n by the
overlap of their stretches of (0, 1). Shares of N_RUNS histories may be off by LIMIT standard errors, which a right
coupling exceeds with probability 6e-7 each.
"""

from __future__ import annotations

from dataclasses import replace
from math import exp, factorial, log

import numpy as np
import pytest

from offramp.engine.branch import simulate_branch
from offramp.engine.hindsight import Coupling
from offramp.expr.ir import Quantity
from offramp.model import model as m
from offramp.model.intervention import Activity, EditSet, Intervention, Scale
from offramp.model.observed import Reading
from tests.engines import builders as b
from tests.engines.hindsights import Told, both, histories, record, world_of

pytestmark = pytest.mark.slow  # the day loop of hindsight takes a minute to compile

N_RUNS, LIMIT = 40_000, 5.0
WEIGHTS = {"a": 0.4, "b": 0.2, "hold": 0.0}  # utilities
P = 0.5


def always(**parts: object) -> Intervention:
    return replace(Intervention(activities=(Activity("edit", "always", 0, 99),)), **parts)  # type: ignore[arg-type]


def set_to(value: float) -> Intervention:
    return always(sets=(EditSet(0, 0, b.node(value), on_entry=True),))


def probabilities(down: float, *, with_hold: bool = True) -> dict[str, float]:
    """Of each choice, once A is worth less by so much."""
    left = [name for name in WEIGHTS if with_hold or name != "hold"]
    weights = {name: exp(WEIGHTS[name] - (down if name == "a" else 0.0)) for name in left}
    return {name: weight / sum(weights.values()) for name, weight in weights.items()}


def two_moves() -> m.Model:
    """A (worth less by x), B, or neither."""
    a = b.chosen("a", (0,), b.apply("sub", WEIGHTS["a"], Quantity(0)))
    leaves = b.leaf("a", 0), b.leaf("b", 1)
    return b.model(
        1, quantities=(b.quantity("x"),), moves=(a, b.chosen("b", (1,), WEIGHTS["b"])), leaves=leaves,
        channels=(b.channel("c", P, (0, 1)),),
    )  # fmt: skip


def two_venues() -> m.Model:
    """A move with A (worth less by x) and B as its venues."""
    leaves = b.leaf("a", 0, utility=b.apply("sub", WEIGHTS["a"], Quantity(0))), b.leaf("b", 0, utility=WEIGHTS["b"])
    return b.model(
        1, quantities=(b.quantity("x"),), moves=(b.chosen("move", (0, 1)),), leaves=leaves,
        channels=(b.channel("c", P, (0,)),),
    )  # fmt: skip


def chosen(model: m.Model, done: list[Told], edits: Intervention, coupling: Coupling = "gumbel") -> tuple[float, float]:
    """Shares of edited worlds in which A and B happen."""
    counts = both(model, record(model, done), edits, N_RUNS, coupling=coupling)[1].counts
    return float(counts[:, 0].mean()), float(counts[:, 1].mean())


def off(share: float, expected: float) -> float:
    """By how many standard errors; one that is 0 or 1 must be that."""
    error = (max(expected * (1 - expected), 1 / N_RUNS**2) / N_RUNS) ** 0.5
    return float(abs(share - expected) / error)


@pytest.mark.parametrize("down", [0.3, 1.0, 4.0])
def test_a_choice_that_is_worth_less_is_given_up_for_another_as_often_as_it_must(down: float) -> None:
    before, after = probabilities(0.0), probabilities(down)
    a, other = chosen(two_moves(), [(0, ())], set_to(down))
    expected = after["a"] / before["a"], (after["b"] - before["b"]) / before["a"]
    assert off(a, expected[0]) < LIMIT
    assert off(other, expected[1]) < LIMIT
    if down < 4.0:  # there, hardly anything is left of A under any coupling
        assert max(map(off, chosen(two_moves(), [(0, ())], set_to(down), "independent"), expected)) > 2 * LIMIT


def test_what_won_against_more_wins_against_less() -> None:
    assert chosen(two_moves(), [(1, ())], set_to(1.0)) == (0.0, 1.0)
    assert chosen(two_moves(), [], set_to(1.0)) == (0.0, 0.0)
    assert chosen(two_moves(), [(1, ())], set_to(1.0), "independent")[1] < 0.5


def test_a_choice_that_is_worth_more_is_taken_from_others() -> None:
    before, after = probabilities(0.0), probabilities(-1.0)
    assert chosen(two_moves(), [(0, ())], set_to(-1.0)) == (1.0, 0.0)
    a, other = chosen(two_moves(), [(1, ())], set_to(-1.0))
    assert off(other, after["b"] / before["b"]) < LIMIT
    assert off(a, 1 - after["b"] / before["b"]) < LIMIT
    # Of silence: was there an opportunity, which was held back from?
    held = P * before["hold"] / (1 - P + P * before["hold"])
    a, other = chosen(two_moves(), [], set_to(-1.0))
    assert off(a, held * (1 - after["hold"] / before["hold"])) < LIMIT
    assert other == 0.0
    fresh = chosen(two_moves(), [], set_to(-1.0), "independent")
    assert off(fresh[0], held * (1 - after["hold"] / before["hold"])) > 2 * LIMIT


def test_a_venue_that_is_worth_less_is_given_up_as_often_as_it_must() -> None:
    before, after = probabilities(0.0, with_hold=False), probabilities(1.0, with_hold=False)
    a, other = chosen(two_venues(), [(0, ())], set_to(1.0))
    assert off(a, after["a"] / before["a"]) < LIMIT
    assert off(other, 1 - after["a"] / before["a"]) < LIMIT
    assert chosen(two_venues(), [(1, ())], set_to(1.0)) == (0.0, 1.0)
    assert off(chosen(two_venues(), [(0, ())], set_to(1.0), "independent")[0], after["a"] / before["a"]) > 2 * LIMIT


def test_rarer_opportunities_are_kept_in_proportion() -> None:
    rarer = always(scales=(Scale("channel", 0, b.node(0.2)),))
    assert off(chosen(two_moves(), [(0, ())], rarer)[0], 0.2 / P) < LIMIT
    assert chosen(two_moves(), [(0, ())], rarer)[1] == 0.0
    assert chosen(two_moves(), [], rarer) == (0.0, 0.0)
    assert off(chosen(two_moves(), [(0, ())], rarer, "independent")[0], 0.2 / P) > 2 * LIMIT


def test_more_opportunities_than_there_were_are_used_as_chances_say() -> None:
    more, pi = always(scales=(Scale("channel", 0, b.node(0.8)),)), probabilities(0.0)
    assert chosen(two_moves(), [(0, ())], more) == (1.0, 0.0)
    silence = 1 - P + P * pi["hold"]
    expected = [(0.8 - P) * pi[name] / silence for name in ("a", "b")]
    assert max(map(off, chosen(two_moves(), [], more), expected)) < LIMIT
    assert max(map(off, chosen(two_moves(), [], more, "independent"), expected)) > 2 * LIMIT


# Counts.


def stretches(rate: float, most: int) -> list[float]:
    """Where the stretches of the counts 0, 1, ... end, the last at 1."""
    weights = [exp(-rate) * rate**n / factorial(n) for n in range(most)]
    return [0.0, *np.cumsum(weights).tolist(), 1.0]


@pytest.mark.parametrize("rate", [0.3, 1.6])
@pytest.mark.parametrize("n", [0, 1, 3])
def test_a_count_follows_the_recorded_one_by_the_overlap_of_their_stretches(rate: float, n: int) -> None:
    most, before = 4, 0.9
    slip = b.spontaneous("slip", (0,), before, max_count=most)
    model = b.model(1, moves=(slip,), leaves=(b.leaf("slip"),))
    edits = always(scales=(Scale("move", 0, b.node(rate)),))
    old, new = stretches(before, most), stretches(rate, most)
    expected = [
        max(0.0, min(old[n + 1], new[k + 1]) - max(old[n], new[k])) / (old[n + 1] - old[n]) for k in range(most + 1)
    ]
    found = {}
    for coupling in ("gumbel", "independent"):
        counts = both(model, record(model, [(0, ())] * n), edits, N_RUNS, coupling=coupling)[1].counts[:, 0]
        found[coupling] = [float((counts == k).mean()) for k in range(most + 1)]
    assert max(map(off, found["gumbel"], expected)) < LIMIT
    assert max(map(off, found["independent"], expected)) > 2 * LIMIT


# A Gaussian mechanism.

REST, RELAX, NOISE, LEFT_OUT, ERROR, VALUE = 2.0, 0.25, 0.3, 0.8, 0.4, 3.0


def gaussian(n_steps: int) -> m.Model:
    """A level that goes back to its rest and is shaken on its way."""
    return b.model(n_steps, quantities=(b.quantity("x", REST, rest=REST, relax=RELAX, noise=NOISE),))


def test_a_gaussian_mechanism_differs_by_exactly_what_was_done_to_it() -> None:
    # Noise, and what the model had left out of a reading, are those of the recorded world; a set on step 2 wears off.
    n_steps, to = 8, 5.0
    model = gaussian(n_steps)
    told = record(model, readings=(Reading(1, 0, VALUE, ERROR, LEFT_OUT), Reading(5, 0, 1.0, ERROR, LEFT_OUT)))
    edits = Intervention(activities=(Activity("edit", "always", 2, 2),), sets=(EditSet(0, 0, b.node(to), False),))
    recorded, edited = both(model, told, edits, 500)
    was, now = recorded.samples[:, 0].astype(np.float64), edited.samples[:, 0].astype(np.float64)
    wears_off = (1 - RELAX) ** np.arange(1, n_steps - 1)
    np.testing.assert_allclose(now[2:] - was[2:], np.outer(wears_off, to - was[1]), atol=1e-5)
    assert (now[:2] == was[:2]).all()


def test_noise_that_knew_nothing_of_the_record_would_be_found_out() -> None:
    # The same edit in a branch with fresh noise after it: foresight, which differs by more than the set.
    model = gaussian(8)
    told = record(model, readings=(Reading(5, 0, 1.0, ERROR, LEFT_OUT),))
    edits = Intervention(activities=(Activity("edit", "always", 2, 2),), sets=(EditSet(0, 0, b.node(5.0), False),))
    world, edited = world_of(model, told), world_of(model, told, edits)
    lived = histories(world, 500)
    blocks = [
        simulate_branch(
            side, coordinates=lived.coordinates, keys=lived.keys[:n], first_run=0, sample_steps=lived.sample_steps,
            counted=(),
        )
        for side, n in ((world, 8), (edited, 2))
    ]  # fmt: skip
    was, now = (block.samples[:, 0].astype(np.float64) for block in blocks)
    wears_off = np.outer((1 - RELAX) ** np.arange(1, 7), 5.0 - was[1])
    assert np.abs(now[2:] - was[2:] - wears_off).max() > 0.1


def test_what_was_left_out_has_its_gaussian_posterior_in_both_worlds() -> None:
    # x = rest + N(0, left_out²), measured with error: mean and spread by the formulas of the normal distribution.
    model = b.model(1, quantities=(b.quantity("x", REST),))
    told = record(model, readings=(Reading(0, 0, VALUE, ERROR, LEFT_OUT),))
    recorded, edited = both(model, told, set_to(REST - 1.5), N_RUNS)
    gain = LEFT_OUT**2 / (LEFT_OUT**2 + ERROR**2)
    mean, sd = REST + gain * (VALUE - REST), (gain * ERROR**2) ** 0.5
    for block, by in ((recorded, 0.0), (edited, -1.5)):
        x = block.samples[0, 0].astype(np.float64)
        assert abs(x.mean() - mean - by) < LIMIT * sd / N_RUNS**0.5
        assert abs(log(x.std() / sd)) < LIMIT / (2 * N_RUNS) ** 0.5
