"""Program: a Model made ready to run. Nothing in it changes once it is built."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from offramp.core.draws import CONSTANT, LOGNORMAL, NORMAL, UNBOUNDED
from offramp.engine.families import CATEGORICAL
from offramp.engine.stages import Stage, Stages, build_stages
from offramp.engine.tables import Sizes, Tables
from offramp.engine.tabulate import most_events, tabulate
from offramp.engine.tape import build_tape
from offramp.model.model import Model


@dataclass(frozen=True, eq=False, slots=True)
class Program:
    """Tables for the hand-written loops, formulas as assignments and as a tape.

    tape, bounds : see `tape.build_tape`
    days : (step,) uint32, the day that keys the noise; daily : (step, column) float32
    """

    model: Model
    stages: Stages
    tables: Tables
    sizes: Sizes
    tape: NDArray[np.int64]
    bounds: NDArray[np.int64]
    days: NDArray[np.uint32]
    daily: NDArray[np.float32]

    @property
    def needs_draws(self) -> bool:
        """Whether anything is drawn one by one, by `core.draws.draw`; Gaussians are drawn many at a time."""
        tables = self.tables
        priors, unbounded = tables.parameters, float(UNBOUNDED)
        is_gaussian = np.isin(priors["family"], (NORMAL, LOGNORMAL)) & (priors["low"] <= -unbounded)
        is_plain = (is_gaussian & (priors["high"] >= unbounded)) | (priors["family"] == CATEGORICAL)
        is_simple = (tables.effects["is_gaussian"] != 0) | (tables.sizes["family"] == CONSTANT)
        is_fixed_delay = tables.delays["family"] == CONSTANT
        return not (is_plain.all() and is_simple.all() and is_fixed_delay.all())


@lru_cache(maxsize=16)
def build(model: Model) -> Program:
    """Make a Model ready to run, once."""
    stages = build_stages(model)
    tables = tabulate(stages)
    tape, bounds = build_tape(stages.terms, [stages.assigns[stage] for stage in Stage])
    program = Program(
        model=model,
        stages=stages,
        tables=tables,
        sizes=_measure(stages, tables),
        tape=tape,
        bounds=bounds,
        days=model.days.astype(np.uint32),
        daily=np.ascontiguousarray(model.daily, np.float32),
    )
    for array in (*program.tables, tape, bounds, program.days, program.daily):
        array.setflags(write=False)
    return program


def _measure(stages: Stages, tables: Tables) -> Sizes:
    model, at = stages.model, stages.layout
    return Sizes(
        n_steps=model.n_steps,
        step_days=float(model.step_days),
        n_rows=at.n_rows,
        quantities=at.quantities,
        n_quantities=len(model.quantities),
        clips=at.clips,
        totals=at.totals,
        n_leaves=len(model.leaves),
        cuts=at.cuts,
        n_moves=len(model.moves),
        outcomes=at.outcomes,
        n_outcomes=len(model.outcomes),
        last_step=at.last_step,
        ledger_end=at.ledger_end,
        today=at.today,
        today_end=at.today_end,
        daily=at.daily,
        parameters=at.parameters,
        n_parameters=len(model.parameters),
        step=at.step,
        add_rows=_ring_rows(tables, "add_ring"),
        set_rows=_ring_rows(tables, "set_ring"),
        scale_rows=_ring_rows(tables, "scale_ring"),
        past_steps=1 + int(tables.views["lag"].max(initial=0)),
        max_events=most_events(model),
    )


def _ring_rows(tables: Tables, ring: str) -> int:
    """Return the number of rows of the rings of all targets that have one of this kind."""
    targets = tables.targets
    return int((targets["turn"] + 1)[targets[ring] >= 0].sum())
