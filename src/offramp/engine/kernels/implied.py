"""A recorded history lived again under edits, with the noise that the record implies.

A history given the record (`conditioned`) tells what noise it had: an opportunity where something was done means that
its uniform lay below p, a choice means that its utility + Gumbel was the largest, a count that its uniform lay in that
count's stretch. `Implied` keeps of each day what is needed to draw such noise; the same day is then lived again by the
edited world. Two couplings of the two worlds are offered, both with the right probabilities on either side:

- Gumbel: the edited world chooses with the Gumbels of the recorded one, drawn given its choice, and the variant too;
- independent: where anything about a slot differs, it chooses afresh.

Where nothing about a slot differs both do what was done. Given a choice k, the largest of all utility + Gumbel is
T = log Z + Gumbel, and the others are Gumbels cut off at T:  v = -log(exp(-T) + exp(-(U + G))). Of what the record says
nothing at all, be it of a channel or a spontaneous move, both worlds have the same noise under either coupling.

Source : maddison2014 (top-down sampling of Gumbels); oberst2019 (counterfactual choices)
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from offramp.core.arithmetic import clip32
from offramp.core.bits import add32
from offramp.core.noise import occurrence, uniform
from offramp.engine.kernels.begin import word_at
from offramp.engine.kernels.book import can_be
from offramp.engine.kernels.choices import NEVER
from offramp.engine.kernels.lanes import LANES, integer, kernel, start_of, word
from offramp.engine.kernels.spontaneous import count_weight

ZERO, ONE = np.float32(0), np.float32(1)
NO_OPPORTUNITY, HOLD = -2, -1  # in place of an option
NO_UNIFORM = -1.0  # of a count that the model could not have made
LEAST_MARK = 1e-12  # the probability of a mark below which it is taken to be a misfit
POSTERIOR = 0x5BD1E995  # added to addresses: noise given what was done is not that by which it was found
AFRESH = 0x27D4EB2F  # noise of the edited world where it is independent


class Implied(NamedTuple):
    """What a group did on a day and what it chose by. By lane, one row after another.

    is_noted : of length 1 if days are noted, else 0
    slot_starts, option_starts : (channel) where the rows of its slots, and of its options in each slot, begin
    happening_starts : (spontaneous move) where the rows of its occurrences begin
    """

    is_noted: Any
    slot_starts: Any
    option_starts: Any
    happening_starts: Any
    probability: Any  # (slot) float32, of an opportunity
    uniform: Any  # (slot) float32, of the opportunity
    choice: Any  # (slot) int64
    leaf: Any  # (slot) int64
    report: Any  # (slot) int64
    is_misfit: Any  # (slot) uint8, whether the model could not have done it
    utility: Any  # (option in a slot) float32
    variant_utility: Any  # (variant) float32, NEVER where it is not available
    rate: Any  # (spontaneous move) float32, 0 where it is not available
    count: Any  # (spontaneous move) int64
    count_uniform: Any  # (spontaneous move) float64
    happening: Any  # (occurrence) int64, its leaf
    happening_report: Any  # (occurrence) int64
    jump: Any  # (reading of the day) float64, what the model had left out
    mark_below: Any  # (mark) float64, probability of less
    mark_chance: Any  # (mark) float64, probability of the mark


# What the recorded world did.


@kernel
def note_morning(rows: Any, tables: Any, implied: Any) -> None:
    """Note what does not change within a day's choices."""
    for v in range(len(tables.variants)):
        to, variant = start_of(v), tables.variants[v]
        for l in range(LANES):
            implied.variant_utility[to + l] = rows[start_of(variant.utility) + l] if can_be(rows, variant, l) else NEVER


@kernel
def note_slot(
    rows: Any, keys: Any, tables: Any, c: Any, s: Any, book: Any, implied: Any
) -> None:  # budget: what a slot depends on
    """Note, before a slot is settled, what its choice will be made by; nothing has been done in it yet."""
    channel = tables.channels[c]
    at, n_options = start_of(implied.slot_starts[c] + s), channel.last - channel.first
    slot = occurrence(channel.slot, word(s))
    for l in range(LANES):
        p, q, u = rows[start_of(channel.probability) + l], book.opportunity[l], uniform(word_at(keys, l, slot))
        implied.probability[at + l] = p
        implied.uniform[at + l] = stretched(u, q, clip32(p, ZERO, ONE))
        implied.choice[at + l] = HOLD if u < q else NO_OPPORTUNITY
        implied.leaf[at + l] = -1
        implied.report[at + l] = -1
        implied.is_misfit[at + l] = np.uint8(0)
    for k in range(n_options):
        source = start_of(tables.options[channel.first + k].utility)
        to = start_of(implied.option_starts[c] + s * n_options + k)
        for l in range(LANES):
            implied.utility[to + l] = rows[source + l]


@kernel
def stretched(u: Any, q: Any, p: Any) -> Any:
    """Turn a uniform that fell on one side of q into one that falls on the same side of p."""
    if u < q:
        return np.float32(float(u) / float(q) * float(p))
    return np.float32(float(p) + (1.0 - float(p)) * (float(u) - float(q)) / max(1.0 - float(q), 1e-7))


@kernel
def note_event(
    keys: Any, tables: Any, c: Any, s: Any, lane: Any, option: Any, leaf: Any, number: Any, implied: Any
) -> None:  # budget: what an event depends on
    """Note what was done in a slot."""
    at = start_of(implied.slot_starts[c] + s) + lane
    channel = tables.channels[c]
    implied.choice[at], implied.leaf[at], implied.report[at] = option, leaf, number
    k = start_of(implied.option_starts[c] + s * (channel.last - channel.first) + option - channel.first) + lane
    p = implied.probability[at]
    if number >= 0:
        u = uniform(word_at(keys, lane, occurrence(add32(channel.slot, POSTERIOR), word(s))))
        implied.uniform[at] = np.float32(float(u) * float(clip32(p, ZERO, ONE)))
    could_be = p > ZERO and implied.utility[k] > NEVER
    for v in range(tables.options[option].first, tables.options[option].last):
        if tables.variants[v].leaf == leaf:
            could_be = could_be and implied.variant_utility[start_of(v) + lane] > NEVER
    implied.is_misfit[at] = np.uint8(not could_be)


@kernel
def note_count(
    keys: Any, tables: Any, i: Any, rate: Any, n: Any, lane: Any, implied: Any
) -> None:  # budget: what a count depends on
    """Note how often a spontaneous move happened, and draw the uniform that it implies."""
    move, at = tables.spontaneous[i], start_of(i) + lane
    implied.rate[at], implied.count[at], implied.count_uniform[at] = rate, n, NO_UNIFORM
    below, most = 0.0, integer(move.max_count)
    for k in range(min(n, most)):
        below += count_weight(max(float(rate), 0.0), k, most, 0, 1.0)
    inside = count_weight(max(float(rate), 0.0), n, most, 0, 1.0) if n <= most else 0.0
    if inside > 0.0:
        u = float(uniform(word_at(keys, lane, add32(move.slot, POSTERIOR))))
        implied.count_uniform[at] = below + u * inside


@kernel
def note_happening(implied: Any, i: Any, j: Any, lane: Any, leaf: Any, number: Any) -> None:
    """Note one occurrence of a spontaneous move."""
    at = start_of(implied.happening_starts[i] + j) + lane
    implied.happening[at], implied.happening_report[at] = leaf, number
