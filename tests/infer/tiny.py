"""A tiny crisis whose worlds can be listed, and records of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from offramp.model.model import Model
from offramp.model.observed import ALWAYS_CAUGHT, NEVER_CAUGHT, Cell, Mark, Observed, Reading, Report
from tests.infer.told import model_of


def tiny(
    folder: Path, *, days: int = 2, without: Sequence[str] = (), is_certain: bool = False, **changed: Any
) -> Model:
    """Two actors and an accident, each reading what the others did.

    Blue raids north or south, or talks, twice a day at most; a raid rests for a day. Red strikes once a day, more often
    after raids that it saw. Slips come by themselves, more of them the higher x is. `without` names moves to leave out;
    where the crisis `is_certain`, effects and sightings are not left to chance, and strikes rest in place of raids: in
    a channel of one slot, so that there is one way to place them.
    """
    sections: dict[str, Any] = {
        "scenario": {"name": "tiny", "title": "Tiny", "clock": {"start": "2020-01-01", "days": days}},
        "actors": {
            "blue": {
                "title": "Blue", "kind": "state",
                "channels": {"force": {"opportunities": "1.5 / day", "max_per_day": 2}},
            },
            "red": {"title": "Red", "kind": "state", "channels": {"force": {"opportunities": "0.7 / day"}}},
        },
        "quantities": {
            "x": {"kind": "level", "unit": "index", "range": [0, 1], "start": 0.25, "rest": 0, "half_life": "2 d"},
            "dead": {"kind": "tally", "unit": "people"},
            "nerve": {
                "kind": "belief", "unit": "index", "owner": "red", "start": 0.5,
                "updates": [{"on": "blue.raid", "toward": 1, "rate": 0.5}],
            },
        },
        "moves": {
            "blue.raid": {
                "title": "Raid", "cooldown": "2 d", "utility": {"base": 0.5, "hot": "x"}, "attribution": 0.75,
                "variants": {
                    "north": {"utility": {"base": 0.25}, "effects": [{"on": "dead", "add": "Bernoulli(0.4)"}]},
                    "south": {"requires": "x < 0.9"},
                },
                "effects": [{"on": "x", "add": 0.25, "probability": 0.5}],
            },
            "blue.talk": {
                "title": "Talk", "utility": {"base": "-0.5 - x"},
                "effects": [{"on": "x", "scale": 0.5, "delay": "1 d"}],
            },
            "red.strike": {
                "title": "Strike", "utility": {"base": -0.5, "angry": "2 * nerve * recent(blue.raid, 2 d)"},
                "effects": [{"on": "dead", "add": 1, "condition": "x > 0.3"}],
            },
            "red.slip": {"title": "Slip", "rate": "(0.3 + x) / 1 d", "max_per_day": 2},
        },
    }  # fmt: skip
    if is_certain:
        raid = sections["moves"]["blue.raid"]
        raid["attribution"] = 1
        raid["effects"][0]["probability"] = 1
        sections["moves"]["red.strike"]["cooldown"] = raid.pop("cooldown")
    sections["moves"] = {path: move for path, move in sections["moves"].items() if path not in without}
    return model_of(folder, **(sections | changed))


def leaf(model: Model, path: str) -> int:
    """Number of a leaf."""
    return [found.path for found in model.leaves].index(path)


def quantity(model: Model, path: str) -> int:
    """Number of a quantity."""
    return [found.path for found in model.quantities].index(path)


def report(
    model: Model,
    days: int | tuple[int, int],
    what: str | Mapping[str, float],
    *,
    marks: Mapping[str, float] | None = None,
) -> Report:
    """A report on a step or in a period of steps; `what` may be candidates with their weights."""
    first, last = (days, days) if isinstance(days, int) else days
    weights = {what: 1.0} if isinstance(what, str) else what
    told = tuple(Mark(quantity(model, path), value) for path, value in (marks or {}).items())
    leaves = tuple(leaf(model, path) for path in weights)
    return Report(f"r{first}-{last}", first, last, leaves, tuple(weights.values()), told)


def observed(
    model: Model,
    *reports: Report,
    caught: Mapping[str, int] | int = ALWAYS_CAUGHT,
    readings: Sequence[tuple[int, str, float, float]] = (),
    misfit: float = 1e-6,
) -> Observed:
    """A record: `caught` by leaf (others never), or all alike; readings as (step, quantity, value, sd)."""
    by_leaf = np.full((model.n_steps, len(model.leaves)), NEVER_CAUGHT, np.int16)
    for path, cell in caught.items() if isinstance(caught, Mapping) else ():
        by_leaf[:, leaf(model, path)] = cell
    if isinstance(caught, int):
        by_leaf[:] = caught
    n_cells = int(by_leaf.max(initial=-1)) + 1
    cells = tuple(Cell(f"cell {number}", 1.0, 1.0) for number in range(n_cells))
    ordered = tuple(sorted(reports, key=lambda found: (found.first_step, found.last_step)))
    measured = tuple(Reading(step, quantity(model, path), value, sd) for step, path, value, sd in readings)
    return Observed(by_leaf, cells, ordered, measured, misfit)
