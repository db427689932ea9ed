"""The brute force itself: total probability, closed forms, and what runs of the reference interpreter do."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from offramp.engine import reference
from offramp.model.model import Model
from offramp.model.observed import ALWAYS_CAUGHT, NEVER_CAUGHT, Observed, Report
from tests.infer.oracle import solve
from tests.infer.tiny import leaf, observed, quantity, report, tiny
from tests.infer.told import model_of

pytestmark = pytest.mark.slow  # brute force takes half a minute

EXACT = 1e-12
SLIPS = 4  # of a day, that are listed one by one


@pytest.fixture(scope="module")
def one_day(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return tiny(tmp_path_factory.mktemp("one"), days=1)


@pytest.fixture(scope="module")
def two_days(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return tiny(tmp_path_factory.mktemp("two"), days=2)


# Total probability: over all records that can be, the likelihoods add up to 1.

NORTH_OR_SOUTH = {"blue.raid[north]": 0.7, "blue.raid[south]": 0.2}
SOUTH_OR_NORTH = {"blue.raid[north]": 0.3, "blue.raid[south]": 0.8}  # each raid is worded one way or the other
WORDINGS: Mapping[str, tuple[list[Mapping[str, float]], int]] = {  # what can be said of a track, and how often a day
    "blue": ([NORTH_OR_SOUTH, SOUTH_OR_NORTH, {"blue.talk": 1.0}], 2),
    "red": ([{"red.strike": 1.0}], 1),
    "slips": ([{"red.slip": 1.0}], SLIPS),
}
LEAVES = {
    "blue": ("blue.raid[north]", "blue.raid[south]", "blue.talk"),
    "red": ("red.strike",),
    "slips": ("red.slip",),
}


def all_records(model: Model, tracks: Sequence[str], caught: Mapping[str, int]) -> Iterator[Observed]:
    """Every record: on each day, of each track, each multiset of at most as many wordings as it has room for."""
    by_day = []
    for _ in range(model.n_steps):
        of_tracks = []
        for track in tracks:
            wordings, room = WORDINGS[track]
            of_tracks.append(
                [
                    said
                    for n in range(room + 1)
                    for said in itertools.combinations_with_replacement(range(len(wordings)), n)
                ]
            )
        by_day.append(list(itertools.product(*of_tracks)))
    for days in itertools.product(*by_day):
        reports = [
            report(model, step, WORDINGS[track][0][number])
            for step, of_tracks in enumerate(days)
            for track, said in zip(tracks, of_tracks, strict=True)
            for number in said
        ]
        yield observed(model, *reports, caught=caught, misfit=0.05)


@pytest.mark.parametrize(
    ("tracks", "cells", "others"),
    [
        (("blue",), (0, 0, ALWAYS_CAUGHT), ["red.strike", "red.slip"]),
        (("blue",), (0, 1, ALWAYS_CAUGHT), ["red.strike", "red.slip"]),
        (("red", "slips"), (0, 1), []),
        (("red", "slips"), (ALWAYS_CAUGHT, 0), ["blue.talk"]),
    ],
)
def test_all_records_of_two_days_together_are_certain(
    tmp_path: Path, tracks: tuple[str, ...], cells: tuple[int, ...], others: list[str]
) -> None:
    model = tiny(tmp_path / "fewer", days=2, without=others)
    caught = dict(zip([path for track in tracks for path in LEAVES[track]], cells, strict=True))
    records = list(all_records(model, tracks, caught))
    total = math.fsum(math.exp(solve(model, record, shares=(0.6, 0.3)).log_likelihood) for record in records)
    beyond = 0.05 * 0.5**SLIPS if "slips" in tracks else 0.0  # a misfit may tell of any number of slips
    assert total == pytest.approx((1 - beyond) ** 2, abs=EXACT)


def test_all_records_of_all_tracks_together_are_certain(one_day: Model) -> None:
    caught = dict(zip([path for leaves in LEAVES.values() for path in leaves], (0, 1, -1, -1, 0), strict=True))
    records = list(all_records(one_day, tuple(WORDINGS), caught))
    total = math.fsum(math.exp(solve(one_day, record, shares=(0.6, 0.3)).log_likelihood) for record in records)
    assert len(records) == 10 * 2 * (SLIPS + 1)
    assert total == pytest.approx(1 - 0.05 * 0.5**SLIPS, abs=EXACT)


def test_a_record_that_says_nothing_is_certain(two_days: Model) -> None:
    assert solve(two_days, observed(two_days, caught=NEVER_CAUGHT)).log_likelihood == pytest.approx(0, abs=EXACT)


def test_all_marks_of_an_event_together_are_as_likely_as_the_event(one_day: Model) -> None:
    known = [
        observed(one_day, report(one_day, 0, "blue.raid[north]", marks={"dead": n}), misfit=0.05) for n in range(60)
    ]
    total = math.fsum(math.exp(solve(one_day, record).log_likelihood) for record in known)
    unmarked = solve(one_day, observed(one_day, report(one_day, 0, "blue.raid[north]"), misfit=0.05))
    assert total == pytest.approx(math.exp(unmarked.log_likelihood), rel=1e-12)


# Closed forms.


def channel(model: Model, path: str = "blue.force") -> tuple[float, float, float]:
    """p of a slot of the tiny crisis on its first morning, and the choice probabilities of a raid and of a talk."""
    rate = {"blue.force": 1.5 / 2, "red.force": 0.7}[path]
    raid, talk = math.exp(0.5 + 0.25), math.exp(-0.5 - 0.25)
    return 1 - math.exp(-rate), raid / (1 + raid + talk), talk / (1 + raid + talk)


def north() -> float:
    return math.exp(0.25) / (1 + math.exp(0.25))


def test_one_report_and_a_silent_slot(one_day: Model) -> None:
    p, raid, talk = channel(one_day)
    r, e = 0.6, 0.01
    caught = {"blue.raid[north]": 0, "blue.raid[south]": NEVER_CAUGHT, "blue.talk": ALWAYS_CAUGHT}
    found = solve(
        one_day, observed(one_day, report(one_day, 0, "blue.raid[north]"), caught=caught, misfit=e), shares=(r,)
    )
    recorded = (1 - e) * p * raid * north() * r + e / 2
    # A raid rests after the first slot, recorded or not; then only a talk and holding are left.
    held = math.exp(-0.75) / (1 + math.exp(-0.75))
    told_first = recorded * (1 - e) * (1 - p * held)
    nothing_first = (1 - e) * (1 - p + p * (1 - raid - talk))
    unrecorded_first = (1 - e) * p * raid * (1 - north() * r)
    told_second = nothing_first * recorded + unrecorded_first * e / 2
    assert math.exp(found.log_likelihood) == pytest.approx(told_first + told_second, rel=1e-6)  # utilities are float32


def test_two_equal_reports_fill_both_slots_in_one_way(one_day: Model) -> None:
    p, _, talk = channel(one_day)
    two = observed(one_day, *[report(one_day, 0, "blue.talk")] * 2, caught={"blue.talk": ALWAYS_CAUGHT}, misfit=0.0)
    assert math.exp(solve(one_day, two).log_likelihood) == pytest.approx((p * talk) ** 2, rel=1e-6)


def test_a_report_without_a_slot_happens_and_costs_the_misfit(one_day: Model) -> None:
    e = 0.01
    caught = {"red.strike": ALWAYS_CAUGHT}
    one, two = ([report(one_day, 0, "red.strike")] * n for n in (1, 2))
    alone = solve(one_day, observed(one_day, *one, caught=caught, misfit=e))
    both = solve(one_day, observed(one_day, *two, caught=caught, misfit=e), with_totals=True)
    assert both.log_likelihood == pytest.approx(alone.log_likelihood + math.log(e) - math.log(2), abs=EXACT)
    assert both.total("red.strike") == {2.0: pytest.approx(1.0)}


@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_reports_of_a_spontaneous_move(one_day: Model, n: int) -> None:
    rate, r, e = 0.55, 0.3, 0.01
    chances = [math.exp(-rate), rate * math.exp(-rate)]
    chances.append(1 - sum(chances))  # two, or cut at two
    thinned = sum(chances[N] * math.comb(N, n) * r**n * (1 - r) ** (N - n) for N in range(n, 3))
    record = observed(one_day, *[report(one_day, 0, "red.slip")] * n, caught={"red.slip": 0}, misfit=e)
    found = solve(one_day, record, shares=(r,), with_totals=True)
    misfit = e * 0.5**n if n else 0.0
    assert math.exp(found.log_likelihood) == pytest.approx((1 - e) * thinned + misfit, rel=1e-6)
    assert sum(chance for total, chance in found.total("red.slip").items() if total < n) == 0


def test_an_uncertain_date_is_the_mean_over_its_days(two_days: Model) -> None:
    caught = {"red.strike": 0, "blue.talk": ALWAYS_CAUGHT}
    days = [
        solve(two_days, observed(two_days, report(two_days, step, "red.strike"), caught=caught), shares=(0.5,))
        for step in (0, 1)
    ]
    week = solve(two_days, observed(two_days, report(two_days, (0, 1), "red.strike"), caught=caught), shares=(0.5,))
    mean = sum(math.exp(day.log_likelihood) for day in days) / 2
    assert math.exp(week.log_likelihood) == pytest.approx(mean, rel=1e-12)
    weights = [math.exp(day.log_likelihood) / (2 * mean) for day in days]
    x = [sum(value * chance for value, chance in answer.quantity("x").items()) for answer in (*days, week)]
    assert x[2] == pytest.approx(weights[0] * x[0] + weights[1] * x[1], rel=1e-12)


def test_uncertain_attribution_is_a_sum_over_candidates(one_day: Model) -> None:
    caught = {"red.strike": ALWAYS_CAUGHT, "blue.talk": ALWAYS_CAUGHT}
    weights = {"red.strike": 0.25, "blue.talk": 0.5}
    alone = [solve(one_day, observed(one_day, report(one_day, 0, path), caught=caught)) for path in weights]
    either = solve(one_day, observed(one_day, report(one_day, 0, weights), caught=caught))
    parts = [w * math.exp(answer.log_likelihood) for w, answer in zip(weights.values(), alone, strict=True)]
    assert math.exp(either.log_likelihood) == pytest.approx(sum(parts), rel=1e-12)


def test_who_it_was_is_weighed_by_what_the_model_thinks(one_day: Model) -> None:
    record = observed(one_day, report(one_day, 0, {"red.strike": 0.25, "blue.talk": 0.5}), misfit=0.0)
    p, raid, talk = channel(one_day)
    red = 1 - math.exp(-0.7)
    strike = math.exp(-0.5) / (1 + math.exp(-0.5))
    quiet = 1 - p * (raid + talk)
    by_red, by_blue = 0.25 * red * strike * quiet**2, 0.5 * 2 * p * talk * quiet * (1 - red * strike)
    found = solve(one_day, record, with_totals=True).total("red.strike")
    assert found[1.0] == pytest.approx(by_red / (by_red + by_blue), rel=1e-6)


@pytest.mark.parametrize(("dead", "fits"), [(0, 0.6), (1, 0.4), (2, 0.0)])
def test_a_mark_is_weighed_by_the_effects_of_its_leaf(one_day: Model, dead: int, fits: float) -> None:
    e = 0.01
    plain = solve(one_day, observed(one_day, report(one_day, 0, "blue.raid[north]"), misfit=e))
    marked = report(one_day, 0, "blue.raid[north]", marks={"dead": dead})
    found = solve(one_day, observed(one_day, marked, misfit=e))
    factor = math.exp(found.log_likelihood - plain.log_likelihood)
    assert factor == pytest.approx((1 - e) * fits + e * 0.5 ** (dead + 1), rel=1e-6)
    assert found.quantity("dead") == {float(dead): pytest.approx(1.0)}


def test_effects_on_one_tally_make_its_mark_together(tmp_path: Path) -> None:
    deaths = [{"on": "dead", "add": "Poisson(1.5)"}, {"on": "dead", "add": 2, "probability": 0.25}]
    model = model_of(
        tmp_path / "marked",
        scenario={"name": "marked", "title": "Marked", "clock": {"start": "2020-01-01", "days": 1}},
        quantities={"dead": {"kind": "tally", "unit": "people"}},
        moves={"blue.act": {"title": "Act", "utility": {"base": 100}, "effects": deaths}, "red.act": {"title": "Act"}},
    )
    record = observed(model, report(model, 0, "blue.act", marks={"dead": 3}), misfit=0.0, caught={"blue.act": -1})
    poisson = [math.exp(-1.5) * 1.5**n / math.factorial(n) for n in range(4)]
    assert math.exp(solve(model, record).log_likelihood) == pytest.approx(
        0.75 * poisson[3] + 0.25 * poisson[1], rel=1e-6
    )


def test_a_reading_weighs_worlds_by_its_density(one_day: Model) -> None:
    prior = solve(one_day, observed(one_day, caught=NEVER_CAUGHT)).quantity("x")
    record = observed(one_day, caught=NEVER_CAUGHT, readings=[(0, "x", 0.4, 0.1)])
    joint = {x: p * math.exp(-0.5 * ((0.4 - x) / 0.1) ** 2) / (0.1 * math.sqrt(2 * math.pi)) for x, p in prior.items()}
    found = solve(one_day, record)
    assert math.exp(found.log_likelihood) == pytest.approx(sum(joint.values()), rel=1e-12)
    assert found.quantity("x") == pytest.approx({x: p / sum(joint.values()) for x, p in joint.items()}, rel=1e-12)


def test_what_a_reading_allows_to_be_left_out_widens_it(one_day: Model) -> None:
    exact, loose = (observed(one_day, caught=NEVER_CAUGHT, readings=[(0, "x", 0.4, sd)]) for sd in (0.5, 0.3))
    loose = replace(loose, readings=(replace(loose.readings[0], left_out=0.4),))  # 0.5**2 = 0.3**2 + 0.4**2
    assert solve(one_day, loose).log_likelihood == pytest.approx(solve(one_day, exact).log_likelihood, abs=EXACT)


# Frequencies.


@pytest.fixture(scope="module")
def lived(two_days: Model) -> list[reference.Run]:
    return [reference.live(two_days, 7, run) for run in range(4_000)]


def day_reports(model: Model, run: reference.Run) -> tuple[Report, ...]:
    """A record that holds everything."""
    told = [
        report(model, step, model.leaves[event.leaf].path)
        for step, evening in enumerate(run.evenings)
        for event in evening.events
    ]
    return tuple(replace(found, id="") for found in sorted(told, key=lambda found: (found.first_step, found.leaves)))


def test_full_records_come_as_often_as_they_are_likely(two_days: Model, lived: list[reference.Run]) -> None:
    counts = Counter(day_reports(two_days, run) for run in lived)
    common = [record for record, n in counts.most_common(25) if n >= 20]
    assert len(common) > 10
    for record in common:
        p = math.exp(solve(two_days, observed(two_days, *record, misfit=0.0)).log_likelihood)
        assert abs(counts[record] - len(lived) * p) < 5 * math.sqrt(len(lived) * p * (1 - p))


def test_every_record_that_came_is_possible(two_days: Model, lived: list[reference.Run]) -> None:
    records = {day_reports(two_days, run) for run in lived[:300]}
    assert all(
        math.isfinite(solve(two_days, observed(two_days, *found, misfit=0.0)).log_likelihood) for found in records
    )


@pytest.mark.parametrize("path", ["x", "dead", "nerve"])
def test_the_worlds_left_are_those_that_runs_reach(two_days: Model, lived: list[reference.Run], path: str) -> None:
    talk = leaf(two_days, "blue.talk")
    known = [run.x[quantity(two_days, path)] for run in lived if run.totals[talk] == 0]
    silent = observed(two_days, caught={"blue.talk": ALWAYS_CAUGHT}, misfit=0.0)
    found = solve(two_days, silent).quantity(path)
    mean = sum(value * chance for value, chance in found.items())
    sd = math.sqrt(sum((value - mean) ** 2 * chance for value, chance in found.items()))
    assert abs(float(np.mean(known)) - mean) < 5 * sd / math.sqrt(len(known))
