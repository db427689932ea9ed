"""What likelihoods must be by themselves: probabilities that sum to 1, marks by closed forms, sense at the edges."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import nbinom, poisson

from offramp.engine.conditioned import CompiledWorld, compile_world
from offramp.engine.program import build
from offramp.expr.ir import Memory, Param
from offramp.model import model as m
from offramp.model.observed import ALWAYS_CAUGHT, NEVER_CAUGHT, Cell, Mark, Observed, Reading, Report
from tests.engines import builders as b

MISFIT = 1e-6


def observed(
    model: m.Model,
    *reports: Report,
    caught: Sequence[int] | int = ALWAYS_CAUGHT,
    readings: Sequence[Reading] = (),
    misfit: float = MISFIT,
    n_cells: int = 0,
) -> Observed:
    """A record; `caught` by leaf, on all steps alike."""
    by_leaf = np.full((model.n_steps, len(model.leaves)), caught, np.int16)
    cells = tuple(Cell(f"cell {k}", 1.0, 1.0) for k in range(n_cells))
    return Observed(by_leaf, cells, reports, tuple(readings), misfit)


def report(step: int, leaf: int, *, dead: float | None = None, name: str = "row") -> Report:
    return Report(f"{name} {step}", step, step, (leaf,), (1.0,), () if dead is None else (Mark(0, dead),))


def world_of(model: m.Model, record: Observed, *, seed: int = 1) -> CompiledWorld:
    return compile_world(build(model), record, seed=seed, form="evaluator")


def log_weights(world: CompiledWorld, n: int = 3, coordinates: Sequence[float] = ()) -> NDArray[np.float64]:
    """Live a record with n particles: (step, particle)."""
    points = np.tile(np.array(coordinates, np.float64), (n, 1)).reshape(n, world.n_coordinates)
    keys = np.tile(np.arange(n, dtype=np.uint64), (world.n_steps, 1))
    return world.advance_through(world.begin(points), 0, keys)


def log_likelihood(model: m.Model, record: Observed, coordinates: Sequence[float] = ()) -> float:
    """The log-likelihood of a record where it is the same for all particles."""
    found = log_weights(world_of(model, record), coordinates=coordinates).sum(axis=0)
    assert np.ptp(found) < 1e-10
    return float(found[0])


# Total probability.


def two_days() -> m.Model:
    """Raid (it rests for a day) or talk, likelier after raids; accidents, more of them after talks."""
    hot, calm = Memory(0), Memory(1)
    return b.model(
        2,
        memories=(m.MemoryModel("raids", "recent", (0,), (), decay=0.5), m.MemoryModel("talks", "ever", (1,), ())),
        channels=(b.channel("force", 0.7, [0, 1]),),
        moves=(
            b.chosen("raid", [0], b.apply("mul", 1.3, hot), cooldown=1),
            b.chosen("talk", [1], b.apply("sub", 0.4, hot)),
            b.spontaneous("slip", [2], b.apply("add", 0.3, b.apply("mul", 0.5, calm)), max_count=2),
        ),
        leaves=(b.leaf("raid", 0), b.leaf("talk", 1), b.leaf("slip", 2)),
    )


def day_records(step: int, most_slips: int) -> list[list[Report]]:
    """All that a day's record can be that there is room for: nothing, a raid or a talk; and any number of slips."""
    chosen = [[], [report(step, 0)], [report(step, 1)]]
    return [[*one, *[report(step, 2)] * n] for one in chosen for n in range(most_slips + 1)]


def test_the_likelihoods_of_all_records_of_two_days_sum_to_one() -> None:
    # All is recorded, so each likelihood is exact. Of slips, 14 and more on a day have at most misfit * 2**-13.
    model = two_days()
    total = math.fsum(
        math.exp(log_likelihood(model, observed(model, *first, *second)))
        for first, second in itertools.product(day_records(0, 13), day_records(1, 13))
    )
    assert total == pytest.approx(1.0, abs=1e-9)


def test_a_record_that_there_is_no_room_for_adds_no_more_than_the_misfit() -> None:
    # These come on top of what sums to one: they are kept possible, not probable.
    model = two_days()
    both = [report(0, 0), report(0, 1)]
    found = math.exp(log_likelihood(model, observed(model, *both)))
    assert 0 < found < 2 * MISFIT


@pytest.mark.parametrize("share", [0.3, 1.0])
def test_marks_and_slots_sum_to_one_where_some_goes_unrecorded(share: float) -> None:
    # One day, two slots, raids with dead: records {}, {a raid with v dead}, {v, w dead}, unordered.
    deaths = [b.effect("raid.dead", 0, "add", b.size("Poisson", 1.5), probability=0.6)]
    model = b.model(
        1,
        quantities=(b.quantity("dead", kind="tally", low=0.0),),
        channels=(b.channel("force", 0.8, [0], n_slots=2),),
        moves=(b.chosen("raid", [0], 0.5),),
        leaves=(b.leaf("raid", 0, deaths),),
    )
    caught, n_cells = (ALWAYS_CAUGHT, 0) if share == 1.0 else (0, 1)
    most = 20
    numbers = [(), *((v,) for v in range(most)), *itertools.combinations_with_replacement(range(most), 2)]
    total = math.fsum(
        math.exp(
            log_likelihood(
                model,
                observed(
                    model,
                    *[report(0, 0, dead=v, name=f"{k}") for k, v in enumerate(dead)],
                    caught=caught,
                    n_cells=n_cells,
                ),
                [share] * n_cells,
            )
        )
        for dead in numbers
    )
    assert total == pytest.approx(1.0, abs=1e-9)


# Marks by closed forms.

N_MARKS = 40
COUNTS = np.arange(N_MARKS)


def negative_binomial(mean: float, dispersion: float) -> NDArray[np.float64]:
    mean, dispersion = float(np.float32(mean)), float(np.float32(dispersion))
    found: NDArray[np.float64] = nbinom.pmf(COUNTS, dispersion, dispersion / (dispersion + mean))
    return found


def cut(pmf: NDArray[np.float64], low: int, high: int) -> NDArray[np.float64]:
    inside = np.where((low <= COUNTS) & (high >= COUNTS), pmf, 0.0)
    return inside / inside.sum()


def at(value: int) -> NDArray[np.float64]:
    return (value == COUNTS).astype(float)


def acting(pmf: NDArray[np.float64], p: float) -> NDArray[np.float64]:
    p = float(np.float32(p))
    return p * pmf + (1 - p) * at(0)


FALSE, TRUE = b.node(0.0), b.node(1.0)
MARKS: dict[str, tuple[list[m.EffectModel], NDArray[np.float64]]] = {
    "poisson": ([b.effect("a", 0, "add", b.size("Poisson", 2.5))], poisson.pmf(COUNTS, 2.5)),
    "poisson, none": ([b.effect("a", 0, "add", b.size("Poisson", 0.0))], at(0)),
    "poisson of a mean below none": ([b.effect("a", 0, "add", b.size("Poisson", -1.0))], at(0)),
    "poisson, at times": (
        [b.effect("a", 0, "add", b.size("Poisson", 2.5), probability=0.4)], acting(poisson.pmf(COUNTS, 2.5), 0.4),
    ),
    "negative binomial": ([b.effect("a", 0, "add", b.size("NegBinomial", 3.0, 0.7))], negative_binomial(3.0, 0.7)),
    "negative binomial of a dispersion below the least": (
        [b.effect("a", 0, "add", b.size("NegBinomial", 3.0, 0.0))], negative_binomial(3.0, 0.01),
    ),
    "bernoulli": ([b.effect("a", 0, "add", b.size("Bernoulli", 0.25))], acting(at(1), 0.25)),
    "bernoulli beyond one": ([b.effect("a", 0, "add", b.size("Bernoulli", 1.5))], at(1)),
    "constant": ([b.effect("a", 0, "add", 3.0)], at(3)),
    "constant, late": ([b.effect("a", 0, "add", 3.0, delay=2.0)], at(3)),
    "not on this condition": ([b.effect("a", 0, "add", 3.0, condition=FALSE)], at(0)),
    "on this condition": ([b.effect("a", 0, "add", 3.0, condition=TRUE, probability=0.5)], acting(at(3), 0.5)),
    "never and always": (
        [b.effect("a", 0, "add", 3.0, probability=0.0), b.effect("b", 0, "add", 2.0, probability=1.0)], at(2),
    ),
    "poisson, cut on both sides": (
        [b.effect("a", 0, "add", b.size("Poisson", 2.5, low=1.0, high=4.0))], cut(poisson.pmf(COUNTS, 2.5), 1, 4),
    ),
    "poisson, cut below": (
        [b.effect("a", 0, "add", b.size("Poisson", 1.5, low=2.0))],
        np.where(COUNTS >= 2, poisson.pmf(COUNTS, 1.5), 0) / poisson.sf(1, 1.5),
    ),
    "three effects on one tally": (
        [
            b.effect("a", 0, "add", b.size("Poisson", 2.5)),
            b.effect("b", 0, "add", b.size("NegBinomial", 3.0, 0.7), probability=0.5),
            b.effect("c", 0, "add", 2.0, probability=0.25),
            b.effect("elsewhere", 1, "add", 5.0),
        ],
        np.convolve(
            np.convolve(poisson.pmf(COUNTS, 2.5), acting(negative_binomial(3.0, 0.7), 0.5)), acting(at(2), 0.25),
        )[:N_MARKS],
    ),
}  # fmt: skip


def raid_with(effects: Sequence[m.EffectModel]) -> m.Model:
    """A raid, certain on its one day."""
    return b.model(
        1,
        quantities=(b.quantity("dead", kind="tally", low=0.0), b.quantity("hurt", kind="tally", low=0.0)),
        channels=(b.channel("force", 1.0, [0]),),
        moves=(b.chosen("raid", [0], 100.0),),
        leaves=(b.leaf("raid", 0, effects),),
    )


@pytest.mark.parametrize("name", MARKS)
def test_a_mark_is_as_likely_as_its_closed_form(name: str) -> None:
    effects, pmf = MARKS[name]
    model = raid_with(effects)
    without = log_likelihood(model, observed(model, report(0, 0)))
    for v in range(0, N_MARKS, 3 if "at times" not in name else 1):
        found = math.exp(log_likelihood(model, observed(model, report(0, 0, dead=v))) - without)
        expected = (1 - MISFIT) * pmf[v] + MISFIT * 2.0 ** -(v + 1)
        assert found == pytest.approx(expected, rel=1e-10), v


def test_a_mark_is_what_is_added_and_other_effects_stay() -> None:
    effects = [b.effect("a", 0, "add", b.size("Poisson", 2.5)), b.effect("b", 1, "add", 5.0)]
    model = raid_with(effects)
    world = world_of(model, observed(model, report(0, 0, dead=7)))
    states = world.begin(np.zeros((4, 0)))
    world.advance(states, 0, np.arange(4, dtype=np.uint64))
    assert (world.quantities(states) == [7, 5]).all()


def test_a_mark_beyond_all_tables_is_a_misfit_and_no_accident() -> None:
    model = raid_with([b.effect("a", 0, "add", b.size("Poisson", 2.5))])
    for v in (2047, 2048, 1_000_000):
        assert math.isfinite(log_likelihood(model, observed(model, report(0, 0, dead=v))))


# The edges.


def certain(n_channels: int, *, utility: float = 100.0, odd: float | None = None, chance: float = 1.0) -> m.Model:
    """Channels with one move each, chosen for certain at every opportunity; `odd` is the utility in every other one."""
    utilities = [utility if k % 2 == 0 or odd is None else odd for k in range(n_channels)]
    return b.model(
        2,
        channels=tuple(b.channel(f"c{k}", chance, [k]) for k in range(n_channels)),
        moves=tuple(b.chosen(f"move{k}", [k], utilities[k], channel=k) for k in range(n_channels)),
        leaves=tuple(b.leaf(f"move{k}", k) for k in range(n_channels)),
    )


@pytest.mark.parametrize("odd", [36.0, 100.0])
@pytest.mark.parametrize("utility", [36.0, 36.7, 37.0, 100.0, 1e30])
def test_silence_about_what_is_certain_is_unlikely_beyond_measure_but_a_number(utility: float, odd: float) -> None:
    # Products of such silences must not fall to 0, whatever mixture of tiny and nothing they are of.
    model = certain(12, utility=utility, odd=odd)
    found = log_weights(world_of(model, observed(model)))
    assert np.isfinite(found).all()
    assert (found < -12 * 35).all()


@pytest.mark.parametrize("utility", [36.0, 100.0])
def test_what_is_told_stays_exact_beside_silences_beyond_measure(utility: float) -> None:
    model = certain(12, utility=utility)
    silent = log_weights(world_of(model, observed(model, caught=[ALWAYS_CAUGHT] * 11 + [NEVER_CAUGHT])))
    told = log_weights(world_of(model, observed(model, report(0, 11))))
    # Of the last channel the one says nothing, the other tells what is certain.
    np.testing.assert_allclose(told[0] - silent[0], math.log(1.0), atol=1e-9)


@pytest.mark.parametrize("utility", [-1e30, -3.0e38])
def test_what_is_never_chosen_is_a_misfit_when_told(utility: float) -> None:
    model = certain(1, utility=utility)
    assert log_likelihood(model, observed(model, report(0, 0))) == pytest.approx(
        math.log(MISFIT) + math.log(1 - MISFIT)
    )


def test_a_channel_without_opportunities_is_silent_for_certain() -> None:
    model = certain(1, chance=0.0)
    assert log_likelihood(model, observed(model)) == pytest.approx(2 * math.log(1 - MISFIT), abs=1e-12)
    assert log_likelihood(model, observed(model, report(1, 0))) == pytest.approx(
        math.log(MISFIT) + math.log(1 - MISFIT)
    )


def test_without_a_misfit_what_cannot_be_has_no_probability() -> None:
    model = certain(1, chance=0.0)
    world = world_of(model, observed(model, report(1, 0), misfit=0.0))
    assert (log_weights(world).sum(axis=0) == -np.inf).all()


def test_a_report_of_what_is_never_caught_is_a_misfit_and_happens() -> None:
    model = certain(1, chance=0.5, utility=-100.0)
    world = world_of(model, observed(model, report(0, 0), caught=NEVER_CAUGHT))
    states = world.begin(np.zeros((3, 0)))
    found = world.advance(states, 0, np.arange(3, dtype=np.uint64))
    np.testing.assert_allclose(found, math.log(MISFIT))
    assert (world.totals(states) == 1).all()


def ending() -> m.Model:
    """A run that is over after its first day."""
    return b.model(
        4,
        quantities=(b.quantity("x", 1.0),),
        channels=(b.channel("c", 0.5, [0]),),
        moves=(b.chosen("move", [0]),),
        leaves=(b.leaf("move", 0),),
        ends=(b.node(1.0),),
    )


def test_a_run_that_is_over_costs_the_misfit_where_the_record_goes_on() -> None:
    model = ending()
    nothing = log_weights(world_of(model, observed(model, caught=NEVER_CAUGHT)))
    assert (nothing == 0.0).all()
    reading = [Reading(2, 0, 1.0, 0.5)]
    read = log_weights(world_of(model, observed(model, caught=NEVER_CAUGHT, readings=reading)))
    density = -math.log(0.5 * math.sqrt(2 * math.pi))
    np.testing.assert_allclose(read[:, 0], [0.0, 0.0, math.log(MISFIT) + density, 0.0], atol=1e-12)
    caught = log_weights(world_of(model, observed(model)))
    silence = math.log((1 - MISFIT) * 0.75)
    np.testing.assert_allclose(caught[:, 0], [silence] + [silence + math.log(MISFIT)] * 3, atol=1e-9)


def test_reports_of_one_name_are_drawn_apart() -> None:
    # Two reports, each of one of two venues: all four ways must occur, by a draw of its own for each report.
    model = b.model(
        1,
        channels=(b.channel("force", 0.9, [0], n_slots=2),),
        moves=(b.chosen("raid", [0, 1], 1.0),),
        leaves=(b.leaf("raid[north]", 0), b.leaf("raid[south]", 0)),
    )
    row = Report("row", 0, 0, (0, 1), (1.0, 1.0))
    world = world_of(model, observed(model, row, row))
    states = world.begin(np.zeros((4000, 0)))
    world.advance(states, 0, np.arange(4000, dtype=np.uint64))
    north = world.totals(states)[:, 0]
    shares = np.array([(north == k).mean() for k in range(3)])
    assert np.abs(shares - [0.25, 0.5, 0.25]).max() < 6 * math.sqrt(0.25 / 4000)  # without it: 0.5, 0, 0.5


def test_a_parameter_at_the_edge_of_its_coordinate_is_a_number() -> None:
    model = b.model(
        1,
        parameters=(b.parameter("p", "Normal", 0.0, 1.0), b.parameter("q", "Beta", 0.02, 0.02)),
        quantities=(b.quantity("x", Param(0)),),
        channels=(b.channel("c", Param(1), [0]),),
        moves=(b.chosen("move", [0]),),
        leaves=(b.leaf("move", 0),),
    )
    for edge in (1e-300, 1e-9, 1 - 1e-9, 1 - 1e-16):
        record = observed(model, report(0, 0), caught=0, n_cells=1)
        assert math.isfinite(log_likelihood(model, record, [edge] * 3))
