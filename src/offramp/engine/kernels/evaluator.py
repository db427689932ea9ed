"""The evaluator: work through a tape (`offramp.engine.tape`), each instruction over all lanes.

The meaning of every operation is in `offramp.expr.ir.OPERATIONS`. One small loop per operation, so that each is
vectorised; with 64 lanes the cost of choosing the loop is spread thin.
"""

from __future__ import annotations

from typing import Any

from offramp.core.arithmetic import clip32, divide32, exp32, logistic, maximum32, minimum32, sqrt32
from offramp.engine.kernels.lanes import LANES, kernel, start_of
from offramp.engine.kernels.operations import (
    absolute,
    both,
    either,
    fade,
    logarithm,
    logarithm_of_one_plus,
    negation,
    truth,
    where,
)
from offramp.engine.tape import CODES

ADD, SUB, MUL, DIV, NEG, ABS, MIN, MAX, EXP, LOG, LOG1P, SQRT, LOGISTIC = (
    CODES[name]
    for name in ("add", "sub", "mul", "div", "neg", "abs", "min", "max", "exp", "log", "log1p", "sqrt", "logistic")
)
LT, LE, GT, GE, EQ, NE, AND, OR, NOT, WHERE, COPY, CLIP, FADE, ADD_PRODUCT = (
    CODES[name]
    for name in ("lt", "le", "gt", "ge", "eq", "ne", "and", "or", "not", "where", "copy", "clip", "fade", "add product")
)


@kernel
def calculate(x: Any, op: int, to: int, a: int, b: int) -> None:  # budget(complexity): a table of operations
    """Apply one operation of arithmetic."""
    if op == ADD:
        for l in range(LANES):
            x[to + l] = x[a + l] + x[b + l]
    elif op == SUB:
        for l in range(LANES):
            x[to + l] = x[a + l] - x[b + l]
    elif op == MUL:
        for l in range(LANES):
            x[to + l] = x[a + l] * x[b + l]
    elif op == DIV:
        for l in range(LANES):
            x[to + l] = divide32(x[a + l], x[b + l])
    elif op == MIN:
        for l in range(LANES):
            x[to + l] = minimum32(x[a + l], x[b + l])
    elif op == MAX:
        for l in range(LANES):
            x[to + l] = maximum32(x[a + l], x[b + l])
    elif op == NEG:
        for l in range(LANES):
            x[to + l] = -x[a + l]
    elif op == ABS:
        for l in range(LANES):
            x[to + l] = absolute(x[a + l])
    elif op == COPY:
        for l in range(LANES):
            x[to + l] = x[a + l]


@kernel
def apply_function(x: Any, op: int, to: int, a: int) -> None:  # budget(complexity): a table of operations
    """Apply one of the slower functions of one argument."""
    if op == EXP:
        for l in range(LANES):
            x[to + l] = exp32(x[a + l])
    elif op == LOG:
        for l in range(LANES):
            x[to + l] = logarithm(x[a + l])
    elif op == LOG1P:
        for l in range(LANES):
            x[to + l] = logarithm_of_one_plus(x[a + l])
    elif op == SQRT:
        for l in range(LANES):
            x[to + l] = sqrt32(x[a + l])
    elif op == LOGISTIC:
        for l in range(LANES):
            x[to + l] = logistic(x[a + l])


@kernel
def compare(x: Any, op: int, to: int, a: int, b: int) -> None:  # budget(complexity): a table of operations
    """Apply one comparison or operation of logic."""
    if op == LT:
        for l in range(LANES):
            x[to + l] = truth(x[a + l] < x[b + l])
    elif op == LE:
        for l in range(LANES):
            x[to + l] = truth(x[a + l] <= x[b + l])
    elif op == GT:
        for l in range(LANES):
            x[to + l] = truth(x[a + l] > x[b + l])
    elif op == GE:
        for l in range(LANES):
            x[to + l] = truth(x[a + l] >= x[b + l])
    elif op == EQ:
        for l in range(LANES):
            x[to + l] = truth(x[a + l] == x[b + l])
    elif op == NE:
        for l in range(LANES):
            x[to + l] = truth(x[a + l] != x[b + l])
    elif op == AND:
        for l in range(LANES):
            x[to + l] = both(x[a + l], x[b + l])
    elif op == OR:
        for l in range(LANES):
            x[to + l] = either(x[a + l], x[b + l])
    elif op == NOT:
        for l in range(LANES):
            x[to + l] = negation(x[a + l])


@kernel
def evaluate(x: Any, tape: Any, begin: int, end: int) -> None:  # budget(complexity): a table of operations
    """Work through the instructions ``begin`` to ``end`` (exclusive)."""
    for i in range(begin, end):
        op = tape[i, 0]
        to, a, b, c = start_of(tape[i, 1]), start_of(tape[i, 2]), start_of(tape[i, 3]), start_of(tape[i, 4])
        if op == ADD_PRODUCT:
            for l in range(LANES):
                x[to + l] = x[a + l] + x[b + l] * x[c + l]
        elif op == WHERE:
            for l in range(LANES):
                x[to + l] = where(x[a + l], x[b + l], x[c + l])
        elif op == CLIP:
            for l in range(LANES):
                x[to + l] = clip32(x[a + l], x[b + l], x[c + l])
        elif op == FADE:
            for l in range(LANES):
                x[to + l] = fade(x[a + l], x[b + l], x[c + l])
        elif EXP <= op <= LOGISTIC:
            apply_function(x, op, to, a)
        elif LT <= op <= NOT:
            compare(x, op, to, a, b)
        else:
            calculate(x, op, to, a, b)
