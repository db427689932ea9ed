"""What each report of the day was, and in which slot of its channel.

Reports are put on free slots one after another, each on what it may have been in proportion to how much more likely
that is than silence. The weight of the day is its probability, slot by slot in order, divided by that of having put the
reports so. Where no move rests within the day every way weighs the same, and the sum over all ways is exact.
"""

from __future__ import annotations

from math import exp, log
from typing import Any

from offramp.core.noise import uniform
from offramp.engine.kernels.begin import word_at
from offramp.engine.kernels.book import is_possible, leaf_probability, measure_variants_of_one, share, silence
from offramp.engine.kernels.lanes import LANES, integer, kernel, start_of

NOWHERE = -1  # the leaf of a report that does not stand on the step
UNPLACED = -2  # the slot of one for which there is none: it happens all the same, and costs the misfit


@kernel
def stands_today(coordinates: Any, report: Any, step: Any, lane: Any) -> Any:
    """Tell whether a report stands on a step: the coordinate of an uncertain date picks a step of its period."""
    if report.coordinate < 0:
        return True
    u = float(coordinates[start_of(report.coordinate) + lane])
    chosen = min(integer(u * report.n_steps), integer(report.n_steps) - 1)
    return integer(report.first_step) + chosen == step


@kernel
def place_reports(rows: Any, keys: Any, tables: Any, watch: Any, coordinates: Any, step: Any, book: Any) -> None:
    """Say of each report of the day what it was and in which slot, in every lane."""
    first, last = watch.starts[step], watch.starts[step + 1]
    for t in range(first, last):
        report = watch.reports[watch.today[t]]
        for l in range(LANES):
            at = start_of(t - first) + l
            book.leaf[at], book.slot[at] = NOWHERE, UNPLACED
            if stands_today(coordinates, report, step, l):
                place_report(rows, keys, tables, watch, step, t, l, book)


@kernel
def place_report(
    rows: Any, keys: Any, tables: Any, watch: Any, step: Any, t: Any, lane: Any, book: Any
) -> None:  # budget: as many things as a report depends on
    """Choose what a report was, in proportion to how much likelier than silence, and a free slot for it."""
    first = watch.starts[step]
    report, at = watch.reports[watch.today[t]], start_of(t - first) + lane
    total = 0.0
    for k in range(report.first, report.last):
        total += candidate_odds(rows, tables, watch, step, t, k, lane, book)
    u = float(uniform(word_at(keys, lane, report.slot))) * total
    chosen, odds, sum_so_far = integer(report.first), 0.0, 0.0
    for k in range(report.first, report.last):
        of_this = candidate_odds(rows, tables, watch, step, t, k, lane, book)
        if of_this > 0.0 and (odds == 0.0 or sum_so_far < u):
            chosen, odds = integer(k), of_this
        sum_so_far += of_this
    leaf = integer(watch.candidates[chosen].leaf)
    book.leaf[at] = leaf
    log_weight = watch.candidates[chosen].log_weight
    c = integer(watch.places[leaf].channel)
    if total > 0.0:
        log_weight -= log(odds / total)
        book.slot[at] = 0
        if c >= 0:
            n_free = free_slots(tables, watch, step, t, c, lane, book)
            log_weight += log(float(n_free))
            book.slot[at] = nth_free_slot(keys, tables, watch, step, t, c, n_free, report, lane, book)
    else:
        log_weight += log(watch.misfit)
    book.log_weight[lane] += log_weight


@kernel
def candidate_odds(
    rows: Any, tables: Any, watch: Any, step: Any, t: Any, k: Any, lane: Any, book: Any
) -> Any:  # budget: as many things as a candidate depends on
    """Return the weight of a candidate times its probability against that of silence, in any free slot."""
    leaf = integer(watch.candidates[k].leaf)
    place, weight = watch.places[leaf], exp(watch.candidates[k].log_weight)
    if place.channel < 0:
        kinds = watch.kinds[step, len(tables.channels) + place.spontaneous]
        if kinds == 0:
            return 0.0
        move = tables.spontaneous[place.spontaneous]
        rho = 1.0
        if place.variant >= 0:
            measure_variants_of_one(rows, tables.variants, move.first, move.last, lane, book)
            rho = book.rho[start_of(place.variant) + lane]
        rate = max(float(rows[start_of(move.rate) + lane]), 0.0) if is_possible(rows, move, lane) else 0.0
        return weight * (
            (1.0 - watch.misfit) * rate * rho * share(watch, book, step, leaf, lane) + watch.misfit / kinds
        )
    kinds = watch.kinds[step, place.channel]
    n_free = free_slots(tables, watch, step, t, place.channel, lane, book)
    if kinds == 0 or n_free == 0:
        return 0.0
    recorded = (1.0 - watch.misfit) * leaf_probability(rows, tables, watch, step, leaf, lane, book)
    recorded += watch.misfit / kinds
    return weight * n_free * recorded / ((1.0 - watch.misfit) * silence(rows, tables, place.channel, lane, book))


@kernel
def free_slots(tables: Any, watch: Any, step: Any, t: Any, c: Any, lane: Any, book: Any) -> Any:
    """Count the slots of a channel that no report before number t of the list has taken."""
    n, first = integer(tables.channels[c].n_slots), watch.starts[step]
    for before in range(first, t):
        at = start_of(before - first) + lane
        if book.leaf[at] >= 0 and book.slot[at] >= 0 and watch.places[book.leaf[at]].channel == c:
            n -= 1
    return n


@kernel
def nth_free_slot(
    keys: Any, tables: Any, watch: Any, step: Any, t: Any, c: Any, n_free: Any, report: Any, lane: Any, book: Any
) -> Any:  # budget: as many things as a slot depends on
    """Pick one of the free slots of a channel, all alike."""
    n = integer(0)
    if n_free > 1:
        n = min(integer(float(uniform(word_at(keys, lane, report.place_slot))) * n_free), n_free - 1)
    for s in range(tables.channels[c].n_slots):
        if find_report(watch, step, watch.starts[step], t, c, s, lane, book) < 0:
            if n == 0:
                return integer(s)
            n -= 1
    return integer(0)


@kernel
def find_report(
    watch: Any, step: Any, first: Any, last: Any, c: Any, s: Any, lane: Any, book: Any
) -> Any:  # budget: a place in the book
    """Return the place in the day's list of the report that has a slot of a channel, or -1."""
    start = watch.starts[step]
    for t in range(first, last):
        at = start_of(t - start) + lane
        if book.leaf[at] >= 0 and book.slot[at] == s and watch.places[book.leaf[at]].channel == c:
            return integer(t - start)
    return integer(-1)


@kernel
def may_have_reports(watch: Any, step: Any, c: Any) -> Any:
    """Tell whether any report of the day may be of a channel."""
    for t in range(watch.starts[step], watch.starts[step + 1]):
        report = watch.reports[watch.today[t]]
        for k in range(report.first, report.last):
            if watch.places[watch.candidates[k].leaf].channel == c:
                return True
    return False
