"""Loops over lanes become vector instructions: what fails here is still right, but several times slower.

LLVM's optimised code is read: a loop that is vectorised has operations such as ``fmul <16 x float>``. Sixteen is what
AVX-512 gives; any other width above one passes.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from numba import from_dtype, types

from offramp.engine import tables
from offramp.engine.generate.source import source_of
from offramp.engine.kernels import betas, choices, effects, evaluator, views
from offramp.engine.program import build
from tests.engines.models import random_model

FLOATS, WORDS = types.Array(types.float32, 1, "C"), types.Array(types.uint32, 1, "C")
INTEGER, WORD = types.int64, types.uint32
SHOCKS = types.Array(from_dtype(tables.SHOCK), 1, "C", readonly=True)


def optimised(function: Any, *signature: Any) -> str:
    """Compile a kernel and return the code that LLVM made of it."""
    function.compile(signature)
    return str(function.overloads[signature].library.get_llvm_str())


def vectors(operation: str, code: str) -> int:
    """Count an operation on vectors of floats."""
    return len(re.findall(rf"\b{operation} <\d+ x float>", code))


def test_the_evaluator_calculates_in_vectors() -> None:
    code = optimised(evaluator.calculate, FLOATS, INTEGER, types.uint64, types.uint64, types.uint64)
    assert all(vectors(operation, code) for operation in ("fadd", "fsub", "fmul", "fdiv", "fneg", "fcmp \\w+"))


def test_the_evaluator_compares_in_vectors() -> None:
    code = optimised(evaluator.compare, FLOATS, INTEGER, types.uint64, types.uint64, types.uint64)
    assert vectors(r"fcmp \w+", code) >= 9  # as many comparisons and operations of logic as there are


def test_the_evaluator_applies_functions_in_vectors() -> None:
    code = optimised(evaluator.apply_function, FLOATS, INTEGER, types.uint64, types.uint64)
    assert vectors("fmul", code) > 40  # the polynomials of exp, log, log1p and logistic
    assert re.search(r"@llvm\.sqrt\.v\d+f32", code)


@pytest.mark.parametrize("kernel", [choices.hold, choices.compare], ids=["hold", "compare"])
def test_gumbels_are_drawn_in_vectors(kernel: Any) -> None:
    number = (WORD,) if kernel is choices.compare else ()
    code = optimised(kernel, WORDS, WORD, *number, INTEGER)
    assert vectors("fmul", code) > 20
    assert "fmul float" not in code


def test_process_noise_is_drawn_in_vectors() -> None:
    assert vectors("fmul", optimised(views.shake, FLOATS, WORDS, SHOCKS)) > 20


def test_noise_of_effects_is_drawn_in_vectors() -> None:
    assert vectors("fmul", optimised(effects.draw_amounts, WORDS, types.uint64)) > 20


@pytest.mark.parametrize("kernel", [betas.begin_fractions, betas.work_out_fractions, betas.take_steps])
def test_betas_are_solved_for_in_vectors(kernel: Any) -> None:
    code = optimised(kernel, FLOATS)
    assert vectors("fmul", code)
    assert "fmul float" not in code


@pytest.fixture(scope="module")
def generated() -> dict[str, Any]:
    """The functions of a generated module, not from the cache: cached code cannot be looked into."""
    functions: dict[str, Any] = {}
    head, _, _ = source_of(build(random_model(4, 2))).partition("@cfunc")
    exec(compile(head, "generated", "exec"), functions)
    return {name: function for name, function in functions.items() if name.startswith("do_")}


@pytest.mark.parametrize("stage", ["morning", "drift"])
def test_generated_formulas_are_vectorised_throughout(generated: dict[str, Any], stage: str) -> None:
    functions = [function for name, function in generated.items() if name.startswith(f"do_{stage}")]
    assert functions
    for function in functions:
        code = optimised(function, FLOATS)
        assert not re.search(r"\bf(add|sub|mul|div) float", code), function.__name__
    assert any(vectors("fmul", optimised(function, FLOATS)) for function in functions)
