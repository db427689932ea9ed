"""Stage 5 of the reference interpreter: who has an opportunity, what is chosen, and what edits put in its place.

A force takes a slot of its channel, or adds an occurrence to a spontaneous move; a forbidden leaf is not available;
where a leaf that is replaced would happen, `carried_out` lets the other move happen, if it can.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from offramp.core import draws
from offramp.core.bits import add32
from offramp.engine.formula import ONE, Float, Reading, evaluate, holds
from offramp.engine.history import Event, Noise, Run
from offramp.expr.ir import Node
from offramp.model.intervention import Force, Replacement
from offramp.model.model import ChannelModel, MoveModel


def chosen_events(run: Run, morning: Reading, noise: Noise) -> Iterator[Event]:
    """Go through the channels and their slots, and let each actor choose where it has an opportunity."""
    for number, channel in enumerate(run.model.channels):
        probability = evaluate(scaled(run, "channel", number, channel.probability), morning)
        forces = [force for force in forces_today(run) if run.model.moves[force.move].channel == number]
        for s in range(channel.n_slots):
            if s < len(forces):
                yield forced_event(run, forces[s], s, morning, noise)
            elif noise.uniform(channel.slot, s) < probability:
                yield from chosen_event(run, channel, s, morning, noise)


def chosen_event(run: Run, channel: ChannelModel, s: int, morning: Reading, noise: Noise) -> Iterator[Event]:
    """Choose the free move with the largest utility plus Gumbel, if that is above the Gumbel of `hold`."""
    choice, best = None, noise.gumbel(channel.hold_slot, s)
    for m in channel.moves:
        move = run.model.moves[m]
        if is_free(run, m) and available_leaves(run, move, morning):
            value = evaluate(move.utility, morning) + noise.gumbel(move.slot, s)
            if value > best:
                choice, best = move, value
    if choice is not None:
        leaf = choose_leaf(run, available_leaves(run, choice, morning), s, morning, noise)
        yield from carried_out(run, leaf, s, morning, noise)


def spontaneous_events(run: Run, morning: Reading, noise: Noise) -> Iterator[Event]:
    """Draw how often each spontaneous move happens."""
    for m, move in enumerate(run.model.moves):
        if move.rate is None:
            continue
        leaves = available_leaves(run, move, morning)
        n = count_spontaneous(run, m, evaluate(scaled(run, "move", m, move.rate), morning), noise) if leaves else 0
        forces = [force for force in forces_today(run) if force.move == m]
        if forces:
            yield forced_event(run, forces[0], 0, morning, noise)
        for j in range(len(forces[:1]), n):
            yield from carried_out(run, choose_leaf(run, leaves, j, morning, noise), j, morning, noise)


def count_spontaneous(run: Run, m: int, rate: Float, noise: Noise) -> int:
    """Draw the number of today's events of a spontaneous move; what is beyond its cap is cut."""
    move = run.model.moves[m]
    n = int(draws.poisson_count(rate, noise.uniform(move.slot), move.max_count))
    if n > move.max_count:
        run.cuts[m] += ONE
    return min(n, move.max_count)


def is_free(run: Run, m: int) -> bool:
    """Tell whether the cooldown of a move has passed."""
    return run.step >= run.ready[m]


def available_leaves(run: Run, move: MoveModel, morning: Reading) -> list[int]:
    """List the leaves of a move that can happen this morning; none if the move cannot be made at all."""
    if not holds(move.available, morning):
        return []
    return [k for k in move.leaves if k not in run.in_force.forbidden and holds(run.model.leaves[k].available, morning)]


def choose_leaf(run: Run, leaves: Sequence[int], j: int, morning: Reading, noise: Noise) -> int:
    """Choose among leaves by their own utility plus Gumbel; the first of equals."""

    def value(k: int) -> Float:
        leaf = run.model.leaves[k]
        return evaluate(leaf.utility, morning) + noise.gumbel(leaf.slot, j)

    return leaves[0] if len(leaves) == 1 else max(leaves, key=value)


def happens(run: Run, leaf: int, j: int) -> Event:
    """Let a leaf happen: the cooldown of its move starts at once."""
    m = run.model.leaves[leaf].move
    run.ready[m] = run.step + run.model.moves[m].cooldown
    return Event(leaf, j)


# What edits do to choices.


def scaled(run: Run, what: str, index: int, node: Node) -> Node:
    """Find what stands in for the probability of a channel or the rate of a move: itself where no edit scales it."""
    of_edits = {(scale.what, scale.index): scale.node for scale in run.intervention.scales}
    return of_edits.get((what, index), node)  # type: ignore[arg-type]


def forces_today(run: Run) -> list[Force]:
    """List the moves that edits let happen today, in order."""
    today = run.in_force
    return [
        force
        for force in run.intervention.forces
        if (today.has_begun[force.activity] if force.on_entry else today.active[force.activity])
    ]


def forced_event(run: Run, force: Force, j: int, morning: Reading, noise: Noise) -> Event:
    """Let a move happen, in its given leaf or in one of those available, of all if none is."""
    move = run.model.moves[force.move]
    leaves = [k for k in move.leaves if k not in run.in_force.forbidden]
    leaves = [k for k in leaves if holds(run.model.leaves[k].available, morning)] or list(move.leaves)
    return happens(run, choose_leaf(run, leaves, j, morning, noise) if force.leaf is None else force.leaf, j)


def replacement_today(run: Run, leaf: int) -> Replacement | None:
    """Find the first edit that replaces a leaf today."""
    replacements = run.intervention.replacements
    return next((r for r in replacements if r.leaf == leaf and run.in_force.active[r.activity]), None)


def carried_out(run: Run, leaf: int, j: int, morning: Reading, noise: Noise) -> Iterator[Event]:
    """Let a leaf happen, or what replaces it; nothing where that cannot happen, or is itself replaced."""
    replacement = replacement_today(run, leaf)
    if replacement is None:
        yield happens(run, leaf, j)
        return
    move, occurrence = run.model.moves[replacement.by_move], add32(j, replacement.offset)
    leaves = [k for k in available_leaves(run, move, morning) if replacement_today(run, k) is None]
    if replacement.by_leaf is not None:
        leaves = [k for k in leaves if k == replacement.by_leaf]
    if leaves and is_free(run, replacement.by_move):
        yield happens(run, choose_leaf(run, leaves, occurrence, morning, noise), occurrence)
