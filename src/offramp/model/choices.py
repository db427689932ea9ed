"""Channels, moves and leaves: who decides when, between what, and what happens by itself."""

from __future__ import annotations

import math
from collections.abc import Sequence

from offramp.core.noise import slot
from offramp.core.units import duration_days
from offramp.expr.ir import Const, Node
from offramp.model.effects import Placed, lower_effect, place_effects
from offramp.model.formula import lower_condition, lower_formula
from offramp.model.lowering import Lowering
from offramp.model.model import ChannelModel, LeafModel, MoveModel
from offramp.model.names import channel_of
from offramp.model.nodes import ZERO, multiply, share_lost
from offramp.model.utility import lower_utility
from offramp.scenario.document import Move


def lower_channel(lowering: Lowering, path: str) -> ChannelModel:
    """Lower a channel: ``1 - exp(-rate * dt / k)`` is the probability of an opportunity in each of its k slots."""
    actor, _, name = path.partition(".")
    channel = lowering.document.actors[actor].channels[name]
    own = [move for move in lowering.names.moves if channel_of(lowering.document, move) == path]
    return ChannelModel(
        path=path,
        actor=lowering.names.actors[actor],
        probability=share_lost(lower_hazard(lowering, path)),
        n_slots=channel.max_per_day,
        moves=tuple(lowering.names.moves[move] for move in own),
        slot=slot("opportunity", path),
        hold_slot=slot("hold", path),
    )


def lower_hazard(lowering: Lowering, path: str) -> Node:
    """Lower the opportunities that a channel expects in each of its slots of a step."""
    actor, _, name = path.partition(".")
    channel = lowering.document.actors[actor].channels[name]
    rate = lower_formula(lowering, channel.opportunities, f"{path}.opportunities")
    return multiply([rate, Const(lowering.steps.step_days / channel.max_per_day)])


def lower_move(lowering: Lowering, path: str) -> MoveModel:
    """Lower a move, chosen or spontaneous."""
    move = lowering.document.moves[path]
    channel = channel_of(lowering.document, path)
    cooldown = 0.0 if move.cooldown is None else duration_days(move.cooldown) or 0.0
    return MoveModel(
        path=path,
        actor=lowering.names.actors[path.partition(".")[0]],
        channel=None if channel is None else lowering.names.channels[channel],
        available=lower_condition(lowering, move.requires, f"{path}.requires"),
        utility=ZERO if channel is None else _utility(lowering, path, move),
        cooldown=lowering.steps.covering(cooldown),
        leaves=lowering.names.leaves_of[path],
        slot=slot("count" if channel is None else "choice", path),
        rate=_rate(lowering, path, move),
        max_count=math.ceil(move.max_per_day * lowering.steps.step_days),
    )


def lower_leaf(lowering: Lowering, path: str) -> LeafModel:
    """Lower one thing that can happen; effects of the move come before those of its variant."""
    move_name, _, bracketed = path.partition("[")
    move = lowering.document.moves[move_name]
    effects = own_effects(lowering, move_name)
    available: Node | None = None
    utility: Node = ZERO
    if bracketed:
        variant = move.variants[bracketed.removesuffix("]")]
        more = place_effects(path, variant.effects)
        available = lower_condition(lowering, variant.requires, f"{path}.requires")
        utility = lower_utility(lowering, path, terms=variant.utility, believed=more)
        effects = (*effects, *more)
    return LeafModel(
        path=path,
        move=lowering.names.moves[move_name],
        available=available,
        utility=utility,
        slot=slot("variant", path),
        effects=tuple(lower_effect(lowering, effect) for effect in effects),
    )


def own_effects(lowering: Lowering, path: str) -> tuple[Placed, ...]:
    """Name the effects of a move itself, those of pledges and directives included."""
    return place_effects(path, lowering.plain.effects[path])


def _utility(lowering: Lowering, path: str, move: Move) -> Node:
    return lower_utility(lowering, path, terms=lowering.plain.terms[path], believed=_believed(lowering, path, move))


def _believed(lowering: Lowering, path: str, move: Move) -> Sequence[Placed]:
    """List the effects that a move's actor takes into account: the declared ones, unless it believes otherwise.

    `believes: {replace: ...}` stands in for the effects that the move itself declares; what the move does to pledges
    and directives is known to its actor in any case.
    """
    declared = own_effects(lowering, path)
    if move.believes is None:
        return declared
    if move.believes.replace is not None:
        kept = declared[len(move.effects) :]
        return (*place_effects(path, move.believes.replace, section="believes"), *kept)
    return (*declared, *place_effects(path, move.believes.add or (), section="believes"))


def _rate(lowering: Lowering, path: str, move: Move) -> Node | None:
    if move.rate is None:
        return None
    return multiply([lower_formula(lowering, move.rate, f"{path}.rate"), Const(lowering.steps.step_days)])
