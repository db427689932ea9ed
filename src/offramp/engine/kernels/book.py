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
from numba.extending import register_jitable

from offramp.core.bits import bits_float
from offramp.engine.kernels.lanes import LANES, integer, kernel, start_of, word
from offramp.model.observed import ALWAYS_CAUGHT, NEVER_CAUGHT

ZERO = np.float32(0)
LEAST = 1e-300  # so that logarithms stay finite
LEAST_SILENCE = 1e-100  # of one slot: `telling.SMALL` times this is a number yet, so no product falls to 0
FLOOR = -80.0
INVERSE_LOG_TWO, LOG_TWO_HIGH, LOG_TWO_LOW = 1.4426950408889634, 0.6931471803691238, 1.9082149292705877e-10


class Book(NamedTuple):
    """What is worked out for a morning, and what it comes to. All by lane, one row after another."""

    weight: Any  # (option) float64, exp(utility - top)
    seen: Any  # (option) float64, R of those with variants
    rho: Any  # (variant) float64
    top: Any  # (channel) float64, the largest utility, that of holding included
    total: Any  # (channel) float64, sum of weights, that of holding included
    chance: Any  # (channel) float64, C
    leaf: Any  # (report of the day) int64, what it is, or NOWHERE
    slot: Any  # (report of the day) int64, its slot, or UNPLACED
    shares: Any  # (cell) float64
    opportunity: Any  # float32, the probability of one in a slot, given silence
    weight_so_far: Any  # float64, a product of probabilities, that has yet to be added to
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
def measure_variants_of_one(rows: Any, variants: Any, first: Any, last: Any, lane: Any, book: Any) -> None:
    """Work out the shares of variants in one lane: those of a logit among the available ones."""
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
def measure_variants(rows: Any, variants: Any, first: Any, last: Any, book: Any) -> None:
    """Work out the shares of variants in every lane."""
    for l in range(LANES):
        measure_variants_of_one(rows, variants, first, last, l, book)


@kernel
def measure(rows: Any, tables: Any, watch: Any, step: Any, c: Any, book: Any) -> None:
    """Work out the choice probabilities of a channel as they are now."""
    channel, at = tables.channels[c], start_of(c)
    find_top(rows, tables, c, book)
    for l in range(LANES):
        book.total[at + l] = exp_below(-book.top[at + l])
        book.chance[at + l] = 0.0
    for o in range(channel.first, channel.last):
        option = tables.options[o]
        weigh_option(rows, option.utility, c, o, book)
        if option.leaf < 0:
            measure_variants(rows, tables.variants, option.first, option.last, book)
            measure_shares(tables, watch, book, step, o)
            add_chance(book.seen, start_of(o), c, o, book)
        else:
            cell = integer(watch.caught[step, option.leaf])
            if cell == ALWAYS_CAUGHT:
                add_all(c, o, book)
            elif cell != NEVER_CAUGHT:
                add_chance(book.shares, start_of(cell), c, o, book)
    for l in range(LANES):
        book.chance[at + l] /= book.total[at + l]


@kernel
def find_top(rows: Any, tables: Any, c: Any, book: Any) -> None:
    """Find the largest utility of a channel, that of holding included."""
    channel, at = tables.channels[c], start_of(c)
    for l in range(LANES):
        book.top[at + l] = 0.0
    for o in range(channel.first, channel.last):
        source = start_of(tables.options[o].utility)
        for l in range(LANES):
            u = float(rows[source + l])
            book.top[at + l] = u if u > book.top[at + l] else book.top[at + l]


@kernel
def weigh_option(rows: Any, utility: Any, c: Any, o: Any, book: Any) -> None:
    """Work out the weight of a move against the others of its channel."""
    at, to, source = start_of(c), start_of(o), start_of(utility)
    for l in range(LANES):
        w = exp_below(float(rows[source + l]) - book.top[at + l])
        book.weight[to + l] = w
        book.total[at + l] += w


@kernel
def add_all(c: Any, o: Any, book: Any) -> None:
    """Add a move that is always recorded to what is."""
    at, to = start_of(c), start_of(o)
    for l in range(LANES):
        book.chance[at + l] += book.weight[to + l]


@kernel
def add_chance(shares: Any, first: Any, c: Any, o: Any, book: Any) -> None:
    """Add a move to what is recorded, by its share."""
    at, to = start_of(c), start_of(o)
    for l in range(LANES):
        book.chance[at + l] += book.weight[to + l] * shares[first + l]


@register_jitable(forceinline=True)
def exp_below(x: Any) -> Any:
    """Return exp(x) for x <= 0, to two units in the last place; 0 below e**-80, which no sum with 1 in it tells apart.

    exp(n log 2 + r) = 2**n exp(r), |r| <= log(2) / 2; log(2) in two parts, a Taylor polynomial of degree 13. Without a
    branch, so that a loop over lanes is vectorised.
    """
    is_nothing = x < FLOOR
    y = FLOOR if is_nothing else x
    n = np.floor(y * INVERSE_LOG_TWO + 0.5)
    r = (y - n * LOG_TWO_HIGH) - n * LOG_TWO_LOW
    p = 1.0 / 6227020800.0
    for reciprocal in (
        1.0 / 479001600.0, 1.0 / 39916800.0, 1.0 / 3628800.0, 1.0 / 362880.0, 1.0 / 40320.0, 1.0 / 5040.0, 1.0 / 720.0,
        1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0,
    ):  # fmt: skip
        p = p * r + reciprocal
    power = float(bits_float(word((np.int32(n) + np.int32(127)) << np.int32(23))))
    return 0.0 if is_nothing else p * power


@kernel
def measure_shares(tables: Any, watch: Any, book: Any, step: Any, o: Any) -> None:
    """Work out how likely it is that a move with variants, once chosen, is recorded."""
    option, to = tables.options[o], start_of(o)
    for l in range(LANES):
        seen = 0.0
        for v in range(option.first, option.last):
            seen += book.rho[start_of(v) + l] * share(watch, book, step, tables.variants[v].leaf, l)
        book.seen[to + l] = seen


@kernel
def share_of_option(tables: Any, watch: Any, book: Any, step: Any, o: Any, lane: Any) -> Any:
    """Return the probability that a move, once chosen, is recorded."""
    leaf = tables.options[o].leaf
    return share(watch, book, step, leaf, lane) if leaf >= 0 else book.seen[start_of(o) + lane]


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
    return max(1.0 - min(max(p, 0.0), 1.0) * book.chance[start_of(c) + lane], LEAST_SILENCE)


@kernel
def is_possible(rows: Any, move: Any, lane: Any) -> Any:
    """Tell whether a spontaneous move is available."""
    return move.available < 0 or rows[start_of(move.available) + lane] != ZERO
