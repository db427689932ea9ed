"""The packaged crisis in hindsight: its whole record is there, to the bit, and edits leave what came before alone."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

import numpy as np
import pytest

from offramp.engine.block import Block
from offramp.engine.branch import simulate_branch
from offramp.engine.conditioned import CompiledWorld, compile_world
from offramp.engine.hindsight import Histories, relive
from offramp.engine.program import build
from offramp.infer.observation import observation_model
from offramp.infer.observed import observe_record, recordable
from offramp.model.intervention import EMPTY, Intervention
from offramp.model.lower import lower
from offramp.model.model import Model
from offramp.model.observed import Observed, Report
from offramp.record.record import Record
from offramp.scenario.load import LoadedScenario, load
from offramp.scenario.observed import observe, published
from tests.engines.engines import differences
from tests.engines.hindsights import histories, without_trail
from tests.model.edited import intervene

N, EDIT, FROM = 64, "replace us.airstrike[iraq] with us.airstrike[syria] from 2019-12-28", dt.date(2019, 12, 28)
pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Crisis:
    loaded: LoadedScenario
    model: Model
    observed: Observed

    def world(self, intervention: Intervention = EMPTY) -> CompiledWorld:
        return compile_world(build(self.model), self.observed, seed=1, intervention=intervention)


@pytest.fixture(scope="module")
def crisis() -> Crisis:
    loaded = load("us-iran-iraq")
    record = observe(loaded) or Record()
    model = lower(loaded, record=record)
    observation = observation_model(published(loaded), record)
    named = recordable(loaded.document.record)
    return Crisis(loaded, model, observe_record(model, record, observation=observation, named=named).observed)


@pytest.fixture(scope="module")
def lived(crisis: Crisis) -> Histories:
    return histories(crisis.world(), N)


def test_without_edits_both_worlds_are_the_recorded_one(crisis: Crisis, lived: Histories) -> None:
    world = crisis.world()
    branch = simulate_branch(
        world, coordinates=lived.coordinates, keys=lived.keys, first_run=0, sample_steps=lived.sample_steps,
        counted=lived.counted,
    )  # fmt: skip
    recorded, edited = relive(world, crisis.world(), EMPTY, histories=lived)
    assert differences(recorded, edited) == []
    assert differences(without_trail(recorded), branch) == []


def steps_of(crisis: Crisis, lived: Histories, number: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """On which step each history has a report: the imputed one, where its date is uncertain."""
    report: Report = crisis.observed.reports[number]
    n = report.last_step - report.first_step + 1
    if n == 1:
        return np.full(N, report.first_step)
    column = len(crisis.model.parameters) + len(crisis.observed.cells) + crisis.observed.uncertain.index(number)
    u = lived.coordinates[:, column].astype(np.float32).astype(np.float64)
    return report.first_step + np.minimum((u * n).astype(np.int64), n - 1)


def assert_reports_are_there(crisis: Crisis, lived: Histories, block: Block, *, until: int) -> None:
    happened = np.diff(block.sample_counts, axis=0, prepend=0)  # (step, leaf, history)
    wanted = np.zeros_like(happened)
    for number, report in enumerate(crisis.observed.reports):
        if len(report.leaves) == 1:
            np.add.at(wanted, (steps_of(crisis, lived, number), report.leaves[0], np.arange(N)), 1)
    assert wanted.any()
    assert (happened[:until] >= wanted[:until]).all()
    # Of several candidates, one happened.
    for number, report in enumerate(crisis.observed.reports):
        on = steps_of(crisis, lived, number)
        seen = sum(happened[on, leaf, np.arange(N)] for leaf in report.leaves)
        assert (np.asarray(seen) >= 1)[on < until].all(), report.id


def test_every_recorded_move_is_there_on_its_day_and_edits_leave_the_past_alone(
    crisis: Crisis, lived: Histories
) -> None:
    edits = intervene(crisis.loaded, EDIT, model=crisis.model)
    recorded, edited = relive(crisis.world(), crisis.world(edits), edits, histories=lived)
    assert_reports_are_there(crisis, lived, recorded, until=crisis.model.n_steps)
    first = int(np.searchsorted(crisis.model.days, FROM.toordinal()))
    assert_reports_are_there(crisis, lived, edited, until=first)
    assert recorded.trail is not None
    assert edited.trail is not None
    assert (recorded.trail[:first] == edited.trail[:first]).all()
    assert (recorded.trail[-1] != edited.trail[-1]).all()
    struck = [leaf.path for leaf in crisis.model.leaves].index("us.airstrike[iraq]")
    assert (np.diff(edited.sample_counts[first - 1 :, struck], axis=0) == 0).all()


def test_a_recorded_mark_is_counted_on_its_day(crisis: Crisis, lived: Histories) -> None:
    # A history with the same record but for one dead more in one row has one more from that day on.
    numbers = [n for n, r in enumerate(crisis.observed.reports) if r.marks and r.first_step == r.last_step]
    number = numbers[-1]
    report = crisis.observed.reports[number]
    mark = report.marks[0]

    more = replace(report, marks=(replace(mark, value=mark.value + 1), *report.marks[1:]))
    reports = (*crisis.observed.reports[:number], more, *crisis.observed.reports[number + 1 :])
    other = replace(crisis, observed=replace(crisis.observed, reports=reports))
    blocks = [relive(c.world(), c.world(), EMPTY, histories=lived)[1] for c in (crisis, other)]
    path = blocks[1].samples[:, mark.quantity] - blocks[0].samples[:, mark.quantity]
    assert (path[: report.first_step] == 0).all()
    assert (path[report.first_step] == 1).all()
