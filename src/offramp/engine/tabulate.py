"""Fill the tables of a program from its Model, holding in rows what the day loop will read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offramp.core.distributions import Distribution
from offramp.core.draws import CONSTANT, UNBOUNDED, cumulative_weights
from offramp.engine import tables as t
from offramp.engine.families import CATEGORICAL, family_code
from offramp.engine.stages import Stage, Stages, drifts, today_rows
from offramp.expr.ir import Apply, Const, Node
from offramp.model.model import Draw, EffectModel, LeafModel, Model, MoveModel

NONE = -1
_KINDS = {"recent": t.RECENT, "count": t.COUNT, "since": t.SINCE, "ever": t.EVER}
_OPS = {"set": t.SET, "scale": t.SCALE, "add": t.ADD}
_REDUCERS = {
    "any": t.ANY, "first": t.FIRST, "count": t.COUNTED, "max": t.MAX, "min": t.MIN,
    "sum": t.SUM, "mean": t.MEAN, "final": t.FINAL,
}  # fmt: skip


def _table(dtype: np.dtype[np.void], rows: Iterable[tuple[Any, ...]]) -> t.Table:
    return np.array(list(rows), dtype)


def _rows(rows: Iterable[int]) -> NDArray[np.int64]:
    return np.array(list(rows), np.int64)


@dataclass
class Lists:
    """The lists that several tables point into, as they grow."""

    weights: list[np.float32] = field(default_factory=list)
    past: list[int] = field(default_factory=list)
    sources: list[int] = field(default_factory=list)
    arrivals: list[float] = field(default_factory=list)
    variants: list[tuple[Any, ...]] = field(default_factory=list)
    options: list[tuple[Any, ...]] = field(default_factory=list)
    sightings: list[tuple[Any, ...]] = field(default_factory=list)
    effects: list[tuple[Any, ...]] = field(default_factory=list)
    sizes: list[tuple[Any, ...]] = field(default_factory=list)
    delays: list[tuple[Any, ...]] = field(default_factory=list)
    targets: list[int] = field(default_factory=list)
    rings: dict[str, list[int]] = field(default_factory=lambda: {"set": [], "scale": []})


def tabulate(stages: Stages) -> t.Tables:
    """Build all tables; adds the assignments of ERRORS, MORNING and OBSERVE to the stages."""
    model, at, lists = stages.model, stages.layout, Lists()
    parameters = _table(t.PARAMETER, [_parameter(stages, lists, i) for i in range(len(model.parameters))])
    views = _table(t.VIEW, [_view(stages, lists, i) for i in range(len(model.views))])
    channels = _table(t.CHANNEL, [_channel(stages, lists, i) for i in range(len(model.channels))])
    moves = _table(t.MOVE, [_move(stages, lists, m) for m in range(len(model.moves))])
    spontaneous = _table(t.SPONTANEOUS, _spontaneous(stages))
    _list_targets(model, lists)
    leaves = _table(t.LEAF, [_leaf(stages, lists, k) for k in range(len(model.leaves))])
    memories = _table(t.MEMORY, [_memory(stages, lists, i) for i in range(len(model.memories))])
    outcomes = _table(t.OUTCOME, [_outcome(stages, lists, i) for i in range(len(model.outcomes))])
    ends = _rows(stages.hold(Stage.OBSERVE, node, f"end {i}", "condition") for i, node in enumerate(model.ends))
    shocks = [(at.noise + q, quantity.slot) for q, quantity in enumerate(model.quantities) if quantity.noise is not None]
    return t.Tables(
        constants=_table(t.CONSTANT, sorted(at.constants.items())),
        weights=np.array(lists.weights, np.float32),
        parameters=parameters,
        past=_rows(lists.past),
        views=views,
        channels=channels,
        options=_table(t.OPTION, lists.options),
        moves=moves,
        spontaneous=spontaneous,
        variants=_table(t.VARIANT, lists.variants),
        leaves=leaves,
        sightings=_table(t.SIGHTING, lists.sightings),
        effects=_table(t.EFFECT, lists.effects),
        sizes=_table(t.DRAW, lists.sizes),
        delays=_table(t.DRAW, lists.delays),
        targets=_table(t.TARGET, [_target(stages, lists, q) for q in lists.targets]),
        shocks=_table(t.SHOCK, shocks),
        drifting=_rows(q for q, quantity in enumerate(model.quantities) if drifts(quantity)),
        memories=memories,
        arrivals=np.array(lists.arrivals, np.float32),
        sources=_rows(lists.sources),
        outcomes=outcomes,
        ends=ends,
    )


def _parameter(stages: Stages, lists: Lists, index: int) -> tuple[Any, ...]:
    parameter = stages.model.parameters[index]
    distribution: Distribution = parameter.distribution
    code, first = family_code(distribution.family), len(lists.weights)
    a, b = 0.0, 0.0
    if code == CATEGORICAL:
        lists.weights.extend(cumulative_weights(distribution.args))
    else:
        a, b = (*distribution.args, 0.0, 0.0)[:2]
    low = -UNBOUNDED if distribution.low is None else distribution.low
    high = UNBOUNDED if distribution.high is None else distribution.high
    row = stages.layout.parameters + index
    return (row, parameter.slot, code, a, b, low, high, first, len(lists.weights))


def _view(stages: Stages, lists: Lists, index: int) -> tuple[Any, ...]:
    view = stages.model.views[index]
    quantity = stages.model.quantities[view.quantity]
    row = stages.layout.quantities + view.quantity
    if row not in lists.past:
        lists.past.append(row)
    error = NONE if view.error is None else stages.hold(Stage.ERRORS, view.error, view.path, "error")
    past = lists.past.index(row)
    return (stages.layout.views + index, past, view.lag, error, view.slot, quantity.low, quantity.high)


def _channel(stages: Stages, lists: Lists, index: int) -> tuple[Any, ...]:
    model, channel = stages.model, stages.model.channels[index]
    first = len(lists.options)
    for m in channel.moves:
        move = model.moves[m]
        utility = stages.hold(Stage.MORNING, move.utility, move.path, "utility")
        available = _available_row(stages, move)
        lists.options.append((m, move.slot, utility, available, stages.layout.ready + m))
    probability = stages.hold(Stage.MORNING, channel.probability, channel.path, "opportunity")
    return (channel.slot, channel.hold_slot, probability, channel.n_slots, first, len(lists.options))


def _available_row(stages: Stages, move: MoveModel) -> int:
    """Hold whether a move can be made, in at least one of its variants; NONE if it always can."""
    variants = [stages.model.leaves[k].available for k in move.leaves]
    conditions = [] if move.available is None else [move.available]
    if variants and None not in variants:
        first, *rest = [variant for variant in variants if variant is not None]
        conditions.append(_join("or", first, rest))
    if not variants:
        conditions.append(Const(0.0))
    if not conditions:
        return NONE
    return stages.hold(Stage.MORNING, _join("and", conditions[0], conditions[1:]), move.path, "available")


def _join(op: str, first: Node, rest: Sequence[Node]) -> Node:
    for node in rest:
        first = Apply(op, (first, node))
    return first


def _move(stages: Stages, lists: Lists, m: int) -> tuple[Any, ...]:
    model, move = stages.model, stages.model.moves[m]
    first = len(lists.variants)
    for k in move.leaves:
        leaf = model.leaves[k]
        # A single leaf is never chosen among, so its utility is not asked for.
        utility = stages.hold(Stage.MORNING, leaf.utility, leaf.path, "utility") if len(move.leaves) > 1 else NONE
        lists.variants.append((k, _optional(stages, leaf.available, leaf.path, "available"), utility, leaf.slot))
    return (stages.layout.ready + m, move.cooldown, first, len(lists.variants))


def _optional(stages: Stages, node: Node | None, path: str, part: str) -> int:  # budget(positional): as Stages.hold
    return NONE if node is None else stages.hold(Stage.MORNING, node, path, part)


def _spontaneous(stages: Stages) -> list[tuple[Any, ...]]:
    found = []
    for m, move in enumerate(stages.model.moves):
        if move.rate is not None:
            rate = stages.hold(Stage.MORNING, move.rate, move.path, "rate")
            available = _available_row(stages, move)
            found.append((m, move.slot, rate, available, move.max_count, stages.layout.cuts + m))
    return found


def _list_targets(model: Model, lists: Lists) -> None:
    """List the quantities that effects change, and those with rings of their own for `set` and `scale`."""
    effects = [effect for leaf in model.leaves for effect in leaf.effects]
    lists.targets = sorted({effect.quantity for effect in effects})
    for op, ring in lists.rings.items():
        ring.extend(sorted({effect.quantity for effect in effects if effect.op == op}))


def _target(stages: Stages, lists: Lists, q: int) -> tuple[Any, ...]:
    quantity, at = stages.model.quantities[q], stages.layout
    rings = [ring.index(q) if q in ring else NONE for ring in (lists.rings["set"], lists.rings["scale"])]
    return (at.quantities + q, at.clips + q, quantity.low, quantity.high, *rings)


def _leaf(stages: Stages, lists: Lists, k: int) -> tuple[Any, ...]:
    at, leaf = stages.layout, stages.model.leaves[k]
    first_effect, first_sighting = len(lists.effects), len(lists.sightings)
    for effect in leaf.effects:
        _effect(stages, lists, effect)
    for s, sighting in enumerate(stages.model.sightings):
        if sighting.leaf == k:
            probability = stages.hold(Stage.MORNING, sighting.probability, sighting.path, "sighting")
            lists.sightings.append((at.today + len(stages.model.leaves) + s, sighting.slot, probability))
    return (at.today + k, at.totals + k, first_effect, len(lists.effects), first_sighting, len(lists.sightings))


def _effect(stages: Stages, lists: Lists, effect: EffectModel) -> None:
    condition = _optional(stages, effect.condition, effect.path, "condition")
    probability = _optional(stages, effect.probability, effect.path, "probability")
    target = lists.targets.index(effect.quantity)
    op, steps = _OPS[effect.op], constant_delay(effect)
    lists.effects.append((target, op, condition, probability, effect.probability_slot, effect.max_delay, steps))
    lists.sizes.append(_draw(stages, effect.size, effect.path, effect.size_slot))
    lists.delays.append(_draw(stages, effect.delay, effect.path, effect.delay_slot))


def constant_delay(effect: EffectModel) -> int:
    """Return the steps that an effect takes, rounded and capped; NONE if they are known only on the day."""
    value = effect.delay.args[0]
    if effect.delay.family != "Constant" or not isinstance(value, Const):
        return NONE
    return max(min(int(np.floor(np.float32(value.value) + np.float32(0.5))), effect.max_delay), 0)


def _draw(stages: Stages, draw: Draw, path: str, slot: int) -> tuple[Any, ...]:  # budget(positional): a record
    code = CONSTANT if draw.family == "Constant" else family_code(draw.family)
    a, b = (*draw.args, None, None)[:2]
    nodes = [a, b, draw.low, draw.high]
    rows = [_optional(stages, node, path, "size or delay") for node in nodes]
    return (code, *rows, slot)


def _sources(stages: Stages, lists: Lists, leaves: tuple[int, ...], sightings: tuple[int, ...]) -> tuple[int, int]:  # budget(positional): a pair of lists
    first = len(lists.sources)
    lists.sources.extend(today_rows(stages.layout, len(stages.model.leaves), leaves=leaves, sightings=sightings))
    return first, len(lists.sources)


def _memory(stages: Stages, lists: Lists, index: int) -> tuple[Any, ...]:
    memory = stages.model.memories[index]
    first, last = _sources(stages, lists, memory.leaves, memory.sightings)
    history = len(lists.arrivals)
    if memory.kind == "count":  # a ring of window + 1 steps, today's place first filled with step -window - 1
        before = (0.0,) * (memory.window + 1) + memory.initial_window
        lists.arrivals.extend(before[len(before) - memory.window - 1 :])
    row = stages.layout.memories + index
    return (row, _KINDS[memory.kind], memory.decay, memory.initial, history, memory.window, first, last)


def _outcome(stages: Stages, lists: Lists, index: int) -> tuple[Any, ...]:
    at, outcome = stages.layout, stages.model.outcomes[index]
    kind = _REDUCERS["count" if outcome.node is None else outcome.kind]
    value = NONE if outcome.node is None else stages.hold(Stage.OBSERVE, outcome.node, outcome.name, "value")
    first, last = _sources(stages, lists, outcome.leaves, ())
    rows = (at.outcomes + index, at.outcome_steps + index, kind, value)
    return (*rows, outcome.first_step, outcome.last_step, first, last)


def largest_day(model: Model) -> tuple[int, int]:
    """Return the most events, and the most effects of events, that one run can have on one day."""
    most = [max((len(model.leaves[k].effects) for k in move.leaves), default=0) for move in model.moves]
    events, effects = 0, 0
    for channel in model.channels:
        events += channel.n_slots
        effects += channel.n_slots * max((most[m] for m in channel.moves), default=0)
    for m, move in enumerate(model.moves):
        if move.rate is not None:
            events += move.max_count
            effects += move.max_count * most[m]
    return events, effects


def longest_delay(leaves: Iterable[LeafModel], n_steps: int) -> int:
    """Return the longest delay, in steps, with which an effect can still act inside the window."""
    steps = [constant_delay(effect) for leaf in leaves for effect in leaf.effects]
    caps = [effect.max_delay for leaf in leaves for effect in leaf.effects]
    longest = max((cap if s == NONE else s for s, cap in zip(steps, caps, strict=True)), default=0)
    return min(longest, max(n_steps - 1, 0))
