"""Which row of the state holds what.

The state of a group of runs is one float32 array of rows, `LANES` numbers each, one per run. Rows are numbered here, in
regions named after the Model's tuples. The first rows are the *ledger*: what a run is judged by and what stays as it is
once the run has ended.

    ledger   quantities, clips, totals (events per leaf), cuts, outcomes, outcome_steps, last_step
    then     memories, today (events per leaf, then per sighting), views, daily, parameters, step,
             ready (first step on which a move is free), gone (what leaves a memory with a window today), noise
    then     constants, values worked out before the first step, and values worked out on each step, as they come
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from offramp.model.model import Model


@dataclass
class Layout:
    """First row of each region, the name of each row, and the rows that never change within a run."""

    quantities: int = 0
    clips: int = 0
    totals: int = 0
    cuts: int = 0
    outcomes: int = 0
    outcome_steps: int = 0
    last_step: int = 0
    ledger_end: int = 0
    memories: int = 0
    today: int = 0
    today_end: int = 0
    views: int = 0
    daily: int = 0
    step: int = 0
    gone: int = 0
    parameters: int = 0
    ready: int = 0
    noise: int = 0
    n_memories: int = 0
    n_daily: int = 0
    later_memories: int = 0  # of edits, as the three below
    later_daily: int = 0
    later_gone: int = 0
    activities: int = 0
    names: list[str] = field(default_factory=list)
    constants: dict[int, float] = field(default_factory=dict)
    _fixed: set[int] = field(default_factory=set)
    _constant_row: dict[int, int] = field(default_factory=dict)

    @property
    def n_rows(self) -> int:
        """Number of rows so far."""
        return len(self.names)

    def new(self, name: str, *, fixed: bool = False) -> int:
        """Add a row; `fixed` if it keeps its value from before the first step."""
        self.names.append(name)
        if fixed:
            self._fixed.add(self.n_rows - 1)
        return self.n_rows - 1

    def constant(self, value: float) -> int:
        """Return the row of a constant; constants with the same float32 bits share it."""
        rounded = np.float32(value)
        bits = int(rounded.view(np.uint32))
        if bits not in self._constant_row:
            row = self.new(f"constant {float(rounded)!r}", fixed=True)
            self._constant_row[bits] = row
            self.constants[row] = float(rounded)
        return self._constant_row[bits]

    def is_fixed(self, row: int) -> bool:
        """Tell whether a row keeps one value for the whole run."""
        return row in self._fixed

    def memory(self, index: int) -> int:
        """Return the row of a memory, of the Model or (beyond its own) of edits."""
        later = index - self.n_memories
        return self.memories + index if later < 0 else self.later_memories + later

    def day_number(self, index: int) -> int:
        """Return the row of a number that depends on the date alone, of the Model or of edits."""
        later = index - self.n_daily
        return self.daily + index if later < 0 else self.later_daily + later

    def copy(self) -> Layout:
        """Return a layout that can grow without this one."""
        return replace(
            self, names=list(self.names), constants=dict(self.constants), _fixed=set(self._fixed),
            _constant_row=dict(self._constant_row),
        )  # fmt: skip

    def region(self, names: list[str], *, fixed: bool = False) -> int:
        """Add a row for each name and return the first."""
        start = self.n_rows
        for name in names:
            self.new(name, fixed=fixed)
        return start


def lay_out(model: Model) -> Layout:
    """Number the rows that every program of this Model has."""
    at = Layout(n_memories=len(model.memories), n_daily=len(model.daily_names))
    quantities = [q.path for q in model.quantities]
    outcomes = [o.name for o in model.outcomes]
    leaves = [k.path for k in model.leaves]
    at.quantities = at.region(quantities)
    at.clips = at.region([f"clips of {path}" for path in quantities])
    at.totals = at.region([f"total of {path}" for path in leaves])
    at.cuts = at.region([f"cuts of {m.path}" for m in model.moves])
    at.outcomes = at.region([f"outcome {name}" for name in outcomes])
    at.outcome_steps = at.region([f"steps of outcome {name}" for name in outcomes])
    at.last_step = at.region(["last step"])
    at.ledger_end = at.n_rows
    at.memories = at.region([m.path for m in model.memories])
    at.today = at.region([f"today {path}" for path in leaves])
    at.region([f"today {s.path} seen" for s in model.sightings])
    at.today_end = at.n_rows
    at.views = at.region([f"view {v.path}" for v in model.views])
    at.daily = at.region([f"daily {name}" for name in model.daily_names])
    at.parameters = at.region([p.path for p in model.parameters], fixed=True)
    at.step = at.region(["step"])
    at.ready = at.region([f"ready {m.path}" for m in model.moves])
    at.gone = at.region([f"gone from {m.path}" for m in model.memories])
    at.noise = at.region([f"noise of {path}" for path in quantities])
    return at
