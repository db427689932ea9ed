"""Stage 5 as the record tells it: how likely it makes the day, and what happened that it does not tell.

Given silence there is an opportunity with probability p (1 - C) / (1 - p C), and then each move is as likely as
pi_m (1 - R_m), see `book`: the same Gumbels as ever, with log(1 - R_m) added to utilities.
"""

from __future__ import annotations

from math import log
from typing import Any

import numpy as np

from offramp.core.bits import select
from offramp.core.noise import draw_word, gumbel, occurrence, uniform
from offramp.engine.kernels.begin import word_at
from offramp.engine.kernels.book import (
    LEAST_SILENCE,
    can_be,
    leaf_probability,
    measure,
    share,
    share_of_option,
    silence,
)
from offramp.engine.kernels.choices import (
    CHOICE,
    HELD,
    NEVER,
    choose_moves,
    find_opportunities,
    let_happen,
    pack,
    settle,
    start_cooldown,
)
from offramp.engine.kernels.implied import note_event, note_morning, note_slot
from offramp.engine.kernels.lanes import LANES, integer, kernel, start_of, word
from offramp.engine.kernels.placing import UNPLACED, find_report, may_have_reports, place_reports

SMALL = 1e-200  # a product of probabilities that is taken in before it grows too small
BEYOND = 1000  # added to the number of an occurrence that has no slot, so that no other event has its address


@kernel
def choose_as_told(
    rows: Any,
    keys: Any,
    step: Any,
    tables: Any,
    watch: Any,
    coordinates: Any,
    packed: Any,
    events: Any,
    book: Any,
    implied: Any,
) -> Any:  # budget: what a day's choices depend on
    """Go through channels and slots as `choices.choose`, given the record; return the number of events."""
    is_noted = len(implied.is_noted) > 0
    if is_noted:
        note_morning(rows, tables, implied)
    for c in range(len(tables.channels)):
        if watch.kinds[step, c] > 0:
            measure(rows, tables, watch, step, c, book)
    place_reports(rows, keys, tables, watch, coordinates, step, book)
    n_events = integer(0)
    for c in range(len(tables.channels)):
        channel, is_watched = tables.channels[c], watch.kinds[step, c] > 0
        is_told = is_watched and may_have_reports(watch, step, c)
        for s in range(channel.n_slots):
            before = n_events
            if is_watched:
                if s > 0:
                    measure(rows, tables, watch, step, c, book)
                weigh_slot(rows, keys, tables, watch, step, c, s, is_told, packed.hit, book)
                if is_noted:
                    note_slot(rows, keys, tables, c, s, book, implied)
            else:
                find_opportunities(rows, keys, channel.probability, occurrence(channel.slot, word(s)), packed.hit)
            n = pack(keys, packed)
            if n > 0 and is_watched:
                discount(rows, tables, watch, step, c, n, packed, book)
                choose_moves(rows, channel, watch.options, word(s), n, packed)
                n_events = settle_as_told(
                    rows, keys, step, tables, watch, c, s, is_told, n, n_events, packed, events, book, implied
                )
            elif n > 0:
                choose_moves(rows, channel, tables.options, word(s), n, packed)
                n_events = settle(rows, keys, step, c, s, n, n_events, tables, packed, events)
                for e in range(before, n_events):
                    book.event_report[e] = -1
    return let_unplaced_happen(rows, step, tables, watch, n_events, events, book)


@kernel
def weigh_slot(
    rows: Any, keys: Any, tables: Any, watch: Any, step: Any, c: Any, s: Any, is_told: Any, hit: Any, book: Any
) -> None:  # budget: what a slot depends on
    """Take in what the record says of a slot, and mark the lanes that have an opportunity."""
    channel = tables.channels[c]
    weigh_silence(rows, channel.probability, c, 1.0 - watch.misfit, book)
    find_hidden_opportunities(keys, occurrence(channel.slot, word(s)), book.opportunity, hit)
    if is_told:
        weigh_reports(rows, tables, watch, step, c, s, hit, book)
    for l in range(LANES):
        if book.weight_so_far[l] < SMALL:
            book.log_weight[l] += log(book.weight_so_far[l])
            book.weight_so_far[l] = 1.0


@kernel
def weigh_silence(rows: Any, probability: Any, c: Any, fitting: Any, book: Any) -> None:
    """Take in a slot as silent, in all lanes, and work out how likely an opportunity is then."""
    at, row = start_of(c), start_of(probability)
    for l in range(LANES):
        p, chance = float(rows[row + l]), book.chance[at + l]
        p = 0.0 if p < 0.0 else p
        p = 1.0 if p > 1.0 else p
        silent = 1.0 - p * chance
        silent = LEAST_SILENCE if silent < LEAST_SILENCE else silent
        book.weight_so_far[l] *= fitting * silent
        book.opportunity[l] = np.float32(p * (1.0 - chance) / silent) if chance > 0.0 else rows[row + l]


@kernel
def find_hidden_opportunities(keys: Any, slot: Any, probability: Any, hit: Any) -> None:
    """Mark the lanes that have an opportunity which the record does not tell."""
    d0, d1 = np.uint64(2) * LANES, np.uint64(3) * LANES
    for l in range(LANES):
        u = uniform(draw_word(keys[d0 + l], keys[d1 + l], slot))
        hit[l] = select(u < probability[l], word(1), word(0))


@kernel
def weigh_reports(
    rows: Any, tables: Any, watch: Any, step: Any, c: Any, s: Any, hit: Any, book: Any
) -> None:  # budget: what a slot depends on
    """Where a report stands in a slot, take that in, in place of silence."""
    e, first, last = watch.misfit, watch.starts[step], watch.starts[step + 1]
    for l in range(LANES):
        t = find_report(watch, step, first, last, c, s, l, book)
        if t >= 0:
            leaf, number = book.leaf[start_of(t) + l], watch.today[first + t]
            chance = leaf_probability(rows, tables, watch, step, leaf, l, book)
            silent = log((1.0 - e) * silence(rows, tables, c, l, book))
            book.log_weight[l] += log((1.0 - e) * chance + e / watch.kinds[step, c]) - silent
            book.told[number, 0] += 1.0
            book.told[number, 1] += 1.0 if chance <= 0.0 else 0.0
            book.told[number, 2] += log(max(chance, e))
            hit[l] = word(1)


@kernel
def discount(rows: Any, tables: Any, watch: Any, step: Any, c: Any, n: Any, packed: Any, book: Any) -> None:
    """Work out the utilities of what goes unrecorded, in the lanes that choose: log(1 - R) more."""
    for o in range(tables.channels[c].first, tables.channels[c].last):
        source, to = start_of(tables.options[o].utility), start_of(watch.options[o].utility)
        for i in range(np.uint64(n)):
            l = packed.lane[i]
            u, r = rows[source + l], share_of_option(tables, watch, book, step, o, l)
            if r >= 1.0:
                u = NEVER
            elif r > 0.0 and u > NEVER:
                u = np.float32(float(u) + log(1.0 - r))
            rows[to + l] = u


@kernel
def settle_as_told(
    rows: Any, keys: Any, step: Any, tables: Any, watch: Any, c: Any, s: Any, is_told: Any, n: Any, n_events: Any,
    packed: Any, events: Any, book: Any, implied: Any,
) -> Any:  # budget: what a slot depends on  # fmt: skip
    """Turn reports and choices into events."""
    first, last = watch.starts[step], watch.starts[step + 1]
    for i in range(np.uint64(n)):
        l, choice = packed.lane[i], packed.words[CHOICE + i]
        t = find_report(watch, step, first, last, c, s, l, book) if is_told else integer(-1)
        if t >= 0:
            leaf = integer(book.leaf[start_of(t) + l])
            o, number = integer(watch.places[leaf].option), integer(watch.today[first + t])
            option = tables.options[o]
        elif choice != HELD:
            o, number = integer(choice), integer(-1)
            option = tables.options[o]
            leaf = integer(option.leaf)
            if leaf < 0:
                leaf = choose_unrecorded(rows, keys, tables, watch, step, option.first, option.last, s, l, book)
        else:
            continue
        if len(implied.is_noted) > 0:
            note_event(keys, tables, c, s, l, o, leaf, number, implied)
        start_cooldown(rows, l, option.ready, option.cooldown, option.utility, step)
        book.event_report[n_events] = number
        n_events = let_happen(l, leaf, s, n_events, events)
    return n_events


@kernel
def choose_unrecorded(
    rows: Any, keys: Any, tables: Any, watch: Any, step: Any, first: Any, last: Any, j: Any, lane: Any, book: Any
) -> Any:  # budget: what a choice depends on
    """Choose among the variants of a move that is not recorded."""
    leaf, best = integer(-1), NEVER
    for v in range(first, last):
        variant = tables.variants[v]
        r = share(watch, book, step, variant.leaf, lane)
        if can_be(rows, variant, lane) and r < 1.0:
            value = rows[start_of(variant.utility) + lane] + gumbel(
                word_at(keys, lane, occurrence(variant.slot, word(j)))
            )
            value = np.float32(float(value) + log(1.0 - r)) if r > 0.0 else value
            if leaf < 0 or value > best:
                best, leaf = value, integer(variant.leaf)
    return leaf if leaf >= 0 else integer(tables.variants[first].leaf)


@kernel
def let_unplaced_happen(
    rows: Any, step: Any, tables: Any, watch: Any, n_events: Any, events: Any, book: Any
) -> Any:  # budget: what a day depends on
    """Let reports happen for which their channel has no slot left, after its slots."""
    first = watch.starts[step]
    for t in range(first, watch.starts[step + 1]):
        for l in range(LANES):
            at = start_of(t - first) + l
            if book.leaf[at] >= 0 and book.slot[at] == UNPLACED:
                leaf, number = book.leaf[at], watch.today[t]
                place = watch.places[leaf]
                if place.channel >= 0:
                    option = tables.options[place.option]
                    start_cooldown(rows, l, option.ready, option.cooldown, option.utility, step)
                book.told[number, 0] += 1.0
                book.told[number, 1] += 1.0
                book.told[number, 2] += log(watch.misfit)
                book.event_report[n_events] = integer(number)

                n_events = let_happen(l, leaf, BEYOND + t - first, n_events, events)
    return n_events
