"""Before the first step: keys, constants, parameters, and everything in its first position."""

from __future__ import annotations

from typing import Any

import numpy as np

from offramp.core.arithmetic import exp32
from offramp.core.bits import select
from offramp.core.draws import LOGNORMAL, NORMAL, UNBOUNDED, categorical
from offramp.core.noise import PARAMETER_DAY, day_key, draw_word, normal, run_key, uniform
from offramp.engine.families import CATEGORICAL
from offramp.engine.kernels.betas import covers_all, draw_betas
from offramp.engine.kernels.lanes import LANES, call_draw, fill, integer, kernel, start_of, word

ZERO, MINUS_ONE = np.float32(0), np.float32(-1)


@kernel
def set_run_keys(keys: Any, seed: Any, first_run: Any) -> None:
    """Derive the keys of a group of runs: rows 0 and 1 of `keys`."""
    for l in range(LANES):
        keys[l], keys[LANES + l] = run_key(seed, first_run + l)


@kernel
def set_day_keys(keys: Any, day: Any) -> None:
    """Derive the keys of one day of every run: rows 2 and 3 of `keys`."""
    for l in range(LANES):
        keys[np.uint64(2) * LANES + l], keys[np.uint64(3) * LANES + l] = day_key(keys[l], keys[LANES + l], day)


@kernel
def set_constants(rows: Any, constants: Any) -> None:
    """Give every constant its row."""
    for i in range(len(constants)):
        fill(rows, constants[i].row, constants[i].value)


@kernel
def set_daily(rows: Any, daily: Any, step: Any, first: Any) -> None:
    """Fetch the numbers that depend on the date alone."""
    for i in range(daily.shape[1]):
        fill(rows, first + i, daily[step, i])


@kernel
def draw_parameters(rows: Any, keys: Any, parameters: Any, weights: Any, draw: Any, room: Any) -> None:
    """Draw every parameter of every run; `draw` is the address of `core.draws.draw`, `room` is room for `betas`."""
    set_day_keys(keys, word(PARAMETER_DAY))
    for i in range(len(parameters)):
        parameter = parameters[i]
        is_unbounded = parameter.low <= -UNBOUNDED and parameter.high >= UNBOUNDED
        if (parameter.family == NORMAL or parameter.family == LOGNORMAL) and is_unbounded:
            draw_gaussian(rows, keys, parameter)
        elif covers_all(parameter):
            draw_uniforms(rows, keys, parameter)
            draw_betas(rows, parameter, room)
        elif parameter.family == CATEGORICAL:
            cumulative = weights[parameter.first : parameter.last]
            for l in range(LANES):
                rows[start_of(parameter.row) + l] = categorical(cumulative, uniform(word_at(keys, l, parameter.slot)))
        else:
            for l in range(LANES):
                u = uniform(word_at(keys, l, parameter.slot))
                rows[start_of(parameter.row) + l] = call_draw(
                    draw, parameter.family, parameter.a, parameter.b, parameter.low, parameter.high, u
                )


@kernel
def take_fitted(rows: Any, keys: Any, fitted: Any) -> None:
    """Put one of the fitted draws in the place of what the priors gave; the keys are those of parameters."""
    n = len(fitted.values)
    if n == 0:
        return
    for l in range(LANES):
        chosen = min(integer(uniform(word_at(keys, l, fitted.slot)) * np.float32(n)), n - 1)
        for i in range(len(fitted.rows)):
            rows[start_of(fitted.rows[i]) + l] = fitted.values[chosen, i]


@kernel
def word_at(keys: Any, lane: Any, slot: Any) -> Any:
    """Draw the word at a slot, of one run, on the day whose keys are set."""
    return draw_word(keys[np.uint64(2) * LANES + lane], keys[np.uint64(3) * LANES + lane], slot)


@kernel
def draw_uniforms(rows: Any, keys: Any, parameter: Any) -> None:
    """Draw the uniform of a parameter of every run into its row."""
    to, slot, d0, d1 = start_of(parameter.row), parameter.slot, np.uint64(2) * LANES, np.uint64(3) * LANES
    for l in range(LANES):
        rows[to + l] = uniform(draw_word(keys[d0 + l], keys[d1 + l], slot))


@kernel
def draw_gaussian(rows: Any, keys: Any, parameter: Any) -> None:
    """Draw a normal or log-normal parameter of every run: as `core.draws`, but all lanes at once."""
    to, a, b, slot = start_of(parameter.row), parameter.a, parameter.b, parameter.slot
    d0, d1 = np.uint64(2) * LANES, np.uint64(3) * LANES
    if parameter.family == NORMAL:
        for l in range(LANES):
            rows[to + l] = a + b * normal(draw_word(keys[d0 + l], keys[d1 + l], slot))
    else:
        for l in range(LANES):
            rows[to + l] = a * exp32(b * normal(draw_word(keys[d0 + l], keys[d1 + l], slot)))


@kernel
def set_memories(rows: Any, history: Any, memories: Any, arrivals: Any) -> None:
    """Give memories their first values, and those that count over a window the events from before the start."""
    for i in range(len(memories)):
        fill(rows, memories[i].row, memories[i].initial)
    for i in range(len(arrivals)):
        fill(history, i, arrivals[i])


@kernel
def set_outcomes(rows: Any, outcomes: Any, first: Any) -> None:
    """Start every outcome: nothing has happened yet."""
    for i in range(len(outcomes)):
        fill(rows, outcomes[i].row, select(outcomes[i].kind == first, MINUS_ONE, ZERO))
