"""Hindsight of a small crisis from its own conditioned histories; null edits, placebos, and bounds."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import binom

from offramp.analyse.alternatives import Alternative
from offramp.analyse.bounds import frechet_bounds
from offramp.analyse.compare import compare
from offramp.engine.block import Block
from offramp.engine.branch import simulate_branch
from offramp.engine.conditioned import compile_world
from offramp.engine.hindsight import Coupling
from offramp.engine.program import build
from offramp.ensemble.pairs import Wanted, run_pairs
from offramp.ensemble.run import Options, Simulate
from offramp.expr.ir import Active
from offramp.infer.foresight import Foresight, foresee
from offramp.infer.hindsight import Hindsight, day_of, first_step_of
from offramp.infer.observed import ObservedRecord
from offramp.model.intervention import EMPTY, Activity, Intervention, Scale, Shift
from offramp.model.model import Model
from offramp.scenario.load import load
from tests.engines import builders as b
from tests.engines.engines import differences
from tests.engines.hindsights import both, record
from tests.infer.told import day, event, model_of, observe, record_of
from tests.model.edited import intervene

pytestmark = pytest.mark.slow  # the day loop of hindsight takes a minute to compile

N, SEED = 300, 4
ALARM = 1e-4  # probability that a rate that is right is found too low, or too high
LIMIT = 5.0  # standard errors
COUPLINGS: tuple[Coupling, ...] = ("gumbel", "independent")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("crisis")


@pytest.fixture(scope="module")
def model(folder: Path) -> Model:
    """Raids that kill and rouse, each day's mood with noise."""
    rouse = {"on": "x", "add": 0.05}
    return model_of(
        folder,
        scenario={"name": "small", "title": "Small", "clock": {"start": "2020-01-01", "days": 30}},
        quantities={
            "x": {
                "kind": "level", "unit": "index", "range": [0, 1], "start": 0.4, "rest": 0.4, "half_life": "5 d",
                "noise": 0.02,
            },
            "dead": {"kind": "tally", "unit": "people"},
        },
        moves={
            "blue.raid": {
                "title": "Raid", "utility": {"base": "Normal(-2, 0.5)", "hot": "x"},
                "variants": {"north": {"effects": [{"on": "dead", "add": "Poisson(1)"}, rouse]}, "south": {}},
            },
            "blue.talk": {"title": "Talk", "utility": {"base": -1}},
            "red.raid": {"title": "Raid", "utility": {"base": -2}, "effects": [{"on": "dead", "add": "Poisson(1)"}]},
            "red.slip": {"title": "Slip", "rate": "0.1 / day", "max_per_day": 2},
        },
        outcomes={
            "roused": "any(x > 0.52)", "raids": "count(blue.raid)",
            "dead": "final(dead)", "when": "first(dead > 4)",
        },
    )  # fmt: skip


@pytest.fixture(scope="module")
def told(model: Model) -> ObservedRecord:
    return observe(
        model,
        record_of(
            event("a", day(3), "blue.raid[north]", marks={"dead": 2}),
            event("b", day(9), "blue.raid[south]"),
            event("c", day(14), "red.raid"),
            event("d", day(13), "red.slip", precision="week"),
        ),
        "blue.raid", "red.raid", "red.slip",
    )  # fmt: skip


def foresight(model: Model, told: ObservedRecord, as_of: dt.date) -> Foresight:
    return foresee(model, told, as_of=as_of, n=N, seed=SEED, workers=2)


@pytest.fixture(scope="module")
def hindsight(model: Model, told: ObservedRecord) -> Hindsight:
    return Hindsight(model, told, SEED, foresight(model, told, day(30)).conditioned)


def whole(simulate: Simulate, model: Model) -> Block:
    return simulate(0, N, np.arange(model.n_steps))


def test_without_edits_it_is_the_record(hindsight: Hindsight, model: Model) -> None:
    counted = range(len(model.leaves))
    recorded = whole(hindsight.recorded(counted=counted, with_trail=True), model)
    edited = whole(hindsight.edited(EMPTY, counted=counted, with_trail=True), model)
    assert differences(recorded, edited) == []
    paths = [leaf.path for leaf in model.leaves]
    for path in ("blue.raid[north]", "blue.raid[south]", "red.raid", "red.slip"):
        assert (recorded.counts[:, paths.index(path)] == 1).all()


def test_a_null_edit_differs_by_exactly_zero_looking_forth_and_back(
    hindsight: Hindsight, model: Model, told: ObservedRecord, folder: Path
) -> None:
    edits = ("if x > 5 then forbid blue.raid while from 2020-01-16", "if x > 5 then set dead = 0 once from 2020-01-16")
    ahead = foresight(model, told, day(15))
    for text in edits:
        null = intervene(load(folder), text, model=model)
        assert null.activities
        was = hindsight.recorded(counted=(), with_trail=True)
        pairs = [(was, hindsight.edited(null, counted=(), with_trail=True, coupling=c)) for c in COUPLINGS]
        pairs.append(
            (ahead.simulator(EMPTY, counted=(), with_trail=True), ahead.simulator(null, counted=(), with_trail=True))
        )
        for plain, edited in pairs:
            assert differences(whole(plain, model), whole(edited, model)) == []


def test_the_first_step_is_that_of_the_first_edit(folder: Path, model: Model) -> None:
    late = intervene(load(folder), "forbid blue.raid from 2020-01-11", "forbid red.raid from 2020-01-21", model=model)
    assert first_step_of(late, model) == 10
    assert day_of(model, 10) == dt.date(2020, 1, 11)
    assert first_step_of(EMPTY, model) == model.n_steps
    assert first_step_of(Intervention(activities=late.activities, shifts=(Shift(0, 1.0),)), model) == 0


def test_the_same_pasts_lived_afresh_keep_the_past(hindsight: Hindsight, model: Model) -> None:
    fresh = whole(hindsight.afresh(EMPTY, from_step=12, counted=()), model)
    recorded = whole(hindsight.recorded(counted=()), model)
    assert (fresh.samples[:12] == recorded.samples[:12]).all()
    assert (fresh.samples[12:] != recorded.samples[12:]).any()


# Placebo: the edited side lives on with other noise, and nothing is done. Nothing must be found, at the rate stated.

N_REPLICATIONS, N_PAIRS = 200, 120


def placebo(found: Foresight) -> Simulate:
    """The same particles, from the branch on with the noise of other runs."""
    particles = found.conditioned
    world = compile_world(build(found.model), found.observed.observed, seed=found.seed)

    def simulate(first: int, n: int, steps: NDArray[np.int64]) -> Block:
        own = slice(first, first + n)
        return simulate_branch(
            world, coordinates=particles.coordinates[own], keys=particles.keys[:, own], first_run=first + 10_000,
            sample_steps=steps, counted=(), with_trail=True,
        )  # fmt: skip

    return simulate


def test_a_placebo_is_found_to_do_something_as_often_as_intervals_say(model: Model, told: ObservedRecord) -> None:
    nothing = Alternative("placebo", "placebo", ())
    covered: dict[str, int] = {}
    for number in range(N_REPLICATIONS):
        found = foresee(model, told, as_of=day(10), n=N_PAIRS, seed=1000 + number, workers=1)
        sides = [found.simulator(EMPTY, counted=(), with_trail=True), placebo(found)]
        pairs = run_pairs(model, sides, options=Options(N_PAIRS, workers=1), wanted=Wanted())
        for name, outcome in compare(pairs, alternatives=[nothing]).comparisons[0].outcomes.items():
            interval = outcome.share.interval if outcome.share else outcome.interval
            assert interval is not None
            covered[name] = covered.get(name, 0) + (interval[0] <= 0 <= interval[1])
    low, high = binom.ppf([ALARM, 1 - ALARM], N_REPLICATIONS, 0.9)
    assert all(low <= n <= high for n in covered.values()), covered


# Bounds.


@pytest.mark.parametrize("r", [0.0, 0.1, 0.5, 0.9, 1.0])
@pytest.mark.parametrize("e", [0.0, 0.3, 0.8, 1.0])
def test_bounds_are_the_least_and_largest_over_all_joint_tables(r: float, e: float) -> None:
    # A joint table has one number to choose: the probability that it happens in both worlds.
    both_happen = np.linspace(max(0.0, r + e - 1), min(r, e), 1001)
    if r > 0:
        assert frechet_bounds(np.ones(1), (r, e)) == pytest.approx((both_happen[0] / r, both_happen[-1] / r))
    if r < 1:
        only_edited = (e - both_happen) / (1 - r)
        assert frechet_bounds(np.zeros(1), (r, e)) == pytest.approx((only_edited.min(), only_edited.max()))
    low, high = frechet_bounds(np.array([1.0, 0.0]), (r, e))
    assert 0 <= low <= high <= 1


def one_choice(days: int = 1) -> Model:
    """A hit with probability 0.6 a day, and its edit scales it."""
    channel = b.channel("c", 0.9, (0,))
    return b.model(days, moves=(b.chosen("hit", (0,), np.log(2.0)),), leaves=(b.leaf("hit"),), channels=(channel,))


def at(probability: float, first_step: int = 0) -> Intervention:
    return Intervention(
        activities=(Activity("edit", "always", first_step, 99),),
        scales=(Scale("channel", 0, b.apply("where", Active(0), probability, 0.9)),),
    )


@pytest.mark.parametrize("probability", [0.3, 0.95])
@pytest.mark.parametrize("happened", [True, False])
def test_both_couplings_keep_to_the_bounds_where_the_record_is_whether_it_happened(
    happened: bool, probability: float
) -> None:
    model, n = one_choice(), 20_000
    told = record(model, [(0, ())] if happened else [])
    low, high = frechet_bounds(np.array([float(happened)]), (0.6, probability * 2 / 3))
    error = LIMIT * 0.5 / n**0.5
    shares = [
        float(both(model, told, at(probability), n, coupling=coupling)[1].counts[:, 0].mean()) for coupling in COUPLINGS
    ]
    assert all(low - error <= share <= high + error for share in shares)
    # Gumbels and opportunities rise and fall together: as often in both worlds as can be, so the bound is sharp.
    assert shares[0] == pytest.approx(high if happened else low, abs=error)
    assert abs(shares[1] - shares[0]) > error


def test_a_record_that_tells_more_than_whether_can_lead_outside() -> None:
    # A hit on the second day alone, where the edit allows none. The bounds think of a hit on the first day, too.
    model = one_choice(days=2)
    told = record(model, [], [(0, ())])
    edits = at(0.0, first_step=1)
    recorded, edited = both(model, told, edits, 500)
    assert (recorded.counts == 1).all()
    assert (edited.counts == 0).all()
    either_day = 1 - 0.4**2
    assert frechet_bounds(np.ones(1), (either_day, 0.6))[0] > 0.5
    # From the first day on which the edit can act, there is no more to tell: there they hold.
    assert frechet_bounds(np.ones(1), (0.6, 0.0)) == (0.0, 0.0)
