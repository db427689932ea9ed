"""Stage 5 of the edited world of a hindsight: what it does where the recorded world did what it did, see `implied`."""

from __future__ import annotations

from math import exp, log
from typing import Any

from offramp.core.bits import add32
from offramp.core.noise import gumbel, occurrence, uniform
from offramp.engine.kernels.begin import word_at
from offramp.engine.kernels.book import can_be, is_possible
from offramp.engine.kernels.choices import (
    NEVER,
    ZERO,
    add_forced,
    choose_moves,
    choose_variant,
    find_force,
    find_opportunities,
    find_replacement,
    forced_leaf,
    happen_one,
    let_happen,
    let_happen_instead,
    one_of,
    pack,
    settle,
    start_cooldown,
)
from offramp.engine.kernels.implied import AFRESH, HOLD, NO_OPPORTUNITY, NO_UNIFORM, POSTERIOR
from offramp.engine.kernels.lanes import LANES, integer, kernel, start_of, word
from offramp.engine.kernels.placing import UNPLACED
from offramp.engine.kernels.spontaneous import count_weight
from offramp.engine.kernels.telling import BEYOND


@kernel
def choose_again(
    rows: Any, keys: Any, step: Any, tables: Any, watch: Any, forbids: Any, implied: Any, packed: Any, events: Any,
    book: Any, is_afresh: Any,
) -> Any:  # budget: what a day's choices depend on  # fmt: skip
    """Go through channels and slots as `choices.choose`, with the noise that the record implies."""
    n_events = integer(0)
    for c in range(len(tables.channels)):
        channel = tables.channels[c]
        for s in range(channel.n_slots):
            before = n_events
            if watch.kinds[step, c] == 0:
                find_opportunities(rows, keys, channel.probability, occurrence(channel.slot, word(s)), packed.hit)
                if channel.first_force < channel.last_force:
                    add_forced(rows, tables.forces, channel, s, packed.hit)
                n = pack(keys, packed)
                if n > 0:
                    choose_moves(rows, channel, tables.options, word(s), n, packed)
                    n_events = settle(rows, keys, step, c, s, n, n_events, tables, packed, events)
                for e in range(before, n_events):
                    book.event_report[e] = -1
            else:
                for l in range(LANES):
                    n_events = settle_again(
                        rows, keys, step, tables, forbids, implied, c, s, l, n_events, events, book, is_afresh
                    )
    return let_extra_happen_again(rows, step, tables, watch, forbids, n_events, events, book)


@kernel
def settle_again(
    rows: Any, keys: Any, step: Any, tables: Any, forbids: Any, implied: Any, c: Any, s: Any, lane: Any, n_events: Any,
    events: Any, book: Any, is_afresh: Any,
) -> Any:  # budget: what a slot depends on  # fmt: skip
    """Choose in one slot of one lane, and let that happen, or what edits put in its place."""
    channel = tables.channels[c]
    at = start_of(implied.slot_starts[c] + s) + lane
    f = find_force(rows, tables.forces, channel.first_force, channel.last_force, lane, s)
    number = integer(-1)
    if f >= 0:
        option = tables.options[tables.forces[f].option]
        leaf = forced_leaf(rows, keys, lane, tables.forces[f], tables.variants, s)
    else:
        o = choice_again(rows, keys, tables, forbids, implied, c, s, lane, is_afresh)
        if o < 0:
            return n_events
        option = tables.options[o]
        leaf = leaf_again(rows, keys, tables, implied, o, c, s, lane)
        if leaf < 0:
            return n_events
        r = find_replacement(rows, tables.replacements, lane, leaf)
        if r >= 0:
            before = n_events
            n_events = let_happen_instead(rows, keys, step, lane, tables.replacements[r], s, tables, n_events, events)
            for e in range(before, n_events):
                book.event_report[e] = -1
            return n_events
        if leaf == implied.leaf[at]:
            number = implied.report[at]
    start_cooldown(rows, lane, option.ready, option.cooldown, option.utility, step)
    book.event_report[n_events] = number
    return let_happen(lane, leaf, s, n_events, events)


@kernel
def choice_again(
    rows: Any, keys: Any, tables: Any, forbids: Any, implied: Any, c: Any, s: Any, lane: Any, is_afresh: Any
) -> Any:  # budget: what a choice depends on
    """Return the option that the edited world chooses in a slot, or one of the two numbers below 0."""
    channel = tables.channels[c]
    at = start_of(implied.slot_starts[c] + s) + lane
    p, first = rows[start_of(channel.probability) + lane], implied.option_starts[c] + s * (channel.last - channel.first)
    done = implied.choice[at]
    if implied.is_misfit[at] != 0:  # the model knows no reason for it, so it knows none why it should not be
        return integer(NO_OPPORTUNITY) if is_forbidden(rows, forbids, implied.leaf[at], lane) else done
    if p == implied.probability[at] and are_as_before(rows, tables, implied, channel, first, lane):
        return done
    if is_afresh:
        if not uniform(word_at(keys, lane, occurrence(add32(channel.slot, AFRESH), word(s)))) < p:
            return integer(NO_OPPORTUNITY)
        return best_of(rows, keys, tables, implied, channel, first, integer(NO_OPPORTUNITY), s, lane, AFRESH)
    if not implied.uniform[at] < p:
        return integer(NO_OPPORTUNITY)
    return best_of(rows, keys, tables, implied, channel, first, done, s, lane, 0)


@kernel
def are_as_before(rows: Any, tables: Any, implied: Any, channel: Any, first: Any, lane: Any) -> Any:
    """Tell whether every utility of a channel is what it was in the recorded world."""
    for o in range(channel.first, channel.last):
        if (
            rows[start_of(tables.options[o].utility) + lane]
            != implied.utility[start_of(first + o - channel.first) + lane]
        ):
            return False
    return True


@kernel
def is_forbidden(rows: Any, forbids: Any, leaf: Any, lane: Any) -> Any:
    """Tell whether an edit forbids a leaf today."""
    for i in range(len(forbids)):  # noqa: SIM110  (no generators in kernels)
        if forbids[i, 1] == leaf and rows[start_of(forbids[i, 0]) + lane] != ZERO:
            return True
    return False


@kernel
def best_of(
    rows: Any, keys: Any, tables: Any, implied: Any, channel: Any, first: Any, done: Any, s: Any, lane: Any, offset: Any
) -> Any:  # budget: what a choice depends on
    """Choose by utility + Gumbel: Gumbels given what was done, or plain ones at an offset where nothing was."""
    top = 0.0
    if done >= HOLD:
        total = 0.0
        for o in range(channel.first, channel.last):
            top = max(top, float(implied.utility[start_of(first + o - channel.first) + lane]))
        for o in range(channel.first, channel.last):
            total += exp(float(implied.utility[start_of(first + o - channel.first) + lane]) - top)
        top += log(total + exp(-top))
        top += float(gumbel(word_at(keys, lane, occurrence(add32(channel.hold_slot, POSTERIOR + 1), word(s)))))
    chosen = integer(HOLD)
    best = given(keys, channel.hold_slot, ZERO, HOLD, done, top, s, lane, offset)
    for o in range(channel.first, channel.last):
        u = rows[start_of(tables.options[o].utility) + lane]
        if u > NEVER:
            before = implied.utility[start_of(first + o - channel.first) + lane]
            value = float(u) + given(keys, tables.options[o].slot, before, o, done, top, s, lane, offset)
            if value > best:
                best, chosen = value, integer(o)
    return chosen


@kernel
def given(
    keys: Any, slot: Any, utility: Any, o: Any, done: Any, top: Any, s: Any, lane: Any, offset: Any
) -> Any:  # budget: what a Gumbel depends on
    """Draw the Gumbel of an option given what was done, whose utility + Gumbel was `top`."""
    if done < HOLD:
        return float(gumbel(word_at(keys, lane, occurrence(add32(slot, word(offset)), word(s)))))
    if o == done:
        return top - float(utility)
    free = float(gumbel(word_at(keys, lane, occurrence(add32(slot, POSTERIOR), word(s)))))
    if utility <= NEVER:
        return free
    return -log(exp(-top) + exp(-(float(utility) + free))) - float(utility)


@kernel
def leaf_again(
    rows: Any, keys: Any, tables: Any, implied: Any, o: Any, c: Any, s: Any, lane: Any
) -> Any:  # budget: what a choice depends on
    """Return the leaf of an option: the one of before if its variants are as they were, else one that is available."""
    option = tables.options[o]
    if option.leaf >= 0:
        return integer(option.leaf)
    at = start_of(implied.slot_starts[c] + s) + lane
    if implied.choice[at] == o:
        is_same = True
        for v in range(option.first, option.last):
            variant = tables.variants[v]
            u = rows[start_of(variant.utility) + lane] if can_be(rows, variant, lane) else NEVER
            is_same = is_same and u == implied.variant_utility[start_of(v) + lane]
        if is_same or implied.is_misfit[at] != 0:
            return implied.leaf[at]
    return choose_variant(rows, keys, lane, option.first, option.last, tables.variants, s, False)


@kernel
def let_extra_happen_again(
    rows: Any, step: Any, tables: Any, watch: Any, forbids: Any, n_events: Any, events: Any, book: Any
) -> Any:  # budget: what a day depends on
    """Let reports without a slot happen again, unless an edit forbids them; `book` is that of the recorded day."""
    first = watch.starts[step]
    for t in range(first, watch.starts[step + 1]):
        for l in range(LANES):
            at = start_of(t - first) + l
            leaf = book.leaf[at]
            if leaf >= 0 and book.slot[at] == UNPLACED and not is_forbidden(rows, forbids, leaf, l):
                place = watch.places[leaf]
                if place.channel >= 0:
                    option = tables.options[place.option]
                    start_cooldown(rows, l, option.ready, option.cooldown, option.utility, step)
                book.event_report[n_events] = integer(watch.today[t])
                n_events = let_happen(l, leaf, BEYOND + t - first, n_events, events)
    return n_events


@kernel
def happen_again(
    rows: Any, keys: Any, step: Any, i: Any, n_events: Any, tables: Any, watch: Any, forbids: Any, implied: Any,
    packed: Any, events: Any, book: Any, is_afresh: Any,
) -> Any:  # budget: what a spontaneous move depends on  # fmt: skip
    """Let a spontaneous move happen as often as the edited world has it; return the number of events."""
    move, before = tables.spontaneous[i], n_events
    if watch.kinds[step, len(tables.channels) + i] == 0:
        n_events = happen_one(rows, keys, step, i, n_events, tables, packed.hit, events)
        for e in range(before, n_events):
            book.event_report[e] = -1
        return n_events
    for l in range(LANES):
        f = integer(-1)
        if move.first_force < move.last_force:
            f = find_force(rows, tables.forces, move.first_force, move.last_force, l, 0)
        n, j = count_again(rows, keys, tables, implied, i, l, is_afresh), integer(0)
        if f >= 0:
            leaf = forced_leaf(rows, keys, l, tables.forces[f], tables.variants, 0)
            book.event_report[n_events] = integer(-1)
            n_events = let_happen(l, leaf, 0, n_events, events)
            j = integer(1)
        while j < n:
            n_events = occur_again(rows, keys, step, i, j, l, n_events, tables, forbids, implied, events, book)
            j += 1
    return n_events


@kernel
def count_again(
    rows: Any, keys: Any, tables: Any, implied: Any, i: Any, lane: Any, is_afresh: Any
) -> Any:  # budget: what a count depends on
    """Return how often a spontaneous move happens: the count whose stretch holds the implied uniform."""
    move, at = tables.spontaneous[i], start_of(i) + lane
    rate = rows[start_of(move.rate) + lane] if is_possible(rows, move, lane) else ZERO
    u = implied.count_uniform[at]
    if rate == implied.rate[at] or u == NO_UNIFORM:
        return implied.count[at]
    if is_afresh:
        u = float(uniform(word_at(keys, lane, add32(move.slot, AFRESH))))
    reached = 0.0
    for n in range(move.max_count):
        reached += count_weight(max(float(rate), 0.0), n, integer(move.max_count), 0, 1.0)
        if u < reached:
            return integer(n)
    return integer(move.max_count)


@kernel
def occur_again(
    rows: Any, keys: Any, step: Any, i: Any, j: Any, lane: Any, n_events: Any, tables: Any, forbids: Any, implied: Any,
    events: Any, book: Any,
) -> Any:  # budget: what an occurrence depends on  # fmt: skip
    """Let one occurrence of a spontaneous move happen, or what edits put in its place."""
    move, number, leaf = tables.spontaneous[i], integer(-1), integer(-1)
    if j < implied.count[start_of(i) + lane]:
        at = start_of(implied.happening_starts[i] + j) + lane
        leaf, number = implied.happening[at], implied.happening_report[at]
        if is_forbidden(rows, forbids, leaf, lane):
            if move.leaf >= 0:
                return n_events
            leaf, number = integer(-1), integer(-1)
    if leaf < 0:
        leaf = one_of(rows, keys, lane, move.leaf, move.first, move.last, tables.variants, j)
    if leaf < 0:
        return n_events
    r = find_replacement(rows, tables.replacements, lane, leaf)
    if r >= 0:
        before = n_events
        n_events = let_happen_instead(rows, keys, step, lane, tables.replacements[r], j, tables, n_events, events)
        for e in range(before, n_events):
            book.event_report[e] = -1
        return n_events
    book.event_report[n_events] = number
    return let_happen(lane, leaf, j, n_events, events)
