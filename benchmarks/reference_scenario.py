"""Print the reference model as a scenario, so that Offramp is measured through its whole pipeline.

Every coefficient is a prior. The text is made of YAML's flow style (JSON), one line per element.
`python -m benchmarks.reference_scenario PATH.yaml` writes it.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

from benchmarks.reference_model import (
    DIGITS,
    N_COUPLINGS,
    START,
    ReferenceModel,
    channel_path,
    make,
    mechanism_name,
    quantity_name,
)

ASSUMED = {"status": "assumed", "why": "a benchmark: the number is drawn, it stands for nothing"}
UNIT = "index"


def scenario_text(model: ReferenceModel) -> str:
    """Return the scenario file."""
    size = model.size
    header = {
        "name": "reference-model",
        "title": "The reference model of the benchmark",
        "about": f"{size.n_actors} actors, {size.n_moves} moves, {size.n_quantities} quantities, {size.n_days} days: "
        "a size, not a crisis.",
        "clock": {"start": START.isoformat(), "days": size.n_days},
    }
    sections: dict[str, dict[str, object]] = {
        "actors": dict(_actor(model, a) for a in range(size.n_actors)),
        "quantities": dict(_quantity(model, q) for q in range(size.n_quantities)),
        "moves": dict(_move(model, k) for k in range(size.n_moves)),
        "mechanisms": dict(_mechanisms(model)),
        "outcomes": dict(_outcomes(model)),
    }
    lines = ["offramp: 1", f"scenario: {json.dumps(header)}"]
    for section, elements in sections.items():
        lines.append(f"{section}:")
        lines += [f"  {name}: {json.dumps(body)}" for name, body in elements.items()]
    return "\n".join([*lines, ""])


def _actor(model: ReferenceModel, actor: int) -> tuple[str, object]:
    rate = _prior(model, "rate", actor)
    name, channel = channel_path(actor).split(".")
    channels = {channel: {"opportunities": f"{rate} / day", "evidence": ASSUMED}}
    return name, {"title": f"Actor {actor}", "kind": "other", "channels": channels}


def _quantity(model: ReferenceModel, quantity: int) -> tuple[str, object]:
    home = model.rest[quantity]
    return quantity_name(quantity), {
        "kind": "level",
        "unit": UNIT,
        "range": [0, 1],
        "start": home,
        "rest": home,
        "half_life": _prior(model, "half_life", quantity, unit=" d"),
        "noise": _prior(model, "noise", quantity),
        "evidence": ASSUMED,
    }


def _move(model: ReferenceModel, move: int) -> tuple[str, object]:
    body: dict[str, object] = {"title": f"Move {move}"}
    needed = int(model.requires[move])
    if needed >= 0:
        body["requires"] = f"{quantity_name(needed)} > {_shown(model.threshold[move])}"
    if model.cooldown[move]:
        body["cooldown"] = f"{model.cooldown[move]} d"
    body["utility"] = dict(_utility(model, move))
    body["effects"] = [_effect(model, move, j) for j in range(model.effect_on.shape[1])]
    body["evidence"] = ASSUMED
    return model.move_path(move), body


def _utility(model: ReferenceModel, move: int) -> Iterator[tuple[str, str]]:
    yield "base", _prior(model, "base", move)
    for j, quantity in enumerate(model.weight_on[move].tolist()):
        yield f"w{j}", f"{_prior(model, 'weight', move, j)} * {quantity_name(quantity)}"
    for j, other in enumerate(model.memory_of[move].tolist()):
        memory = f"recent({model.move_path(other)}, {_shown(model.memory_half_life[other])} d)"
        yield f"r{j}", f"{_prior(model, 'memory', move, j)} * {memory}"


def _effect(model: ReferenceModel, move: int, j: int) -> object:
    mean, sd = _prior(model, "effect_mean", move, j), _prior(model, "effect_sd", move, j)
    on = quantity_name(int(model.effect_on[move, j]))
    return {"on": on, "add": f"Normal({mean}, {sd})", "delay": f"{model.delay[move, j]} d"}


def _mechanisms(model: ReferenceModel) -> Iterator[tuple[str, object]]:
    for quantity in range(model.size.n_quantities):
        for j in range(N_COUPLINGS):
            other = int(model.coupled_to[quantity, j])
            away = f"({quantity_name(other)} - {_shown(model.rest[other])})"
            flow = f"{_prior(model, 'coupling', quantity, j)} * {away}"
            yield mechanism_name(quantity, j), {"on": quantity_name(quantity), "per_day": flow, "evidence": ASSUMED}


def _outcomes(model: ReferenceModel) -> Iterator[tuple[str, object]]:
    for place, move in enumerate(model.counted.tolist()):
        yield f"counted_{place}", f"count({model.move_path(move)})"
    for reducer, name, quantities in (("max", "peak", model.peaked), ("final", "last", model.last_seen)):
        for place, quantity in enumerate(quantities.tolist()):
            yield f"{name}_{place}", f"{reducer}({quantity_name(quantity)})"
    for place, quantity in enumerate(model.crossed.tolist()):
        yield f"crossed_{place}", f"first({quantity_name(quantity)} > {_shown(model.crossing)})"


def _prior(model: ReferenceModel, block: str, *index: int, unit: str = "") -> str:
    """Print the prior of one coefficient."""
    coefficients = model.block(block)
    family = "LogNormal" if coefficients.positive else "Normal"
    centre = _shown(coefficients.centre[index])
    return f"{family}({centre}{unit}, {_shown(coefficients.sd)})"


def _shown(value: float) -> str:
    return f"{value:.{DIGITS}g}"


def main() -> None:
    """Write the scenario to the path given."""
    parser = argparse.ArgumentParser(description="Write the reference model as a scenario (.yaml).")
    parser.add_argument("path", type=Path)
    parser.parse_args().path.write_text(scenario_text(make()), encoding="utf-8")


if __name__ == "__main__":
    main()
