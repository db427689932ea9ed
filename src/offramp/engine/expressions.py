"""Formulas as numbered terms over the rows of a run's state, each different term kept once.

The compiled engine holds the state of a group of runs as *rows*: one float32 per run and row (`layout`). Here the trees
of `offramp.expr.ir` become terms that read rows. Equal terms get the same number, so a subexpression that occurs twice
is one term; sharing it never changes a bit, because a term is its own arithmetic. A term that reads only constants and
parameters is *fixed*: it can be worked out once per run, before the first step.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from offramp.engine.layout import Layout
from offramp.expr.ir import Active, Apply, Const, Daily, Memory, Node, Param, Quantity, View


@dataclass(frozen=True, slots=True)
class Term:
    """A row (`op` is "row", `args` its index) or an operation on other terms, by their numbers.

    Operations are those of `offramp.expr.ir.OPERATIONS`, ``clip(value, low, high)`` and
    ``fade(count, decay, n)``, a decaying count one step later.
    """

    op: str
    args: tuple[int, ...]


@dataclass
class Terms:
    """All terms of a program; `reads[t]` are the rows that term `t` depends on."""

    layout: Layout
    terms: list[Term] = field(default_factory=list)
    reads: list[frozenset[int]] = field(default_factory=list)
    _number: dict[Term, int] = field(default_factory=dict)

    def row(self, index: int) -> int:
        """Return the term that reads a row."""
        return self._intern(Term("row", (index,)), frozenset({index}))

    def constant(self, value: float) -> int:
        """Return the term that is a constant."""
        return self.row(self.layout.constant(value))

    def apply(self, op: str, *args: int) -> int:
        """Return the term that applies an operation to terms."""
        return self._intern(Term(op, args), frozenset().union(*(self.reads[a] for a in args)))

    def read(self, node: Node) -> int:
        """Return the term of a formula of the Model."""
        at = self.layout
        match node:
            case Const(value):
                return self.constant(value)
            case Param(index):
                return self.row(at.parameters + index)
            case Quantity(index):
                return self.row(at.quantities + index)
            case View(index):
                return self.row(at.views + index)
            case Memory(index):
                return self.row(at.memory(index))
            case Daily(index):
                return self.row(at.day_number(index))
            case Active(index):
                return self.row(at.activities + index)
            case Apply(op, args):
                return self.apply(op, *[self.read(argument) for argument in args])

    def is_row(self, term: int) -> bool:
        """Tell whether a term only reads a row."""
        return self.terms[term].op == "row"

    def is_fixed(self, term: int) -> bool:
        """Tell whether a term has the same value on every step of a run."""
        return all(self.layout.is_fixed(row) for row in self.reads[term])

    def replace(self, term: int, hoist: Callable[[int], int]) -> int:
        """Return the term with each largest fixed part (but plain rows) replaced by what `hoist` makes of it."""
        known: dict[int, int] = {}

        def walk(number: int) -> int:
            if number not in known:
                op, args = self.terms[number].op, self.terms[number].args
                if op == "row":
                    known[number] = number
                elif self.is_fixed(number):
                    known[number] = hoist(number)
                else:
                    known[number] = self.apply(op, *[walk(argument) for argument in args])
            return known[number]

        return walk(term)

    def _intern(self, term: Term, reads: frozenset[int]) -> int:
        number = self._number.setdefault(term, len(self.terms))
        if number == len(self.terms):
            self.terms.append(term)
            self.reads.append(reads)
        return number
