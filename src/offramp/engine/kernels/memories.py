"""Stage 8: what leaves a memory, outcomes, and the end of runs. Memories themselves are formulas."""

from __future__ import annotations

from typing import Any

import numpy as np

from offramp.core.bits import select
from offramp.engine.kernels.effects import take
from offramp.engine.kernels.lanes import LANES, integer, kernel, start_of, word
from offramp.engine.tables import ANY, COUNTED, FINAL, FIRST, MAX, MEAN, MIN

ZERO, ONE = np.float32(0), np.float32(1)


@kernel
def count_today(rows: Any, sources: Any, first: Any, last: Any, n: Any) -> None:
    """Add up rows of the day's counts."""
    for l in range(LANES):
        n[l] = ZERO
    for i in range(first, last):
        source = start_of(sources[i])
        for l in range(LANES):
            n[l] = n[l] + rows[source + l]


@kernel
def slide(rows: Any, history: Any, tables: Any, step: Any, n: Any) -> None:
    """Take today's events into the history of each memory with a window, and fetch those that leave it."""
    for i in range(len(tables.windows)):
        window = tables.windows[i]
        count_today(rows, tables.sources, window.first, window.last, n)
        length = window.window + 1
        new, old = start_of(window.history + step % length), start_of(window.history + (step + 1) % length)
        gone = start_of(window.gone)
        for l in range(LANES):
            history[new + l] = n[l]
        for l in range(LANES):
            rows[gone + l] = history[old + l]


@kernel
def reduce_outcomes(rows: Any, tables: Any, step: Any, n: Any) -> None:
    """Take the step into every outcome whose window holds it."""
    for i in range(len(tables.outcomes)):
        outcome = tables.outcomes[i]
        if step < outcome.first_step or step > outcome.last_step:
            continue
        if outcome.kind == COUNTED:
            count_today(rows, tables.sources, outcome.first, outcome.last, n)
        else:
            take(rows, outcome.value, n)
        reduce(rows, outcome, n, np.float32(step))
        steps = start_of(outcome.steps)
        for l in range(LANES):
            rows[steps + l] += ONE


@kernel
def reduce(rows: Any, outcome: Any, value: Any, step: Any) -> None:  # budget(complexity): a table of reducers
    """Take one value into an outcome."""
    to, steps, kind = start_of(outcome.row), start_of(outcome.steps), outcome.kind
    if kind == ANY:
        for l in range(LANES):
            rows[to + l] = select(value[l] != ZERO, ONE, rows[to + l])
    elif kind == FIRST:
        for l in range(LANES):
            rows[to + l] = select((value[l] != ZERO) & (rows[to + l] < ZERO), step, rows[to + l])
    elif kind == MAX:
        for l in range(LANES):
            is_new = (rows[steps + l] == ZERO) | (value[l] > rows[to + l])
            rows[to + l] = select(is_new, value[l], rows[to + l])
    elif kind == MIN:
        for l in range(LANES):
            is_new = (rows[steps + l] == ZERO) | (value[l] < rows[to + l])
            rows[to + l] = select(is_new, value[l], rows[to + l])
    elif kind == FINAL:
        for l in range(LANES):
            rows[to + l] = value[l]
    else:
        for l in range(LANES):
            rows[to + l] = rows[to + l] + value[l]


@kernel
def close_outcomes(rows: Any, outcomes: Any) -> None:
    """Turn the sums of means into means."""
    for i in range(len(outcomes)):
        if outcomes[i].kind == MEAN:
            to, steps = start_of(outcomes[i].row), start_of(outcomes[i].steps)
            for l in range(LANES):
                is_empty = rows[steps + l] == ZERO
                rows[to + l] = select(is_empty, rows[to + l], rows[to + l] / select(is_empty, ONE, rows[steps + l]))


@kernel
def count_over(is_over: Any) -> Any:
    """Count the runs that have ended."""
    n = integer(0)
    for l in range(LANES):
        n += integer(is_over[l])
    return n


@kernel
def end_runs(rows: Any, ends: Any, ledger: Any, is_over: Any, n_over: Any, step: Any, sizes: Any) -> Any:
    """Keep the ledger of runs that are over as it was when they ended; return how many are."""
    last = start_of(sizes.last_step)
    if n_over > 0:
        for i in range(start_of(sizes.ledger_end)):
            rows[i] = select(is_over[i % LANES] != 0, ledger[i], rows[i])
    n_over = 0
    for l in range(LANES):
        rows[last + l] = select(is_over[l] != 0, rows[last + l], np.float32(step))
        for i in range(len(ends)):
            if rows[start_of(ends[i]) + l] != ZERO:
                is_over[l] = word(1)
        n_over += integer(is_over[l])
    if n_over > 0:
        for i in range(start_of(sizes.ledger_end)):
            ledger[i] = rows[i]
    return n_over
