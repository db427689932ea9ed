"""Lower edits: parsed and checked edits -> `Intervention` over one Model.

Names become the Model's own indices, and dates the steps that hold them; an edit whose days all lie outside the run's
window changes nothing, and a note says so. docs/reference/semantics.md, "Edits", says what the parts mean.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from offramp.core.errors import InputError, Problem
from offramp.expr.ir import Active, Const, Node
from offramp.expr.tree import Name, Tree
from offramp.model.choices import lower_hazard
from offramp.model.formula import Reader, lower_formula
from offramp.model.inputs import read_inputs
from offramp.model.intervention import (
    Activity,
    EditSet,
    Forbid,
    Force,
    Hold,
    Intervention,
    Replacement,
    Scale,
    Shift,
)
from offramp.model.lowering import Lowering
from offramp.model.model import Model
from offramp.model.nodes import ONE, apply, multiply, share_lost
from offramp.model.registry import Registry
from offramp.model.steps import lay_out
from offramp.record.record import Record
from offramp.scenario import edits as written
from offramp.scenario.edits import Edit, Piece, Window, name_in
from offramp.scenario.given import GivenEdit
from offramp.scenario.load import LoadedScenario
from offramp.scenario.told import is_announced, told
from offramp.scenario.window import clock_window


def lower_edits(
    loaded: LoadedScenario,
    model: Model,
    *,
    edits: Sequence[GivenEdit],
    record: Record | None = None,
    as_of: dt.date | None = None,
) -> Intervention:
    """Lower edits, in the order given.

    Parameters
    ----------
    model : of the same scenario, for any window of its clock
    edits : as `offramp.scenario.given.edits_of` reads them
    record, as_of : those that the Model was lowered with, for memories and inputs that only edits mention

    Raises
    ------
    InputError : more moves forced on one step than their channel has slots (E709).
    """
    editing = Editing(model, _lowering(loaded, model, record=record, as_of=as_of))
    for edit in edits:
        editing.add(edit)
    _refuse_crowds(model, editing)
    _warn_of_idle_replacements(model, editing)
    return editing.intervention()


def _lowering(loaded: LoadedScenario, model: Model, *, record: Record | None, as_of: dt.date | None) -> Lowering:
    """Give formulas of edits the indices of the Model; what it lacks gets the numbers after those that it has."""
    first, last = (dt.date.fromordinal(int(model.days[step])) for step in (0, -1))
    clock = loaded.document.scenario.clock
    steps = lay_out(clock.step, clock_start=clock_window(loaded.document).start, start=first, end=last)
    return Lowering(
        loaded,
        steps,
        read_inputs(loaded, steps, as_of),
        record,
        parameters=Registry(parameter.path for parameter in model.parameters),
        views=Registry(view.path for view in model.views),
        columns=Registry(model.daily_names),
        sightings=Registry(sighting.path for sighting in model.sightings),
        memories=Registry(memory.path for memory in model.memories),
    )


@dataclass
class Editing:
    """The parts of an Intervention as edits add them."""

    model: Model
    lowering: Lowering
    activities: list[Activity] = field(default_factory=list)
    shifts: list[Shift] = field(default_factory=list)
    sets: list[EditSet] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    forbids: list[Forbid] = field(default_factory=list)
    factors: dict[str, list[tuple[int, float]]] = field(default_factory=dict)  # path of a rate -> (activity, factor)
    forces: list[Force] = field(default_factory=list)
    replacements: list[Replacement] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    given: list[GivenEdit] = field(default_factory=list)  # of each activity, where it comes from

    def add(self, given: GivenEdit) -> None:
        """Add one edit: its activity, what it does, and what beliefs are told of it."""
        edit = given.edit
        activity = self._activity(given)
        if activity.first_step > activity.last_step:
            self._note(given, f"`{given.text.strip()}` changes nothing: its days lie outside this run.")
            return
        self.activities.append(activity)
        self.given.append(given)
        inner = edit.action.then if isinstance(edit.action, written.If) else edit
        is_used = self._do(given, inner, activity)
        if is_announced(edit):
            for belief, subject in told(self.lowering.document, edit):
                value = self.lowering.document.quantities[belief].told_by[subject]
                node = lower_formula(self.lowering, value, f"{belief}.told_by.{subject}")
                self._set(belief, node, on_entry=True)
                is_used = True
        if not is_used:
            self.activities.pop()
            self.given.pop()

    def intervention(self) -> Intervention:
        """Close: every activity has something that depends on it."""
        columns = self.lowering.columns.items(len(self.model.daily_names))
        return Intervention(
            activities=tuple(self.activities),
            shifts=tuple(self.shifts),
            sets=tuple(self.sets),
            holds=tuple(self.holds),
            forbids=tuple(self.forbids),
            scales=tuple(self._scale(path, factors) for path, factors in sorted(self.factors.items())),
            forces=tuple(self.forces),
            replacements=tuple(self.replacements),
            memories=self.lowering.memories.items(len(self.model.memories)),
            daily=tuple(tuple(map(float, column)) for column in columns),
            notes=tuple(self.notes),
        )

    # When an edit is in force.

    def _activity(self, given: GivenEdit) -> Activity:
        edit = given.edit
        first, last = self._steps(edit)
        if not isinstance(edit.action, written.If):
            return Activity(given.path, "always", first, last)
        inner_first, inner_last = self._steps(edit.action.then)
        condition = self._value(given, edit.action.condition)
        return Activity(
            given.path,
            edit.action.how,
            max(first, inner_first),
            min(last, inner_last),
            condition,
            watched_from=first if edit.action.how == "once" else 0,
        )

    def _steps(self, edit: Edit) -> tuple[int, int]:
        """Find the first and last step of an edit's days; the first comes after the last where the run has none."""
        steps, window = self.lowering.steps, edit.window
        if isinstance(edit.action, written.Force | written.Set) and edit.action.on is not None:
            window = Window(edit.action.on, edit.action.on)
        first = 0 if window.first is None else steps.holding(window.first.toordinal())
        last = len(steps) - 1 if window.last is None else steps.holding(window.last.toordinal())
        return max(first, 0), min(last, len(steps) - 1)

    # What it does.

    def _do(self, given: GivenEdit, edit: Edit, activity: Activity) -> bool:
        """Add what an edit does; tell whether it does anything."""
        number, on_entry = len(self.activities) - 1, activity.how == "once"
        match edit.action:
            case written.Forbid(move=move):
                self.forbids += [Forbid(number, leaf) for leaf in self._leaves(move)]
            case written.Replace(move=move, by=by):
                return self._replace(given, move, by)
            case written.Force(move=move):
                self.forces.append(Force(number, *self._move(move), on_entry))
            case written.Set(quantity=quantity, value=value):
                self._set(quantity.text, self._value(given, value), on_entry=on_entry)
            case written.Hold(quantity=quantity, value=value):
                self.holds.append(Hold(number, self._quantity(quantity.text), self._value(given, value)))
            case written.Shift(parameter=parameter, by=by):
                return self._shift(given, parameter, by)
            case written.Scale(rate=rate, by=by):
                if by != 1.0:
                    self.factors.setdefault(rate.text, []).append((number, by))
                return by != 1.0
            case written.If():
                raise AssertionError("an `if` holds a plain edit")
        return True

    def _set(self, quantity: str, value: Node, *, on_entry: bool) -> None:
        self.sets.append(EditSet(len(self.activities) - 1, self._quantity(quantity), value, on_entry))

    def _shift(self, given: GivenEdit, parameter: Piece, by: float) -> bool:
        """Shift a parameter, which needs no activity."""
        indices = {told.path: index for index, told in enumerate(self.model.parameters)}
        if parameter.text not in indices:
            self._note(given, f"`{given.text.strip()}` changes nothing: no formula of the run reads the parameter.")
        elif by != 0.0:
            self.shifts.append(Shift(indices[parameter.text], by))
        return False

    def _replace(self, given: GivenEdit, move: Piece, by: Piece) -> bool:
        """Replace leaves by a move, which never stands in for itself."""
        number, (by_move, by_leaf) = len(self.activities) - 1, self._move(by)
        itself = set(self._leaves(by)) if by_leaf is not None or _name(move).variant is None else set()
        leaves = [leaf for leaf in self._leaves(move) if leaf not in itself]
        self.replacements += [
            Replacement(number, leaf, by_move, by_leaf, self._offset(leaf, by_move)) for leaf in leaves
        ]
        if not leaves:
            self._note(given, f"`{given.text.strip()}` changes nothing: it names the same move twice.")
        return bool(leaves)

    def _offset(self, leaf: int, by_move: int) -> int:
        """Find what sets the noise of an event in another's place apart: an address, but within one channel."""
        move, by = self.model.moves[self.model.leaves[leaf].move], self.model.moves[by_move]
        if move.channel is None:
            return move.slot
        return 0 if move.channel == by.channel else self.model.channels[move.channel].slot

    def _scale(self, path: str, factors: Sequence[tuple[int, float]]) -> Scale:
        """Multiply a rate by the factors in force, in order; where they come to 1 it is the Model's own number."""
        factor = multiply(apply("where", Active(number), Const(by), ONE) for number, by in factors)
        is_own = apply("eq", factor, ONE)
        owner, _, sort = path.rpartition(".")
        if sort == "opportunities":
            index = self.lowering.names.channels[owner]
            scaled = share_lost(multiply([lower_hazard(self.lowering, owner), factor]))
            return Scale("channel", index, apply("where", is_own, self.model.channels[index].probability, scaled))
        index = self.lowering.names.moves[owner]
        rate = self.model.moves[index].rate
        assert rate is not None, "check lets only rates be scaled"
        return Scale("move", index, multiply([rate, factor]))

    # What names mean.

    def _value(self, given: GivenEdit, tree: Tree) -> Node:
        """Lower a formula of an edit, which reads the truth."""
        return Reader(self.lowering, given.path).node(tree)

    def _quantity(self, name: str) -> int:
        return self.lowering.names.quantities[name]

    def _leaves(self, piece: Piece) -> tuple[int, ...]:
        return self.lowering.names.select(_name(piece))

    def _move(self, piece: Piece) -> tuple[int, int | None]:
        """Find a move and the leaf of it that is meant; None where it has several and none is named."""
        leaves = self._leaves(piece)
        return self.lowering.names.moves[_name(piece).path], leaves[0] if len(leaves) == 1 else None

    def _note(self, given: GivenEdit, message: str) -> None:
        self.notes.append(Problem("W701", "warning", given.place, message))


def _name(piece: Piece) -> Name:
    name = name_in(piece)
    assert name is not None, "check lets only names stand for moves"
    return name


def _refuse_crowds(model: Model, editing: Editing) -> None:
    """Refuse more moves forced for certain on one step than their channel has slots; warn of those that may be."""
    forced: dict[int, list[Force]] = {}
    for force in editing.forces:
        channel = model.moves[force.move].channel
        if channel is not None:
            forced.setdefault(channel, []).append(force)
    problems = []
    for channel, forces in forced.items():
        n_slots, path = model.channels[channel].n_slots, model.channels[channel].path
        problems += [_crowd(editing, force, n_slots, path) for force in _crowded(editing, forces, n_slots)]
        is_one_move = len({force.move for force in forces}) == 1  # forced twice on a day, it happens, as was wished
        if (
            len(forces) > n_slots
            and not is_one_move
            and any(editing.activities[f.activity].how != "always" for f in forces)
        ):
            message = f"Of {len(forces)} forced moves, no more than {n_slots} can happen in a step of `{path}`."
            editing.notes.append(Problem("W702", "warning", editing.given[forces[n_slots].activity].place, message))
    if problems:
        raise InputError(problems)


def _crowded(editing: Editing, forces: Sequence[Force], n_slots: int) -> Iterator[Force]:
    """Yield the forces of a channel that come after all its slots are taken for certain."""
    taken: dict[int, int] = {}
    for force in forces:
        activity = editing.activities[force.activity]
        if activity.how == "always":
            taken[activity.first_step] = taken.get(activity.first_step, 0) + 1
            if taken[activity.first_step] > n_slots:
                yield force


def _crowd(editing: Editing, force: Force, n_slots: int, path: str) -> Problem:
    given = editing.given[force.activity]
    message = f"`{given.text.strip()}` is one more than the {n_slots} that `{path}` can do in a step."
    hint = "Force it on another day, or raise `max_per_day` of the channel."
    return Problem("E709", "error", given.place, message, hint)


def _warn_of_idle_replacements(model: Model, editing: Editing) -> None:
    """Warn of replacements that a ban leaves nothing to replace: what is forbidden is never chosen."""
    for replacement in editing.replacements:
        later = editing.activities[replacement.activity]
        for forbid in editing.forbids:
            ban = editing.activities[forbid.activity]
            covers = ban.how == "always" and ban.first_step <= later.first_step and later.last_step <= ban.last_step
            if forbid.leaf == replacement.leaf and covers:
                text = editing.given[replacement.activity].text.strip()
                leaf = model.leaves[replacement.leaf].path
                message = f"`{text}` finds nothing to replace: `{leaf}` is forbidden besides. Leave out the ban."
                editing.notes.append(Problem("W703", "warning", editing.given[replacement.activity].place, message))
                return
