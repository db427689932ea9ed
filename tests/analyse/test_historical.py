"""Outcomes of the recorded history: a run that is written down as a record has the outcomes that the run had."""

from __future__ import annotations

import datetime as dt

import numpy as np

from offramp.analyse.historical import historical_outcomes, leaf_events, step_of
from offramp.core.errors import Place
from offramp.engine.block import Block
from offramp.expr.ir import Memory, Param, Quantity
from offramp.model import model as m
from offramp.record.record import Event, Measurement, Record
from tests.engines import builders as b
from tests.engines.engines import ENGINES

HERE = Place("record.csv", 2, 1)
N_STEPS = 40


def world() -> m.Model:
    kinds = [
        m.MemoryModel("since", "since", (0, 1), (), initial=m.SINCE_NEVER),
        m.MemoryModel("count", "count", (0,), (), window=5, initial_window=(0.0,) * 5),
        m.MemoryModel("recent", "recent", (1,), (), decay=0.75),
        m.MemoryModel("ever", "ever", (1,), ()),
    ]
    effects = [b.effect("dies", 0, "add", 2.0)], [b.effect("rises", 1, "add", 0.5)]
    return b.model(
        N_STEPS,
        quantities=(b.quantity("dead", kind="tally", low=0.0), b.quantity("level"), b.quantity("index")),
        moves=(b.spontaneous("a.strike", [0, 1], 0.2),),
        leaves=(b.leaf("a.strike[north]", 0, effects[0]), b.leaf("a.strike[south]", 0, effects[1])),
        memories=tuple(kinds),
        parameters=(b.parameter("p", "Normal", 0.0, 1.0),),
        outcomes=(
            b.outcome("any", "any", b.apply("le", Memory(0), 1.0), last_step=N_STEPS - 1),
            b.outcome("busy", "max", Memory(1), last_step=N_STEPS - 1),
            b.outcome("fading", "mean", Memory(2), last_step=N_STEPS - 1),
            b.outcome("ever", "final", Memory(3), last_step=N_STEPS - 1),
            b.outcome("first", "first", b.apply("gt", Quantity(0), 3.0), last_step=N_STEPS - 1),
            b.outcome("never", "first", b.apply("gt", Quantity(0), 900.0), last_step=N_STEPS - 1),
            b.outcome("dead", "final", Quantity(0), last_step=N_STEPS - 1),
            b.outcome("least", "min", Quantity(1), first_step=7, last_step=N_STEPS - 1),
            b.outcome("sum", "sum", Quantity(1), first_step=7, last_step=20),
            b.outcome("north", "count", leaves=(0,), first_step=3, last_step=30),
            b.outcome("hidden", "max", Quantity(2), last_step=N_STEPS - 1),
            b.outcome("drawn", "final", b.apply("add", Param(0), Quantity(1)), last_step=N_STEPS - 1),
        ),
    )  # fmt: skip


def day(step: int) -> dt.date:
    return dt.date.fromordinal(world().first_day + step)


def run(number: int) -> Block:
    return ENGINES["evaluator"](world(), seed=5, first_run=number, n_runs=1, sample_steps=range(N_STEPS))


def written_down(block: Block, model: m.Model) -> Record:
    """Make the record of a run: its events with their marks, and its level on every day."""
    daily = np.diff(block.sample_counts[:, :, 0], axis=0, prepend=0).astype(int)
    events = [
        Event(f"r{step}-{leaf}", day(step), "day", model.leaves[leaf].path, int(n),
              {"dead": 2.0 * n * (leaf == 0)}, day(step), HERE)
        for (step, leaf), n in np.ndenumerate(daily) if n
    ]  # fmt: skip
    levels = block.samples[:, 1, 0]
    measured = [
        Measurement("level", day(step), float(value), 0.0, day(step), HERE) for step, value in enumerate(levels)
    ]
    return Record(tuple(events), tuple(measured), covers=(day(0), day(N_STEPS - 1)))


def test_a_run_written_down_has_the_outcomes_of_the_run() -> None:
    model = world()
    for number in range(12):
        block = run(number)
        found = historical_outcomes(model, written_down(block, model))
        told = {name: value for name, value in found.items() if value is not None}
        assert set(found) - set(told) == {"hidden", "drawn"}
        for outcome, value in zip(model.outcomes, block.outcomes[0], strict=True):
            if outcome.name in told:
                assert np.isclose(told[outcome.name], value, rtol=1e-6), (number, outcome.name)


def test_a_record_that_ends_earlier_tells_no_outcome() -> None:
    record = Record(covers=(day(0), day(N_STEPS - 2)))
    assert set(historical_outcomes(world(), record).values()) == {None}


def test_a_final_value_is_told_by_a_measurement_near_its_day_alone() -> None:
    model = b.model(
        200, quantities=(b.quantity("level"),), outcomes=(b.outcome("end", "final", Quantity(0), last_step=199),)
    )
    for step, expected in ((199 - 91, 3.0), (199 - 92, None)):
        rows = tuple(Measurement("level", day(k), float(v), 0.0, day(k), HERE) for k, v in ((0, 1), (step, 3)))
        record = Record(measurements=rows, covers=(day(0), day(199)))
        assert historical_outcomes(model, record) == {"end": expected}


def test_a_row_that_names_no_variant_counts_where_all_are_meant() -> None:
    record = Record((Event("r", day(2), "day", "a.strike", 3, {}, day(2), HERE),), covers=(day(0), day(39)))
    assert leaf_events(world(), record, [0, 1]).sum() == 3
    assert leaf_events(world(), record, [0]).sum() == 0


def test_days_outside_the_window_have_no_step() -> None:
    assert [step_of(world(), day(k)) for k in (-1, 0, N_STEPS - 1, N_STEPS)] == [None, 0, N_STEPS - 1, None]
