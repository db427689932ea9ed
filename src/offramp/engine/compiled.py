"""The compiled engine: simulate blocks of runs with the same bits as `reference`, in either of its forms.

- ``evaluator`` works formulas out from the program's tape: nothing to compile but the kernels, once for all scenarios.
- ``specialised`` calls source that was generated for the scenario and compiled (`generate`): several times as fast.
- ``auto`` takes the specialised form as soon as it is there, compiling it in the background meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from offramp.engine.block import Block
from offramp.engine.cache import load
from offramp.engine.edits import EditedProgram, edit
from offramp.engine.generate import specialise
from offramp.engine.kernels.betas import ROOM_ROWS
from offramp.engine.kernels.choices import N_PACKED, Events, Packed
from offramp.engine.kernels.effects import N_CHUNK, N_WORDS, Chunk, Rings
from offramp.engine.kernels.lanes import N_LANES
from offramp.engine.kernels.run import Edits, FittedTable, Formulas, Results, State
from offramp.engine.program import Program
from offramp.engine.tables import Sizes, Tables
from offramp.model.fitted import PRIORS_ONLY, Fitted
from offramp.model.intervention import EMPTY, Intervention

CACHE_LINE_BYTES, WORD_BYTES = 64, 4
Form = Literal["evaluator", "specialised", "auto"]

_ENTRY = '''"""The day loop, compiled once for all scenarios. Written by offramp.engine.compiled."""

from numba import njit

from offramp.engine.kernels import run


@njit(error_model="numpy", nogil=True, _nrt=False, cache=True)
def run_block(program, state, seed, first_run, sample_steps, counts, results):
    run.run_block(program, state, seed, first_run, sample_steps, counts, results)
'''


_DRAWS = '''"""One draw from any family, compiled once. Written by offramp.engine.compiled."""

from numba import cfunc, types

from offramp.core import draws
from offramp.engine.kernels import shared

_REAL = types.float32


@cfunc(_REAL(types.int64, _REAL, _REAL, _REAL, _REAL, _REAL), error_model="numpy", _nrt=False, cache=True)
def draw(family, a, b, low, high, u):
    return draws.draw(family, a, b, low, high, u)
'''


class Compiled(NamedTuple):
    """A program as kernels take it."""

    tables: Tables
    sizes: Sizes
    formulas: Formulas
    edits: Edits
    days: NDArray[np.uint32]
    daily: NDArray[np.float32]
    fitted: FittedTable


def simulate(
    program: Program,
    *,
    seed: int,
    first_run: int,
    n_runs: int,
    sample_steps: NDArray[np.int64],
    form: Form = "auto",
    intervention: Intervention = EMPTY,
    fitted: Fitted = PRIORS_ONLY,
    counted: Sequence[int] | None = None,
    with_trail: bool = False,
) -> Block:  # budget: what an engine is asked
    """Simulate consecutive runs. Safe to call from many threads at once; the lock of Python is released.

    Parameters
    ----------
    seed, first_run : 0 .. 2**64 - 1; run k has the same bits in whatever block it is simulated
    sample_steps : steps, ascending, whose values at the end are kept
    form : which form of the engine; it changes no bit
    fitted : draws to be used in place of some priors
    intervention : edits; they are data for the same program, and nothing is compiled for them
    counted : leaves of which `Block.sample_counts` is kept, by default all
    with_trail : whether to keep `Block.trail`
    """
    edited = edit(program, intervention)
    compiled = compiled_with(program, edited, form, n_runs, fitted=fitted)
    counts = np.array(range(program.sizes.n_leaves) if counted is None else counted, np.int64) + program.sizes.totals
    results = room_for_results(edited.sizes, n_runs, n_samples=len(sample_steps), n_counts=len(counts))
    if with_trail:
        results = results._replace(trail=np.zeros((program.sizes.n_steps, n_runs), np.uint32))
    steps, state = np.ascontiguousarray(sample_steps, np.int64), room_for_state(edited.sizes, edited.tables)
    _day_loop().run_block(compiled, state, np.uint64(seed), np.uint64(first_run), steps, counts, results)
    block = Block(first_run, *results._replace(last_step=results.last_step[:, 0]))
    return block if with_trail else replace(block, trail=None)


def compiled_with(
    program: Program, edited: EditedProgram, form: Form, n_runs: int = 0, *, fitted: Fitted = PRIORS_ONLY
) -> Compiled:  # budget(positional): four plain things
    """Gather a program and its edits as kernels take them, in a form."""
    return Compiled(
        edited.tables,
        edited.sizes,
        Formulas(program.tape, program.bounds, _address(program, form, n_runs), _draw_address(program)),
        Edits(edited.tape, edited.bounds, edited.daily, edited.daily_row),
        program.days,
        program.daily,
        _table_of(program, fitted),
    )


def _table_of(program: Program, fitted: Fitted) -> FittedTable:
    rows = np.ascontiguousarray(program.sizes.parameters + fitted.parameters, np.int64)
    values = np.ascontiguousarray(fitted.values, np.float32).copy()
    for array in (rows, values):
        array.setflags(write=False)  # as a program's: another kind of array would mean another compilation
    return FittedTable(np.uint32(fitted.slot), rows, values)


@cache
def _day_loop() -> Any:
    return load("day_loop", _ENTRY)


def _draw_address(program: Program) -> int:
    """Return the address of `core.draws.draw`, or 0 for a program that draws nothing but Gaussians and categories."""
    return address_of_draw() if program.needs_draws else 0


def address_of_draw() -> int:
    """Return the address of `core.draws.draw`, compiled."""
    return int(_draws().draw.address)


@cache
def _draws() -> Any:
    return load("draws", _DRAWS)


def compile_specialised(program: Program) -> None:
    """Compile the specialised form now, or load it if it has been compiled before."""
    specialise.address_of(program)


def form_of(program: Program, form: Form = "auto") -> Literal["evaluator", "specialised"]:
    """Tell which form would run now."""
    return "specialised" if _address(program, form, 0) else "evaluator"


def _address(program: Program, form: Form, n_runs: int) -> int:  # budget(positional): three plain things
    """Return the address of specialised code, or 0 for the evaluator."""
    match form:
        case "evaluator":
            return 0
        case "specialised":
            return specialise.address_of(program)
        case "auto":
            return specialise.address_if_ready(program, n_runs)


def room_for_results(sizes: Sizes, n_runs: int, *, n_samples: int, n_counts: int) -> Results:
    """Make room for the results of runs."""

    def room(*shape: int) -> NDArray[np.float32]:
        return np.zeros(shape, np.float32)

    return Results(
        outcomes=room(n_runs, sizes.n_outcomes),
        counts=room(n_runs, sizes.n_leaves),
        samples=room(n_samples, sizes.n_quantities, n_runs),
        sample_counts=room(n_samples, n_counts, n_runs),
        clips=room(n_runs, sizes.n_quantities),
        cuts=room(n_runs, sizes.n_moves),
        last_step=room(n_runs, 1),
        parameters=room(n_runs, sizes.n_parameters),
        trail=np.zeros((0, n_runs), np.uint32),
    )


def room_for_state(sizes: Sizes, tables: Tables) -> State:
    """Make room for a group of runs."""

    def rows(n: int) -> NDArray[np.float32]:
        return aligned_words(n * N_LANES).view(np.float32)

    def words(n: int) -> NDArray[np.uint32]:
        return aligned_words(n).view(np.uint32)

    def numbers(n: int) -> NDArray[np.int64]:
        return np.zeros(n, np.int64)

    return State(
        rows=rows(sizes.n_rows),
        keys=words(4 * N_LANES),
        mornings=rows(sizes.past_steps * len(tables.past)),
        history=rows(len(tables.arrivals)),
        rings=Rings(
            adds=rows(sizes.add_rows),
            sets=rows(sizes.set_rows),
            scales=rows(sizes.scale_rows),
            due=np.zeros(sizes.add_rows, np.uint8),
        ),
        # Packing and settling write one place beyond the last entry that they keep.
        packed=Packed(words(N_LANES), np.zeros(N_LANES + 1, np.uint64), words(N_PACKED)),
        events=room_for_events(sizes.max_events * N_LANES + 1),
        chunk=Chunk(
            lane=np.zeros(N_CHUNK, np.uint64),
            effect=numbers(N_CHUNK),
            occurrence=words(N_CHUNK),
            place=numbers(N_CHUNK),
            words=words(N_WORDS),
        ),
        lane=rows(ROOM_ROWS),
        ledger=rows(sizes.ledger_end),
        is_over=words(N_LANES),
        digests=words(N_LANES),
    )


def aligned_words(n: int) -> NDArray[np.uint8]:
    """Return n zero words that begin with a cache line: to fetch what straddles two lines takes twice as long."""
    room = np.zeros(n * WORD_BYTES + CACHE_LINE_BYTES, np.uint8)
    start = -room.ctypes.data % CACHE_LINE_BYTES
    return room[start : start + n * WORD_BYTES]


def room_for_events(n: int) -> Events:
    """Make room for n events."""
    return Events(np.zeros(n, np.uint64), np.zeros(n, np.int64), np.zeros(n, np.int64))
