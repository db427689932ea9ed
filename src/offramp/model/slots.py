"""The addresses at which a model draws, by what they are for; no two may be equal."""

from __future__ import annotations

from collections.abc import Iterator

from offramp.model.model import EffectModel, Model


def slots_in_use(model: Model) -> dict[str, int]:
    """List the slots of a model's draws by purpose and path."""
    return dict(_slots(model))


def _slots(model: Model) -> Iterator[tuple[str, int]]:
    yield from ((f"prior|{parameter.path}", parameter.slot) for parameter in model.parameters)
    yield from ((f"noise|{q.path}", q.slot) for q in model.quantities if q.noise is not None)
    yield from ((f"view|{view.path}", view.slot) for view in model.views if view.error is not None)
    yield from ((f"sighting|{sighting.path}", sighting.slot) for sighting in model.sightings)
    for channel in model.channels:
        yield f"opportunity|{channel.path}", channel.slot
        yield f"hold|{channel.path}", channel.hold_slot
    for move in model.moves:
        yield f"{'choice' if move.channel is not None else 'count'}|{move.path}", move.slot
    for leaf in model.leaves:
        if len(model.moves[leaf.move].leaves) > 1:
            yield f"variant|{leaf.path}", leaf.slot
        for effect in leaf.effects:
            yield from _effect_slots(effect)


def _effect_slots(effect: EffectModel) -> Iterator[tuple[str, int]]:
    if effect.probability is not None:
        yield f"effect-probability|{effect.path}", effect.probability_slot
    if effect.size.family != "Constant":
        yield f"effect-size|{effect.path}", effect.size_slot
    if effect.delay.family != "Constant":
        yield f"effect-delay|{effect.path}", effect.delay_slot
