"""The day loop: every group of runs from its first day to its last, stage by stage as docs/reference/semantics.md says.

Formulas are evaluated by `run_stage`: by specialised code where there is any, else from the tape. Everything else here
and in the modules around is the same for every scenario and for both forms.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from offramp.core.bits import select
from offramp.core.noise import digest
from offramp.engine.kernels import begin, effects, memories, views
from offramp.engine.kernels.choices import choose, happen
from offramp.engine.kernels.evaluator import evaluate
from offramp.engine.kernels.lanes import (
    LANES,
    call_stage,
    fill,
    fill_rows,
    inlined_kernel,
    integer,
    kernel,
    start_of,
    word,
)
from offramp.engine.stages import Moment, Stage
from offramp.engine.tables import FIRST

PRELUDE, BELIEFS, RULES, ERRORS = int(Stage.PRELUDE), int(Stage.BELIEFS), int(Stage.RULES), int(Stage.ERRORS)
MORNING, DRIFT, REMEMBER, OBSERVE = int(Stage.MORNING), int(Stage.DRIFT), int(Stage.REMEMBER), int(Stage.OBSERVE)
SHIFT, OBEY, KEEP, CHOICES, REMEMBER_FOR_EDITS = (int(moment) for moment in Moment)
ZERO = np.float32(0)


class Formulas(NamedTuple):
    """How formulas are evaluated: a tape, and the address of specialised code or 0."""

    tape: Any
    bounds: Any
    address: int
    draw: int  # the address of `core.draws.draw`, or 0 where nothing needs it


class Edits(NamedTuple):
    """Formulas of edits, by `engine.stages.Moment`, and the numbers by date that they read."""

    tape: Any
    bounds: Any
    daily: Any
    daily_row: int


class FittedTable(NamedTuple):
    """Fitted draws of some parameters, by row."""

    slot: Any
    rows: Any  # (parameter,) int64
    values: Any  # (draw, parameter) float32


class State(NamedTuple):
    """Everything that changes while a group of runs is lived."""

    rows: Any  # float32, see `layout`
    keys: Any  # (4, lane) uint32: run key and day key
    mornings: Any  # float32, ring of past mornings
    history: Any  # float32, rings of past counts
    rings: effects.Rings
    packed: Any  # choices.Packed
    events: Any  # choices.Events
    chunk: Any  # effects.Chunk
    lane: Any  # (ROOM_ROWS * lane,) float32, room for some rows
    ledger: Any  # float32, as `rows`
    is_over: Any  # (lane,) uint32
    digests: Any  # (lane,) uint32, of the states so far


class Results(NamedTuple):
    """Where the results of a block of runs go; see `offramp.engine.block`."""

    outcomes: Any
    counts: Any
    samples: Any
    sample_counts: Any
    clips: Any
    cuts: Any
    last_step: Any
    parameters: Any
    trail: Any  # (step, run) uint32; of no steps if it is not asked for


@inlined_kernel
def run_stage(formulas: Any, stage: int, rows: Any) -> None:
    """Evaluate the formulas of a stage."""
    first, last = formulas.bounds[stage], formulas.bounds[stage + 1]
    if first == last:
        return
    if formulas.address != 0:
        call_stage(formulas.address, stage, rows)
    else:
        evaluate(rows, formulas.tape, first, last)


@kernel
def obey(edits: Any, moment: int, rows: Any) -> None:
    """Evaluate the formulas of edits of a moment."""
    if edits.bounds[moment] < edits.bounds[moment + 1]:
        evaluate(rows, edits.tape, edits.bounds[moment], edits.bounds[moment + 1])


@inlined_kernel
def begin_group(program: Any, state: Any, seed: Any, first_run: Any) -> None:
    """Put a group of runs before its first step."""
    clear_group(program, state)
    begin.set_run_keys(state.keys, seed, first_run)
    tables, draw = program.tables, program.formulas.draw
    begin.draw_parameters(state.rows, state.keys, tables.parameters, tables.weights, draw, state.lane)
    begin.take_fitted(state.rows, state.keys, program.fitted)
    start_group(program, state)


@inlined_kernel
def clear_group(program: Any, state: Any) -> None:
    """Empty everything; constants get their rows."""
    fill_rows(state.rows, 0, program.sizes.n_rows, ZERO)
    fill(state.is_over, 0, word(0))
    fill(state.digests, 0, word(0))
    begin.set_constants(state.rows, program.tables.constants)


@inlined_kernel
def start_group(program: Any, state: Any) -> None:
    """Put everything in its first position, once parameters are known."""
    tables, sizes, rows = program.tables, program.sizes, state.rows
    obey(program.edits, SHIFT, rows)
    begin.set_memories(rows, state.history, tables.memories, tables.arrivals)
    begin.set_outcomes(rows, tables.outcomes, FIRST)
    effects.clear(state.rings, sizes)
    run_stage(program.formulas, PRELUDE, rows)
    for place in range(sizes.past_steps):
        views.keep_morning(rows, state.mornings, tables.past, place)


@inlined_kernel
def see_the_morning(program: Any, state: Any, step: int) -> None:
    """Take a group through stages 1 to 4, and work out what it chooses by in stage 5; its day keys are set."""
    tables, sizes, formulas, edits, rows = program.tables, program.sizes, program.formulas, program.edits, state.rows
    begin.set_daily(rows, program.daily, step, sizes.daily)  # 1
    begin.set_daily(rows, edits.daily, step, edits.daily_row)
    fill(rows, sizes.step, np.float32(step))
    effects.apply_due(rows, tables, step, state.rings, state.lane)  # 2
    obey(edits, KEEP, rows)
    run_stage(formulas, BELIEFS, rows)  # 3: the day's counts are still those of yesterday
    obey(edits, KEEP, rows)
    obey(edits, OBEY, rows)  # 4
    run_stage(formulas, RULES, rows)
    obey(edits, KEEP, rows)
    fill_rows(rows, sizes.today, sizes.today_end, ZERO)
    views.keep_morning(rows, state.mornings, tables.past, step % sizes.past_steps)  # 5
    run_stage(formulas, ERRORS, rows)
    views.look(rows, state.mornings, state.keys, tables.views, len(tables.past), sizes.past_steps, step)
    run_stage(formulas, MORNING, rows)
    obey(edits, CHOICES, rows)


@inlined_kernel
def live_to_the_evening(program: Any, state: Any, step: int) -> None:
    """Take a group through stages 6 to 8, once the consequences of the day's events are drawn."""
    tables, formulas, edits, rows = program.tables, program.formulas, program.edits, state.rows
    effects.apply_due(rows, tables, step, state.rings, state.lane)  # 6: what is due by now has delay 0
    obey(edits, KEEP, rows)
    views.shake(rows, state.keys, tables.shocks)  # 7
    run_stage(formulas, DRIFT, rows)
    obey(edits, KEEP, rows)
    memories.slide(rows, state.history, tables, step, state.lane)  # 8
    run_stage(formulas, REMEMBER, rows)
    obey(edits, REMEMBER_FOR_EDITS, rows)
    run_stage(formulas, OBSERVE, rows)
    memories.reduce_outcomes(rows, tables, step, state.lane)


@inlined_kernel
def live_one_step(program: Any, state: Any, step: int) -> None:
    """Take a group through one step."""
    begin.set_day_keys(state.keys, program.days[step])
    see_the_morning(program, state, step)
    n_events = choose(state.rows, state.keys, step, program.tables, state.packed, state.events)
    n_events = happen(state.rows, state.keys, step, n_events, program.tables, state.packed, state.events)
    effects.draw_consequences(program, state, step, n_events)
    live_to_the_evening(program, state, step)


@inlined_kernel
def live(
    program: Any, state: Any, sample_steps: Any, counts: Any, results: Any, first: int, first_step: int
) -> None:  # budget: what a group's life depends on
    """Live a group of runs on from a step, taking samples, and hand in its results as runs ``first`` onwards."""
    n_over = memories.count_over(state.is_over)
    sample = 0
    while sample < len(sample_steps) and sample_steps[sample] < first_step:
        sample += 1
    for step in range(first_step, program.sizes.n_steps):
        if n_over < integer(LANES):
            live_one_step(program, state, step)
            n_over = memories.end_runs(
                state.rows, program.tables.ends, state.ledger, state.is_over, n_over, step, program.sizes
            )
        if results.trail.shape[0] > 0:
            leave_trail(state.rows, program.sizes, step, state.digests, results.trail, first)
        while sample < len(sample_steps) and sample_steps[sample] == step:
            take_samples(state.rows, program.sizes, counts, results, sample, first)
            sample += 1
    memories.close_outcomes(state.rows, program.tables.outcomes)


@kernel
def take_samples(rows: Any, sizes: Any, counts: Any, results: Any, sample: int, first: int) -> None:
    """Take down quantities and running counts as sample number ``sample``."""
    for q in range(sizes.n_quantities):
        record_sample(rows, sizes.quantities + q, results.samples, sample, q, first)
    for k in range(len(counts)):
        record_sample(rows, counts[k], results.sample_counts, sample, k, first)


@kernel
def leave_trail(rows: Any, sizes: Any, step: int, digests: Any, trail: Any, first: int) -> None:
    """Digest the state at the end of a step, after all steps before: quantities, and events unless the run is over."""
    last = start_of(sizes.last_step)
    for q in range(sizes.n_quantities):
        at = start_of(sizes.quantities + q)
        for l in range(LANES):
            digests[l] = digest(digests[l], rows[at + l])
    for k in range(sizes.n_leaves):
        at = start_of(sizes.today + k)
        for l in range(LANES):
            is_over = rows[last + l] < np.float32(step)
            digests[l] = digest(digests[l], select(is_over, ZERO, rows[at + l]))
    for l in range(min(integer(LANES), trail.shape[1] - first)):
        trail[step, first + l] = digests[np.uint64(l)]


@kernel
def record_sample(rows: Any, row: int, samples: Any, sample: int, place: int, first: int) -> None:
    """Take down a row as a sample of runs ``first`` onwards."""
    n = min(integer(LANES), samples.shape[2] - first)
    source, to, start = start_of(row), samples[sample, place], np.uint64(first)
    for l in range(np.uint64(n)):
        to[start + l] = rows[source + l]  # a signed place would be written lane by lane


@kernel
def record_runs(rows: Any, row: int, result: Any, first: int) -> None:
    """Take down rows as columns of the results of runs ``first`` onwards."""
    n = min(integer(LANES), result.shape[0] - first)
    for i in range(result.shape[1]):
        source = start_of(row + i)
        for l in range(n):
            result[first + l, i] = rows[source + np.uint64(l)]


@inlined_kernel
def hand_in(rows: Any, sizes: Any, results: Any, first: int) -> None:
    """Take down the results of a group."""
    record_runs(rows, sizes.outcomes, results.outcomes, first)
    record_runs(rows, sizes.totals, results.counts, first)
    record_runs(rows, sizes.clips, results.clips, first)
    record_runs(rows, sizes.cuts, results.cuts, first)
    record_runs(rows, sizes.parameters, results.parameters, first)
    record_runs(rows, sizes.last_step, results.last_step, first)


@inlined_kernel
def run_block(
    program: Any, state: Any, seed: Any, first_run: Any, sample_steps: Any, counts: Any, results: Any
) -> None:
    """Simulate a block of consecutive runs, one group after another."""
    for first in range(0, len(results.last_step), integer(LANES)):
        begin_group(program, state, seed, np.uint64(first_run + first))
        live(program, state, sample_steps, counts, results, first, 0)
        hand_in(state.rows, program.sizes, results, first)
