"""What is told of a run in one breath: rare, high on the ladder or deadly, in order of date."""

import datetime as dt

import numpy as np

from offramp.analyse.turning_points import deaths_of, turning_points
from offramp.engine.trace import Trace, TracedEffect, TracedEvent

START = dt.date(2020, 1, 1)


def event(step: int, leaf: str, dead: float = 0.0) -> TracedEvent:
    effects = (TracedEffect(f"{leaf}.effects.dead", "dead", "add", dead, step),)
    return TracedEvent(step, START + dt.timedelta(days=step), leaf, 0, (), effects)


def told(*events: TracedEvent) -> Trace:
    return Trace("x", 1, 0, np.arange(9), ("dead",), np.zeros((9, 1), np.float32), events, {}, {})


COUNTS = {"a.common": 20.0, "a.rare": 0.01, "a.strike[north]": 2.0, "a.talk": 2.0}


def names(run: Trace, limit: int) -> list[tuple[int, str]]:
    found = turning_points(run, mean_counts=COUNTS, rungs={"a.strike": 6}, dead={"dead"}, limit=limit)
    return [(e.step, e.leaf) for e in found]


def test_rare_moves_and_high_rungs_go_before_common_ones_and_dates_order_them() -> None:
    run = told(event(1, "a.common"), event(2, "a.strike[north]"), event(3, "a.talk"), event(4, "a.rare"))
    assert names(run, 2) == [(2, "a.strike[north]"), (4, "a.rare")]


def test_each_move_is_told_once_at_its_costliest() -> None:
    run = told(event(1, "a.common"), event(2, "a.common", dead=9), event(3, "a.common", dead=1), event(4, "a.talk"))
    assert names(run, 5) == [(2, "a.common"), (4, "a.talk")]


def test_many_dead_are_told_though_the_move_is_common() -> None:
    run = told(event(1, "a.talk"), event(2, "a.common", dead=500))
    assert names(run, 1) == [(2, "a.common")]
    assert deaths_of(run.events[1], {"dead"}) == 500
    assert deaths_of(run.events[1], {"other"}) == 0


def test_an_empty_run_has_none() -> None:
    assert names(told(), 3) == []
