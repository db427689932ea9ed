"""What a channel would choose this morning, and how likely the record would hold it.

Of a slot with opportunity probability p, choice probabilities pi, shares of variants rho and shares recorded r:

    recorded as leaf k of move m :  (1 - e) p pi_m rho_k r_k + e / K
    silence                      :  (1 - e) (1 - p C),    C = sum over moves and their leaves of pi rho r

e is the misfit, K how many leaves of the channel are caught that day (e = 0 where none is). R_m is the sum of rho r
over the leaves of a move: the probability that it is recorded once it is chosen. All in float64.
"""

from __future__ import annotations

from math import exp
from typing import Any, NamedTuple

import numpy as np

from offramp.engine.kernels.choices import NEVER
from offramp.engine.kernels.lanes import LANES, integer, kernel, start_of
from offramp.model.observed import ALWAYS_CAUGHT, NEVER_CAUGHT

ZERO = np.float32(0)
LEAST = 1e-300  # so that logarithms stay finite


class Book(NamedTuple):
    """What is worked out for a morning, and what it comes to. All by lane, one row after another."""

    weight: Any  # (option) float64, exp(utility - top)
    seen: Any  # (option) float64, R
    rho: Any  # (variant) float64
    top: Any  # (channel) float64, the largest utility, that of holding included
    total: Any  # (channel) float64, sum of weights, that of holding included
    chance: Any  # (channel) float64, C
    leaf: Any  # (report of the day) int64, what it is, or NOWHERE
    slot: Any  # (report of the day) int64, its slot, or UNPLACED
    shares: Any  # (cell) float64
    log_weight: Any  # float64
    event_report: Any  # (event,) int64, which report of the record an event is, or -1; not by lane
    told: Any  # (report, 3) float64: lanes in which it stands, in which it could not be, sum of log-probabilities
    counts: Any  # room for a distribution of counts
    joined: Any


@kernel
def share(watch: Any, book: Any, step: Any, leaf: Any, lane: Any) -> Any:
    """Return the probability that an event of a leaf is recorded today."""
    cell = integer(watch.caught[step, leaf])
    if cell == NEVER_CAUGHT:
        return 0.0
    return 1.0 if cell == ALWAYS_CAUGHT else book.shares[start_of(cell) + lane]


@kernel
def can_be(rows: Any, variant: Any, lane: Any) -> Any:
    """Tell whether a variant is available."""
    return variant.available < 0 or rows[start_of(variant.available) + lane] != ZERO


@kernel
def measure_variants(rows: Any, variants: Any, first: Any, last: Any, book: Any) -> None:
    """Work out the shares of variants: those of a logit among the available ones."""
    for l in range(LANES):
        top, total = -1e300, 0.0
        for v in range(first, last):
            if can_be(rows, variants[v], l):
                top = max(top, float(rows[start_of(variants[v].utility) + l]))
        for v in range(first, last):
            at = start_of(v) + l
            book.rho[at] = 0.0
            if can_be(rows, variants[v], l):
                book.rho[at] = exp(float(rows[start_of(variants[v].utility) + l]) - top)
            total += book.rho[at]
        for v in range(first, last):
            at = start_of(v) + l
            book.rho[at] = book.rho[at] / total if total > 0.0 else 0.0


@kernel
def measure_variants_of_one(rows: Any, variants: Any, first: Any, last: Any, lane: Any, book: Any) -> None:
    """Work out the shares of variants in one lane."""
    top, total = -1e300, 0.0
    for v in range(first, last):
        if can_be(rows, variants[v], lane):
            top = max(top, float(rows[start_of(variants[v].utility) + lane]))
    for v in range(first, last):
        at = start_of(v) + lane
        book.rho[at] = (
            exp(float(rows[start_of(variants[v].utility) + lane]) - top) if can_be(rows, variants[v], lane) else 0.0
        )
        total += book.rho[at]
    for v in range(first, last):
        at = start_of(v) + lane
        book.rho[at] = book.rho[at] / total if total > 0.0 else 0.0


@kernel
def measure_shares(tables: Any, watch: Any, book: Any, step: Any, o: Any) -> None:
    """Work out how likely it is that a move, once chosen, is recorded."""
    option, to = tables.options[o], start_of(o)
    for l in range(LANES):
        if option.leaf >= 0:
            book.seen[to + l] = share(watch, book, step, option.leaf, l)
        else:
            seen = 0.0
            for v in range(option.first, option.last):
                seen += book.rho[start_of(v) + l] * share(watch, book, step, tables.variants[v].leaf, l)
            book.seen[to + l] = seen


@kernel
def measure(rows: Any, tables: Any, watch: Any, step: Any, c: Any, book: Any) -> None:
    """Work out the choice probabilities of a channel as they are now."""
    channel, at = tables.channels[c], start_of(c)
    for l in range(LANES):
        book.top[at + l] = 0.0
    for o in range(channel.first, channel.last):
        source = start_of(tables.options[o].utility)
        for l in range(LANES):
            book.top[at + l] = max(book.top[at + l], float(rows[source + l]))
    for l in range(LANES):
        book.total[at + l] = exp(-book.top[at + l])
        book.chance[at + l] = 0.0
    for o in range(channel.first, channel.last):
        option, to = tables.options[o], start_of(o)
        if option.leaf < 0:
            measure_variants(rows, tables.variants, option.first, option.last, book)
        measure_shares(tables, watch, book, step, o)
        source = start_of(option.utility)
        for l in range(LANES):
            u = rows[source + l]
            w = exp(float(u) - book.top[at + l]) if u > NEVER else 0.0
            book.weight[to + l] = w
            book.total[at + l] += w
            book.chance[at + l] += w * book.seen[to + l]
    for l in range(LANES):
        book.chance[at + l] /= book.total[at + l]


@kernel
def leaf_probability(rows: Any, tables: Any, watch: Any, step: Any, leaf: Any, lane: Any, book: Any) -> Any:
    """Return p pi rho r of a leaf that is chosen in a channel."""
    place = watch.places[leaf]
    p = float(rows[start_of(tables.channels[place.channel].probability) + lane])
    pi = book.weight[start_of(place.option) + lane] / book.total[start_of(place.channel) + lane]
    rho = book.rho[start_of(place.variant) + lane] if place.variant >= 0 else 1.0
    return min(max(p, 0.0), 1.0) * pi * rho * share(watch, book, step, leaf, lane)


@kernel
def silence(rows: Any, tables: Any, c: Any, lane: Any, book: Any) -> Any:
    """Return 1 - p C of a channel."""
    p = float(rows[start_of(tables.channels[c].probability) + lane])
    return max(1.0 - min(max(p, 0.0), 1.0) * book.chance[start_of(c) + lane], LEAST)


@kernel
def is_possible(rows: Any, move: Any, lane: Any) -> Any:
    """Tell whether a spontaneous move is available."""
    return move.available < 0 or rows[start_of(move.available) + lane] != ZERO
