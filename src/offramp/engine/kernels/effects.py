"""Effects: what the day's events will do is drawn event by event, kept until it is due, and then applied.

Pending effects wait in rings of steps, one float32 per (step, target, lane): the sum of what is due to be added and,
for targets that have such effects, the last value to be set and the product of scales. Cost grows with the number of
events, not with the number of effects that a scenario has.

A sum that nothing was added to is -0.0, the number that changes nothing when added; a sum of anything is never -0.0.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from offramp.core.arithmetic import clip32
from offramp.core.bits import floor_float, select
from offramp.core.draws import CONSTANT, NORMAL, UNBOUNDED
from offramp.core.noise import draw_word, normal, occurrence, uniform
from offramp.engine.kernels.begin import draw_once, word_at
from offramp.engine.kernels.lanes import BATCH, LANES, kernel, start_of
from offramp.engine.tables import ADD, SET

ZERO, HALF, ONE = np.float32(0), np.float32(0.5), np.float32(1)
NOTHING_ADDED, NOT_SET, NOT_SCALED = np.float32(-0.0), np.float32(-3.4e38), np.float32(1)


class Rings(NamedTuple):
    """What is pending: row ``step % n * targets + target`` of each ring."""

    adds: Any  # float32
    sets: Any
    scales: Any
    due: Any  # (step, target) uint8, whether any lane has an effect


class Consequences(NamedTuple):
    """The effects of the day's events, in order, and their noise."""

    effect: Any  # int64
    lane: Any
    occurrence: Any
    d0: Any  # uint32: keys of the lane
    d1: Any
    slot: Any
    u: Any  # float32: the uniform of the size, and the Gaussian from the same word
    z: Any


@kernel
def clear(rings: Any) -> None:
    """Let nothing be pending."""
    rings.adds[:] = NOTHING_ADDED
    rings.sets[:] = NOT_SET
    rings.scales[:] = NOT_SCALED
    rings.due[:] = 0


@kernel
def list_consequences(rows: Any, keys: Any, tables: Any, n_events: int, events: Any, found: Any) -> int:
    """Count the day's events, draw who sees them, and list those effects that they will have."""
    n = 0
    for e in range(n_events):
        l, j = np.uint64(events.lane[e]), np.uint32(events.occurrence[e])
        leaf = tables.leaves[events.leaf[e]]
        rows[start_of(leaf.today) + l] += ONE
        rows[start_of(leaf.total) + l] += ONE
        for s in range(leaf.first_sighting, leaf.last_sighting):
            sighting = tables.sightings[s]
            u = uniform(word_at(keys, l, occurrence(sighting.slot, j)))
            if u < rows[start_of(sighting.probability) + l]:
                rows[start_of(sighting.today) + l] += ONE
        for f in range(leaf.first_effect, leaf.last_effect):
            if is_effective(rows, keys, l, tables.effects[f], j):
                found.effect[n] = f
                found.lane[n] = np.int64(l)
                found.occurrence[n] = np.int64(j)
                found.d0[n] = keys[np.uint64(2) * LANES + l]
                found.d1[n] = keys[np.uint64(3) * LANES + l]
                found.slot[n] = occurrence(tables.sizes[f].slot, j)
                n += 1
    return n


@kernel
def is_effective(rows: Any, keys: Any, lane: Any, effect: Any, j: Any) -> bool:
    """Settle the condition and the probability of an effect."""
    if effect.condition >= 0 and rows[start_of(effect.condition) + lane] == ZERO:
        return False
    if effect.probability < 0:
        return True
    u = uniform(word_at(keys, lane, occurrence(effect.probability_slot, j)))
    return u < rows[start_of(effect.probability) + lane]


@kernel
def draw_noise(found: Any, n: int) -> None:
    """Draw the uniform and the Gaussian of every listed effect."""
    d0, d1, slot, us, zs = found.d0, found.d1, found.slot, found.u, found.z
    for batch in range(np.uint64(0), np.uint64(n), BATCH):
        for i in range(BATCH):
            word = draw_word(d0[batch + i], d1[batch + i], slot[batch + i])
            us[batch + i] = uniform(word)
            zs[batch + i] = normal(word)


@kernel
def schedule(rows: Any, keys: Any, tables: Any, sizes: Any, step: int, n: int, found: Any, rings: Any) -> None:
    """Draw sizes and delays, and put each listed effect where it will be due."""
    n_targets = len(tables.targets)
    for i in range(n):
        f, l = found.effect[i], np.uint64(found.lane[i])
        effect, size = tables.effects[f], tables.sizes[f]
        if size.family == NORMAL and size.low < 0 and size.high < 0:
            amount = rows[start_of(size.a) + l] + rows[start_of(size.b) + l] * found.z[i]
        else:
            amount = draw_amount(rows, size, l, found.u[i])
        steps = effect.steps
        if steps < 0:
            steps = draw_delay(rows, keys, tables.delays[f], l, np.uint32(found.occurrence[i]), sizes.step_days)
            steps = max(min(steps, effect.max_delay), 0)
        if step + steps < sizes.n_steps:
            place = (step + steps) % sizes.ring_steps
            rings.due[place * n_targets + effect.target] = 1
            put(rings, place, n_targets, l, effect, tables.targets[effect.target], sizes, amount)


@kernel
def put(rings: Any, place: int, n_targets: int, lane: Any, effect: Any, target: Any, sizes: Any, amount: Any) -> None:
    """Join an effect to those that are due on the same step."""
    if effect.op == ADD:
        at = start_of(place * n_targets + effect.target) + lane
        rings.adds[at] = (rings.adds[at] + amount) + ZERO  # the last so that a sum of -0.0 is 0.0, as from 0
    elif effect.op == SET:
        rings.sets[start_of(place * sizes.n_sets + target.set_ring) + lane] = amount
    else:
        at = start_of(place * sizes.n_scales + target.scale_ring) + lane
        rings.scales[at] = rings.scales[at] * amount


@kernel
def draw_amount(rows: Any, size: Any, lane: Any, u: Any) -> Any:
    """Draw one size or delay; a constant is itself."""
    a = rows[start_of(size.a) + lane]
    if size.family == CONSTANT:
        return a
    b = rows[start_of(size.b) + lane] if size.b >= 0 else ZERO
    low = rows[start_of(size.low) + lane] if size.low >= 0 else -UNBOUNDED
    high = rows[start_of(size.high) + lane] if size.high >= 0 else UNBOUNDED
    return draw_once(size.family, a, b, low, high, u)


@kernel
def draw_delay(rows: Any, keys: Any, delay: Any, lane: Any, j: Any, step_days: float) -> int:
    """Draw one delay and round it to whole steps, halves up."""
    days = draw_amount(rows, delay, lane, uniform(word_at(keys, lane, occurrence(delay.slot, j))))
    if delay.family != CONSTANT:  # a constant is in steps already
        days = days / np.float32(step_days)
    # Nothing is delayed by more than 2**23 steps; beyond the range of integers the conversion would be undefined.
    return np.int64(floor_float(clip32(days + HALF, ZERO, np.float32(8388608.0))))


@kernel
def apply_due(rows: Any, tables: Any, sizes: Any, step: int, rings: Any, value: Any) -> None:
    """Stages 2 and 6: set, scale and add what is due today, cut each quantity at its range, and count the cuts."""
    place = step % sizes.ring_steps
    n_targets = len(tables.targets)
    for q in range(n_targets):
        if rings.due[place * n_targets + q] == 0:
            continue
        rings.due[place * n_targets + q] = 0
        target = tables.targets[q]
        take(rows, target.quantity, value)
        if target.set_ring >= 0:
            override(value, rings.sets, place * sizes.n_sets + target.set_ring)
        if target.scale_ring >= 0:
            multiply(value, rings.scales, place * sizes.n_scales + target.scale_ring)
        add_up(rows, target, value, rings.adds, place * n_targets + q)


@kernel
def take(rows: Any, row: int, value: Any) -> None:
    """Fetch a row."""
    source = start_of(row)
    for l in range(LANES):
        value[l] = rows[source + l]


@kernel
def override(value: Any, sets: Any, row: int) -> None:
    """Set where a `set` is due."""
    at = start_of(row)
    for l in range(LANES):
        value[l] = select(sets[at + l] == NOT_SET, value[l], sets[at + l])
        sets[at + l] = NOT_SET


@kernel
def multiply(value: Any, scales: Any, row: int) -> None:
    """Scale by the product of what is due."""
    at = start_of(row)
    for l in range(LANES):
        value[l] = value[l] * scales[at + l]
        scales[at + l] = NOT_SCALED


@kernel
def add_up(rows: Any, target: Any, value: Any, adds: Any, row: int) -> None:
    """Add the sum of what is due, cut at the range, and count the cuts."""
    at, to, clips, low, high = start_of(row), start_of(target.quantity), start_of(target.clips), target.low, target.high
    for l in range(LANES):
        v = value[l] + adds[at + l]
        clipped = clip32(v, low, high)
        rows[to + l] = clipped
        rows[clips + l] += select(clipped != v, ONE, ZERO)
        adds[at + l] = NOTHING_ADDED
