"""What a run knows from before its first step: memories and quantities as the record leaves them.

Rows of a week or a month count on the first day of their period, as they are dated. Nothing is pending at the start:
effects of recorded moves are in the measured quantities, or lost.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

from offramp.model.lowering import Lowering
from offramp.model.model import SINCE_NEVER, MemoryModel


def recall(lowering: Lowering, memory: MemoryModel, *, leaves: set[int]) -> MemoryModel:
    """Give a memory the value that recorded events leave it with on the first morning.

    An event `k` steps before the first (1: the step just before it) counts `decay ** (k - 1)` in `recent`, as it would
    have after being lived through. Observers are taken to have seen all events of `leaves` that the record tells.
    """
    counts = _counts_before(lowering, leaves)
    if not counts:
        return replace(memory, initial=SINCE_NEVER if memory.kind == "since" else 0.0)
    if memory.kind == "recent":
        value = sum(n * memory.decay ** (ago - 1) for ago, n in counts.items())
        return replace(memory, initial=value if value >= 1e-20 else 0.0)
    if memory.kind == "count":
        window = tuple(float(counts.get(ago, 0)) for ago in range(memory.window, 0, -1))
        return replace(memory, initial=sum(window), initial_window=window)
    if memory.kind == "since":
        return replace(memory, initial=min(float(min(counts)), SINCE_NEVER))
    return replace(memory, initial=1.0)


def measured_start(lowering: Lowering, quantity: str) -> float | None:
    """Find the last measured value of a quantity dated before the first step; None if there is none."""
    if lowering.record is None:
        return None
    measurements = lowering.record.measured(quantity, before=_first_date(lowering))
    return measurements[-1].value if measurements else None


def recorded_steps(lowering: Lowering) -> int:
    """Count the steps from the first recorded event to the first of the run; 0 if none comes before."""
    first = _first_date(lowering)
    events = lowering.record.events if lowering.record is not None else ()
    earliest = min((event.date for event in events if event.date < first), default=None)
    return 0 if earliest is None else lowering.steps.ago(earliest)


def _counts_before(lowering: Lowering, leaves: set[int]) -> dict[int, int]:
    """Count the recorded events of some leaves by steps before the first."""
    if lowering.record is None:
        return {}
    first = _first_date(lowering)
    counts: dict[int, int] = {}
    for event in lowering.record.events_of(_names(lowering, leaves), before=first):
        if event.count:  # a row that stands for no event is none
            ago = lowering.steps.ago(event.date)
            counts[ago] = counts.get(ago, 0) + event.count
    return counts


def _names(lowering: Lowering, leaves: set[int]) -> Iterable[str]:
    """Name leaves as the record does: a row may name a move without saying which variant."""
    names = lowering.names
    yield from (name for name, index in names.leaves.items() if index in leaves)
    yield from (move for move, own in names.leaves_of.items() if leaves.issuperset(own))


def _first_date(lowering: Lowering) -> dt.date:
    return dt.date.fromordinal(int(lowering.steps.days[0]))
