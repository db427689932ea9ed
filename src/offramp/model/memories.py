"""Features of past moves: `recent`, `count`, `since`, `ever`, as an observer knows of the moves.

An observer counts the events that it saw and attributed: its own always, others' if they are visible to it, and
where attribution is below 1, only those of which it has a sighting (one draw for each event). Features that count
the same events are one memory, whoever reads it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from offramp.core.noise import slot
from offramp.core.units import duration_text
from offramp.expr import to_text
from offramp.expr.ir import Const, Memory, Node
from offramp.expr.tree import Call, Name
from offramp.model import beforehand
from offramp.model.calls import bind
from offramp.model.lowering import Lowering, Reading
from offramp.model.model import MemoryKind, MemoryModel, Sighting
from offramp.model.nodes import ONE, ZERO, apply


def remembered(reading: Reading, call: Call) -> Node:
    """Lower a memory; `since` is in days, whatever the length of a step."""
    lowering = reading.lowering
    selector, *length = bind(call)
    assert isinstance(selector, Name), "check lets only moves be remembered"
    days = reading.constant(length[0]) if length else 0.0
    selected = lowering.names.select(selector)
    known = known_events(reading, selected, reading.observer)
    span = f", {duration_text(days)}" if length else ""
    sees_all = known.leaves == selected
    path = f"{call.function}({to_text(selector)}{span})" + ("" if sees_all else f"@{reading.observer}")
    kind: MemoryKind = call.function  # type: ignore[assignment]  # functions of role memory are the kinds

    def make() -> MemoryModel:
        before = beforehand.recorded_steps(lowering)
        window = lowering.steps.covering(days, before=before) if kind == "count" else 0
        decay = 2.0 ** (-lowering.steps.step_days / days) if kind == "recent" else 0.0
        memory = MemoryModel(path, kind, known.leaves, known.numbers, decay=decay, window=window)
        return beforehand.recall(lowering, memory, leaves={*known.leaves, *known.sightings})

    node = Memory(lowering.memories.index(path, make))
    if kind == "since":
        return apply("mul", node, Const(lowering.steps.step_days)) if lowering.steps.step_days != 1.0 else node
    return node


@dataclass(frozen=True, slots=True)
class Known:
    """What an observer knows of the events of some leaves.

    leaves : those of which it knows every event; sightings : others of which it knows some -> number of the sighting
    """

    leaves: tuple[int, ...]
    sightings: dict[int, int]

    @property
    def numbers(self) -> tuple[int, ...]:
        """Numbers of the sightings, in order."""
        return tuple(sorted(self.sightings.values()))


def known_events(reading: Reading, selected: Sequence[int], observer: str | None) -> Known:
    """Find what an observer knows of the events of some leaves; None knows all."""
    if observer is None:
        return Known(tuple(selected), {})
    attributions = {leaf: _attribution(reading, leaf, observer) for leaf in selected}
    is_sure = {leaf: isinstance(node, Const) and node.value >= 1.0 for leaf, node in attributions.items()}
    return Known(
        leaves=tuple(leaf for leaf in selected if is_sure[leaf]),
        sightings={
            leaf: _sighting(reading.lowering, leaf, observer, probability)
            for leaf, probability in attributions.items()
            if not is_sure[leaf] and probability != ZERO
        },
    )


def _attribution(reading: Reading, leaf: int, observer: str) -> Node:
    """Find the probability with which an observer sees an event and knows whose it is."""
    lowering = reading.lowering
    move_name = next(move for move, leaves in lowering.names.leaves_of.items() if leaf in leaves)
    move = lowering.document.moves[move_name]
    if move_name.partition(".")[0] == observer:
        return ONE
    if move.visible_to is not None and observer not in move.visible_to:
        return ZERO
    if isinstance(move.attribution, dict):
        return reading.elsewhere(move.attribution.get(observer, 1), f"{move_name}.attribution.{observer}")
    return reading.elsewhere(1 if move.attribution is None else move.attribution, f"{move_name}.attribution")


def _sighting(lowering: Lowering, leaf: int, observer: str, probability: Node) -> int:
    leaf_name = next(name for name, index in lowering.names.leaves.items() if index == leaf)
    path = f"{leaf_name}@{observer}"

    def make() -> Sighting:
        return Sighting(path, leaf, lowering.names.actors[observer], probability, slot("sighting", path))

    return lowering.sightings.index(path, make)
