"""The engines under test by name, and how their results are compared: by the bytes of every array."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Protocol

import numpy as np

from offramp.engine import compiled, reference
from offramp.engine.block import Block
from offramp.engine.program import build
from offramp.model.model import Model


class Simulate(Protocol):
    def __call__(
        self, model: Model, *, seed: int, first_run: int, n_runs: int, sample_steps: Sequence[int]
    ) -> Block: ...


def _compiled(form: compiled.Form) -> Simulate:
    def simulate(model: Model, *, seed: int, first_run: int, n_runs: int, sample_steps: Sequence[int]) -> Block:
        steps = np.array(sample_steps, np.int64)
        return compiled.simulate(
            build(model), seed=seed, first_run=first_run, n_runs=n_runs, sample_steps=steps, form=form
        )

    return simulate


ENGINES: dict[str, Simulate] = {"reference": reference.simulate, "evaluator": _compiled("evaluator")}
SPECIALISED = _compiled("specialised")  # compiles each Model: for slow tests


def differences(one: Block, other: Block) -> list[str]:
    """Say in which arrays two results differ, and where first; an empty list means the same bits."""
    found = []
    for field in fields(Block):
        left, right = np.asarray(getattr(one, field.name)), np.asarray(getattr(other, field.name))
        if field.name == "first_run" or (one.trail is other.trail is None and field.name == "trail"):
            continue
        if left.shape != right.shape or left.dtype != right.dtype:
            found.append(f"{field.name}: {left.shape} {left.dtype} and {right.shape} {right.dtype}")
            continue
        unequal = np.argwhere(left.view(np.uint32) != right.view(np.uint32))
        if len(unequal):
            where = tuple(unequal[0].tolist())
            found.append(f"{field.name}: {len(unequal)} differ, first at {where}: {left[where]!r} and {right[where]!r}")
    return found


def runs_of(block: Block, first: int, count: int) -> Block:
    """Take some runs out of a result."""
    rows = slice(first - block.first_run, first - block.first_run + count)
    by_run = {
        name: getattr(block, name)[rows] for name in ("outcomes", "counts", "clips", "cuts", "last_step", "parameters")
    }
    samples = np.ascontiguousarray(block.samples[:, :, rows])
    counts = np.ascontiguousarray(block.sample_counts[:, :, rows])
    return replace(block, first_run=first, samples=samples, sample_counts=counts, **by_run)
