"""Edits for the compiled engine: more rows, formulas and table entries for a program, which itself stays as it is.

An Intervention becomes data only. Its formulas go onto a tape of their own, which the evaluator works through at fixed
moments of the day (`Moment`) on rows behind the program's; where an edit scales a rate or makes a move unavailable, a
copy of the table refers to such a row in place of the program's own. Specialised code runs unchanged and nothing is
compiled. What each part means is in docs/reference/semantics.md ("Edits") and, in plain Python, in `edited` and
`choosing`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offramp.engine import tables as t
from offramp.engine.expressions import Terms
from offramp.engine.layout import Layout
from offramp.engine.program import Program
from offramp.engine.stages import Assign, Moment, remembered, sum_of_rows, today_rows
from offramp.engine.tabulate import NEVER, NONE, Lists, add_window
from offramp.engine.tape import build_tape
from offramp.model.intervention import Activity, Hold, Intervention, Replacement
from offramp.model.model import MoveModel


@dataclass(frozen=True, eq=False, slots=True)
class EditedProgram:
    """What a program runs with: its tables and sizes with the additions, and the formulas of edits.

    tape, bounds : see `tape.build_tape`, by `Moment`; daily : (step, column), fetched into rows from `daily_row`
    forbids : (edit, 2) int64, the row that says whether it is in force, and the leaf
    """

    tables: t.Tables
    sizes: t.Sizes
    tape: NDArray[np.int64]
    bounds: NDArray[np.int64]
    daily: NDArray[np.float32]
    daily_row: int
    forbids: NDArray[np.int64]


@lru_cache(maxsize=64)
def edit(program: Program, intervention: Intervention) -> EditedProgram:
    """Put an Intervention beside a program."""
    builder = _Builder(program, intervention, program.stages.layout.copy())
    tables = builder.build()
    tape, bounds = build_tape(builder.terms, [builder.assigns[moment] for moment in Moment])
    daily = np.array(intervention.daily, np.float32).reshape(-1, program.sizes.n_steps).T
    made = EditedProgram(
        tables=tables._replace(constants=builder.constants()),
        sizes=program.sizes._replace(n_rows=builder.layout.n_rows),
        tape=tape,
        bounds=bounds,
        daily=np.ascontiguousarray(daily),
        daily_row=builder.layout.later_daily,
        forbids=np.array(
            [(builder.layout.activities + forbid.activity, forbid.leaf) for forbid in intervention.forbids], np.int64
        ).reshape(-1, 2),
    )
    for array in (*made.tables, tape, bounds, made.daily):
        array.setflags(write=False)  # as a program's: another kind of array would mean another compilation
    return made


@dataclass
class _Builder:
    """Grows a layout, terms, assignments and copies of tables."""

    program: Program
    intervention: Intervention
    layout: Layout
    terms: Terms = field(init=False)
    assigns: dict[Moment, list[Assign]] = field(default_factory=lambda: {moment: [] for moment in Moment})
    begun: int = 0
    _available: dict[int, int] = field(default_factory=dict)  # leaf -> term

    def __post_init__(self) -> None:
        """Add the rows that formulas of edits may mention."""
        at, edits = self.layout, self.intervention
        self.terms = Terms(at)
        at.activities = at.region([f"in force {activity.path}" for activity in edits.activities])
        self.begun = at.region([f"begins {activity.path}" for activity in edits.activities])
        at.later_memories = at.region([memory.path for memory in edits.memories])
        at.later_gone = at.region([f"gone from {memory.path}" for memory in edits.memories])
        at.later_daily = at.region([f"daily {i} of edits" for i in range(len(edits.daily))])

    def build(self) -> t.Tables:
        """Add everything; return the tables."""
        for shift in self.intervention.shifts:
            row = self.layout.parameters + shift.parameter
            shifted = self.terms.apply("add", self.terms.row(row), self.terms.constant(shift.amount))
            self.assign(Moment.SHIFT, row, shifted, "shift")
        self.settle()
        self.obey()
        tables = self.remember(self.program.tables)
        tables = self.scale(tables)
        tables = self.replace(tables)
        return self.force(self.forbid(tables))

    def assign(self, moment: Moment, row: int, term: int, part: str) -> None:
        """Append an assignment."""
        self.assigns[moment].append(Assign(row, term, part, part))

    def keep(self, moment: Moment, term: int, part: str) -> int:
        """Return a new row that holds a term from a moment on."""
        row = self.layout.new(part)
        self.assign(moment, row, term, part)
        return row

    def constants(self) -> t.Table:
        """Return the constants of the program and of its edits."""
        return np.array(sorted(self.layout.constants.items()), t.CONSTANT)

    def active(self, activity: int) -> int:
        """Return the term that tells whether an edit is in force."""
        return self.terms.row(self.layout.activities + activity)

    # Stage 4.

    def settle(self) -> None:
        """Settle what is in force: all on the truth as it stands, before any edit acts."""
        apply = self.terms.apply
        now = [self._now(activity) for activity in self.intervention.activities]
        waiting = [self.terms.row(self.keep(Moment.OBEY, term, "in force now")) for term in now]
        for number, term in enumerate(waiting):
            active = self.layout.activities + number
            self.assign(Moment.OBEY, self.begun + number, apply("gt", term, self.terms.row(active)), "begins")
            self.assign(Moment.OBEY, active, term, "in force")

    def _now(self, activity: Activity) -> int:
        apply = self.terms.apply
        inside = self._between(activity.first_step, activity.last_step)
        if activity.condition is None:
            return inside
        holds = apply("ne", self.terms.read(activity.condition), self.terms.constant(0.0))
        if activity.how == "once":
            is_watched = self._between(activity.watched_from, activity.last_step)
            has_come = self.layout.new(f"has come {activity.path}")
            come = apply("or", self.terms.row(has_come), apply("and", is_watched, holds))
            self.assign(Moment.OBEY, has_come, come, "has come")
            holds = self.terms.row(has_come)
        return apply("and", holds, inside)

    def _between(self, first: int, last: int) -> int:
        apply, step, constant = self.terms.apply, self.terms.row(self.layout.step), self.terms.constant
        return apply("and", apply("ge", step, constant(float(first))), apply("le", step, constant(float(last))))

    def obey(self) -> None:
        """Set quantities in order, then work out what to hold, and hold it until the next stage 4."""
        for change in self.intervention.sets:
            row = self.begun + change.activity if change.on_entry else self.layout.activities + change.activity
            self._set(change.quantity, self.terms.read(change.value), self.terms.row(row))
        for hold in self.intervention.holds:
            quantity = self.layout.quantities + hold.quantity
            self._set(hold.quantity, self.terms.read(hold.value), self.active(hold.activity))
            kept = self.keep(Moment.OBEY, self.terms.row(quantity), "held")
            is_kept = self.keep(Moment.OBEY, self.active(hold.activity), "is held")
            self._put_back(hold, self.terms.row(kept), self.terms.row(is_kept))

    def _set(self, q: int, value: int, flag: int) -> None:
        """Where the flag holds, a quantity takes a value, cut at its range, and the cut is counted."""
        apply, quantity = self.terms.apply, self.program.model.quantities[q]
        clipped = apply("clip", value, self.terms.constant(quantity.low), self.terms.constant(quantity.high))
        row, clips = self.layout.quantities + q, self.layout.clips + q
        is_cut = apply("and", flag, apply("ne", clipped, value))
        self.assign(Moment.OBEY, clips, apply("add", self.terms.row(clips), is_cut), "clips")
        self.assign(Moment.OBEY, row, apply("where", flag, clipped, self.terms.row(row)), "set")

    def _put_back(self, hold: Hold, kept: int, is_kept: int) -> None:
        apply, quantity = self.terms.apply, self.layout.quantities + hold.quantity
        last = self.terms.constant(float(self.intervention.activities[hold.activity].last_step))
        is_on = apply("and", is_kept, apply("le", self.terms.row(self.layout.step), last))
        self.assign(Moment.KEEP, quantity, apply("where", is_on, kept, self.terms.row(quantity)), "keep")

    # Stage 5.

    def scale(self, tables: t.Tables) -> t.Tables:
        """Let channels and spontaneous moves read other chances and rates."""
        channels, spontaneous = tables.channels.copy(), tables.spontaneous.copy()
        for scale in self.intervention.scales:
            row = self.keep(Moment.CHOICES, self.terms.read(scale.node), "scaled")
            if scale.what == "channel":
                channels["probability"][scale.index] = row
            else:
                spontaneous["rate"][self._spontaneous(scale.index)] = row
        return tables._replace(channels=channels, spontaneous=spontaneous)

    def _spontaneous(self, m: int) -> int:
        """Return the place of a spontaneous move in its table."""
        return sum(move.rate is not None for move in self.program.model.moves[:m])

    def _option(self, m: int) -> int:
        """Return the place of a move in the table of options."""
        options = [other for channel in self.program.model.channels for other in channel.moves]
        return options.index(m)

    def available(self, leaf: int) -> int:
        """Return the term that tells whether a leaf is available, edits considered, if its move is."""
        if leaf not in self._available:
            apply, node = self.terms.apply, self.program.model.leaves[leaf].available
            term = self.terms.constant(1.0) if node is None else self.terms.read(node)
            for forbid in self.intervention.forbids:
                if forbid.leaf == leaf:
                    term = apply("and", term, apply("not", self.active(forbid.activity)))
            row = self.keep(Moment.CHOICES, term, f"available {self.program.model.leaves[leaf].path}")
            self._available[leaf] = self.terms.row(row)
        return self._available[leaf]

    def forbid(self, tables: t.Tables) -> t.Tables:
        """Make forbidden leaves unavailable, and moves of which none is left."""
        options, spontaneous, variants = tables.options.copy(), tables.spontaneous.copy(), tables.variants.copy()
        n_own = len(self.program.tables.variants)
        forbidden = {forbid.leaf for forbid in self.intervention.forbids}
        for v in range(n_own):
            if int(variants["leaf"][v]) in forbidden:
                variants["available"][v] = self._row(self.available(int(variants["leaf"][v])))
        for m in sorted({self.program.model.leaves[leaf].move for leaf in forbidden}):
            move = self.program.model.moves[m]
            is_left = self._any([self.available(leaf) for leaf in move.leaves])
            if move.rate is None:
                o = self._option(m)
                own = self.terms.row(int(options["utility"][o]))
                blocked = self.terms.apply("where", is_left, own, self.terms.constant(NEVER))
                options["utility"][o] = self.keep(Moment.CHOICES, blocked, f"utility {move.path}")
            else:
                term = self._with_requires(move, is_left)
                i = self._spontaneous(m)
                spontaneous["available"][i] = self.keep(Moment.CHOICES, term, f"available {move.path}")
        return tables._replace(options=options, spontaneous=spontaneous, variants=variants)

    def _any(self, conditions: Iterable[int]) -> int:
        first, *rest = conditions
        for condition in rest:
            first = self.terms.apply("or", first, condition)
        return first

    def _with_requires(self, move: MoveModel, condition: int) -> int:
        if move.available is None:
            return condition
        return self.terms.apply("and", self.terms.read(move.available), condition)

    def _row(self, term: int) -> int:
        return int(self.terms.terms[term].args[0])

    def replace(self, tables: t.Tables) -> t.Tables:
        """List what replaces which leaf, with the leaves that may take its place."""
        variants = list(tables.variants.tolist())
        rows = []
        for replacement in self.intervention.replacements:
            first = len(variants)
            variants.extend(self._candidates(replacement))
            m, active = replacement.by_move, self.layout.activities + replacement.activity
            rest = (self.layout.ready + m, self.program.model.moves[m].cooldown, NONE, replacement.offset)
            rows.append((replacement.leaf, active, *rest, first, len(variants)))
        table = np.array(rows, t.REPLACEMENT)
        return tables._replace(variants=np.array(variants, t.VARIANT), replacements=table)

    def _candidates(self, replacement: Replacement) -> Iterable[tuple[Any, ...]]:
        """Yield the leaves of the other move: available, with its `requires`, and not themselves replaced."""
        move = self.program.model.moves[replacement.by_move]
        for k in move.leaves if replacement.by_leaf is None else (replacement.by_leaf,):
            leaf, apply = self.program.model.leaves[k], self.terms.apply
            term = self._with_requires(move, self.available(k))
            for other in self.intervention.replacements:
                if other.leaf == k:
                    term = apply("and", term, apply("not", self.active(other.activity)))
            available = self.keep(Moment.CHOICES, term, f"can replace: {leaf.path}")
            utility = self.keep(Moment.CHOICES, self.terms.read(leaf.utility), f"utility {leaf.path}")
            yield (k, available, utility, leaf.slot)

    def force(self, tables: t.Tables) -> t.Tables:
        """List forces by channel and spontaneous move; let replacements know the final utilities of their moves."""
        channels, spontaneous = tables.channels.copy(), tables.spontaneous.copy()
        rows: list[tuple[int, ...]] = []
        for c in range(len(channels)):
            first = len(rows)
            rows += self._forces(tables, self.program.model.channels[c].moves)
            channels["first_force"][c], channels["last_force"][c] = first, len(rows)
        for m, move in enumerate(self.program.model.moves):
            if move.rate is not None:
                first = len(rows)
                rows += self._forces(tables, [m])
                i = self._spontaneous(m)
                spontaneous["first_force"][i], spontaneous["last_force"][i] = first, len(rows)
        replacements = tables.replacements.copy()
        for r, replacement in enumerate(self.intervention.replacements):
            if self.program.model.moves[replacement.by_move].rate is None:
                replacements["utility"][r] = tables.options["utility"][self._option(replacement.by_move)]
        forces = np.array(rows, t.FORCE)
        return tables._replace(channels=channels, spontaneous=spontaneous, forces=forces, replacements=replacements)

    def _forces(self, tables: t.Tables, moves: Sequence[int]) -> list[tuple[int, ...]]:
        """List the forces of some moves in the order of the edits."""
        found: list[tuple[int, ...]] = []
        for force in self.intervention.forces:
            if force.move in moves:
                flags = self.begun if force.on_entry else self.layout.activities
                is_choice = self.program.model.moves[force.move].rate is None
                o = self._option(force.move) if is_choice else NONE
                own = tables.options[o] if is_choice else tables.spontaneous[self._spontaneous(force.move)]
                leaf = int(own["leaf"]) if force.leaf is None else force.leaf
                found.append((flags + force.activity, o, leaf, int(own["first"]), int(own["last"])))
        return found

    # Stage 8.

    def remember(self, tables: t.Tables) -> t.Tables:
        """Add the memories that only edits mention."""
        lists = Lists(sources=tables.sources.tolist(), arrivals=tables.arrivals.tolist())
        memories, windows = tables.memories.tolist(), tables.windows.tolist()
        for i, memory in enumerate(self.intervention.memories):
            row, gone = self.layout.later_memories + i, self.layout.later_gone + i
            n_leaves = len(self.program.model.leaves)
            today = today_rows(self.layout, n_leaves, leaves=memory.leaves, sightings=memory.sightings)
            memories.append((row, memory.initial))
            if memory.kind == "count":
                windows.append(add_window(lists, memory, gone=gone, sources=today))
            counted = sum_of_rows(self.terms, today)
            term = remembered(self.terms, memory, h=self.terms.row(row), n=counted, gone=self.terms.row(gone))
            self.assign(Moment.REMEMBER, row, term, memory.path)
        return tables._replace(
            memories=np.array(memories, t.MEMORY),
            windows=np.array(windows, t.WINDOW),
            sources=np.array(lists.sources, np.int64),
            arrivals=np.array(lists.arrivals, np.float32),
        )
