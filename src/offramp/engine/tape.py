"""Assignments as a tape: one instruction ``(operation, to, a, b, c)`` on rows after another, for the evaluator.

Within a stage each term is worked out once, until a row that it reads is written again. Intermediate values live in
scratch rows that are used again as soon as their value has been read for the last time, which keeps the state small
enough for the cache. An instruction never writes a row that it reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from offramp.engine.expressions import Terms
from offramp.engine.layout import Layout
from offramp.engine.stages import Assign
from offramp.expr.ir import OPERATIONS

COPY, CLIP, FADE, ADD_PRODUCT = "copy", "clip", "fade", "add product"
CODES = {name: code for code, name in enumerate([*OPERATIONS, COPY, CLIP, FADE, ADD_PRODUCT])}


@dataclass(frozen=True, slots=True)
class Instruction:
    """An operation on values, each a row or (negative: ``-1 - i``) the result of instruction ``i``."""

    op: str
    args: tuple[int, ...]
    to: int | None  # the row to write, None for a scratch row


def build_tape(terms: Terms, stages: Iterable[Sequence[Assign]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Compile every stage.

    Returns
    -------
    tape : (instruction, 5) operation, to, a, b, c
    bounds : (stage + 1,) instructions ``bounds[s] : bounds[s + 1]`` are those of stage s
    """
    scratch = _Scratch(terms.layout)
    tape: list[tuple[int, ...]] = []
    bounds = [0]
    for assigns in stages:
        instructions = _Compiler(terms).compile(assigns)
        tape.extend(scratch.place(instructions))
        bounds.append(len(tape))
    return np.array(tape, np.int64).reshape(-1, 5), np.array(bounds, np.int64)


@dataclass
class _Compiler:
    """Turns the assignments of one stage into instructions on values."""

    terms: Terms
    instructions: list[Instruction] = field(default_factory=list)
    value: dict[int, int] = field(default_factory=dict)  # term -> value, as long as it is current

    def compile(self, assigns: Sequence[Assign]) -> list[Instruction]:
        uses = count_uses(self.terms, assigns)
        for assign in assigns:
            result = self._evaluate(assign.term, uses)
            self.value = {t: v for t, v in self.value.items() if assign.row not in self.terms.reads[t]}
            self._write(result, assign.row, fresh=uses.get(assign.term, 0) == 1)
        return self.instructions

    def _write(self, result: int, row: int, *, fresh: bool) -> None:
        """Put a value into a row: the instruction that made it writes there, if nothing else reads its result."""
        last = len(self.instructions) - 1
        if fresh and result == -1 - last and row not in self.instructions[last].args:
            made = self.instructions[last]
            self.instructions[last] = Instruction(made.op, made.args, row)
        else:
            self.instructions.append(Instruction(COPY, (result,), row))

    def _evaluate(self, term: int, uses: dict[int, int]) -> int:
        op, args = self.terms.terms[term].op, self.terms.terms[term].args
        if op == "row":
            return args[0]
        if term not in self.value:
            if op == "add" and not self._is_product(args[1], uses):
                args = (args[1], args[0])  # the same sum
            if op == "add" and self._is_product(args[1], uses):
                args = (args[0], *self.terms.terms[args[1]].args)
                op = ADD_PRODUCT  # two instructions' work in one; still rounded twice
            values = tuple(self._evaluate(argument, uses) for argument in args)
            self.instructions.append(Instruction(op, values, None))
            self.value[term] = -len(self.instructions)
        return self.value[term]

    def _is_product(self, term: int, uses: dict[int, int]) -> bool:
        return self.terms.terms[term].op == "mul" and uses[term] == 1 and term not in self.value


def count_uses(terms: Terms, assigns: Sequence[Assign]) -> dict[int, int]:
    """Count how often each term is asked for within a stage."""
    uses: dict[int, int] = {}

    def visit(term: int) -> None:
        uses[term] = uses.get(term, 0) + 1
        if uses[term] == 1 and terms.terms[term].op != "row":
            for argument in terms.terms[term].args:
                visit(argument)

    for assign in assigns:
        visit(assign.term)
    return uses


@dataclass
class _Scratch:
    """Gives every intermediate value a row for as long as it is needed."""

    layout: Layout
    rows: list[int] = field(default_factory=list)

    def place(self, instructions: Sequence[Instruction]) -> Iterator[tuple[int, ...]]:
        """Replace values by rows."""
        last_use = {-1 - i: i for i in range(len(instructions))}
        for i, instruction in enumerate(instructions):
            last_use.update((value, i) for value in instruction.args if value < 0)
        free = list(self.rows)
        row_of: dict[int, int] = {}
        for i, (op, args, to) in enumerate((x.op, x.args, x.to) for x in instructions):
            rows = [row_of[value] if value < 0 else value for value in args]
            row = to if to is not None else (free.pop() if free else self._new())
            row_of[-1 - i] = row
            yield (CODES[op], row, *rows, *[rows[0]] * (3 - len(rows)))
            free.extend(
                row_of[value]
                for value in set(args)
                if value < 0 and last_use[value] == i and instructions[-1 - value].to is None
            )

    def _new(self) -> int:
        self.rows.append(self.layout.new(f"scratch {len(self.rows)}"))
        return self.rows[-1]
