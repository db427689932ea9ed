"""What the record says of a model's outcomes: each reduced over the recorded history as over a run.

Counts and memories are those of the recorded events, tallies the running sums of their marks, other quantities the last
measurement so far. An outcome has no history if it reads anything else (an unmeasured index, a belief, a parameter),
a quantity that is not measured inside the outcome's window, or for `final` one last measured months before its end.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offramp.engine.formula import Float, Reading, evaluate
from offramp.expr.ir import Apply, Const, Daily, Memory, Node, Quantity
from offramp.model.model import SINCE_NEVER, MemoryModel, Model, OutcomeModel
from offramp.record.record import Record

NEVER = -1.0
MAX_AGE_DAYS = 92  # of the measurement that stands for a final value


def historical_outcomes(model: Model, record: Record) -> dict[str, float | None]:
    """Reduce the recorded history of a model's window to each outcome; None where the record does not speak of it.

    `first` outcomes count steps from the first, as runs do: -1 where it never happened. The record must cover the
    window to its end, or every outcome is None.
    """
    first, last = (dt.date.fromordinal(int(day)) for day in model.days[[0, -1]])
    if record.covers is None or not (record.covers[0] <= first and last <= record.covers[1]):
        return {outcome.name: None for outcome in model.outcomes}
    history = _History(model, record)
    return {outcome.name: history.reduce(outcome) for outcome in model.outcomes}


def leaf_events(model: Model, record: Record, leaves: Sequence[int]) -> NDArray[np.float64]:
    """Count the recorded events (step,) of some leaves; a row that names no variant counts if all variants do."""
    wanted = set(leaves)
    names = {model.leaves[leaf].path for leaf in leaves}
    names |= {move.path for move in model.moves if wanted.issuperset(move.leaves)}
    counts = np.zeros(model.n_steps)
    for event in record.events:
        step = step_of(model, event.date)
        if step is not None and event.move in names:
            counts[step] += event.count
    return counts


def step_of(model: Model, day: dt.date) -> int | None:
    """Find the step that a day lies in; None outside the window."""
    step = int(np.searchsorted(model.days, day.toordinal(), side="right")) - 1
    return step if step >= 0 and day.toordinal() < int(model.days[-1]) + model.step_days else None


@dataclass(frozen=True)
class _Levels:
    """A quantity's recorded value (step,) at the end of each step, NaN before the first; and when it was measured."""

    values: NDArray[np.float64]
    measured: NDArray[np.bool_]

    def holds(self, steps: range, oldest: int) -> bool:
        is_known = bool(np.isfinite(self.values[steps.start : steps.stop]).all())
        return is_known and bool(self.measured[oldest : steps.stop].any())


class _History:
    """The recorded history of a window, as outcomes read it."""

    def __init__(self, model: Model, record: Record) -> None:
        self.model = model
        self.levels = [_levels(model, record, number) for number in range(len(model.quantities))]
        self.memories = [_remembered(model, record, memory) for memory in model.memories]
        self.record = record

    def reduce(self, outcome: OutcomeModel) -> float | None:
        steps = range(outcome.first_step, outcome.last_step + 1)
        if outcome.node is None:
            return float(leaf_events(self.model, self.record, outcome.leaves)[steps.start : steps.stop].sum())
        oldest = steps.start
        if outcome.kind == "final":
            oldest = max(steps.start, steps.stop - round(MAX_AGE_DAYS / self.model.step_days))
        if not self._speaks_of(outcome.node, steps, oldest):
            return None
        values = np.array([evaluate(outcome.node, self._at(step)) for step in steps], np.float64)
        return _reduced(outcome, values)

    def _speaks_of(self, node: Node, steps: range, oldest: int) -> bool:
        """Tell whether the record holds what a formula reads on some steps, measured at least once since `oldest`."""
        match node:
            case Const() | Daily():
                return True
            case Quantity(index):
                levels = self.levels[index]
                return levels is not None and levels.holds(steps, oldest)
            case Memory(index):
                return self.memories[index] is not None
            case Apply(_, args):
                return all(self._speaks_of(argument, steps, oldest) for argument in args)
            case _:
                return False

    def _at(self, step: int) -> Reading:
        levels = [Float(0) if known is None else Float(known.values[step]) for known in self.levels]
        memories = [Float(0) if known is None else Float(known[step]) for known in self.memories]
        return Reading((), levels, memories, self.model.daily[step])


def _reduced(outcome: OutcomeModel, values: NDArray[np.float64]) -> float:
    held = np.flatnonzero(values)
    match outcome.kind:
        case "any":
            return float(len(held) > 0)
        case "first":
            return float(held[0] + outcome.first_step) if len(held) else NEVER
        case "max":
            return float(values.max())
        case "min":
            return float(values.min())
        case "mean":
            return float(values.mean())
        case "sum":
            return float(values.sum())
        case _:
            return float(values[-1])


def _levels(model: Model, record: Record, number: int) -> _Levels | None:
    """Read a quantity off the record; None if nothing is recorded of it."""
    quantity = model.quantities[number]
    if quantity.kind == "tally":
        return _tally(model, record, quantity.path)
    values, measured = np.full(model.n_steps, np.nan), np.zeros(model.n_steps, bool)
    for row in record.measured(quantity.path):
        step = step_of(model, row.date)
        if step is not None:
            values[step:], measured[step] = row.value, True
        elif row.date.toordinal() < model.first_day:
            values[:] = row.value
    return _Levels(values, measured) if np.isfinite(values).any() else None


def _tally(model: Model, record: Record, path: str) -> _Levels | None:
    marked = [event for event in record.events if path in event.marks]
    added = np.zeros(model.n_steps)
    for event in marked:
        step = step_of(model, event.date)
        if step is not None:
            added[step] += event.marks[path]
    return _Levels(np.cumsum(added), np.ones(model.n_steps, bool)) if marked else None


def _remembered(model: Model, record: Record, memory: MemoryModel) -> NDArray[np.float64] | None:
    """Carry a memory through the recorded events; None if it is an observer's own, who may have missed some."""
    if memory.sightings:
        return None
    counts = leaf_events(model, record, memory.leaves)
    held, found = memory.initial, np.zeros(model.n_steps)
    arrivals = [*([0.0] * memory.window), *counts]
    arrivals[: memory.window] = memory.initial_window or arrivals[: memory.window]
    for step, n in enumerate(counts):
        match memory.kind:
            case "recent":
                held = held * memory.decay + n
            case "count":
                held += n - arrivals[step]
            case "since":
                held = 1.0 if n > 0 else min(held + 1, SINCE_NEVER)
            case _:
                held = 1.0 if n > 0 else held
        found[step] = held
    return found
