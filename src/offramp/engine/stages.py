"""The formulas of a Model as eight lists of assignments to rows, one list per stage that evaluates any.

An assignment writes one term (`expressions`) to one row. Both forms of the engine run the same lists: the evaluator
from a tape, the specialised form as printed source. What is fixed within a run is hoisted into the stage PRELUDE.
Assignments run in order, so each list is what it says; DRIFT reads one snapshot because it writes the quantities that
others read last.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np

from offramp.engine.expressions import Terms
from offramp.engine.layout import Layout, lay_out
from offramp.expr.ir import Const, Node
from offramp.model.model import SINCE_NEVER, BeliefUpdate, MemoryModel, Model, QuantityModel


class Stage(IntEnum):
    """When formulas are evaluated. The number is what the day loop passes to specialised code."""

    PRELUDE = 0  # once per run: start values, and all that depends on constants and parameters alone
    BELIEFS = 1
    RULES = 2
    ERRORS = 3  # standard deviations of views: the frozen morning without the views
    MORNING = 4  # opportunities, utilities, availability, rates, effects: the frozen morning
    DRIFT = 5
    REMEMBER = 6  # memories, by the day's events
    OBSERVE = 7  # outcomes and ends: the new state


class Moment(IntEnum):
    """When formulas of edits are worked out."""

    SHIFT = 0  # once, as soon as parameters are drawn
    OBEY = 1  # stage 4, first: what is in force, sets, what to hold
    KEEP = 2  # after each stage that changes quantities: what is held is put back
    CHOICES = 3  # stage 5, after the program's own formulas: availability, rates
    REMEMBER = 4  # stage 8: memories that only edits mention


@dataclass(frozen=True, slots=True)
class Assign:
    """Write a term to a row. `path` names the element that it is for, `part` what of it."""

    row: int
    term: int
    path: str
    part: str


@dataclass
class Stages:
    """The assignments of each stage, and the rows that hold what the day loop asks for."""

    model: Model
    layout: Layout
    terms: Terms
    assigns: dict[Stage, list[Assign]] = field(default_factory=lambda: {stage: [] for stage in Stage})
    _held: dict[tuple[Stage, int], int] = field(default_factory=dict)

    def assign(self, stage: Stage, row: int, term: int, path: str, part: str) -> None:  # budget(positional): a record
        """Append an assignment, its fixed parts hoisted."""
        if stage is not Stage.PRELUDE:
            term = self._settle(term, path, part)
        self.assigns[stage].append(Assign(row, term, path, part))

    def hold(self, stage: Stage, node: Node | int, path: str, part: str) -> int:  # budget(positional): a record
        """Return a row that holds the value of a formula at a stage, worked out there only if it has to be."""
        term = node if isinstance(node, int) else self.terms.read(node)
        if self.terms.is_row(term):
            return self.terms.terms[term].args[0]
        if self.terms.is_fixed(term):
            return self._hoist(term, path, part)
        if (stage, term) not in self._held:
            row = self.layout.new(f"{part} {path}")
            self._held[stage, term] = row
            self.assign(stage, row, term, path, part)
        return self._held[stage, term]

    def _settle(self, term: int, path: str, part: str) -> int:
        """Return the term with its fixed parts read from rows that are filled before the first step."""
        return self.terms.replace(term, lambda fixed: self.terms.row(self._hoist(fixed, path, part)))

    def _hoist(self, term: int, path: str, part: str) -> int:
        key = (Stage.PRELUDE, term)
        if key not in self._held:
            row = self.layout.new(f"fixed {part} {path}", fixed=True)
            self._held[key] = row
            self.assign(Stage.PRELUDE, row, term, path, part)
        return self._held[key]

    def set_quantity(self, stage: Stage, q: int, *, value: int, into: int, part: str) -> None:
        """Append: a quantity takes a value, cut at its range, and the cut is counted."""
        quantity, terms = self.model.quantities[q], self.terms
        if stage is not Stage.PRELUDE:
            value = self._settle(value, quantity.path, part)
        clipped = terms.apply("clip", value, terms.constant(quantity.low), terms.constant(quantity.high))
        clips = self.layout.clips + q
        counted = terms.apply("add", terms.row(clips), terms.apply("ne", clipped, value))
        self.assign(stage, clips, counted, quantity.path, f"clips of {part}")
        self.assign(stage, into, clipped, quantity.path, part)


def build_stages(model: Model) -> Stages:
    """Turn the formulas that change quantities into assignments; `tables` adds those that the day loop reads."""
    layout = lay_out(model)
    stages = Stages(model, layout, Terms(layout))
    for q, quantity in enumerate(model.quantities):
        value = stages.terms.read(quantity.start)
        stages.set_quantity(Stage.PRELUDE, q, value=value, into=layout.quantities + q, part="start")
    _add_beliefs(stages)
    _add_rules(stages)
    _add_drift(stages)
    _add_memories(stages)
    return stages


def _add_drift(stages: Stages) -> None:
    """Append stage 7. A quantity that another one reads waits in a row of its own until all are worked out."""
    layout, terms = stages.layout, stages.terms
    values = {
        q: _drifted(stages, q, quantity)
        for q, quantity in enumerate(stages.model.quantities)
        if quantity.relax is not None or quantity.noise is not None or quantity.flows
    }
    waiting = []
    for q, value in values.items():
        row, into, path = layout.quantities + q, layout.quantities + q, stages.model.quantities[q].path
        if any(row in terms.reads[other] for p, other in values.items() if p != q):
            into = layout.new(f"next {path}")
            waiting.append((row, into, path))
        stages.set_quantity(Stage.DRIFT, q, value=value, into=into, part="drift")
    for row, source, path in waiting:
        stages.assign(Stage.DRIFT, row, terms.row(source), path, "drift")


def _drifted(stages: Stages, q: int, quantity: QuantityModel) -> int:
    terms, layout = stages.terms, stages.layout
    here = terms.row(layout.quantities + q)
    value = here
    if quantity.relax is not None and quantity.rest is not None:
        distance = terms.apply("sub", terms.read(quantity.rest), here)
        value = terms.apply("add", value, terms.apply("mul", terms.read(quantity.relax), distance))
    for flow in quantity.flows:
        value = terms.apply("add", value, terms.read(flow))
    if quantity.noise is not None:
        shock = terms.apply("mul", terms.read(quantity.noise), terms.row(layout.noise + q))
        value = terms.apply("add", value, shock)
    return value


def _add_beliefs(stages: Stages) -> None:
    """Append stage 3: every update in order, then one clip of each belief that has any."""
    terms, layout, updates = stages.terms, stages.layout, stages.model.belief_updates
    for update in updates:
        row = layout.quantities + update.quantity
        belief = terms.row(row)
        happened = _count(stages, update.leaves, update.sightings)  # yesterday, as its owner saw it
        revised = terms.apply("where", happened, _revised(stages, update), belief)
        stages.assign(Stage.BELIEFS, row, revised, update.path, "belief")
    for q in sorted({update.quantity for update in updates}):
        row = layout.quantities + q
        stages.set_quantity(Stage.BELIEFS, q, value=terms.row(row), into=row, part="belief in range")


def _count(stages: Stages, leaves: tuple[int, ...], sightings: tuple[int, ...]) -> int:
    """Return the term that counts the day's events of some leaves and some sightings."""
    rows = today_rows(stages.layout, len(stages.model.leaves), leaves=leaves, sightings=sightings)
    return sum_of_rows(stages.terms, rows)


def sum_of_rows(terms: Terms, rows: list[int]) -> int:
    """Return the term that adds rows from left to right."""
    if not rows:
        return terms.constant(0.0)
    total, *rest = [terms.row(row) for row in rows]
    for count in rest:
        total = terms.apply("add", total, count)
    return total


def today_rows(layout: Layout, n_leaves: int, *, leaves: tuple[int, ...], sightings: tuple[int, ...]) -> list[int]:
    """Return the rows that count the day's events of some leaves and some sightings."""
    return [layout.today + k for k in leaves] + [layout.today + n_leaves + s for s in sightings]


def _revised(stages: Stages, update: BeliefUpdate) -> int:
    terms = stages.terms
    belief = terms.row(stages.layout.quantities + update.quantity)
    first, second = (terms.read(argument) for argument in update.args)
    if update.rule == "delta":  # first: toward, second: rate
        return terms.apply("add", belief, terms.apply("mul", second, terms.apply("sub", first, belief)))
    if_true = terms.apply("mul", belief, first)
    if_false = terms.apply("mul", terms.apply("sub", terms.constant(1.0), belief), second)
    divisor = terms.apply("add", if_true, if_false)
    unseen = terms.apply("eq", divisor, terms.constant(0.0))
    return terms.apply("where", unseen, belief, terms.apply("div", if_true, divisor))


def _add_rules(stages: Stages) -> None:
    """Append stage 4: each rule's condition is settled once, then its quantities are set in order."""
    terms, layout = stages.terms, stages.layout
    for rule in stages.model.rules:
        condition = terms.row(layout.new(f"condition {rule.path}"))
        held = terms.terms[condition].args[0]
        stages.assign(Stage.RULES, held, terms.read(rule.condition), rule.path, "condition")
        for q, node in rule.sets:
            row = layout.quantities + q
            value = terms.apply("where", condition, terms.read(node), terms.row(row))
            if _is_inside(stages.model.quantities[q], node):
                stages.assign(Stage.RULES, row, value, rule.path, "set")
                continue
            stages.set_quantity(Stage.RULES, q, value=value, into=row, part=f"set by {rule.path}")


def _is_inside(quantity: QuantityModel, node: Node) -> bool:
    """Tell whether a formula is a number inside the range of a quantity, so that nothing can be cut."""
    if not isinstance(node, Const):
        return False
    return bool(np.float32(quantity.low) <= np.float32(node.value) <= np.float32(quantity.high))


def _add_memories(stages: Stages) -> None:
    """Append the memories of stage 8."""
    terms, layout = stages.terms, stages.layout
    for i, memory in enumerate(stages.model.memories):
        n = _count(stages, memory.leaves, memory.sightings)
        term = remembered(terms, memory, h=terms.row(layout.memories + i), n=n, gone=terms.row(layout.gone + i))
        stages.assign(Stage.REMEMBER, layout.memories + i, term, memory.path, "memory")


def remembered(terms: Terms, memory: MemoryModel, *, h: int, n: int, gone: int) -> int:
    """Return the term of a memory one step later: h before, n events today, gone those that leave its window."""
    zero, one = terms.constant(0.0), terms.constant(1.0)
    match memory.kind:
        case "recent":
            return terms.apply("fade", h, terms.constant(memory.decay), n)
        case "count":
            return terms.apply("sub", terms.apply("add", h, n), gone)
        case "since":
            later = terms.apply("min", terms.apply("add", h, one), terms.constant(SINCE_NEVER))
            return terms.apply("where", terms.apply("gt", n, zero), one, later)
        case "ever":
            return terms.apply("where", terms.apply("gt", n, zero), one, h)
