"""Effects: what the day's events will do is drawn event by event, kept until it is due, and then applied.

Pending effects wait in rings of steps, one for each target and as long as its longest delay needs, one float32 per step
and lane: the sum of what is due to be added and, for targets that have such effects, the last value to be set and the
product of scales. Cost grows with the number of
events, not with the number of effects that a scenario has.

A sum that nothing was added to is -0.0, the number that changes nothing when added; a sum of anything is never -0.0.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from offramp.core.arithmetic import clip32
from offramp.core.bits import bits_float, float_bits, floor_float, select
from offramp.core.draws import CONSTANT, UNBOUNDED
from offramp.core.noise import draw_word, normal, occurrence, uniform
from offramp.engine.kernels.begin import word_at
from offramp.engine.kernels.lanes import (
    BATCH,
    LANES,
    call_draw,
    fill_rows,
    inlined_kernel,
    integer,
    kernel,
    merged_kernel,
    start_of,
    word,
)
from offramp.engine.tables import ADD, SET

ZERO, HALF, ONE = np.float32(0), np.float32(0.5), np.float32(1)
NOTHING_ADDED, NOT_SET, NOT_SCALED = np.float32(-0.0), np.float32(-3.4e38), np.float32(1)


class Rings(NamedTuple):
    """What is pending: row ``ring + (step & turn)`` of each kind, with the ring and turn of the target."""

    adds: Any  # float32
    sets: Any
    scales: Any
    due: Any  # (row of adds,) uint8, whether any lane has an effect


# Effects are worked out in chunks: what is drawn for them stands in seven parts of one array, see `choices`.
CHUNK = np.uint64(64)
SLOT, D0, D1, U, A, B, AMOUNT = (np.uint64(part) * CHUNK for part in range(7))
N_CHUNK, N_WORDS = int(CHUNK), 7 * int(CHUNK)
TOO_LATE, BY_ITSELF = -1, -2  # in place of a place in the ring


class Chunk(NamedTuple):
    """Room for some effects of the day's events, in order."""

    lane: Any  # (effect,) uint64
    effect: Any  # (effect,) int64
    occurrence: Any  # (effect,) uint32
    place: Any  # (effect,) int64, in the ring of sums, or one of the two above
    words: Any  # (N_WORDS,) uint32


@kernel
def clear(rings: Any, sizes: Any) -> None:
    """Let nothing be pending."""
    fill_rows(rings.adds, 0, sizes.add_rows, NOTHING_ADDED)
    fill_rows(rings.sets, 0, sizes.set_rows, NOT_SET)
    fill_rows(rings.scales, 0, sizes.scale_rows, NOT_SCALED)
    for i in range(len(rings.due)):
        rings.due[i] = np.uint8(0)


@inlined_kernel
def draw_consequences(program: Any, state: Any, step: Any, n_events: Any) -> None:
    """Count the day's events, draw who sees them, and which effects they will have; schedule those."""
    rows, keys, tables, sizes, chunk, rings = (
        state.rows, state.keys, program.tables, program.sizes, state.chunk, state.rings
    )  # fmt: skip
    for e in range(n_events):
        l, leaf = state.events.lane[e], tables.leaves[state.events.leaf[e]]
        rows[start_of(leaf.today) + l] += ONE
        rows[start_of(leaf.total) + l] += ONE
    n = np.uint64(0)
    for e in range(n_events):
        l, j = state.events.lane[e], word(state.events.occurrence[e])
        leaf = tables.leaves[state.events.leaf[e]]
        for s in range(leaf.first_sighting, leaf.last_sighting):
            see(rows, keys, l, tables.sightings[s], j)
        for f in range(np.uint64(leaf.first_effect), np.uint64(leaf.last_effect)):
            n += list_effect(rows, keys, l, f, tables, j, step, sizes.n_steps, n, chunk, rings.due)
            if n == CHUNK:
                schedule(rows, keys, tables, sizes, step, n, chunk, rings, program.formulas.draw)
                n = np.uint64(0)
    if n > 0:
        schedule(rows, keys, tables, sizes, step, n, chunk, rings, program.formulas.draw)


@merged_kernel
def list_effect(
    rows: Any,
    keys: Any,
    lane: Any,
    f: Any,
    tables: Any,
    j: Any,
    step: Any,
    n_steps: Any,
    n: Any,
    chunk: Any,
    due: Any,
) -> Any:  # budget: what an effect depends on
    """Put what an effect is drawn from in a place of the chunk if it acts; return 1 then, else 0."""
    effect = tables.effects[f]
    if effect.is_certain == 0 and not is_effective(rows, keys, lane, tables.conditions[f], j):
        return np.uint64(0)
    fetch(rows, keys, lane, j, effect, n, chunk.words)
    chunk.place[n] = TOO_LATE
    if effect.is_plain == 0:
        chunk.lane[n], chunk.effect[n], chunk.occurrence[n], chunk.place[n] = lane, integer(f), j, BY_ITSELF
    elif step + effect.steps < n_steps:
        row = row_of(tables.targets[effect.target], step + effect.steps)
        due[np.uint64(row)] = np.uint8(1)
        chunk.place[n] = integer(start_of(row) + lane)
    return np.uint64(1)


@kernel
def row_of(target: Any, step: Any) -> Any:
    """Return the row of sums that is due for a target on a step."""
    return integer(target.add_ring) + (integer(step) & integer(target.turn))


@kernel
def see(rows: Any, keys: Any, lane: Any, sighting: Any, j: Any) -> None:
    """Draw whether an event is seen."""
    if uniform(word_at(keys, lane, occurrence(sighting.slot, j))) < rows[start_of(sighting.probability) + lane]:
        rows[start_of(sighting.today) + lane] += ONE


@kernel
def is_effective(rows: Any, keys: Any, lane: Any, what: Any, j: Any) -> Any:
    """Settle the condition and the probability of an effect."""
    if what.condition >= 0 and rows[start_of(what.condition) + lane] == ZERO:
        return False
    if what.probability < 0:
        return True
    return uniform(word_at(keys, lane, occurrence(what.slot, j))) < rows[start_of(what.probability) + lane]


@merged_kernel
def schedule(
    rows: Any, keys: Any, tables: Any, sizes: Any, step: Any, n: Any, chunk: Any, rings: Any, draw: Any
) -> None:
    """Draw sizes and delays, and put each effect of a chunk where it will be due."""
    draw_amounts(chunk.words, n)
    for i in range(n):
        if chunk.place[i] >= 0:
            at, amount = np.uint64(chunk.place[i]), bits_float(chunk.words[AMOUNT + i])
            rings.adds[at] = (rings.adds[at] + amount) + ZERO  # the last so that a sum of -0.0 is 0.0, as from 0
        elif chunk.place[i] == BY_ITSELF:
            schedule_one(rows, keys, tables, sizes, step, i, chunk, rings, draw)


@merged_kernel
def fetch(rows: Any, keys: Any, lane: Any, j: Any, effect: Any, n: Any, words: Any) -> None:
    """Put what an effect is drawn from in a place of the chunk."""
    words[SLOT + n] = occurrence(effect.slot, j)
    words[D0 + n] = keys[np.uint64(2) * LANES + lane]
    words[D1 + n] = keys[np.uint64(3) * LANES + lane]
    words[A + n] = float_bits(rows[start_of(effect.a) + lane])
    words[B + n] = select(effect.is_gaussian != 0, float_bits(rows[start_of(max(effect.b, 0)) + lane]), word(0))


@kernel
def draw_amounts(words: Any, n: Any) -> None:
    """Draw the uniform of every effect of a chunk, and from it a Gaussian of mean A and standard deviation B."""
    for batch in range(np.uint64(0), n, BATCH):
        for i in range(BATCH):
            at = batch + i
            w = draw_word(words[D0 + at], words[D1 + at], words[SLOT + at])
            words[U + at] = float_bits(uniform(w))
            words[AMOUNT + at] = float_bits(bits_float(words[A + at]) + bits_float(words[B + at]) * normal(w))


@kernel
def schedule_one(
    rows: Any, keys: Any, tables: Any, sizes: Any, step: Any, i: Any, chunk: Any, rings: Any, draw: Any
) -> None:
    """Put one effect of a chunk where it will be due, whatever its kind."""
    l, f = chunk.lane[i], chunk.effect[i]
    effect = tables.effects[f]
    if effect.is_gaussian != 0:
        amount = bits_float(chunk.words[AMOUNT + i])
    else:
        amount = draw_amount(rows, tables.sizes[f], l, bits_float(chunk.words[U + i]), draw)
    steps = integer(effect.steps)
    if steps < 0:
        steps = draw_delay(rows, keys, tables.delays[f], l, chunk.occurrence[i], sizes.step_days, draw)
    if step + steps < sizes.n_steps:
        target = tables.targets[effect.target]
        row = row_of(target, step + steps)
        rings.due[row] = np.uint8(1)
        if effect.op == ADD:
            at = start_of(row) + l
            rings.adds[at] = (rings.adds[at] + amount) + ZERO
        else:
            put(rings, row - target.add_ring, l, effect.op, target, amount)


@kernel
def put(rings: Any, place: Any, lane: Any, op: Any, target: Any, amount: Any) -> None:
    """Join a `set` or `scale` to those that are due on the same step."""
    if op == SET:
        rings.sets[start_of(target.set_ring + place) + lane] = amount
    else:
        at = start_of(target.scale_ring + place) + lane
        rings.scales[at] = rings.scales[at] * amount


@kernel
def draw_amount(rows: Any, size: Any, lane: Any, u: Any, draw: Any) -> Any:
    """Draw one size or delay; a constant is itself."""
    a = rows[start_of(size.a) + lane]
    if size.family == CONSTANT:
        return a
    b = rows[start_of(size.b) + lane] if size.b >= 0 else ZERO
    low = rows[start_of(size.low) + lane] if size.low >= 0 else -UNBOUNDED
    high = rows[start_of(size.high) + lane] if size.high >= 0 else UNBOUNDED
    return call_draw(draw, size.family, a, b, low, high, u)


@kernel
def draw_delay(rows: Any, keys: Any, delay: Any, lane: Any, j: Any, step_days: Any, draw: Any) -> Any:
    """Draw one delay and round it to whole steps, halves up."""
    days = draw_amount(rows, delay, lane, uniform(word_at(keys, lane, occurrence(delay.slot, j))), draw)
    if delay.family != CONSTANT:  # a constant is in steps already
        days = days / np.float32(step_days)
    # Cut before it is made an integer: beyond the range of integers that would be undefined.
    steps = integer(floor_float(clip32(days + HALF, ZERO, np.float32(8388608.0))))
    return min(steps, integer(delay.max_delay))


@kernel
def apply_due(rows: Any, tables: Any, step: Any, rings: Any, value: Any) -> None:
    """Stages 2 and 6: set, scale and add what is due today, cut each quantity at its range, and count the cuts."""
    for q in range(len(tables.targets)):
        target = tables.targets[q]
        row = row_of(target, step)
        if rings.due[row] == 0:
            continue
        rings.due[row] = 0
        place = row - target.add_ring
        if target.scale_ring >= 0:
            take(rows, target.quantity, value)
            if target.set_ring >= 0:
                override(value, rings.sets, target.set_ring + place)
            multiply(value, rings.scales, target.scale_ring + place)
            add_up_to(rows, target, value, rings.adds, row)
        elif target.set_ring >= 0:
            set_and_add_up(rows, target, rings.sets, target.set_ring + place, rings.adds, row)
        else:
            add_up(rows, target, rings.adds, row)


@kernel
def take(rows: Any, row: Any, value: Any) -> None:
    """Fetch a row."""
    source = start_of(row)
    for l in range(LANES):
        value[l] = rows[source + l]


@kernel
def override(value: Any, sets: Any, row: Any) -> None:
    """Set where a `set` is due."""
    at = start_of(row)
    for l in range(LANES):
        value[l] = select(sets[at + l] == NOT_SET, value[l], sets[at + l])
        sets[at + l] = NOT_SET


@kernel
def multiply(value: Any, scales: Any, row: Any) -> None:
    """Scale by the product of what is due."""
    at = start_of(row)
    for l in range(LANES):
        value[l] = value[l] * scales[at + l]
        scales[at + l] = NOT_SCALED


@kernel
def add_up(rows: Any, target: Any, adds: Any, row: Any) -> None:
    """Add the sum of what is due, cut at the range, and count the cuts."""
    at, to, clips, low, high = start_of(row), start_of(target.quantity), start_of(target.clips), target.low, target.high
    for l in range(LANES):
        v = rows[to + l] + adds[at + l]
        adds[at + l] = NOTHING_ADDED
        clipped = clip32(v, low, high)
        rows[to + l] = clipped
        rows[clips + l] += select(clipped != v, ONE, ZERO)


@kernel
def set_and_add_up(rows: Any, target: Any, sets: Any, set_row: Any, adds: Any, row: Any) -> None:
    """Set where a `set` is due, then add, as `add_up`: most targets that are set are never scaled."""
    at, to, clips, low, high = start_of(row), start_of(target.quantity), start_of(target.clips), target.low, target.high
    of = start_of(set_row)
    for l in range(LANES):
        v = select(sets[of + l] == NOT_SET, rows[to + l], sets[of + l]) + adds[at + l]
        sets[of + l] = NOT_SET
        adds[at + l] = NOTHING_ADDED
        clipped = clip32(v, low, high)
        rows[to + l] = clipped
        rows[clips + l] += select(clipped != v, ONE, ZERO)


@kernel
def add_up_to(rows: Any, target: Any, value: Any, adds: Any, row: Any) -> None:
    """Add the sum of what is due to what has been set and scaled, as `add_up`."""
    to = start_of(target.quantity)
    at, clips, low, high = start_of(row), start_of(target.clips), target.low, target.high
    for l in range(LANES):
        v = value[l] + adds[at + l]
        adds[at + l] = NOTHING_ADDED
        clipped = clip32(v, low, high)
        rows[to + l] = clipped
        rows[clips + l] += select(clipped != v, ONE, ZERO)
