"""Stage 5: opportunities, choices and spontaneous counts, and the list of the day's events in their order.

Most runs have no opportunity in a channel on most days. So the lanes that have one are packed first, and Gumbels and
choices are worked out for those alone, in batches. Noise is addressed, so leaving a draw out changes no other.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from offramp.core.arithmetic import exp32
from offramp.core.bits import select
from offramp.core.noise import draw_word, gumbel, occurrence, uniform
from offramp.engine.kernels.begin import word_at
from offramp.engine.kernels.lanes import BATCH, LANES, kernel, start_of

ZERO, ONE = np.float32(0), np.float32(1)
NEVER = np.float32(-3.0e38)  # the utility of what cannot be done


class Packed(NamedTuple):
    """Room for the lanes that have an opportunity: which, their keys, and their choice so far."""

    hit: Any  # (lane,) uint32
    lane: Any  # (lane,) int64
    d0: Any  # (lane,) uint32
    d1: Any
    value: Any  # (lane,) float32
    best: Any
    choice: Any  # (lane,) int32, position in the table of options, -1 for hold


class Events(NamedTuple):
    """The day's events in order, of all lanes."""

    lane: Any  # (event,) int64
    leaf: Any
    occurrence: Any


@kernel
def choose(rows: Any, keys: Any, step: int, tables: Any, packed: Any, events: Any) -> int:
    """Go through channels and slots; return the number of events."""
    n_events = 0
    for c in range(len(tables.channels)):
        channel = tables.channels[c]
        for s in range(channel.n_slots):
            n = find_opportunities(rows, keys, channel.probability, occurrence(channel.slot, s), packed)
            if n > 0:
                choose_moves(rows, np.float32(step), channel, tables.options, np.uint32(s), n, packed)
                n_events = settle(rows, keys, step, s, n, n_events, tables, packed, events)
    return n_events


@kernel
def find_opportunities(rows: Any, keys: Any, probability: int, slot: Any, packed: Any) -> int:
    """Pack the lanes that have an opportunity; return how many."""
    p, d0, d1 = start_of(probability), np.uint64(2) * LANES, np.uint64(3) * LANES
    hit, lane = packed.hit, packed.lane
    for l in range(LANES):
        u = uniform(draw_word(keys[d0 + l], keys[d1 + l], slot))
        hit[l] = select(u < rows[p + l], np.uint32(1), np.uint32(0))
    n = np.uint64(0)
    for l in range(LANES):
        lane[n] = l
        n += np.uint64(hit[l])
    for i in range(n):
        packed.d0[i] = keys[d0 + np.uint64(lane[i])]
        packed.d1[i] = keys[d1 + np.uint64(lane[i])]
    return np.int64(n)


@kernel
def choose_moves(rows: Any, step: Any, channel: Any, options: Any, s: Any, n: int, packed: Any) -> None:
    """Let every packed lane choose: the largest of utility + Gumbel, hold included, the first of equals."""
    hold(packed, occurrence(channel.hold_slot, s), n)
    for o in range(channel.first, channel.last):
        option = options[o]
        weigh(rows, step, option, n, packed)
        compare(packed, occurrence(option.slot, s), np.int32(o), n)


@kernel
def hold(packed: Any, slot: Any, n: int) -> None:
    """Begin with the choice to hold."""
    d0, d1, best, choice = packed.d0, packed.d1, packed.best, packed.choice
    for batch in range(np.uint64(0), np.uint64(n), BATCH):
        for i in range(BATCH):
            best[batch + i] = gumbel(draw_word(d0[batch + i], d1[batch + i], slot))
            choice[batch + i] = np.int32(-1)


@kernel
def weigh(rows: Any, step: Any, option: Any, n: int, packed: Any) -> None:
    """Fetch the utility of a move for every packed lane."""
    utility, ready, lane = start_of(option.utility), start_of(option.ready), packed.lane
    if option.available < 0:
        for i in range(np.uint64(n)):
            l = np.uint64(lane[i])
            packed.value[i] = select(step >= rows[ready + l], rows[utility + l], NEVER)
    else:
        available = start_of(option.available)
        for i in range(np.uint64(n)):
            l = np.uint64(lane[i])
            is_free = (step >= rows[ready + l]) & (rows[available + l] != ZERO)
            packed.value[i] = select(is_free, rows[utility + l], NEVER)


@kernel
def compare(packed: Any, slot: Any, number: Any, n: int) -> None:
    """Take a move where it beats the best so far."""
    d0, d1, value, best, choice = packed.d0, packed.d1, packed.value, packed.best, packed.choice
    for batch in range(np.uint64(0), np.uint64(n), BATCH):
        for i in range(BATCH):
            v = value[batch + i] + gumbel(draw_word(d0[batch + i], d1[batch + i], slot))
            is_better = v > best[batch + i]
            best[batch + i] = select(is_better, v, best[batch + i])
            choice[batch + i] = number if is_better else choice[batch + i]


@kernel
def settle(rows: Any, keys: Any, step: int, s: int, n: int, n_events: int, tables: Any, packed: Any, events: Any) -> int:
    """Turn choices into events: start the cooldown, choose the variant."""
    for i in range(np.uint64(n)):
        if packed.choice[i] >= 0:
            m = tables.options[packed.choice[i]].move
            move, l = tables.moves[m], np.uint64(packed.lane[i])
            rows[start_of(move.ready) + l] = np.float32(step + move.cooldown)
            events.lane[n_events] = packed.lane[i]
            events.leaf[n_events] = choose_variant(rows, keys, l, move, tables.variants, s)
            events.occurrence[n_events] = s
            n_events += 1
    return n_events


@kernel
def choose_variant(rows: Any, keys: Any, lane: Any, move: Any, variants: Any, j: int) -> int:
    """Choose among the available variants of a move by utility + Gumbel; the first of equals."""
    leaf = variants[move.first].leaf
    if move.last - move.first == 1:
        return leaf
    best = NEVER
    for v in range(move.first, move.last):
        variant = variants[v]
        if variant.available < 0 or rows[start_of(variant.available) + lane] != ZERO:
            slot = occurrence(variant.slot, np.uint32(j))
            value = rows[start_of(variant.utility) + lane] + gumbel(word_at(keys, lane, slot))
            if value > best:
                best, leaf = value, variant.leaf
    return leaf


@kernel
def happen(rows: Any, keys: Any, n_events: int, tables: Any, packed: Any, events: Any) -> int:
    """Draw the count of every spontaneous move; return the number of events."""
    d0, d1, hit = np.uint64(2) * LANES, np.uint64(3) * LANES, packed.hit
    for i in range(len(tables.spontaneous)):
        move = tables.spontaneous[i]
        rate = start_of(move.rate)
        for l in range(LANES):
            u = uniform(draw_word(keys[d0 + l], keys[d1 + l], move.slot))
            # What is at or below the probability of none stays none; the rest is counted one by one.
            may_happen = (u > exp32(-rows[rate + l])) | (rows[rate + l] < ZERO)
            hit[l] = select(may_happen, np.uint32(1), np.uint32(0))
        for l in range(LANES):
            if hit[l] != 0 and (move.available < 0 or rows[start_of(move.available) + l] != ZERO):
                u = uniform(word_at(keys, l, move.slot))
                n = count_events(rows[rate + l], u, move.max_count)
                if n > move.max_count:
                    n = move.max_count
                    rows[start_of(move.cuts) + l] += ONE
                for j in range(n):
                    events.lane[n_events] = np.int64(l)
                    events.leaf[n_events] = choose_variant(
                        rows, keys, l, tables.moves[move.move], tables.variants, j
                    )
                    events.occurrence[n_events] = j
                    n_events += 1
    return n_events


@kernel
def count_events(rate: Any, u: Any, max_count: int) -> int:
    """Invert the Poisson distribution function at ``u``; ``max_count + 1`` stands for everything above."""
    n = 0
    p = exp32(-rate)
    cdf = p
    for k in range(max_count + 1):
        if u > cdf:
            n = k + 1
        p = p * rate / np.float32(k + 1)
        cdf = cdf + p
    return n
