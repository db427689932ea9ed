"""Edits on small scenarios: lowered from text, and what a run does under them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from offramp.engine import reference
from offramp.engine.block import Block
from offramp.engine.trace import Trace, trace
from offramp.model.edits import lower_edits
from offramp.model.intervention import EMPTY, Intervention
from offramp.model.lower import lower
from offramp.model.model import Model
from offramp.scenario.given import edits_of
from offramp.scenario.load import LoadedScenario


def intervene(
    loaded: LoadedScenario, *do: str, model: Model | None = None, policies: Sequence[str] = ()
) -> Intervention:
    """Lower edits, given as text, over a Model of the scenario (default: that of its default window)."""
    return lower_edits(loaded, model or lower(loaded), edits=edits_of(loaded, do=do, policies=policies))


def told(loaded: LoadedScenario, *do: str, run: int = 0) -> Trace:
    """Tell a run under edits."""
    model = lower(loaded)
    return trace(model, seed=1, run=run, intervention=intervene(loaded, *do, model=model))


def days_of(history: Trace, leaf: str) -> list[int]:
    """List the steps on which a leaf happens, one for each event."""
    return [event.step for event in history.events if event.leaf == leaf]


def path_of(history: Trace, quantity: str) -> list[float]:
    """List a quantity at the end of each step, to six digits."""
    return [round(float(value), 6) for value in history.states[:, history.quantities.index(quantity)]]


def block(model: Model, intervention: Intervention = EMPTY, *, n_runs: int = 4, seed: int = 1) -> Block:
    """Simulate a few runs with their trail."""
    return reference.simulate(
        model, seed=seed, first_run=0, n_runs=n_runs, sample_steps=range(model.n_steps), intervention=intervention,
        with_trail=True,
    )  # fmt: skip


def differs(one: Block, other: Block) -> NDArray[np.bool_]:
    """Tell for each (step, run) whether two results differ by then."""
    assert one.trail is not None
    assert other.trail is not None
    return one.trail != other.trail
