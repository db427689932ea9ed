"""Small scenarios, written as mappings (JSON is YAML), and what their lowered formulas are worth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from offramp.engine import reference
from offramp.engine.formula import Reading, evaluate
from offramp.expr.ir import Node
from offramp.model.model import Model

CERTAIN = "100 / day"  # an opportunity on every day, to within float32
ALWAYS = {"base": 100}  # far above any Gumbel: chosen at every opportunity


def written(**sections: Any) -> dict[str, Any]:
    """A document with a header of ten days from 2020-01-01 and one actor; sections replace the defaults."""
    document: dict[str, Any] = {
        "offramp": 1,
        "scenario": {"name": "small", "title": "Small", "clock": {"start": "2020-01-01", "days": 10}},
        "actors": {
            "blue": {"title": "Blue", "kind": "state", "channels": {"force": {"opportunities": CERTAIN}}},
            "red": {"title": "Red", "kind": "state", "channels": {"force": {"opportunities": CERTAIN}}},
        },
        "quantities": {"x": {"kind": "level", "unit": "index", "range": [0, 1], "start": 0.5}},
        "moves": {"blue.act": {"title": "Act"}, "red.act": {"title": "Act"}},
    }
    return document | sections


def value_of(model: Model, node: Node | None, *, step: int = 0, theta: float = 0.0, memory: float = 0.0) -> float:
    """Evaluate a node on starting quantities, all parameters at `theta`, all memories at `memory`."""
    assert node is not None
    parameters = [np.float32(theta)] * len(model.parameters)
    nothing = Reading(parameters, (), (), np.zeros(0, np.float32))
    x = [evaluate(quantity.start, nothing) for quantity in model.quantities]
    memories = [np.float32(memory)] * len(model.memories)
    views = [x[view.quantity] for view in model.views]
    return float(evaluate(node, Reading(parameters, x, memories, model.daily[step], views)))


def paths_of(model: Model, quantities: Sequence[str], *, run: int = 0) -> dict[str, list[float]]:
    """Live one run and give each quantity's value at the end of each step."""
    index = {quantity.path: i for i, quantity in enumerate(model.quantities)}
    history = reference.live(model, 1, run)
    return {path: [float(evening.x[index[path]]) for evening in history.evenings] for path in quantities}
