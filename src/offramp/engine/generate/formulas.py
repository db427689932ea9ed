"""Print terms as Python: infix, with only those parentheses that keep the order of float32 operations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from offramp.engine.expressions import Terms
from offramp.engine.layout import Layout

_INFIX = {"add": ("+", 1), "sub": ("-", 1), "mul": ("*", 2)}
_COMPARED = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}
_CALLED = {
    "div": "divide32", "abs": "absolute", "min": "minimum32", "max": "maximum32", "exp": "exp32", "log": "logarithm",
    "log1p": "logarithm_of_one_plus", "sqrt": "sqrt32", "logistic": "logistic", "and": "both", "or": "either",
    "not": "negation", "where": "where", "clip": "clip32", "fade": "fade",
}  # fmt: skip
_ATOM, _MINUS = 4, 3
_WIDTH = 110


@dataclass(frozen=True)
class Printer:
    """Prints terms, given the names of rows."""

    layout: Layout
    terms: Terms
    names: Mapping[int, str]

    def row(self, row: int) -> str:
        """Print a row of the run at hand; a constant is written out."""
        if row in self.layout.constants:
            return f"f32({_shortest(self.layout.constants[row])})"
        return f"rows[{self.names[row]} + l]"

    def text(self, term: int, parts: Mapping[int, str], *, binding: int = 0) -> str:
        """Print a term inside something that binds at least so strongly; `parts` have been worked out before."""
        if term in parts:
            return parts[term]
        op, args = self.terms.terms[term].op, self.terms.terms[term].args
        if op == "row":
            return self.row(args[0])
        if op in _INFIX:
            sign, own = _INFIX[op]
            left, right = self.text(args[0], parts, binding=own), self.text(args[1], parts, binding=own + 1)
            return _bracket(f"{left} {sign} {right}", own < binding)
        if op == "neg":
            return _bracket(f"-{self.text(args[0], parts, binding=_ATOM)}", binding > _MINUS)
        if op in _COMPARED:
            left, right = (self.text(argument, parts, binding=1) for argument in args)
            return f"truth({left} {_COMPARED[op]} {right})"
        return f"{_CALLED[op]}({', '.join(self.text(argument, parts) for argument in args)})"

    def lines(self, target: str, term: int, parts: Mapping[int, str]) -> list[str]:
        """Print an assignment, a long sum with one summand a line."""
        short = f"{target} = {self.text(term, parts)}"
        if len(short) <= _WIDTH:
            return [short]
        summands = self._summands(term, parts)
        return [f"{target} = (", *(f"    {summand}" for summand in summands), ")"]

    def _summands(self, term: int, parts: Mapping[int, str]) -> list[str]:
        op, args = self.terms.terms[term].op, self.terms.terms[term].args
        if term in parts or op not in ("add", "sub"):
            return [self.text(term, parts, binding=1)]
        sign = _INFIX[op][0]
        return [*self._summands(args[0], parts), f"{sign} {self.text(args[1], parts, binding=2)}"]


def _shortest(value: float) -> str:
    """Print a float32 with as few digits as bring back its bits."""
    short = str(np.float32(value))
    return short if np.float32(float(short)) == np.float32(value) else repr(value)


def _bracket(text: str, needed: bool) -> str:
    return f"({text})" if needed else text
