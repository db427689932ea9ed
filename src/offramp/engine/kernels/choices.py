"""Stage 5: opportunities, choices and spontaneous counts, and the list of the day's events in their order.

Most runs have no opportunity in a channel on most days. So the lanes that have one are packed first, and Gumbels and
choices are worked out for those alone, in batches. Noise is addressed, so leaving a draw out changes no other.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from offramp.core.arithmetic import exp32
from offramp.core.bits import add32, bits_float, float_bits, select
from offramp.core.draws import poisson_count
from offramp.core.noise import draw_word, gumbel, occurrence, uniform
from offramp.engine.kernels.begin import word_at
from offramp.engine.kernels.lanes import (
    ALL_LANES,
    BATCH,
    LANES,
    NO_LANES,
    ONE_LANE,
    first_lane,
    integer,
    kernel,
    marked_lanes,
    merged_kernel,
    start_of,
    word,
)

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
            find_opportunities(rows, keys, channel.probability, occurrence(channel.slot, word(s)), packed.hit)
            if channel.first_force < channel.last_force:
                add_forced(rows, tables.forces, channel, s, packed.hit)
            n = pack(keys, packed)
            if n > 0:
                choose_moves(rows, channel, tables.options, word(s), n, packed)
                n_events = settle(rows, keys, step, c, s, n, n_events, tables, packed, events)
    return n_events


@kernel
def choose_moves(rows: Any, channel: Any, options: Any, s: Any, n: Any, packed: Any) -> None:
    """Let every packed lane choose: the largest of utility + Gumbel, hold included."""
    hold(packed.words, occurrence(channel.hold_slot, s), n)
    for o in range(channel.first, channel.last):
        weigh(rows, options[o].utility, n, packed)
        compare(packed.words, occurrence(options[o].slot, s), word(o), n)


@kernel
def find_opportunities(rows: Any, keys: Any, probability: Any, slot: Any, hit: Any) -> None:
    """Mark the lanes that have an opportunity."""
    p, d0, d1 = start_of(probability), np.uint64(2) * LANES, np.uint64(3) * LANES
    for l in range(LANES):
        u = uniform(draw_word(keys[d0 + l], keys[d1 + l], slot))
        hit[l] = select(u < rows[p + l], word(1), word(0))


@kernel
def add_forced(rows: Any, forces: Any, channel: Any, s: Any, hit: Any) -> None:
    """Mark the lanes in which an edit takes the slot."""
    for l in range(LANES):
        if find_force(rows, forces, channel.first_force, channel.last_force, l, s) >= 0:
            hit[l] = word(1)


@kernel
def find_force(rows: Any, forces: Any, first: Any, last: Any, lane: Any, s: Any) -> Any:
    """Return the force that takes a slot: among those in force in the lane today, number s; else -1."""
    before = integer(s)
    for f in range(first, last):
        if rows[start_of(forces[f].flag) + lane] != ZERO:
            if before == 0:
                return integer(f)
            before -= 1
    return integer(-1)


@kernel
def pack(keys: Any, packed: Any) -> Any:
    """Pack the lanes that are marked; return how many."""
    n, left = np.uint64(0), marked_lanes(packed.hit)
    while left != NO_LANES:
        l = first_lane(left)
        left &= left - ONE_LANE
        packed.lane[n] = l
        packed.words[D0 + n] = keys[np.uint64(2) * LANES + l]
        packed.words[D1 + n] = keys[np.uint64(3) * LANES + l]
        n += ONE_LANE
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


@merged_kernel
def settle(
    rows: Any, keys: Any, step: Any, c: Any, s: Any, n: Any, n_events: Any, tables: Any, packed: Any, events: Any
) -> Any:
    """Turn choices into events."""
    channel, first = tables.channels[c], n_events
    has_forces = channel.first_force < channel.last_force
    for i in range(np.uint64(n)):
        choice, l = packed.words[CHOICE + i], packed.lane[i]
        if has_forces:
            f = find_force(rows, tables.forces, channel.first_force, channel.last_force, l, s)
            choice = word(tables.forces[f].option) if f >= 0 else choice
        events.lane[n_events] = l
        events.leaf[n_events] = integer(choice)
        n_events += integer(choice != HELD)
    last, n_events = n_events, first
    for e in range(first, last):
        l, option, f = events.lane[e], tables.options[events.leaf[e]], integer(-1)
        if has_forces:
            f = find_force(rows, tables.forces, channel.first_force, channel.last_force, l, s)
        if f >= 0:
            leaf = forced_leaf(rows, keys, l, tables.forces[f], tables.variants, s)
        else:
            leaf = one_of(rows, keys, l, option.leaf, option.first, option.last, tables.variants, s)
        r = integer(-1) if f >= 0 else find_replacement(rows, tables.replacements, l, leaf)
        if r >= 0:
            n_events = let_happen_instead(rows, keys, step, l, tables.replacements[r], s, tables, n_events, events)
        else:
            start_cooldown(rows, l, option.ready, option.cooldown, option.utility, step)
            n_events = let_happen(l, leaf, s, n_events, events)
    return n_events


@kernel
def let_happen(lane: Any, leaf: Any, j: Any, n_events: Any, events: Any) -> Any:
    """Add an event to the day's; return their number."""
    events.lane[n_events] = lane
    events.leaf[n_events] = leaf
    events.occurrence[n_events] = integer(j)
    return n_events + 1


@kernel
def start_cooldown(rows: Any, lane: Any, ready: Any, cooldown: Any, utility: Any, step: Any) -> None:
    """Let a move rest from now on, for what is left of today as well."""
    if cooldown > 0:
        rows[start_of(ready) + lane] = np.float32(step + cooldown)
        if utility >= 0:
            rows[start_of(utility) + lane] = NEVER


@kernel
def one_of(rows: Any, keys: Any, lane: Any, leaf: Any, first: Any, last: Any, variants: Any, j: Any) -> Any:
    """Return the only leaf of a move, or choose among its variants."""
    return integer(leaf) if leaf >= 0 else choose_variant(rows, keys, lane, first, last, variants, j, False)


@kernel
def choose_variant(
    rows: Any, keys: Any, lane: Any, first: Any, last: Any, variants: Any, j: Any, any_will_do: Any
) -> Any:  # budget: as many things as a choice depends on
    """Choose among the available variants of a move by utility + Gumbel, the first of equals; -1 if there is none."""
    leaf, best = integer(-1), NEVER
    for v in range(first, last):
        variant = variants[v]
        if any_will_do or variant.available < 0 or rows[start_of(variant.available) + lane] != ZERO:
            value = rows[start_of(variant.utility) + lane] + gumbel(
                word_at(keys, lane, occurrence(variant.slot, word(j)))
            )
            if leaf < 0 or value > best:  # the first whatever it is worth, be it minus infinity or no number
                best, leaf = value, integer(variant.leaf)
    return leaf


@kernel
def happen(rows: Any, keys: Any, step: Any, n_events: Any, tables: Any, packed: Any, events: Any) -> Any:
    """Draw the count of every spontaneous move; return the number of events."""
    for i in range(len(tables.spontaneous)):
        n_events = happen_one(rows, keys, step, i, n_events, tables, packed.hit, events)
    return n_events


@merged_kernel
def happen_one(rows: Any, keys: Any, step: Any, i: Any, n_events: Any, tables: Any, hit: Any, events: Any) -> Any:
    """Draw the count of a spontaneous move; return the number of events."""
    move = tables.spontaneous[i]
    find_happenings(rows, keys, move.rate, move.slot, hit)
    has_forces = move.first_force < move.last_force
    left = ALL_LANES if has_forces else marked_lanes(hit)
    while left != NO_LANES:
        l, f = first_lane(left), integer(-1)
        left &= left - ONE_LANE
        if has_forces:
            f = find_force(rows, tables.forces, move.first_force, move.last_force, l, 0)
        is_possible = hit[l] != 0 and (move.available < 0 or rows[start_of(move.available) + l] != ZERO)
        if is_possible or f >= 0:
            n = count_happenings(rows, keys, l, move) if is_possible else integer(0)
            n_events = repeat(rows, keys, step, l, i, n, f, tables, n_events, events)
    return n_events


@kernel
def count_happenings(rows: Any, keys: Any, lane: Any, move: Any) -> Any:
    """Draw how often a spontaneous move happens today; what is beyond its cap is cut."""
    u = uniform(word_at(keys, lane, move.slot))
    n = integer(poisson_count(rows[start_of(move.rate) + lane], u, move.max_count))
    if n > move.max_count:
        n = integer(move.max_count)
        rows[start_of(move.cuts) + lane] += ONE
    return n


@kernel
def repeat(
    rows: Any, keys: Any, step: Any, lane: Any, i: Any, n: Any, f: Any, tables: Any, n_events: Any, events: Any
) -> Any:
    """List the events of a spontaneous move in one lane: the one that is forced, if any, and the rest of n."""
    move, first = tables.spontaneous[i], integer(0)
    if f >= 0:
        leaf = forced_leaf(rows, keys, lane, tables.forces[f], tables.variants, 0)
        n_events = let_happen(lane, leaf, 0, n_events, events)
        first = integer(1)
    for j in range(first, n):
        leaf = one_of(rows, keys, lane, move.leaf, move.first, move.last, tables.variants, j)
        r = find_replacement(rows, tables.replacements, lane, leaf)
        if r >= 0:
            n_events = let_happen_instead(rows, keys, step, lane, tables.replacements[r], j, tables, n_events, events)
        else:
            n_events = let_happen(lane, leaf, j, n_events, events)
    return n_events


# What edits put in place of a choice.


@kernel
def forced_leaf(rows: Any, keys: Any, lane: Any, force: Any, variants: Any, j: Any) -> Any:
    """Return the leaf that a force names, or choose one: of those available, of all if none is."""
    leaf = one_of(rows, keys, lane, force.leaf, force.first, force.last, variants, j)
    if leaf < 0:
        leaf = choose_variant(rows, keys, lane, force.first, force.last, variants, j, True)
    return leaf


@kernel
def find_replacement(rows: Any, replacements: Any, lane: Any, leaf: Any) -> Any:
    """Return the first edit that replaces a leaf today, or -1."""
    for r in range(len(replacements)):
        if replacements[r].leaf == leaf and rows[start_of(replacements[r].flag) + lane] != ZERO:
            return integer(r)
    return integer(-1)


@kernel
def let_happen_instead(
    rows: Any, keys: Any, step: Any, lane: Any, replacement: Any, j: Any, tables: Any, n_events: Any, events: Any
) -> Any:
    """Let the replacement happen if it can, else nothing; return the number of events."""
    if rows[start_of(replacement.ready) + lane] > np.float32(step):
        return n_events
    number = add32(word(j), replacement.offset)
    leaf = choose_variant(rows, keys, lane, replacement.first, replacement.last, tables.variants, number, False)
    if leaf < 0:
        return n_events
    start_cooldown(rows, lane, replacement.ready, replacement.cooldown, replacement.utility, step)
    return let_happen(lane, leaf, number, n_events, events)


@kernel
def find_happenings(rows: Any, keys: Any, rate: Any, slot: Any, hit: Any) -> None:
    """Mark the lanes in which a spontaneous move may happen: above the probability of none."""
    r, d0, d1 = start_of(rate), np.uint64(2) * LANES, np.uint64(3) * LANES
    for l in range(LANES):
        u = uniform(draw_word(keys[d0 + l], keys[d1 + l], slot))
        may_happen = (u > exp32(-rows[r + l])) | (rows[r + l] < ZERO)
        hit[l] = select(may_happen, word(1), word(0))
