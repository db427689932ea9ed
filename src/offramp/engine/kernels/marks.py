"""What recorded events are known to have added: how likely that was, and that it happens.

All effects of an event on a tally together make its mark. Each acts with a probability of its own and then adds a
count; the mark's probability is their convolution. One that the model could not have made costs the misfit e, spread
over the numbers as (1 - e) P(v) + e 2^-(v + 1). Effects on a marked quantity are left out, and the mark is added on the
day itself.
"""

from __future__ import annotations

from math import exp, lgamma, log, log1p
from typing import Any

import numpy as np

from offramp.core.bits import add32
from offramp.core.draws import BERNOULLI, CONSTANT, NEGBINOMIAL, POISSON, UNBOUNDED
from offramp.core.noise import occurrence, uniform
from offramp.engine.kernels.begin import word_at
from offramp.engine.kernels.book import LEAST
from offramp.engine.kernels.effects import CHUNK, list_effect, row_of, schedule, see
from offramp.engine.kernels.implied import LEAST_MARK, POSTERIOR
from offramp.engine.kernels.lanes import inlined_kernel, integer, kernel, start_of, word

NOTED, AGAIN, AFRESH = 0, 1, 2
ZERO, ONE = np.float32(0), np.float32(1)
LOG_HALF = log(0.5)
MOST = 2048  # counts up to this are convolved; a mark beyond it is taken to be a misfit
TINY = 1e-20  # of a mean
MOST_MEAN, LEAST_SHAPE, MOST_SHAPE = 1e6, float(np.float32(0.01)), 1e4  # as in `core.draws`


@inlined_kernel
def draw_consequences_as_told(
    program: Any, state: Any, watch: Any, book: Any, implied: Any, step: Any, n_events: Any, how: Any
) -> None:  # budget: what consequences depend on
    """Count the day's events, draw who sees them, and which effects they will have but for those that are known.

    how : NOTED as the record has them; AGAIN in the edited world of a hindsight, AFRESH if that is independent
    """
    rows, keys, tables, sizes, chunk, rings = (
        state.rows, state.keys, program.tables, program.sizes, state.chunk, state.rings
    )  # fmt: skip
    for e in range(n_events):
        l, leaf = state.events.lane[e], tables.leaves[state.events.leaf[e]]
        rows[start_of(leaf.today) + l] += ONE
        rows[start_of(leaf.total) + l] += ONE
    n = np.uint64(0)
    for e in range(n_events):
        l, j, number = state.events.lane[e], word(state.events.occurrence[e]), integer(book.event_report[e])
        leaf = tables.leaves[state.events.leaf[e]]
        for s in range(leaf.first_sighting, leaf.last_sighting):
            see(rows, keys, l, tables.sightings[s], j)
        if number >= 0:
            weigh_marks(rows, keys, tables, watch, leaf, number, step, l, rings, book, implied, how)
        for f in range(np.uint64(leaf.first_effect), np.uint64(leaf.last_effect)):
            if number >= 0 and find_mark(watch, number, tables.effects[f].target) >= 0:
                continue
            n += list_effect(rows, keys, l, f, tables, j, step, sizes.n_steps, n, chunk, rings.due)
            if n == CHUNK:
                schedule(rows, keys, tables, sizes, step, n, chunk, rings, program.formulas.draw)
                n = np.uint64(0)
    if n > 0:
        schedule(rows, keys, tables, sizes, step, n, chunk, rings, program.formulas.draw)


@kernel
def find_mark(watch: Any, number: Any, target: Any) -> Any:
    """Return the mark of a report on a target, or -1."""
    report = watch.reports[number]
    for m in range(report.first_mark, report.last_mark):
        if watch.marks[m].target == target:
            return integer(m)
    return integer(-1)


@kernel
def weigh_marks(
    rows: Any, keys: Any, tables: Any, watch: Any, leaf: Any, number: Any, step: Any, lane: Any, rings: Any, book: Any,
    implied: Any, how: Any,
) -> None:  # budget: what a mark depends on  # fmt: skip
    """Add the log-probability of each mark of a report, and let it be due today."""
    report = watch.reports[number]
    for m in range(report.first_mark, report.last_mark):
        mark = watch.marks[m]
        v = integer(mark.value)
        fits = mark_probability(rows, tables, leaf, mark.target, v, lane, book.counts, book.joined)
        misfits = watch.misfit * exp((v + 1) * LOG_HALF)
        book.log_weight[lane] += log(max((1.0 - watch.misfit) * fits + misfits, LEAST))
        value = mark.value
        if len(implied.is_noted) > 0:
            below = sum_below(v, book.counts) if fits > 0.0 else 0.0
            at = start_of(m) + lane
            if how == NOTED:
                implied.mark_below[at], implied.mark_chance[at] = below, fits
            elif fits != implied.mark_chance[at] or below != implied.mark_below[at]:
                u = float(uniform(word_at(keys, lane, occurrence(add32(report.slot, POSTERIOR), word(m)))))
                value = np.float32(mark_again(rows, tables, leaf, mark, u, lane, book, implied, at, how))
        if mark.target >= 0:
            row = row_of(tables.targets[mark.target], step)
            rings.due[row] = np.uint8(1)
            rings.adds[start_of(row) + lane] = (rings.adds[start_of(row) + lane] + value) + ZERO


@kernel
def sum_below(v: Any, counts: Any) -> Any:
    """Add up the probabilities of less than v."""
    below = 0.0
    for k in range(v):
        below += counts[k]
    return below


@kernel
def mark_again(
    rows: Any, tables: Any, leaf: Any, mark: Any, u: Any, lane: Any, book: Any, implied: Any, at: Any, how: Any
) -> Any:  # budget: what a mark depends on
    """Return what the edited world adds where a mark has other probabilities: the same quantile, or one afresh."""
    v = integer(mark.value)
    if implied.mark_chance[at] < LEAST_MARK:
        return v
    if how == AGAIN:
        u = implied.mark_below[at] + u * implied.mark_chance[at]
    most = integer(v + 16)
    while True:
        most = min(most, integer(MOST - 1))
        mark_probability(rows, tables, leaf, mark.target, most, lane, book.counts, book.joined)
        below = 0.0
        for k in range(most + 1):
            below += book.counts[k]
            if u < below:
                return integer(k)
        if most == MOST - 1:
            return v
        most = 2 * most


@kernel
def mark_probability(
    rows: Any, tables: Any, leaf: Any, target: Any, v: Any, lane: Any, counts: Any, joined: Any
) -> Any:  # budget: what a mark depends on
    """Return the probability that all effects of a leaf on a target add v."""
    if v < 0 or v >= MOST:
        return 0.0
    for k in range(v + 1):
        counts[k] = 0.0
    counts[0] = 1.0
    for f in range(leaf.first_effect, leaf.last_effect):
        if tables.effects[f].target == target:
            join(rows, tables, f, v, lane, counts, joined)
    return counts[v]


@kernel
def join(rows: Any, tables: Any, f: Any, v: Any, lane: Any, counts: Any, joined: Any) -> None:
    """Join the count that an effect adds to the distribution of those before, up to v."""
    size, acts = tables.sizes[f], probability_of_acting(rows, tables.conditions[f], lane)
    a, b = float(rows[start_of(size.a) + lane]), bound(rows, size.b, lane, 0.0)
    low, high = bound(rows, size.low, lane, -float(UNBOUNDED)), bound(rows, size.high, lane, float(UNBOUNDED))
    is_whole = size.low < 0 and size.high < 0
    inside = 1.0 if is_whole else sum_inside(size.family, a, b, low, high)
    for k in range(v + 1):
        joined[k] = counts[k] * (1.0 - acts)
    for n in range(v + 1):
        p = 0.0
        if n >= low and n <= high and inside > 0.0:
            p = acts * count_probability(size.family, a, b, n) / inside
        if p > 0.0:
            for k in range(v + 1 - n):
                joined[k + n] += p * counts[k]
    for k in range(v + 1):
        counts[k] = joined[k]


@kernel
def probability_of_acting(rows: Any, condition: Any, lane: Any) -> Any:
    """Return the probability that an effect acts, its condition settled."""
    if condition.condition >= 0 and rows[start_of(condition.condition) + lane] == ZERO:
        return 0.0
    if condition.probability < 0:
        return 1.0
    return min(max(float(rows[start_of(condition.probability) + lane]), 0.0), 1.0)


@kernel
def bound(rows: Any, row: Any, lane: Any, default: Any) -> Any:
    """Return an argument that may be absent."""
    return float(rows[start_of(row) + lane]) if row >= 0 else default


@kernel
def sum_inside(family: Any, a: Any, b: Any, low: Any, high: Any) -> Any:
    """Return the probability that a count lies inside its truncation."""
    total = 0.0
    if high < MOST:
        for n in range(max(integer(low), 0), integer(high) + 1):
            total += count_probability(family, a, b, n)
        return total
    for n in range(max(integer(low), 0)):
        total += count_probability(family, a, b, n)
    return 1.0 - total


@kernel
def count_probability(family: Any, a: Any, b: Any, n: Any) -> Any:
    """Return the probability of a count: arguments as in `core.distributions`, held where `core.draws` holds them."""
    if family == CONSTANT:
        return 1.0 if a == n else 0.0
    if family == BERNOULLI:
        p = min(max(a, 0.0), 1.0)
        return p if n == 1 else (1.0 - p if n == 0 else 0.0)
    mean = min(max(a, TINY), MOST_MEAN)
    if family == POISSON:
        return exp(n * log(mean) - mean - lgamma(n + 1.0))
    if family == NEGBINOMIAL:
        b = min(max(b, LEAST_SHAPE), MOST_SHAPE)
        log_ways = lgamma(n + b) - lgamma(b) - lgamma(n + 1.0)
        return exp(log_ways - b * log1p(mean / b) + n * (log(mean) - log(mean + b)))
    return 0.0
