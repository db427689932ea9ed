"""Lockstep: `LANES` runs side by side, one float32 of each per row, row after row in one flat array.

A *group* is that many consecutive runs; lane ``l`` of row ``r`` is ``rows[r * LANES + l]``. Loops over lanes have a
constant length, 32-bit values and unsigned indices, because otherwise they are not vectorised. No result depends on
`LANES`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit
from numba.core import types
from numba.extending import intrinsic, register_jitable

from offramp.engine.kernels import shared as _shared_functions  # noqa: F401  (imported for its registrations)

LANES = np.uint64(64)
BATCH = np.uint64(16)  # what is packed from many lanes is worked through in batches of this length
N_LANES = int(LANES)
ONE_LANE, NO_LANES = np.uint64(1), np.uint64(0)
ALL_LANES = np.uint64(2**N_LANES - 1)

# No reference counts (`_nrt`): nothing is allocated in kernels, and counting costs more than most of their loops.
_OPTIONS: Any = {"error_model": "numpy", "nogil": True, "_nrt": False, "no_cpython_wrapper": True}
_jit: Any = njit
kernel: Any = _jit(**_OPTIONS, no_cfunc_wrapper=True)

# What only strings kernels together is merged into its caller: compiled apart, all below it would be optimised again.
inlined_kernel: Any = _jit(**_OPTIONS, inline="always")

# What takes many tables and is called often: LLVM merges it. To pass an array takes seven words, pushed one by one.
merged_kernel: Any = _jit(**_OPTIONS, no_cfunc_wrapper=True, forceinline=True)

word: Any = np.uint32
integer: Any = np.int64


@register_jitable(forceinline=True)
def start_of(row: int) -> Any:
    """Return the position of the first lane of a row, unsigned."""
    return np.uint64(row) * LANES


@kernel
def fill(values: Any, row: int, value: Any) -> None:
    """Give every lane of a row one value."""
    to = start_of(row)
    for l in range(LANES):
        values[to + l] = value


@kernel
def fill_rows(values: Any, first: int, last: int, value: Any) -> None:
    """Give every lane of the rows ``first`` to ``last`` (exclusive) one value."""
    for i in range(start_of(first), start_of(last)):
        values[i] = value


def _call_stage(_typing: Any, address: Any, stage: Any, rows: Any) -> Any:  # noqa: ARG001  (Numba reads names)
    """Call specialised code at an address: ``void (int64 stage, float *rows)``."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        function = ir.FunctionType(ir.VoidType(), [ir.IntType(64), ir.FloatType().as_pointer()])
        pointer = builder.inttoptr(args[0], function.as_pointer())
        data = context.make_array(signature.args[2])(context, builder, args[2]).data
        builder.call(pointer, [args[1], data])
        return context.get_dummy_value()

    return types.void(types.int64, types.int64, rows), generate


def _call_draw(_typing: Any, address: Any, family: Any, a: Any, b: Any, low: Any, high: Any, u: Any) -> Any:  # noqa: ARG001  # budget: Numba reads the names
    """Call `core.draws.draw` at an address."""
    real = ir.FloatType()

    def generate(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        function = ir.FunctionType(real, [ir.IntType(64), *[real] * 5])
        return builder.call(builder.inttoptr(args[0], function.as_pointer()), args[1:])

    return types.float32(types.int64, types.int64, *[types.float32] * 5), generate


def _marked_lanes(_typing: Any, marks: Any) -> Any:
    """Return the word whose bit l tells whether lane l of an array of 32-bit words is marked, that is not 0."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        lanes = ir.VectorType(ir.IntType(32), N_LANES)
        data = context.make_array(signature.args[0])(context, builder, args[0]).data
        values = builder.load(builder.bitcast(data, lanes.as_pointer()), align=4)
        return builder.bitcast(builder.icmp_unsigned("!=", values, ir.Constant(lanes, None)), ir.IntType(N_LANES))

    return types.uint64(marks), generate


def _first_lane(_typing: Any, marked: Any) -> Any:  # noqa: ARG001
    """Return the first lane that is marked in such a word, which is not 0."""

    def generate(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        return builder.cttz(args[0], ir.Constant(ir.IntType(1), 1))

    return types.uint64(types.uint64), generate


call_stage: Any = intrinsic(_call_stage)
marked_lanes: Any = intrinsic(_marked_lanes)
first_lane: Any = intrinsic(_first_lane)
call_draw: Any = intrinsic(_call_draw)
