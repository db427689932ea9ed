"""The prior predictive check: what is inside, how wide, how thinned, and that history of the model's own is inside."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from offramp.analyse.predictive import Kind, PredictiveResult, kinds_of, predictive
from offramp.core.errors import InputError, Place
from offramp.engine import compiled
from offramp.engine.block import Block
from offramp.engine.program import build
from offramp.ensemble.run import Options
from offramp.expr.ir import Quantity
from offramp.infer.observation import Beta, ObservationModel, Share
from offramp.model import model as m
from offramp.record.record import Event, Measurement, Record
from offramp.record.totals import Cell
from tests.engines import builders as b

HERE = Place("record.csv", 2, 1)
RATE = 0.1
SHARP = Beta(0.25e6, 0.75e6)
EVERYTHING = ObservationModel()


def world(n_days: int = 121) -> m.Model:
    """A quarter with a Poisson process, a move that never comes, and a level that stays."""
    start = dt.date(2021, 1, 1).toordinal()
    moves = b.spontaneous("a.rocket", [0], RATE), b.spontaneous("a.bomb", [1, 2], 0.0)
    made = b.model(
        n_days, moves=moves, leaves=(b.leaf("a.rocket", 0), b.leaf("a.bomb[north]", 1), b.leaf("a.bomb[south]", 1)),
        quantities=(b.quantity("level", 5.0, low=0.0, high=6.0),),
        outcomes=(b.outcome("rockets", "count", leaves=(0,), last_step=n_days - 1),
                  b.outcome("war", "any", b.apply("gt", Quantity(0), 5.5), last_step=n_days - 1)),
    )  # fmt: skip
    days = start + np.arange(n_days)
    return m.Model(**{**{f: getattr(made, f) for f in made.__dataclass_fields__}, "days": days, "first_day": start})


def record(*rows: tuple[int, int, int], measured: float = 5.2, to: dt.date = dt.date(2021, 12, 31)) -> Record:
    """Make a record of (month, day, count) rockets, and of one measurement with an error of 0.5."""
    events = [
        Event(f"r{i}", dt.date(2021, month, day), "day", "a.rocket", n, {}, dt.date(2021, month, day), HERE)
        for i, (month, day, n) in enumerate(rows)
    ]
    seen = dt.date(2021, 2, 10)
    level = Measurement("level", seen, measured, 0.5, seen, HERE)
    return Record(tuple(events), (level,), covers=(dt.date(2021, 1, 1), to))


def check(
    happened: Record, observation: ObservationModel = EVERYTHING, *, runs: int = 600, workers: int = 1, seed: int = 3
) -> PredictiveResult:
    model = world()
    program = build(model)

    def simulate(first: int, n: int, steps: np.ndarray) -> Block:
        return compiled.simulate(
            program, seed=seed, first_run=first, n_runs=n, sample_steps=steps, form="evaluator"
        )  # fmt: skip

    kinds = kinds_of(model, ["a.rocket", "a.bomb[north]"], observation)
    return predictive(
        model, happened, simulate=simulate, kinds=kinds, observation=observation,
        options=Options(runs, workers=workers), seed=seed, war="war",
    )  # fmt: skip


def thinned() -> ObservationModel:
    first, last = dt.date(2021, 1, 1), dt.date(2021, 12, 31)
    cell = Cell("rocket", ("a.rocket",), first, last, (1.0, 3.0), "assumed", "", first, HERE)
    return ObservationModel((Share(cell, SHARP, SHARP),))


def test_kinds_are_moves_or_all_variants_of_those_of_which_one_is_named() -> None:
    found = kinds_of(world(), ["a.rocket", "a.bomb[north]"], thinned())
    assert found == (Kind("a.rocket", (0,), "rocket"), Kind("a.bomb[north]", (1,)), Kind("a.bomb[south]", (2,)))


def test_moves_that_the_record_counts_as_one_kind_are_united() -> None:
    (share,) = thinned().shares
    both = replace(share, cell=replace(share.cell, moves=("a.rocket", "a.shell")))
    made = b.model(
        5, moves=(b.spontaneous("a.rocket", [0], RATE), b.spontaneous("a.shell", [1], RATE)),
        leaves=(b.leaf("a.rocket", 0), b.leaf("a.shell", 1)),
    )  # fmt: skip
    found = kinds_of(made, ["a.rocket"], ObservationModel((both,)))
    assert found == (Kind("a.rocket + a.shell", (0, 1), "rocket"),)


def test_months_are_counted_apart_and_the_last_may_be_cut_short() -> None:
    result = check(record((1, 1, 1), (1, 31, 1), (2, 1, 4), (5, 1, 2), (5, 2, 8)))
    rockets = [row for row in result.counts if row.kind == "a.rocket"]
    assert [row.month for row in rockets] == [dt.date(2021, k, 1) for k in range(1, 6)]
    assert [row.position.recorded for row in rockets] == [2, 4, 0, 0, 2]  # 1 May is the last day of the window
    assert result.kinds[0].total.recorded == 8


def test_intervals_are_those_of_the_poisson_process() -> None:
    result = check(record(), runs=4_000)
    january = result.counts[0].position
    law = stats.poisson(31 * RATE)
    assert (january.q05, january.q50, january.q95) == tuple(law.ppf([0.05, 0.5, 0.95]))
    assert january.mean == pytest.approx(31 * RATE, abs=6 * np.sqrt(31 * RATE / 4_000))
    assert january.within == pytest.approx(law.cdf(january.q95) - law.cdf(january.q05 - 1), abs=0.03)
    assert january.percentile == pytest.approx(law.pmf(0) / 2, abs=0.02)


def test_counts_and_outcomes_are_those_that_would_be_recorded() -> None:
    result = check(record((1, 5, 1)), thinned(), runs=4_000)
    assert result.counts[0].position.mean == pytest.approx(0.25 * 31 * RATE, abs=6 * np.sqrt(0.25 * 31 * RATE / 4_000))
    rockets = result.outcomes[0].position
    assert rockets is not None
    assert rockets.mean == pytest.approx(result.kinds[0].total.mean, abs=1e-9)
    assert result.kinds[0].is_thinned
    assert not result.kinds[1].is_thinned


def test_measurements_carry_their_error_and_stay_in_range() -> None:
    inside = check(record(measured=5.6)).series[0].position
    assert inside.is_inside
    assert inside.q95 == pytest.approx(5 + 0.5 * 1.645, abs=0.15)
    assert inside.q95 <= 6.0
    assert not check(record(measured=4.0)).series[0].position.is_inside


def test_what_never_varies_is_said() -> None:
    result = check(record((1, 5, 1)))
    assert result.frozen_months == ()
    never = [row.position for row in result.counts if row.kind == "a.bomb[south]"]
    assert all(position.is_constant and position.is_silent for position in never)
    assert result.war == 0.0


def test_silent_positions_are_left_out_on_request() -> None:
    result = check(record((1, 5, 30)))
    loud = result.positions(with_silent=False)
    assert (
        len(result.positions()) == 3 * 5 + 1 + 1
    )  # three kinds by month, a measurement, and one outcome with a history
    assert len(loud) == 5 + 1 + 1
    assert result.share_inside(with_silent=False) < result.share_inside() < 1


def test_widths_are_set_beside_those_of_the_fitted_negative_binomial() -> None:
    result = check(record(*[(k, 1, 3) for k in range(1, 6)]))
    row = result.kinds[0]
    fitted = stats.poisson(3.0).ppf([0.05, 0.95])
    own = np.mean([r.position.q95 - r.position.q05 + 1 for r in result.counts if r.kind == "a.rocket"])
    assert row.width_ratio == pytest.approx(own / (fitted[1] - fitted[0] + 1))
    assert result.too_wide == ()


def test_workers_change_nothing() -> None:
    alone, together = check(record((1, 5, 1)), thinned()), check(record((1, 5, 1)), thinned(), workers=2)
    assert alone == together


def test_a_record_that_does_not_cover_the_window_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        check(record(to=dt.date(2021, 4, 30)))
    assert caught.value.problems[0].code == "E715"


def test_numbers_of_runs_out_of_range_are_refused() -> None:
    with pytest.raises(InputError) as caught:
        check(record(), runs=0)
    assert caught.value.problems[0].code == "E701"


@pytest.mark.slow
def test_history_made_by_the_model_is_inside_as_often_as_it_says() -> None:
    """120 histories of five months: 600 counts; 6 standard errors of a share of 0.93 are 0.06 (false alarm 2e-9)."""
    rng = np.random.default_rng(11)
    inside, nominal = [], []
    for _ in range(120):
        daily = rng.poisson(RATE, 121)
        days = [dt.date(2021, 1, 1) + dt.timedelta(int(k)) for k in np.flatnonzero(daily)]
        rows = [(day.month, day.day, int(n)) for day, n in zip(days, daily[daily > 0], strict=True)]
        found = [row.position for row in check(record(*rows), runs=500).counts if row.kind == "a.rocket"]
        inside += [position.is_inside for position in found]
        nominal += [position.within for position in found]
    assert np.mean(inside) == pytest.approx(np.mean(nominal), abs=0.06)
