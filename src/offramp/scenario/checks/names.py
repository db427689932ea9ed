"""What the names of a scenario stand for, those that pledges and directives add included."""

from __future__ import annotations

import keyword
from dataclasses import dataclass

from offramp.core.units import DAYS_PER_UNIT
from offramp.expr.parse import ExpressionError, parse
from offramp.expr.tree import Call, Tree
from offramp.scenario.document import Formula, Move, QuantityDocument, ScenarioDocument

PLEDGE_STATES = ("none", "offered", "accepted", "active", "kept", "broken", "expired")
SECTIONS = ("calendar", "input", "parameter", "switch", "directive", "pledge", "mechanism")
RESERVED = frozenset(keyword.kwlist) | frozenset(DAYS_PER_UNIT)
"""Words that formulas could not tell from Python's own, or from units of time."""

_RANGES: dict[str, tuple[float | None, float | None]] = {"tally": (0, None), "flag": (0, 1), "belief": (0, 1)}
INFINITY = float("inf")


@dataclass(frozen=True, slots=True)
class Ranged:
    """A quantity as formulas read it: its kind, unit and range (infinite where open)."""

    kind: str
    unit: str
    low: float
    high: float


class Names:
    """The names of a document, by sort."""

    def __init__(self, document: ScenarioDocument) -> None:
        self.document = document
        self.quantities: dict[str, Ranged] = {
            name: Ranged(quantity.kind, quantity.unit, *range_of(quantity))
            for name, quantity in document.quantities.items()
        }
        for name in document.pledges:
            for state in PLEDGE_STATES:
                self.quantities[f"pledge.{name}.{state}"] = Ranged("flag", "1", 0.0, 1.0)
            self.quantities[f"pledge.{name}.cost"] = Ranged("level", "1", -INFINITY, INFINITY)
        for name in self.directed:
            self.quantities[f"directive.{name}"] = Ranged("level", "word", -1.0, 1.0)

    @property
    def directed(self) -> list[str]:
        """Actors that have a directive."""
        return [name for name, actor in self.document.actors.items() if actor.directive is not None]

    def moves_of(self, actor: str) -> list[str]:
        """Moves of an actor."""
        return [name for name in self.document.moves if name.startswith(f"{actor}.")]

    def move(self, name: str) -> Move | None:
        """A move by its name, None where there is none."""
        return self.document.moves.get(name)

    def sees(self, actor: str, quantity: str) -> bool:
        """Whether an actor can see a quantity; a belief is seen by its owner alone."""
        written = self.document.quantities.get(quantity)
        if written is None:
            return True  # of pledges and directives, which are public
        if written.kind == "belief":
            # Without a proper owner, which is reported where it is written, nobody is told that they cannot see it.
            return written.owner == actor or written.owner not in self.document.actors
        return written.seen_by is None or actor in written.seen_by

    def sees_move(self, actor: str, move: str) -> bool:
        """Whether an actor can see that a move happened; its own always."""
        written = self.document.moves[move]
        return move.startswith(f"{actor}.") or written.visible_to is None or actor in written.visible_to

    def alternatives(self, switch: str) -> list[str]:
        """Alternatives of a switch, as its prior lists them."""
        tree = read(self.document.switches[switch].prior)
        return [name for name, _ in tree.keywords] if isinstance(tree, Call) else []


def range_of(quantity: QuantityDocument) -> tuple[float, float]:
    """Least and greatest value of a quantity, with the defaults of its kind; infinite where open."""
    low, high = quantity.range or _RANGES.get(quantity.kind, (None, None))
    return -INFINITY if low is None else float(low), INFINITY if high is None else float(high)


def read(formula: Formula) -> Tree | None:
    """The tree of a formula, None where it cannot be read (which is reported where formulas are)."""
    try:
        return parse(str(formula))
    except ExpressionError:
        return None
