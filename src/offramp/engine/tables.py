"""Tables that tell the hand-written loops what a scenario has: one structured array per kind of element.

A table refers to numbers by row (`layout`) and to other tables by position; ``first`` and ``last`` (exclusive) bound a
run of entries in the next finer table. Row -1 means "none": no condition, no bound.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Table = NDArray[np.void]


def _record(**fields: type) -> np.dtype[np.void]:
    return np.dtype(list(fields.items()), align=True)


ROW, NUMBER, WORD, REAL = np.int64, np.int64, np.uint32, np.float32

CONSTANT = _record(row=ROW, value=REAL)
PARAMETER = _record(row=ROW, slot=WORD, family=NUMBER, a=REAL, b=REAL, low=REAL, high=REAL, first=NUMBER, last=NUMBER)
VIEW = _record(row=ROW, past=NUMBER, lag=NUMBER, error=ROW, slot=WORD, low=REAL, high=REAL)
CHANNEL = _record(slot=WORD, hold_slot=WORD, probability=ROW, n_slots=NUMBER, first=NUMBER, last=NUMBER)
OPTION = _record(move=NUMBER, slot=WORD, utility=ROW, available=ROW, ready=ROW)
MOVE = _record(ready=ROW, cooldown=NUMBER, first=NUMBER, last=NUMBER)
SPONTANEOUS = _record(move=NUMBER, slot=WORD, rate=ROW, available=ROW, max_count=NUMBER, cuts=ROW)
VARIANT = _record(leaf=NUMBER, available=ROW, utility=ROW, slot=WORD)
LEAF = _record(today=ROW, total=ROW, first_effect=NUMBER, last_effect=NUMBER, first_sighting=NUMBER, last_sighting=NUMBER)
SIGHTING = _record(today=ROW, slot=WORD, probability=ROW)
DRAW = _record(family=NUMBER, a=ROW, b=ROW, low=ROW, high=ROW, slot=WORD)
EFFECT = _record(
    target=NUMBER, op=NUMBER, condition=ROW, probability=ROW, probability_slot=WORD, max_delay=NUMBER, steps=NUMBER
)
TARGET = _record(quantity=ROW, clips=ROW, low=REAL, high=REAL, set_ring=NUMBER, scale_ring=NUMBER)
SHOCK = _record(row=ROW, slot=WORD)
MEMORY = _record(row=ROW, kind=NUMBER, decay=REAL, initial=REAL, history=NUMBER, window=NUMBER, first=NUMBER, last=NUMBER)
OUTCOME = _record(
    row=ROW, steps=ROW, kind=NUMBER, value=ROW, first_step=NUMBER, last_step=NUMBER, first=NUMBER, last=NUMBER
)

SET, SCALE, ADD = range(3)
RECENT, COUNT, SINCE, EVER = range(4)
ANY, FIRST, COUNTED, MAX, MIN, SUM, MEAN, FINAL = range(8)


class Tables(NamedTuple):
    """All tables of a program. What has no dtype above is a list of rows.

    daily_rows is the first row of the daily numbers, drifting the quantities of stage 7, sources the rows of the day's
    counts that memories and outcomes add up, past the quantities of which mornings are kept, ends the conditions.
    """

    constants: Table
    weights: NDArray[np.float32]
    parameters: Table
    past: NDArray[np.int64]
    views: Table
    channels: Table
    options: Table
    moves: Table
    spontaneous: Table
    variants: Table
    leaves: Table
    sightings: Table
    effects: Table
    sizes: Table
    delays: Table
    targets: Table
    shocks: Table
    drifting: NDArray[np.int64]
    memories: Table
    arrivals: NDArray[np.float32]
    sources: NDArray[np.int64]
    outcomes: Table
    ends: NDArray[np.int64]


class Sizes(NamedTuple):
    """Numbers of things, and first rows, that the loops need; see `layout`."""

    n_steps: int
    step_days: float
    n_rows: int
    quantities: int
    n_quantities: int
    clips: int
    totals: int
    n_leaves: int
    cuts: int
    n_moves: int
    outcomes: int
    n_outcomes: int
    last_step: int
    ledger_end: int
    today: int
    today_end: int
    daily: int
    parameters: int
    n_parameters: int
    ready: int
    next: int
    ring_steps: int
    n_sets: int
    n_scales: int
    past_steps: int
    max_events: int
    max_effects: int
