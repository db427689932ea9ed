"""Stage 5 of the edited world of a hindsight: what it does where the recorded world did what it did, see `implied`."""

from __future__ import annotations

from math import exp, log, log1p
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
    return let_extra_happen_again(rows, keys, step, tables, watch, forbids, n_events, events, book)


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
        done = integer(implied.leaf[at]) if implied.choice[at] == o else integer(-1)
        keeps = implied.is_misfit[at] != 0
        leaf = leaf_again(
            rows, keys, option.leaf, option.first, option.last, option.slot, tables, implied, done, keeps, s, lane,
            is_afresh,
        )  # fmt: skip
        if leaf < 0:
            return n_events
        if find_replacement(rows, tables.replacements, lane, leaf) >= 0:
            before = n_events
            n_events = happen_or_else(rows, keys, step, leaf, s, lane, n_events, tables, events)
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
    value = float(utility) + free
    return min(top, value) - log1p(exp(-abs(top - value))) - float(utility)  # -log(exp(-top) + exp(-value))


@kernel
def leaf_again(
    rows: Any, keys: Any, leaf: Any, first: Any, last: Any, slot: Any, tables: Any, implied: Any, done: Any, keeps: Any,
    j: Any, lane: Any, is_afresh: Any,
) -> Any:  # budget: what a choice depends on  # fmt: skip
    """Return the only leaf of a move, or choose among its variants; -1 if there is none.

    done : the one of the recorded world, -1 if it did not happen there; keeps : it stays that, whatever the model says
    """
    if leaf >= 0:
        return integer(leaf)
    if done >= 0:
        is_same = True
        for v in range(first, last):
            variant = tables.variants[v]
            u = rows[start_of(variant.utility) + lane] if can_be(rows, variant, lane) else NEVER
            is_same = is_same and u == implied.variant_utility[start_of(v) + lane]
        if is_same or keeps:
            return done
        if not is_afresh:
            return best_variant(rows, keys, first, last, slot, tables, implied, done, j, lane)
    number = add32(word(j), AFRESH) if is_afresh else word(j)
    return choose_variant(rows, keys, lane, first, last, tables.variants, number, False)


@kernel
def best_variant(
    rows: Any, keys: Any, first: Any, last: Any, slot: Any, tables: Any, implied: Any, done: Any, j: Any, lane: Any
) -> Any:  # budget: what a choice depends on
    """Choose among variants with the Gumbels of the recorded choice."""
    largest, total = -1e300, 0.0
    for v in range(first, last):
        largest = max(largest, float(implied.variant_utility[start_of(v) + lane]))
    for v in range(first, last):
        total += exp(float(implied.variant_utility[start_of(v) + lane]) - largest)
    top = largest + log(total)
    top += float(gumbel(word_at(keys, lane, occurrence(add32(slot, POSTERIOR + 2), word(j)))))
    leaf, best = integer(-1), 0.0
    for v in range(first, last):
        variant = tables.variants[v]
        if can_be(rows, variant, lane):
            before = implied.variant_utility[start_of(v) + lane]
            value = float(rows[start_of(variant.utility) + lane])
            value += given(keys, variant.slot, before, integer(variant.leaf), done, top, j, lane, 0)
            if leaf < 0 or value > best:
                best, leaf = value, integer(variant.leaf)
    return leaf


@kernel
def let_extra_happen_again(
    rows: Any, keys: Any, step: Any, tables: Any, watch: Any, forbids: Any, n_events: Any, events: Any, book: Any
) -> Any:  # budget: what a day depends on
    """Let reports without a slot happen again, or what edits put in their place; `book` is that of the recorded day."""
    first = watch.starts[step]
    for t in range(first, watch.starts[step + 1]):
        for l in range(LANES):
            at = start_of(t - first) + l
            leaf = book.leaf[at]
            if leaf >= 0 and book.slot[at] == UNPLACED and not is_forbidden(rows, forbids, leaf, l):
                number, place = integer(watch.today[t]), watch.places[leaf]
                n_before = n_events
                r = find_replacement(rows, tables.replacements, l, leaf)
                if r < 0 and place.channel >= 0:
                    option = tables.options[place.option]
                    start_cooldown(rows, l, option.ready, option.cooldown, option.utility, step)
                n_events = happen_or_else(rows, keys, step, leaf, BEYOND + t - first, l, n_events, tables, events)
                for e in range(n_before, n_events):
                    book.event_report[e] = number if r < 0 else integer(-1)
    return n_events


@kernel
def happen_or_else(
    rows: Any, keys: Any, step: Any, leaf: Any, j: Any, lane: Any, n_events: Any, tables: Any, events: Any
) -> Any:  # budget: what an event depends on
    """Let a leaf happen, or what an edit puts in its place."""
    r = find_replacement(rows, tables.replacements, lane, leaf)
    if r >= 0:
        return let_happen_instead(rows, keys, step, lane, tables.replacements[r], j, tables, n_events, events)
    return let_happen(lane, leaf, j, n_events, events)


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
        n, was = count_again(rows, keys, tables, implied, i, l, is_afresh), implied.count[start_of(i) + l]
        if f >= 0 and n > 0:
            n -= 1  # what is forced takes the place of one
        wanted, free = min(n, was), integer(-1)
        for j in range(was):
            if is_kept(keys, move, wanted, was - j, j, l):
                wanted -= 1
                n_events = occur_again(
                    rows, keys, step, i, j, l, n_events, tables, forbids, implied, events, book, is_afresh
                )
            else:
                free = integer(j) if free < 0 else free
        for j in range(was, n):
            n_events = occur_again(
                rows, keys, step, i, j, l, n_events, tables, forbids, implied, events, book, is_afresh
            )
        if f >= 0:
            leaf = forced_leaf(rows, keys, l, tables.forces[f], tables.variants, 0)
            book.event_report[n_events] = integer(-1)
            n_events = let_happen(l, leaf, free if free >= 0 else max(n, was), n_events, events)
    return n_events


@kernel
def is_kept(keys: Any, move: Any, wanted: Any, left: Any, j: Any, lane: Any) -> Any:
    """Tell whether an occurrence is among those wanted of all that are left, every choice of them alike."""
    if wanted >= left:
        return True
    u = float(uniform(word_at(keys, lane, occurrence(add32(move.slot, POSTERIOR + 1), word(j)))))
    return u * float(left) < float(wanted)


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
    events: Any, book: Any, is_afresh: Any,
) -> Any:  # budget: what an occurrence depends on  # fmt: skip
    """Let one occurrence of a spontaneous move happen, or what edits put in its place."""
    move, number, done, keeps = tables.spontaneous[i], integer(-1), integer(-1), False
    if j < implied.count[start_of(i) + lane]:
        at = start_of(implied.happening_starts[i] + j) + lane
        done, number = integer(implied.happening[at]), integer(implied.happening_report[at])
        keeps = could_not_be(tables, implied, i, done, lane)
        if keeps and is_forbidden(rows, forbids, done, lane):
            return n_events
    leaf = leaf_again(
        rows, keys, move.leaf, move.first, move.last, move.slot, tables, implied, done, keeps, j, lane, is_afresh
    )
    if leaf < 0:
        return n_events
    before = n_events
    n_events = happen_or_else(rows, keys, step, leaf, j, lane, n_events, tables, events)
    is_same = leaf == done and find_replacement(rows, tables.replacements, lane, leaf) < 0
    for e in range(before, n_events):
        book.event_report[e] = number if is_same else integer(-1)
    return n_events


@kernel
def could_not_be(tables: Any, implied: Any, i: Any, leaf: Any, lane: Any) -> Any:
    """Tell whether the model holds an occurrence of a spontaneous move impossible that was all the same."""
    move = tables.spontaneous[i]
    if implied.count_uniform[start_of(i) + lane] == NO_UNIFORM:
        return True
    for v in range(move.first, move.last):
        if tables.variants[v].leaf == leaf:
            return implied.variant_utility[start_of(v) + lane] <= NEVER
    return False
