"""How often a spontaneous move happened, given the reports of it that the record holds."""

from __future__ import annotations

from math import exp, log
from typing import Any

from offramp.core.noise import uniform
from offramp.engine.kernels.begin import word_at
from offramp.engine.kernels.book import LEAST, ZERO, is_possible, measure_variants_of_one, share
from offramp.engine.kernels.choices import let_happen
from offramp.engine.kernels.implied import note_count, note_happening
from offramp.engine.kernels.lanes import LANES, integer, kernel, start_of
from offramp.engine.kernels.spontaneous import count_weight
from offramp.engine.kernels.telling import choose_unrecorded


@kernel
def happen_as_told(
    rows: Any,
    keys: Any,
    step: Any,
    i: Any,
    n_events: Any,
    tables: Any,
    watch: Any,
    events: Any,
    book: Any,
    implied: Any,
) -> Any:  # budget: what a spontaneous move depends on
    """Count the events of a spontaneous move given the reports that it has; return the number of events."""
    move, first, last = tables.spontaneous[i], watch.starts[step], watch.starts[step + 1]
    is_noted = len(implied.is_noted) > 0
    for l in range(LANES):
        measure_variants_of_one(rows, tables.variants, move.first, move.last, l, book)
        recorded, log_recorded = integer(0), 0.0
        for t in range(first, last):
            at = start_of(t - first) + l
            if book.leaf[at] >= 0 and book.slot[at] >= 0 and watch.places[book.leaf[at]].spontaneous == i:
                recorded += 1
                log_recorded += log(max(share_of_leaf(watch, step, book.leaf[at], l, book), LEAST))
        n = count_given(rows, keys, step, i, recorded, log_recorded, l, tables, watch, book)
        if is_noted:
            rate = rows[start_of(move.rate) + l] if is_possible(rows, move, l) else ZERO
            note_count(keys, tables, i, rate, n, l, implied)
        j = integer(0)
        for t in range(first, last):
            at = start_of(t - first) + l
            if book.leaf[at] >= 0 and book.slot[at] >= 0 and watch.places[book.leaf[at]].spontaneous == i:
                book.event_report[n_events] = integer(watch.today[t])
                if is_noted:
                    note_happening(implied, i, j, l, book.leaf[at], integer(watch.today[t]))
                n_events = let_happen(l, book.leaf[at], j, n_events, events)
                j += 1
        while j < n:
            leaf = integer(move.leaf)
            if leaf < 0:
                leaf = choose_unrecorded(rows, keys, tables, watch, step, move.first, move.last, j, l, book)
            book.event_report[n_events] = integer(-1)
            if is_noted:
                note_happening(implied, i, j, l, leaf, integer(-1))
            n_events = let_happen(l, leaf, j, n_events, events)
            j += 1
    return n_events


@kernel
def share_of_leaf(watch: Any, step: Any, leaf: Any, lane: Any, book: Any) -> Any:
    """Return rho r of a leaf of a spontaneous move."""
    variant = watch.places[leaf].variant
    rho = book.rho[start_of(variant) + lane] if variant >= 0 else 1.0
    return rho * share(watch, book, step, leaf, lane)


@kernel
def count_given(
    rows: Any, keys: Any, step: Any, i: Any, recorded: Any, log_recorded: Any, lane: Any, tables: Any, watch: Any,
    book: Any,
) -> Any:  # budget: what a count depends on  # fmt: skip
    """Add the log-probability of the reports of a spontaneous move, and draw how many events there were in all.

    P(reports) = (1 - e) sum_N P(N) N! / (N - n)! prod(rho r) (1 - R)^(N - n) + e n! 2^-n K^-n for n > 0; P(N) is
    Poisson, cut at `max_count`. The first part is the posterior of N, too.
    """
    move, e = tables.spontaneous[i], watch.misfit
    kinds = float(watch.kinds[step, len(tables.channels) + i])
    missed = unrecorded_share(tables, watch, step, i, lane, book)
    rate = max(float(rows[start_of(move.rate) + lane]), 0.0) if is_possible(rows, move, lane) else 0.0
    total = 0.0
    for n in range(recorded, move.max_count + 1):
        total += count_weight(rate, n, integer(move.max_count), recorded, missed)
    fits = (1.0 - e) * total * exp(log_recorded)
    misfits = e if recorded > 0 else 0.0
    for k in range(recorded):
        misfits *= 0.5 / kinds * (k + 1)  # in any order: orders that cannot be told apart are taken out by step
    book.log_weight[lane] += log(max(fits + misfits, LEAST))
    u = float(uniform(word_at(keys, lane, move.slot))) * (fits + misfits) - misfits
    if u < 0.0 or total <= 0.0:
        return integer(recorded)
    reached = 0.0
    for n in range(recorded, move.max_count + 1):
        reached += count_weight(rate, n, integer(move.max_count), recorded, missed)
        if u < (1.0 - e) * reached * exp(log_recorded):
            return integer(n)
    return integer(move.max_count)


@kernel
def unrecorded_share(tables: Any, watch: Any, step: Any, i: Any, lane: Any, book: Any) -> Any:
    """Return the probability that an event of a spontaneous move goes unrecorded."""
    move = tables.spontaneous[i]
    if move.leaf >= 0:
        return 1.0 - share(watch, book, step, move.leaf, lane)
    missed = 0.0
    for v in range(move.first, move.last):
        missed += book.rho[start_of(v) + lane] * (1.0 - share(watch, book, step, tables.variants[v].leaf, lane))
    return missed
