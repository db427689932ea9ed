"""Teach Numba the primitives of ``offramp.core.bits``: each becomes one LLVM instruction on words or floats.

Numba would promote ``uint32`` arithmetic to ``int64``, which halves the number of lanes per vector and stops some loops
from vectorising at all.  Here the *function objects* of ``core.bits`` get a type rule and a lowering of their own, so
that compiled code may call them under their usual names.  Importing this module is enough; it exports nothing.
No instruction carries a fast-math flag.
"""

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba.core import types
from numba.extending import lower_builtin, type_callable

from offramp.core import bits

_Emit = Callable[..., Any]
_F32 = ir.FloatType()
_I32 = ir.IntType(32)


def _register(function: Callable[..., Any], result: Any, operands: tuple[Any, ...], emit: _Emit) -> None:
    """Give a primitive its type rule and lowering: operands are cast, then ``emit(builder, *values)`` is the result."""
    families = tuple(types.Integer if isinstance(operand, types.Integer) else types.Float for operand in operands)

    def typing_rule(_context: Any) -> Callable[..., Any]:
        def unary(x: Any) -> Any:
            return result if isinstance(x, families[0]) else None

        def binary(x: Any, y: Any) -> Any:
            return result if isinstance(x, families[0]) and isinstance(y, families[1]) else None

        return unary if len(families) == 1 else binary

    def lowering(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        cast = [
            context.cast(builder, v, have, want) for v, have, want in zip(values, signature.args, operands, strict=True)
        ]
        return emit(builder, *cast)

    type_callable(function)(typing_rule)
    lower_builtin(function, *families)(lowering)  # type: ignore[no-untyped-call]


def _call(name: str) -> _Emit:
    """Emit a call of an LLVM intrinsic from float to float."""

    def emit(builder: Any, x: Any) -> Any:
        return builder.call(builder.module.declare_intrinsic(name, [_F32]), [x])

    return emit


def _register_words() -> None:
    word, wide, number = types.uint32, types.uint64, types.float32
    for function, instruction in (
        (bits.add32, "add"), (bits.sub32, "sub"), (bits.mul32, "mul"), (bits.xor32, "xor"),
        (bits.and32, "and_"), (bits.or32, "or_"), (bits.shl32, "shl"), (bits.shr32, "lshr"),
    ):  # fmt: skip
        _register(function, word, (word, word), getattr(ir.IRBuilder, instruction))
    for function, instruction in (
        (bits.add64, "add"), (bits.mul64, "mul"), (bits.xor64, "xor"), (bits.shr64, "lshr"),
    ):  # fmt: skip
        _register(function, wide, (wide, wide), getattr(ir.IRBuilder, instruction))
    _register(bits.low_word, word, (wide,), lambda b, x: b.trunc(x, _I32))
    _register(bits.high_word, word, (wide,), lambda b, x: b.trunc(b.lshr(x, ir.Constant(x.type, 32)), _I32))
    # Signed conversions: the unsigned ones are not vector instructions before AVX-512, and the range is below 2**31.
    _register(bits.word_to_float, number, (word,), lambda b, x: b.sitofp(x, _F32))
    _register(bits.float_to_word, word, (number,), lambda b, x: b.fptosi(x, _I32))
    _register(bits.float_bits, word, (number,), lambda b, x: b.bitcast(x, _I32))
    _register(bits.bits_float, number, (word,), lambda b, x: b.bitcast(x, _F32))
    _register(bits.sqrt_float, number, (number,), _call("llvm.sqrt"))
    _register(bits.floor_float, number, (number,), _call("llvm.floor"))


def _type_select(_context: Any) -> Callable[..., Any]:
    def typer(condition: Any, chosen: Any, otherwise: Any) -> Any:
        if not isinstance(condition, types.Boolean):
            return None
        if isinstance(chosen, types.Float) and isinstance(otherwise, types.Float):
            return types.float32
        if isinstance(chosen, types.Integer) and isinstance(otherwise, types.Integer):
            return types.uint32
        if isinstance(chosen, types.Boolean) and isinstance(otherwise, types.Boolean):
            return types.boolean
        return None

    return typer


def _lower_select(context: Any, builder: Any, signature: Any, values: Any) -> Any:
    result = signature.return_type
    sides = [context.cast(builder, v, have, result) for v, have in zip(values[1:], signature.args[1:], strict=True)]
    return builder.select(context.cast(builder, values[0], signature.args[0], types.boolean), *sides)


_register_words()
type_callable(bits.select)(_type_select)
lower_builtin(bits.select, types.Boolean, types.Any, types.Any)(_lower_select)  # type: ignore[no-untyped-call]
