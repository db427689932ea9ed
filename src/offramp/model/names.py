"""What the names of a scenario stand for: indices, and which leaves a selector of moves means.

A *leaf* is one thing that can happen: a move without variants, or one variant of a move.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from offramp.expr.tree import Name
from offramp.model.desugar import Plain
from offramp.scenario.document import Move, ScenarioDocument


@dataclass(frozen=True)
class Names:
    """Indices by name, each numbered in the order of the sorted names."""

    actors: dict[str, int]
    quantities: dict[str, int]
    channels: dict[str, int]  # "us.force"
    moves: dict[str, int]
    leaves: dict[str, int]  # "us.airstrike[syria]"
    leaves_of: dict[str, tuple[int, ...]]  # move -> leaves

    def select(self, name: Name) -> tuple[int, ...]:
        """Find the leaves of a selector: `blue.strike`, `us.airstrike[syria]` or `blue.*`."""
        if name.variant is not None:
            return (self.leaves[f"{name.path}[{name.variant}]"],)
        if name.path.endswith(".*"):
            moves = [move for move in self.moves if move.startswith(name.path[:-1])]
            return tuple(leaf for move in moves for leaf in self.leaves_of[move])
        return self.leaves_of[name.path]


def name_all(document: ScenarioDocument, plain: Plain) -> Names:
    """Number everything that a scenario names."""
    channels = [f"{actor}.{channel}" for actor, told in document.actors.items() for channel in told.channels]
    leaves = _number([leaf for name, move in document.moves.items() for leaf in leaf_names(name, move)])
    return Names(
        actors=_number(document.actors),
        quantities=_number(plain.quantities),
        channels=_number(channels),
        moves=_number(document.moves),
        leaves=leaves,
        leaves_of={
            name: tuple(sorted(leaves[leaf] for leaf in leaf_names(name, move)))
            for name, move in sorted(document.moves.items())
        },
    )


def leaf_names(name: str, move: Move) -> tuple[str, ...]:
    """Name the leaves of a move."""
    return tuple(f"{name}[{variant}]" for variant in sorted(move.variants)) or (name,)


def channel_of(document: ScenarioDocument, name: str) -> str | None:
    """Name the channel in which a move is chosen: its actor's only one where none is given; None if spontaneous."""
    move, actor = document.moves[name], name.partition(".")[0]
    if move.rate is not None:
        return None
    channel = move.channel or next(iter(document.actors[actor].channels))
    return f"{actor}.{channel}"


def _number(names: Iterable[str]) -> dict[str, int]:
    return {name: index for index, name in enumerate(sorted(names))}
