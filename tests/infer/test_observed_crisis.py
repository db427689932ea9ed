"""The record of the packaged crisis as data: nothing is dropped in silence, and nothing is known before its day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pytest

from offramp.infer.observation import observation_model
from offramp.infer.observed import ObservedRecord, Recordable, observe_record, recordable
from offramp.model.lower import lower
from offramp.model.model import Model
from offramp.model.observed import ALWAYS_CAUGHT, NEVER_CAUGHT
from offramp.record.record import Record
from offramp.record.totals import Published
from offramp.scenario.load import load
from offramp.scenario.observed import observe, published

EVE = dt.date(2019, 12, 28)
CUT_OFF = dt.date(2020, 6, 30)
DAYS = {"all": {}, "as of the eve": {"as_of": EVE}, "to the cut-off": {"until": CUT_OFF}}


@dataclass(frozen=True)
class Crisis:
    model: Model
    record: Record
    published: Published
    named: Recordable

    def observed(self, *, as_of: dt.date | None = None, until: dt.date | None = None) -> ObservedRecord:
        seen = observation_model(self.published, self.record, as_of=as_of)
        return observe_record(self.model, self.record, observation=seen, named=self.named, as_of=as_of, until=until)

    def leaf(self, path: str) -> int:
        return [leaf.path for leaf in self.model.leaves].index(path)

    def step(self, day: dt.date) -> int:
        return day.toordinal() - self.model.first_day


@pytest.fixture(scope="module")
def crisis() -> Crisis:
    loaded = load("us-iran-iraq")
    record = observe(loaded)
    assert record is not None
    return Crisis(lower(loaded, record=record), record, published(loaded), recordable(loaded.document.record))


@pytest.mark.parametrize("days", DAYS.values(), ids=DAYS)
def test_every_row_is_used_or_listed_and_none_is_both(crisis: Crisis, days: dict[str, dt.date]) -> None:
    found = crisis.observed(**days)
    rows = {event.id: event for event in crisis.record.events}
    used = {report.id.partition("#")[0] for report in found.observed.reports}
    listed = [unused.name for unused in found.unused if unused.part == "row"]
    assert used.isdisjoint(listed)
    assert len(set(listed)) == len(listed)
    assert used | set(listed) == set(rows)
    assert len(crisis.record.unmapped) == 0
    assert sum(rows[name].count for name in used) == len(found.observed.reports)


@pytest.mark.parametrize("days", DAYS.values(), ids=DAYS)
def test_every_mark_and_measurement_is_used_or_listed(crisis: Crisis, days: dict[str, dt.date]) -> None:
    found = crisis.observed(**days)
    rows = {event.id: event for event in crisis.record.events}
    parts = [unused.part for unused in found.unused]
    used = {report.id.partition("#")[0] for report in found.observed.reports}
    n_marks = sum(len(report.marks) for report in found.observed.reports)
    assert n_marks + parts.count("mark") == sum(len(rows[name].marks) for name in used)
    assert len(found.observed.readings) + parts.count("measurement") == len(crisis.record.measurements)
    assert all(reading.sd > 0 for reading in found.observed.readings)


def test_the_default_window_holds_most_of_the_record(crisis: Crisis) -> None:
    found = crisis.observed()
    assert len(found.observed.reports) == 353
    assert len(found.observed.cells) == 6
    assert len(found.observed.readings) == 34
    assert int((found.observed.caught != NEVER_CAUGHT).any(axis=0).sum()) == 75
    reasons = {unused.reason.partition(":")[0] for unused in found.unused if unused.part == "row"}
    assert reasons == {"before the first step", "it stands for no event that other rows do not list"}


@pytest.mark.parametrize("days", DAYS.values(), ids=DAYS)
def test_a_report_stands_where_its_leaves_are_caught(crisis: Crisis, days: dict[str, dt.date]) -> None:
    observed = crisis.observed(**days).observed
    for report in observed.reports:
        steps = observed.caught[report.first_step : report.last_step + 1]
        assert (steps[:, list(report.leaves)] != NEVER_CAUGHT).all()
        assert all(0 < weight <= 1 for weight in report.weights)


def test_attacks_have_their_shares_and_what_makes_news_by_definition_none(crisis: Crisis) -> None:
    observed = crisis.observed().observed
    rockets = observed.caught[:, crisis.leaf("kataib_hezbollah.rocket_attack")]
    assert [observed.cells[number].name for number in np.unique(rockets)] == [
        "rocket from 2018-05-01", "rocket from 2019-10-01", "rocket from 2020-08-01",
    ]  # fmt: skip
    assert rockets[crisis.step(dt.date(2019, 10, 1))] == rockets[crisis.step(dt.date(2019, 9, 30))] + 1
    assert (observed.caught[:, crisis.leaf("us.impose_sanctions")] == ALWAYS_CAUGHT).all()
    assert (observed.caught[:, crisis.leaf("iran.order_attack")] == NEVER_CAUGHT).all()


def test_only_what_was_known_on_the_eve_is_data(crisis: Crisis) -> None:
    found = crisis.observed(as_of=EVE)
    known = {event.id for event in crisis.record.events if event.known_from <= EVE}
    assert {report.id.partition("#")[0] for report in found.observed.reports} <= known
    assert found.last_step == crisis.step(EVE)
    assert (found.observed.caught[found.last_step + 1 :] == NEVER_CAUGHT).all()
    assert max(report.last_step for report in found.observed.reports) <= found.last_step


def test_what_is_told_late_is_not_known_to_be_absent_on_the_eve(crisis: Crisis) -> None:
    caught = crisis.observed(as_of=EVE).observed.caught
    last = crisis.step(EVE)
    waivers, rockets = caught[:, crisis.leaf("us.grant_waiver")], caught[:, crisis.leaf("militias.rocket_attack")]
    assert rockets[last] != NEVER_CAUGHT
    assert waivers[last] == NEVER_CAUGHT
    assert waivers[last - 40] == ALWAYS_CAUGHT


def test_a_reply_is_read_a_day_late(crisis: Crisis) -> None:
    reports = {report.id: report for report in crisis.observed().observed.reports}
    assert reports["r20191229-a"].first_step == crisis.step(dt.date(2019, 12, 29))
    assert reports["r20191229-b"].first_step == crisis.step(dt.date(2019, 12, 30))


def test_a_row_that_names_no_group_names_its_candidates(crisis: Crisis) -> None:
    report = next(report for report in crisis.observed().observed.reports if report.id == "r20191229-b")
    paths = {crisis.model.leaves[leaf].path for leaf in report.leaves}
    assert paths == {"militias.rocket_attack", "kataib_hezbollah.rocket_attack"}
