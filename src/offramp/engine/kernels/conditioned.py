"""The day loop of particles: runs that live through the record, each with a weight.

A particle has its parameters given as coordinates (the uniforms that they are drawn at), and lives each step with the
noise of a run whose number it is told: so it can be lived again, with other coordinates or other noise.
"""

from __future__ import annotations

from math import log, pi, sqrt
from typing import Any, NamedTuple

import numpy as np

from offramp.core.arithmetic import clip32
from offramp.core.draws import BETA, UNBOUNDED, categorical
from offramp.core.noise import normal, run_key
from offramp.engine.families import CATEGORICAL
from offramp.engine.kernels import begin, memories
from offramp.engine.kernels.begin import word_at
from offramp.engine.kernels.betas import covers_all, draw_betas
from offramp.engine.kernels.book import LEAST, Book
from offramp.engine.kernels.choices import Events, Packed, happen_one
from offramp.engine.kernels.counting import happen_as_told
from offramp.engine.kernels.effects import Chunk, Rings
from offramp.engine.kernels.implied import Implied
from offramp.engine.kernels.lanes import LANES, call_draw, inlined_kernel, integer, kernel, start_of
from offramp.engine.kernels.marks import NOTED, draw_consequences_as_told
from offramp.engine.kernels.run import (
    PRELUDE,
    SHIFT,
    State,
    clear_group,
    hand_in,
    live,
    live_to_the_evening,
    obey,
    run_stage,
    see_the_morning,
    start_group,
    take_samples,
)
from offramp.engine.kernels.telling import choose_as_told

ZERO = np.float32(0)
HALF_LOG_TWO_PI = 0.5 * log(2.0 * pi)


class Herd(NamedTuple):
    """The states of many groups of particles: as `State`, but with one more axis before all others, the group."""

    rows: Any
    mornings: Any
    history: Any
    adds: Any
    sets: Any
    scales: Any
    due: Any
    ledger: Any
    is_over: Any
    digests: Any
    coordinates: Any  # (group, coordinate * lane) float32
    shares: Any  # (group, cell * lane) float64


class Room(NamedTuple):
    """What a thread works with; nothing in it outlives a step."""

    keys: Any
    packed: Packed
    events: Events
    chunk: Chunk
    lane: Any
    book: Book
    kept: Any  # (quantity, then clips) float32
    implied: Implied


@inlined_kernel
def state_of(herd: Any, room: Any, g: Any) -> Any:
    """Return the state of one group."""
    return State(
        herd.rows[g],
        room.keys,
        herd.mornings[g],
        herd.history[g],
        Rings(herd.adds[g], herd.sets[g], herd.scales[g], herd.due[g]),
        room.packed,
        room.events,
        room.chunk,
        room.lane,
        herd.ledger[g],
        herd.is_over[g],
        herd.digests[g],
    )


@kernel
def set_parameters(rows: Any, parameters: Any, weights: Any, coordinates: Any, draw: Any, room: Any) -> None:
    """Draw every parameter at its coordinate; `room` is room for `betas`."""
    for i in range(len(parameters)):
        parameter = parameters[i]
        to, at = start_of(parameter.row), start_of(i)
        if parameter.family == CATEGORICAL:
            cumulative = weights[parameter.first : parameter.last]
            for l in range(LANES):
                rows[to + l] = categorical(cumulative, coordinates[at + l])
        elif covers_all(parameter):
            for l in range(LANES):
                rows[to + l] = coordinates[at + l]
            draw_betas(rows, parameter, room)
        else:
            for l in range(LANES):
                rows[to + l] = call_draw(
                    draw,
                    parameter.family,
                    parameter.a,
                    parameter.b,
                    parameter.low,
                    parameter.high,
                    coordinates[at + l],
                )


@kernel
def set_shares(shares: Any, cells: Any, coordinates: Any, first: Any, draw: Any) -> None:
    """Draw the shares recorded at their coordinates."""
    for i in range(len(cells)):
        to, at = start_of(i), start_of(first + i)
        for l in range(LANES):
            r = call_draw(draw, BETA, cells[i].a, cells[i].b, -UNBOUNDED, UNBOUNDED, coordinates[at + l])
            shares[to + l] = float(r)


@inlined_kernel
def begin_particles(program: Any, watch: Any, herd: Any, room: Any, first_group: Any, last_group: Any) -> None:
    """Put groups of particles before their first step."""
    tables, draw = program.tables, program.formulas.draw
    for g in range(first_group, last_group):
        state = state_of(herd, room, g)
        clear_group(program, state)
        set_parameters(state.rows, tables.parameters, tables.weights, herd.coordinates[g], draw, state.lane)
        set_shares(herd.shares[g], watch.shares, herd.coordinates[g], watch.n_parameters, draw)
        start_group(program, state)


@kernel
def set_keys(keys: Any, seed: Any, numbers: Any, first: Any) -> None:
    """Derive the keys of the runs whose noise the lanes live with."""
    for l in range(LANES):
        keys[l], keys[LANES + l] = run_key(seed, numbers[first + l])


@kernel
def weigh_readings(
    rows: Any, keys: Any, watch: Any, step: Any, log_weight: Any, jump: Any
) -> None:  # budget: what a reading depends on
    """Take in each measured value: Gaussian about the quantity at the end of the step.

    Where the model may have left something out since the last one, the quantity is off by N(0, left_out**2); that is
    drawn from its posterior given the value, and added.
    """
    for i in range(watch.reading_starts[step], watch.reading_starts[step + 1]):
        reading = watch.readings[i]
        at, left_out = start_of(reading.row), reading.left_out**2
        variance = reading.sd**2 + left_out
        constant, gain = 0.5 * log(variance) + HALF_LOG_TWO_PI, left_out / variance
        for l in range(LANES):
            off = reading.value - float(rows[at + l])
            log_weight[l] -= 0.5 * off * off / variance + constant
            if left_out > 0.0:
                z = float(normal(word_at(keys, l, reading.slot)))
                by = gain * off + sqrt(gain) * reading.sd * z
                if len(jump) > 0:
                    jump[start_of(i - watch.reading_starts[step]) + l] = by
                rows[at + l] = clip32(np.float32(float(rows[at + l]) + by), reading.low, reading.high)


@kernel
def weigh_ended(is_over: Any, watch: Any, step: Any, log_weight: Any) -> None:
    """Let a run that has ended while the record goes on cost the misfit, each step of which it says anything."""
    if not says_anything(watch, step):
        return
    for l in range(LANES):
        if is_over[l] != 0:
            log_weight[l] += log(watch.misfit)


@kernel
def says_anything(watch: Any, step: Any) -> Any:
    """Tell whether the record says anything of a step, be it by silence."""
    for k in range(watch.kinds.shape[1]):
        if watch.kinds[step, k] > 0:
            return True
    has_reports = watch.starts[step] < watch.starts[step + 1]
    return has_reports or watch.reading_starts[step] < watch.reading_starts[step + 1]


@inlined_kernel
def live_one_step_as_told(
    program: Any, watch: Any, state: Any, coordinates: Any, book: Any, implied: Any, step: Any
) -> None:  # budget: what a step depends on
    """Take a group through one step of the record."""
    rows, tables = state.rows, program.tables
    for l in range(LANES):
        book.log_weight[l] = -watch.alike[step]
        book.weight_so_far[l] = 1.0
    begin.set_day_keys(state.keys, program.days[step])
    weigh_ended(state.is_over, watch, step, book.log_weight)
    see_the_morning(program, state, step)
    n_events = choose_as_told(
        rows, state.keys, step, tables, watch, coordinates, state.packed, state.events, book, implied
    )
    for i in range(len(tables.spontaneous)):
        if watch.kinds[step, len(tables.channels) + i] > 0:
            n_events = happen_as_told(rows, state.keys, step, i, n_events, tables, watch, state.events, book, implied)
        else:
            before = n_events
            n_events = happen_one(rows, state.keys, step, i, n_events, tables, state.packed.hit, state.events)
            for e in range(before, n_events):
                book.event_report[e] = -1
    draw_consequences_as_told(program, state, watch, book, implied, step, n_events, NOTED)
    live_to_the_evening(program, state, step)
    weigh_readings(rows, state.keys, watch, step, book.log_weight, implied.jump)
    for l in range(LANES):
        book.log_weight[l] += log(max(book.weight_so_far[l], LEAST))
    n_over = memories.count_over(state.is_over)
    memories.end_runs(rows, tables.ends, state.ledger, state.is_over, n_over, step, program.sizes)


@inlined_kernel
def advance_particles(
    program: Any,
    watch: Any,
    herd: Any,
    room: Any,
    seed: Any,
    numbers: Any,
    first_step: Any,
    first_group: Any,
    last_group: Any,
    log_weights: Any,
) -> None:  # budget: what a stretch of the record depends on
    """Take groups of particles through consecutive steps.

    numbers : (step, particle) uint64, the runs whose noise they live with
    log_weights : (step, particle) float64, log-probability of what the record says of each step
    """
    for g in range(first_group, last_group):
        state, book = state_of(herd, room, g), room.book
        for i in range(len(book.shares)):
            book.shares[i] = herd.shares[g, i]
        first = integer(g) * integer(LANES)
        for i in range(len(numbers)):
            set_keys(state.keys, seed, numbers[i], first)
            live_one_step_as_told(program, watch, state, herd.coordinates[g], book, room.implied, first_step + i)
            for l in range(LANES):
                log_weights[i, first + integer(l)] = book.log_weight[l]


@kernel
def copy_lanes(source: Any, to: Any, ancestors: Any, first: Any) -> None:
    """Copy the lanes of ancestors into one group; both arrays are (group, row * lane).

    Row by row, so that what is written is written in order; ancestors are, so neighbours are read from the same lines.
    """
    for row in range(np.uint64(len(to)) // LANES):
        at = row * LANES
        for l in range(LANES):
            ancestor = np.uint64(ancestors[first + integer(l)])
            to[at + l] = source[ancestor // LANES, at + ancestor % LANES]


@kernel
def join_due(source: Any, to: Any, ancestors: Any, first: Any) -> None:
    """Say where anything is due in a group: wherever it is in a group of its ancestors."""
    for i in range(len(to)):
        to[i] = np.uint8(0)
    before = integer(-1)
    for l in range(LANES):
        group = integer(np.uint64(ancestors[first + integer(l)]) // LANES)
        if group != before:
            for i in range(len(to)):
                to[i] |= source[group, i]
        before = group


@inlined_kernel
def take_particles(herd: Any, taken: Any, ancestors: Any, first_group: Any, last_group: Any) -> None:
    """Fill groups with copies of ancestors."""
    for g in range(first_group, last_group):
        first = integer(g) * integer(LANES)
        copy_lanes(herd.rows, taken.rows[g], ancestors, first)
        copy_lanes(herd.mornings, taken.mornings[g], ancestors, first)
        copy_lanes(herd.history, taken.history[g], ancestors, first)
        copy_lanes(herd.adds, taken.adds[g], ancestors, first)
        copy_lanes(herd.sets, taken.sets[g], ancestors, first)
        copy_lanes(herd.scales, taken.scales[g], ancestors, first)
        copy_lanes(herd.ledger, taken.ledger[g], ancestors, first)
        copy_lanes(herd.is_over, taken.is_over[g], ancestors, first)
        copy_lanes(herd.digests, taken.digests[g], ancestors, first)
        copy_lanes(herd.coordinates, taken.coordinates[g], ancestors, first)
        copy_lanes(herd.shares, taken.shares[g], ancestors, first)
        join_due(herd.due, taken.due[g], ancestors, first)


@inlined_kernel
def branch_particles(program: Any, herd: Any, room: Any, first_group: Any, last_group: Any) -> None:
    """Let edits of parameters act from now on: all that follows from parameters alone is worked out anew."""
    sizes = program.sizes
    known = start_of(2 * sizes.n_quantities)  # quantities and their clips, which the prelude would start again
    if program.edits.bounds[SHIFT] < program.edits.bounds[SHIFT + 1]:
        for g in range(first_group, last_group):
            rows = herd.rows[g]
            for i in range(known):
                room.kept[i] = rows[i]
            obey(program.edits, SHIFT, rows)
            run_stage(program.formulas, PRELUDE, rows)
            for i in range(known):
                rows[i] = room.kept[i]


@inlined_kernel
def live_on_particles(
    program: Any,
    herd: Any,
    room: Any,
    seed: Any,
    first_run: Any,
    first_step: Any,
    sample_steps: Any,
    counts: Any,
    results: Any,
) -> None:  # budget: what a life depends on
    """Live on without a record, as runs ``first_run`` onwards, and hand in results; all groups."""
    for g in range(len(herd.rows)):
        state, first = state_of(herd, room, g), integer(g) * integer(LANES)
        begin.set_run_keys(state.keys, seed, np.uint64(first_run + first))
        live(program, state, sample_steps, counts, results, first, first_step)
        hand_in(state.rows, program.sizes, results, first)


@inlined_kernel
def sample_particles(program: Any, herd: Any, counts: Any, results: Any, sample: Any) -> None:
    """Take down quantities and running counts of all groups."""
    for g in range(len(herd.rows)):
        take_samples(herd.rows[g], program.sizes, counts, results, sample, integer(g) * integer(LANES))
