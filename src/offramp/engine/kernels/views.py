"""Stage 5, first: the morning is kept for those who will see it later, and each actor sees its view of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from offramp.core.arithmetic import OUTSIDE, central_normal_quantile, clip32
from offramp.core.bits import or32, select
from offramp.core.noise import draw_word, normal, uniform
from offramp.engine.kernels.lanes import BATCH, LANES, kernel, start_of, word

BATCHES = LANES // BATCH


@kernel
def keep_morning(rows: Any, mornings: Any, past: Any, place: Any) -> None:
    """Keep today's value of every quantity that is seen late, at a place of the ring of mornings."""
    for i in range(len(past)):
        source, to = start_of(past[i]), start_of(place * len(past) + i)
        for l in range(LANES):
            mornings[to + l] = rows[source + l]


@kernel
def look(rows: Any, mornings: Any, keys: Any, views: Any, n_past: Any, n_places: Any, step: Any) -> None:
    """See each quantity as it was some mornings ago, with error, held inside its range."""
    d0, d1 = np.uint64(2) * LANES, np.uint64(3) * LANES
    for i in range(len(views)):
        view = views[i]
        to, slot, low, high = start_of(view.row), view.slot, view.low, view.high
        place = (step + n_places - view.lag) % n_places
        source = start_of(place * n_past + view.past)
        if view.error < 0:
            for l in range(LANES):
                rows[to + l] = clip32(mornings[source + l], low, high)
        else:
            error = start_of(view.error)
            for l in range(LANES):
                blur = rows[error + l] * normal(draw_word(keys[d0 + l], keys[d1 + l], slot))
                rows[to + l] = clip32(mornings[source + l] + blur, low, high)


@kernel
def shake(rows: Any, keys: Any, shocks: Any) -> None:
    """Draw the Gaussian of every quantity that has process noise, by batches: one with a tail in it is drawn again."""
    d0, d1 = np.uint64(2) * LANES, np.uint64(3) * LANES
    for k in range(np.uint64(len(shocks)) * BATCHES):  # in one loop: unrolled, it would fetch its constants each time
        shock, batch, outside = shocks[k // BATCHES], k % BATCHES * BATCH, word(0)
        to, slot = start_of(shock.row) + batch, shock.slot
        for l in range(BATCH):
            z = central_normal_quantile(uniform(draw_word(keys[d0 + batch + l], keys[d1 + batch + l], slot)))
            rows[to + l] = z
            outside = or32(outside, select(z == OUTSIDE, word(1), word(0)))
        if outside != 0:
            draw_again(rows, keys, to, batch, slot)


@kernel
def draw_again(rows: Any, keys: Any, to: Any, first: Any, slot: Any) -> None:
    """Draw the Gaussians of a batch of lanes, those in the tails as well."""
    d0, d1 = np.uint64(2) * LANES + first, np.uint64(3) * LANES + first
    for l in range(BATCH):
        rows[to + l] = normal(draw_word(keys[d0 + l], keys[d1 + l], slot))
