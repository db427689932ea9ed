"""Edits in the reference interpreter: which are in force, and what they do to parameters, quantities and memories.

What they do to choices is in `choosing`. docs/reference/semantics.md, "Edits", is this module in words.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from offramp.engine.formula import ONE, ZERO, Float, evaluate, holds
from offramp.engine.history import InForce, Run
from offramp.model.intervention import Intervention
from offramp.model.model import Model


def none_in_force(intervention: Intervention) -> InForce:
    """Give what is in force before the first step."""
    n = len(intervention.activities)
    return InForce([False] * n, [ZERO] * n, [False] * n, [None] * len(intervention.holds))


def daily_with_edits(model: Model, intervention: Intervention) -> NDArray[np.float32]:
    """Put the columns that edits mention behind those of the model."""
    more = np.array(intervention.daily, np.float32).reshape(len(intervention.daily), model.n_steps)
    return np.concatenate([model.daily, more.T], axis=1)


def shift_parameters(intervention: Intervention, theta: list[Float]) -> None:
    """Shift parameters as drawn, in order."""
    for shift in intervention.shifts:
        theta[shift.parameter] = theta[shift.parameter] + Float(shift.amount)


def obey_edits(run: Run) -> None:
    """Stage 4, first: settle what is in force on the truth as it stands, then set, then work out what to hold."""
    settle(run)
    active, has_begun = run.in_force.active, run.in_force.has_begun
    for edit in run.intervention.sets:
        if has_begun[edit.activity] if edit.on_entry else active[edit.activity]:
            run.set(edit.quantity, evaluate(edit.value, run.truth()))
    for number, hold in enumerate(run.intervention.holds):
        run.in_force.kept[number] = None
        if active[hold.activity]:
            run.set(hold.quantity, evaluate(hold.value, run.truth()))
            run.in_force.kept[number] = run.x[hold.quantity]


def settle(run: Run) -> None:
    """Settle each activity, and which leaves are forbidden by it."""
    today = run.in_force
    before, truth = list(today.active), run.truth()
    settled = []
    for number, activity in enumerate(run.intervention.activities):
        now = holds(activity.condition, truth)
        if activity.how == "once":
            is_watched = activity.watched_from <= run.step <= activity.last_step
            now = today.has_come[number] = today.has_come[number] or (is_watched and now)
        settled.append(ONE if now and activity.first_step <= run.step <= activity.last_step else ZERO)
    today.active = settled
    today.has_begun = [bool(now > was) for now, was in zip(settled, before, strict=True)]
    today.forbidden = {forbid.leaf for forbid in run.intervention.forbids if settled[forbid.activity]}


def keep_held(run: Run) -> None:
    """Put what is held back to the value kept, after a stage that changes quantities; the last edit has its way."""
    for hold, value in zip(run.intervention.holds, run.in_force.kept, strict=True):
        if value is not None and run.step <= run.intervention.activities[hold.activity].last_step:
            run.x[hold.quantity] = value
