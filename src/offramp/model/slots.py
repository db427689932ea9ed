"""The addresses at which a model draws, by what they are for; no two may be equal.

What can happen several times in a step draws at several addresses, its occurrences; those after the eighth, which only
long steps have, are too rare and too many to be told apart here.
"""

from __future__ import annotations

from collections.abc import Iterator

from offramp.core.noise import occurrence
from offramp.model.model import EffectModel, Model, MoveModel

MAX_OCCURRENCES = 8  # that are told apart


def slots_in_use(model: Model) -> dict[str, int]:
    """List the slots of a model's draws by purpose and path, those of later occurrences under `path, occurrence j`."""
    slots: dict[str, int] = {}
    for address, slot, times in _slots(model):
        slots[address] = slot
        slots |= {f"{address}, occurrence {j}": occurrence(slot, j) for j in range(1, times)}
    return slots


def _slots(model: Model) -> Iterator[tuple[str, int, int]]:
    """Find address, slot and greatest number of occurrences in a step."""
    yield from ((f"prior|{parameter.path}", parameter.slot, 1) for parameter in model.parameters)
    yield from ((f"noise|{q.path}", q.slot, 1) for q in model.quantities if q.noise is not None)
    yield from ((f"view|{view.path}", view.slot, 1) for view in model.views if view.error is not None)
    for channel in model.channels:
        yield f"opportunity|{channel.path}", channel.slot, channel.n_slots
        yield f"hold|{channel.path}", channel.hold_slot, channel.n_slots
    for move in model.moves:
        if move.channel is None:
            yield f"count|{move.path}", move.slot, 1
        else:
            yield f"choice|{move.path}", move.slot, _times(model, move)
    for sighting in model.sightings:
        yield f"sighting|{sighting.path}", sighting.slot, _times(model, model.moves[model.leaves[sighting.leaf].move])
    for leaf in model.leaves:
        times = _times(model, model.moves[leaf.move])
        if len(model.moves[leaf.move].leaves) > 1:
            yield f"variant|{leaf.path}", leaf.slot, times
        for effect in leaf.effects:
            yield from ((*draw, times) for draw in _effect_slots(effect))


def _times(model: Model, move: MoveModel) -> int:
    """Count how often a move can be made in one step, as far as it is told apart."""
    times = move.max_count if move.channel is None else model.channels[move.channel].n_slots
    return min(times, MAX_OCCURRENCES)


def _effect_slots(effect: EffectModel) -> Iterator[tuple[str, int]]:
    if effect.probability is not None:
        yield f"effect-probability|{effect.path}", effect.probability_slot
    if effect.size.family != "Constant":
        yield f"effect-size|{effect.path}", effect.size_slot
    if effect.delay.family != "Constant":
        yield f"effect-delay|{effect.path}", effect.delay_slot
