"""A run told month by month: what is new, rare or deadly by its days, the rest gathered, the dead counted."""

import datetime as dt

import numpy as np
import pytest

import offramp
from offramp.engine.trace import Trace, TracedEffect, TracedEvent
from offramp.present.story import Deed, costs, dead_titles, in_one_breath, months_told
from offramp.scenario.document import ScenarioDocument

START = dt.date(2020, 1, 1)


@pytest.fixture(scope="module")
def document() -> ScenarioDocument:
    return offramp.load("two-rivals").document


def raid(day: int, dead: float = 0.0) -> TracedEvent:
    effects = (TracedEffect("guard.raid.effects.blue_deaths", "blue_deaths", "add", dead, day),)
    return TracedEvent(day, START + dt.timedelta(days=day), "guard.raid", 0, (), effects)


def strike(day: int) -> TracedEvent:
    return TracedEvent(day, START + dt.timedelta(days=day), "blue.strike", 0, (), ())


def told(*events: TracedEvent) -> Trace:
    ordered = tuple(sorted(events, key=lambda event: event.step))
    return Trace("x", 1, 0, np.arange(99), ("tension",), np.zeros((99, 1), np.float32), ordered, {}, {})


def test_what_is_new_is_told_by_its_days_and_what_goes_on_is_gathered(document: ScenarioDocument) -> None:
    january, february = months_told(document, told(raid(2), raid(4), strike(5), raid(35), strike(36)))
    assert january.title == "January 2020"
    assert [(d.days, d.title) for d in january.told] == [("3 and 5 Jan", "Cross-border raid"), ("6 Jan", "Air strike")]
    assert january.also == ()
    assert [d.title for d in february.told] == ["Air strike"]  # twice in all: each time is told
    assert [(d.days, d.title) for d in february.also] == [("5 Feb", "Cross-border raid")]


def test_what_costs_lives_is_always_told_by_its_days(document: ScenarioDocument) -> None:
    _, february = months_told(document, told(raid(2), raid(3), raid(35, dead=2), raid(40)))
    (deed,) = february.told
    assert (deed.days, deed.cost) == ("5 and 10 Feb", "blue deaths: 2")
    assert february.dead == "blue deaths: 2"


def test_months_without_an_event_are_passed_over(document: ScenarioDocument) -> None:
    assert [m.title for m in months_told(document, told(raid(2), raid(70)))] == ["January 2020", "March 2020"]
    assert months_told(document, told()) == ()


def test_many_days_are_counted_and_several_on_one_day_too(document: ScenarioDocument) -> None:
    (january,) = months_told(document, told(*(raid(day) for day in range(1, 21, 2))))
    assert january.told[0].days == "10 times, 2 to 20 Jan"
    (january,) = months_told(document, told(raid(1), raid(1), raid(3)))
    assert january.told[0].days == "3 times, 2 and 4 Jan"


def test_only_what_counts_the_dead_is_a_cost(document: ScenarioDocument) -> None:
    counted = dead_titles(document)
    assert counted == {"blue_deaths": "blue deaths"}
    other = TracedEvent(1, START, "guard.raid", 0, (), (TracedEffect("e", "tension", "add", 0.5, 1),))
    assert costs([other, raid(2, dead=1), raid(3, dead=3)], counted) == "blue deaths: 4"


def test_chosen_events_have_their_full_date(document: ScenarioDocument) -> None:
    assert in_one_breath(document, [raid(35, dead=1)]) == (
        Deed("5 February 2020", "guard.raid", "Cross-border raid", "blue deaths: 1"),
    )
