"""A recorded history lived again under edits, day by day beside itself, with the noise that the record implies.

The day is first lived as it was recorded, which notes what it was chosen by (`implied`); then the edited world lives it
(`again`). What both have in common they share to the bit: parameters, process noise, what is seen and drawn of an event
at the same address, the marks of a recorded event that happens all the same, and what the model had left out.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from offramp.core.arithmetic import clip32
from offramp.engine.kernels import memories
from offramp.engine.kernels.again import choose_again, happen_again
from offramp.engine.kernels.conditioned import live_one_step_as_told, set_keys, state_of
from offramp.engine.kernels.lanes import LANES, inlined_kernel, integer, kernel, start_of
from offramp.engine.kernels.marks import AFRESH, AGAIN, draw_consequences_as_told
from offramp.engine.kernels.run import (
    KEEP,
    hand_in,
    leave_trail,
    live_to_the_evening,
    obey,
    see_the_morning,
    take_samples,
)


@inlined_kernel
def live_one_step_again(
    program: Any, watch: Any, forbids: Any, state: Any, book: Any, implied: Any, step: Any, is_afresh: Any
) -> None:  # budget: what a step depends on
    """Take a group of the edited world through one step; its keys are those of the recorded one."""
    rows, tables = state.rows, program.tables
    see_the_morning(program, state, step)
    n_events = choose_again(
        rows, state.keys, step, tables, watch, forbids, implied, state.packed, state.events, book, is_afresh
    )
    for i in range(len(tables.spontaneous)):
        n_events = happen_again(
            rows, state.keys, step, i, n_events, tables, watch, forbids, implied, state.packed, state.events, book,
            is_afresh,
        )  # fmt: skip
    draw_consequences_as_told(program, state, watch, book, implied, step, n_events, AFRESH if is_afresh else AGAIN)
    live_to_the_evening(program, state, step)
    add_jumps(rows, watch, step, implied.jump)
    obey(program.edits, KEEP, rows)
    n_over = memories.count_over(state.is_over)
    memories.end_runs(rows, tables.ends, state.ledger, state.is_over, n_over, step, program.sizes)


@kernel
def add_jumps(rows: Any, watch: Any, step: Any, jump: Any) -> None:
    """Add what the model had left out of each measured quantity."""
    first = watch.reading_starts[step]
    for i in range(first, watch.reading_starts[step + 1]):
        reading = watch.readings[i]
        if reading.left_out > 0.0:
            at, source = start_of(reading.row), start_of(i - first)
            for l in range(LANES):
                moved = np.float32(float(rows[at + l]) + jump[source + l])
                rows[at + l] = clip32(moved, reading.low, reading.high)


@inlined_kernel
def relive_particles(
    recorded: Any, edited: Any, watches: Any, herds: Any, room: Any, forbids: Any, seed: Any, numbers: Any,
    sample_steps: Any, counts: Any, results: Any, is_afresh: Any,
) -> None:  # budget: what a hindsight depends on  # fmt: skip
    """Live all groups through the window twice, recorded and edited, and hand in both.

    Parameters
    ----------
    recorded, edited : programs; watches, herds, results : of each of them, in this order
    numbers : (step, particle) uint64, the runs whose noise they live with
    """
    n_steps = recorded.sizes.n_steps
    for g in range(len(herds[0].rows)):
        was, is_now = state_of(herds[0], room, g), state_of(herds[1], room, g)
        book, first, sample = room.book, integer(g) * integer(LANES), 0
        for i in range(len(book.shares)):
            book.shares[i] = herds[0].shares[g, i]
        for step in range(n_steps):
            set_keys(room.keys, seed, numbers[step], first)
            live_one_step_as_told(recorded, watches[0], was, herds[0].coordinates[g], book, room.implied, step)
            live_one_step_again(edited, watches[1], forbids, is_now, book, room.implied, step, is_afresh)
            if results[0].trail.shape[0] > 0:
                leave_trail(was.rows, recorded.sizes, step, was.digests, results[0].trail, first)
                leave_trail(is_now.rows, edited.sizes, step, is_now.digests, results[1].trail, first)
            while sample < len(sample_steps) and sample_steps[sample] == step:
                take_samples(was.rows, recorded.sizes, counts, results[0], sample, first)
                take_samples(is_now.rows, edited.sizes, counts, results[1], sample, first)
                sample += 1
        memories.close_outcomes(was.rows, recorded.tables.outcomes)
        memories.close_outcomes(is_now.rows, edited.tables.outcomes)
        hand_in(was.rows, recorded.sizes, results[0], first)
        hand_in(is_now.rows, edited.sizes, results[1], first)
