"""Stage 5: opportunities, choices and spontaneous counts, and the list of the day's events in their order.

Most runs have no opportunity in a channel on most days. So the lanes that have one are packed first, and Gumbels and
choices are worked out for those alone, in batches. Noise is addressed, so leaving a draw out changes no other.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from offramp.core.arithmetic import exp32
from offramp.core.bits import bits_float, float_bits, select
from offramp.core.draws import poisson_count
from offramp.core.noise import draw_word, gumbel, occurrence, uniform
from offramp.engine.kernels.begin import word_at
from offramp.engine.kernels.lanes import BATCH, LANES, integer, kernel, start_of, word

ZERO, ONE = np.float32(0), np.float32(1)
NEVER = np.float32(-3.0e38)  # the utility of what cannot be done; tabulate has it too


# The packed lanes: one array in five parts, each at a constant place. In arrays of their own, every batch would first
# have to ask whether they overlap, which takes longer than a Gumbel. Floats are kept as their bits.
D0, D1, VALUE, BEST, CHOICE = (np.uint64(part) * LANES for part in range(5))
N_PACKED = 5 * int(LANES)
HELD = word(0xFFFFFFFF)  # the choice to hold; others are positions in the table of options


class Packed(NamedTuple):
    """Room for the lanes that have an opportunity."""

    hit: Any  # (lane,) uint32, whether it has
    lane: Any  # (lane + 1,) uint64, which they are
    words: Any  # (N_PACKED,) uint32, their keys and choices


class Events(NamedTuple):
    """The day's events in order, of all lanes."""

    lane: Any  # (event,) uint64
    leaf: Any  # int64
    occurrence: Any  # int64


@kernel
def choose(rows: Any, keys: Any, step: Any, tables: Any, packed: Any, events: Any) -> Any:
    """Go through channels and slots; return the number of events."""
    n_events = 0
    for c in range(len(tables.channels)):
        channel = tables.channels[c]
        for s in range(channel.n_slots):
            n = find_opportunities(rows, keys, channel.probability, occurrence(channel.slot, word(s)), packed)
            if n > 0:
                choose_moves(rows, channel, tables.options, word(s), n, packed)
                n_events = settle(rows, keys, step, s, n, n_events, tables, packed, events)
    return n_events


@kernel
def choose_moves(rows: Any, channel: Any, options: Any, s: Any, n: Any, packed: Any) -> None:
    """Let every packed lane choose: the largest of utility + Gumbel, hold included."""
    hold(packed.words, occurrence(channel.hold_slot, s), n)
    for o in range(channel.first, channel.last):
        weigh(rows, options[o].utility, n, packed)
        compare(packed.words, occurrence(options[o].slot, s), word(o), n)


@kernel
def find_opportunities(rows: Any, keys: Any, probability: Any, slot: Any, packed: Any) -> Any:
    """Pack the lanes that have an opportunity; return how many."""
    p, d0, d1 = start_of(probability), np.uint64(2) * LANES, np.uint64(3) * LANES
    hit, lane = packed.hit, packed.lane
    for l in range(LANES):
        u = uniform(draw_word(keys[d0 + l], keys[d1 + l], slot))
        hit[l] = select(u < rows[p + l], word(1), word(0))
    n = np.uint64(0)
    for l in range(LANES):
        lane[n] = l
        n += np.uint64(hit[l])
    for i in range(n):
        packed.words[D0 + i] = keys[d0 + lane[i]]
        packed.words[D1 + i] = keys[d1 + lane[i]]
    return integer(n)


@kernel
def hold(words: Any, slot: Any, n: Any) -> None:
    """Begin with the choice to hold."""
    for batch in range(np.uint64(0), np.uint64(n), BATCH):
        for i in range(BATCH):
            at = batch + i
            words[BEST + at] = float_bits(gumbel(draw_word(words[D0 + at], words[D1 + at], slot)))
            words[CHOICE + at] = HELD


@kernel
def weigh(rows: Any, utility: Any, n: Any, packed: Any) -> None:
    """Fetch the utility of a move for every packed lane."""
    source, lane, words = start_of(utility), packed.lane, packed.words
    for i in range(np.uint64(n)):
        words[VALUE + i] = float_bits(rows[source + lane[i]])


@kernel
def compare(words: Any, slot: Any, number: Any, n: Any) -> None:
    """Take a move where utility + Gumbel beats the best so far; the first of equals stays."""
    for batch in range(np.uint64(0), np.uint64(n), BATCH):
        for i in range(BATCH):
            at = batch + i
            v = bits_float(words[VALUE + at]) + gumbel(draw_word(words[D0 + at], words[D1 + at], slot))
            best = bits_float(words[BEST + at])
            words[BEST + at] = float_bits(select(v > best, v, best))
            words[CHOICE + at] = select(v > best, number, words[CHOICE + at])


@kernel
def settle(
    rows: Any, keys: Any, step: Any, s: Any, n: Any, n_events: Any, tables: Any, packed: Any, events: Any
) -> Any:
    """Turn choices into events: start the cooldown, choose the variant."""
    first = n_events
    for i in range(np.uint64(n)):
        choice = packed.words[CHOICE + i]
        events.lane[n_events] = packed.lane[i]
        events.leaf[n_events] = integer(choice)
        n_events += integer(choice != HELD)
    for e in range(first, n_events):
        option, l = tables.options[events.leaf[e]], events.lane[e]
        if option.cooldown > 0:
            rows[start_of(option.ready) + l] = np.float32(step + option.cooldown)
            rows[start_of(option.utility) + l] = NEVER  # for what is left of today
        events.occurrence[e] = s
        if option.leaf >= 0:
            events.leaf[e] = option.leaf
        else:
            events.leaf[e] = choose_variant(rows, keys, l, option.first, option.last, tables.variants, s)
    return n_events


@kernel
def choose_variant(rows: Any, keys: Any, lane: Any, first: Any, last: Any, variants: Any, j: Any) -> Any:
    """Choose among the available variants of a move by utility + Gumbel; the first of equals."""
    leaf = integer(variants[first].leaf)
    best = NEVER
    for v in range(first, last):
        variant = variants[v]
        if variant.available < 0 or rows[start_of(variant.available) + lane] != ZERO:
            slot = occurrence(variant.slot, word(j))
            value = rows[start_of(variant.utility) + lane] + gumbel(word_at(keys, lane, slot))
            if value > best:
                best, leaf = value, integer(variant.leaf)
    return leaf


@kernel
def happen(rows: Any, keys: Any, n_events: Any, tables: Any, packed: Any, events: Any) -> Any:
    """Draw the count of every spontaneous move; return the number of events."""
    hit = packed.hit
    for i in range(len(tables.spontaneous)):
        move = tables.spontaneous[i]
        find_happenings(rows, keys, move.rate, move.slot, hit)
        for l in range(LANES):
            if hit[l] != 0 and (move.available < 0 or rows[start_of(move.available) + l] != ZERO):
                n_events = repeat(rows, keys, l, move, tables.variants, n_events, events)
    return n_events


@kernel
def repeat(rows: Any, keys: Any, lane: Any, move: Any, variants: Any, n_events: Any, events: Any) -> Any:
    """List the events of a spontaneous move in one lane."""
    u = uniform(word_at(keys, lane, move.slot))
    n = integer(poisson_count(rows[start_of(move.rate) + lane], u, move.max_count))
    if n > move.max_count:
        n = integer(move.max_count)
        rows[start_of(move.cuts) + lane] += ONE
    for j in range(n):
        events.lane[n_events] = lane
        events.occurrence[n_events] = j
        if move.leaf >= 0:
            events.leaf[n_events] = move.leaf
        else:
            events.leaf[n_events] = choose_variant(rows, keys, lane, move.first, move.last, variants, j)
        n_events += 1
    return n_events


@kernel
def find_happenings(rows: Any, keys: Any, rate: Any, slot: Any, hit: Any) -> None:
    """Mark the lanes in which a spontaneous move may happen: above the probability of none."""
    r, d0, d1 = start_of(rate), np.uint64(2) * LANES, np.uint64(3) * LANES
    for l in range(LANES):
        u = uniform(draw_word(keys[d0 + l], keys[d1 + l], slot))
        may_happen = (u > exp32(-rows[r + l])) | (rows[r + l] < ZERO)
        hit[l] = select(may_happen, word(1), word(0))
