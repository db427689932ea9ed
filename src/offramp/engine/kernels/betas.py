"""Parameters with a beta distribution: many runs at once, with the bits of `core.draws.truncated_beta`.

Newton's steps and the continued fraction in each of them are taken by a batch of runs side by side, until the last one
has converged; those that have stay as they are. So every run goes through the numbers that it would go through alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from offramp.core.arithmetic import abs32, clip32, log32, logistic
from offramp.core.bits import or32, select
from offramp.core.draws import BETA, LEAST_SHAPE, MOST_SHAPE
from offramp.core.special import (
    LONGEST_STEP,
    MAX_STEPS,
    MAX_TERMS,
    STEP_DONE,
    beta_fraction_start,
    beta_fraction_step,
    beta_is_low,
    beta_log_density,
    beta_log_scale,
    beta_logit_start,
    clip_logit,
    complement,
    is_converged,
)
from offramp.engine.kernels.lanes import BATCH, LANES, kernel, start_of, word

ZERO, ONE, TWO = np.float32(0), np.float32(1), np.float32(2)

# What a batch is worked out from: one array in parts, each at a constant place, see `choices`.
Y, TARGET, A, B, SCALE, DENSITY, FIRST, SECOND, X, C, D, TOTAL, DONE, FOUND = (
    np.uint64(part) * BATCH for part in range(14)
)
ROOM_ROWS = 4  # in which these parts have room


@kernel
def covers_all(parameter: Any) -> bool:
    """Tell whether a parameter has a beta distribution over all of 0 .. 1."""
    return bool(parameter.family == BETA and parameter.low <= ZERO and parameter.high >= ONE)


@kernel
def draw_betas(rows: Any, parameter: Any, room: Any) -> None:
    """Turn the uniforms in the row of a parameter into draws from its beta distribution, over all of 0 .. 1."""
    to = start_of(parameter.row)
    a, b = clip32(parameter.a, LEAST_SHAPE, MOST_SHAPE), clip32(parameter.b, LEAST_SHAPE, MOST_SHAPE)
    lower_scale, upper_scale = beta_log_scale(a, b), beta_log_scale(b, a)
    for batch in range(np.uint64(0), LANES, BATCH):
        for l in range(BATCH):
            u = rows[to + batch + l]
            is_lower, tail = u <= ONE - u, select(u <= ONE - u, u, ONE - u)  # solve for the smaller tail
            room[A + l], room[B + l] = select(is_lower, a, b), select(is_lower, b, a)
            room[SCALE + l] = select(is_lower, lower_scale, upper_scale)
            room[TARGET + l] = log32(tail)
            room[Y + l] = beta_logit_start(room[A + l], room[B + l], tail)
        solve(room)
        for l in range(BATCH):
            u, y = rows[to + batch + l], room[Y + l]
            rows[to + batch + l] = clip32(select(u <= ONE - u, logistic(y), logistic(-y)), ZERO, ONE)


@kernel
def solve(room: Any) -> None:
    """Find the logits at which the lower tails are as they should be."""
    for l in range(BATCH):
        room[FOUND + l] = ZERO
    for _ in range(MAX_STEPS):
        begin_fractions(room)
        work_out_fractions(room)
        if take_steps(room) == 0:
            break


@kernel
def begin_fractions(room: Any) -> None:
    """Begin the continued fractions of a Newton step, each on its side of the mean."""
    for l in range(BATCH):
        a, b, x, rest = room[A + l], room[B + l], logistic(room[Y + l]), logistic(-room[Y + l])
        is_low = beta_is_low(a, b, x)
        room[DENSITY + l] = beta_log_density(a, b, x, rest) + room[SCALE + l]
        room[FIRST + l], room[SECOND + l] = select(is_low, a, b), select(is_low, b, a)
        room[X + l] = select(is_low, x, rest)
        room[C + l] = ONE
        room[D + l] = beta_fraction_start(room[FIRST + l], room[SECOND + l], room[X + l])
        room[TOTAL + l] = room[D + l]
        room[DONE + l] = ZERO


@kernel
def work_out_fractions(room: Any) -> None:
    """Go on with the continued fractions until all have converged."""
    m = ZERO
    for _ in range(MAX_TERMS):
        m = m + ONE
        is_left = word(0)
        for l in range(BATCH):
            is_done, x = room[DONE + l] != ZERO, room[X + l]
            c, d, total = beta_fraction_step(
                room[FIRST + l], room[SECOND + l], x, m, (room[C + l], room[D + l], room[TOTAL + l])
            )
            room[C + l], room[D + l] = c, d
            room[TOTAL + l] = select(is_done, room[TOTAL + l], total)
            is_done = is_done | is_converged(c, d)
            room[DONE + l] = select(is_done, ONE, ZERO)
            is_left = or32(is_left, select(is_done, word(0), word(1)))
        if is_left == 0:
            break


@kernel
def take_steps(room: Any) -> Any:
    """Take a Newton step where it is needed; return 0 once it is nowhere."""
    is_left = word(0)
    for l in range(BATCH):
        is_low = beta_is_low(room[A + l], room[B + l], logistic(room[Y + l]))
        log_density, scale = room[DENSITY + l], room[TOTAL + l] / room[FIRST + l]
        log_other, other = complement(log_density, scale)
        log_tail = select(is_low, log_density + log32(scale), log_other)
        step = (log_tail - room[TARGET + l]) * select(is_low, scale, other)
        step = clip32(step, -LONGEST_STEP, LONGEST_STEP)
        is_found = room[FOUND + l] != ZERO
        room[Y + l] = select(is_found, room[Y + l], clip_logit(room[Y + l] - step))
        is_found = is_found | (abs32(step) < STEP_DONE)
        room[FOUND + l] = select(is_found, ONE, ZERO)
        is_left = or32(is_left, select(is_found, word(0), word(1)))
    return is_left
