"""Tables that tell the hand-written loops what a scenario has: one structured array per kind of element.

A table refers to numbers by row (`layout`) and to other tables by position; ``first`` and ``last`` (exclusive) bound a
run of entries in the next finer table. Row -1 means "none": no condition, no bound.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Table = NDArray[np.void]


def record(**fields: type) -> np.dtype[np.void]:
    """Return the type of a table's entries."""
    return np.dtype(list(fields.items()), align=True)


ROW, NUMBER, WORD, REAL = np.int32, np.int32, np.uint32, np.float32  # small, so that all stays in the cache

CONSTANT = record(row=ROW, value=REAL)
PARAMETER = record(row=ROW, slot=WORD, family=NUMBER, a=REAL, b=REAL, low=REAL, high=REAL, first=NUMBER, last=NUMBER)
VIEW = record(row=ROW, past=NUMBER, lag=NUMBER, error=ROW, slot=WORD, low=REAL, high=REAL)
CHANNEL = record(
    slot=WORD, hold_slot=WORD, probability=ROW, n_slots=NUMBER, first=NUMBER, last=NUMBER,
    first_force=NUMBER, last_force=NUMBER,
)  # fmt: skip
OPTION = record(slot=WORD, utility=ROW, ready=ROW, cooldown=NUMBER, leaf=NUMBER, first=NUMBER, last=NUMBER)
SPONTANEOUS = record(
    slot=WORD, rate=ROW, available=ROW, max_count=NUMBER, cuts=ROW, leaf=NUMBER, first=NUMBER, last=NUMBER,
    first_force=NUMBER, last_force=NUMBER,
)  # fmt: skip
FORCE = record(flag=ROW, option=NUMBER, leaf=NUMBER, first=NUMBER, last=NUMBER)
REPLACEMENT = record(
    leaf=NUMBER, flag=ROW, ready=ROW, cooldown=NUMBER, utility=ROW, offset=WORD, first=NUMBER, last=NUMBER
)
VARIANT = record(leaf=NUMBER, available=ROW, utility=ROW, slot=WORD)
LEAF = record(
    today=ROW, total=ROW, first_effect=NUMBER, last_effect=NUMBER, first_sighting=NUMBER, last_sighting=NUMBER
)
SIGHTING = record(today=ROW, slot=WORD, probability=ROW)
EFFECT = record(
    target=NUMBER,
    op=NUMBER,
    a=ROW,
    b=ROW,
    slot=WORD,
    steps=NUMBER,
    is_certain=NUMBER,
    is_gaussian=NUMBER,
    is_plain=NUMBER,
)
CONDITION = record(condition=ROW, probability=ROW, slot=WORD)
DRAW = record(family=NUMBER, a=ROW, b=ROW, low=ROW, high=ROW, slot=WORD, max_delay=NUMBER)
TARGET = record(
    quantity=ROW, clips=ROW, low=REAL, high=REAL, turn=NUMBER, add_ring=NUMBER, set_ring=NUMBER, scale_ring=NUMBER
)  # fmt: skip
SHOCK = record(row=ROW, slot=WORD)
MEMORY = record(row=ROW, initial=REAL)
WINDOW = record(gone=ROW, history=NUMBER, window=NUMBER, first=NUMBER, last=NUMBER)
OUTCOME = record(
    row=ROW, steps=ROW, kind=NUMBER, value=ROW, first_step=NUMBER, last_step=NUMBER, first=NUMBER, last=NUMBER
)

SET, SCALE, ADD = range(3)
ANY, FIRST, COUNTED, MAX, MIN, SUM, MEAN, FINAL = range(8)


class Tables(NamedTuple):
    """All tables of a program. What has no dtype above is a list of rows.

    sources : rows of the day's counts that memories and outcomes add up
    past : rows of the quantities of which mornings are kept
    forces, replacements : of edits (`offramp.engine.edits`), none in a program's own tables
    ends : rows of the conditions
    effects, conditions, sizes, delays : four parts of the same elements; what most effects need is in the first.
        A plain one adds a constant or a Gaussian after a fixed delay
    """

    constants: Table
    weights: NDArray[np.float32]
    parameters: Table
    past: NDArray[np.int64]
    views: Table
    channels: Table
    options: Table
    spontaneous: Table
    variants: Table
    forces: Table
    replacements: Table
    leaves: Table
    sightings: Table
    effects: Table
    conditions: Table
    sizes: Table
    delays: Table
    targets: Table
    shocks: Table
    memories: Table
    windows: Table
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
    step: int
    add_rows: int
    set_rows: int
    scale_rows: int
    past_steps: int
    max_events: int
