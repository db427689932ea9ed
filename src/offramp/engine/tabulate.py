"""Fill the tables of a program from its Model, holding in rows what the day loop will read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offramp.core.distributions import Distribution
from offramp.core.draws import CONSTANT, NORMAL, UNBOUNDED, cumulative_weights
from offramp.engine import tables as t
from offramp.engine.families import CATEGORICAL, family_code
from offramp.engine.stages import Stage, Stages, today_rows
from offramp.expr.ir import Const, Node
from offramp.model.model import Draw, EffectModel, MemoryModel, Model, MoveModel

NONE = -1
NEVER = -3.0e38  # the utility of what cannot be done; kernels.choices has it too
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
    conditions: list[tuple[Any, ...]] = field(default_factory=list)
    sizes: list[tuple[Any, ...]] = field(default_factory=list)
    delays: list[tuple[Any, ...]] = field(default_factory=list)
    targets: list[int] = field(default_factory=list)
    turns: dict[int, int] = field(default_factory=dict)
    rings: dict[str, dict[int, int]] = field(default_factory=lambda: {"add": {}, "set": {}, "scale": {}})


def tabulate(stages: Stages) -> t.Tables:
    """Build all tables; adds the assignments of ERRORS, MORNING and OBSERVE to the stages."""
    model, at, lists = stages.model, stages.layout, Lists()
    parameters = _table(t.PARAMETER, [_parameter(stages, lists, i) for i in range(len(model.parameters))])
    views = _table(t.VIEW, [_view(stages, lists, i) for i in range(len(model.views))])
    channels = _table(t.CHANNEL, [_channel(stages, lists, i) for i in range(len(model.channels))])
    spontaneous = _table(t.SPONTANEOUS, _spontaneous(stages, lists))
    _list_targets(model, lists)
    leaves = _table(t.LEAF, [_leaf(stages, lists, k) for k in range(len(model.leaves))])
    memories = [(at.memories + i, memory.initial) for i, memory in enumerate(model.memories)]
    windows = [
        add_window(lists, memory, gone=at.gone + i, sources=_today(stages, memory.leaves, memory.sightings))
        for i, memory in enumerate(model.memories)
        if memory.kind == "count"
    ]
    outcomes = _table(t.OUTCOME, [_outcome(stages, lists, i) for i in range(len(model.outcomes))])
    ends = _rows(stages.hold(Stage.OBSERVE, node, f"end {i}", "condition") for i, node in enumerate(model.ends))
    shocks = [
        (at.noise + q, quantity.slot) for q, quantity in enumerate(model.quantities) if quantity.noise is not None
    ]
    return t.Tables(
        constants=_table(t.CONSTANT, sorted(at.constants.items())),
        weights=np.array(lists.weights, np.float32),
        parameters=parameters,
        past=_rows(lists.past),
        views=views,
        channels=channels,
        options=_table(t.OPTION, lists.options),
        spontaneous=spontaneous,
        variants=_table(t.VARIANT, lists.variants),
        forces=_table(t.FORCE, []),
        replacements=_table(t.REPLACEMENT, []),
        leaves=leaves,
        sightings=_table(t.SIGHTING, lists.sightings),
        effects=_table(t.EFFECT, lists.effects),
        conditions=_table(t.CONDITION, lists.conditions),
        sizes=_table(t.DRAW, lists.sizes),
        delays=_table(t.DRAW, lists.delays),
        targets=_table(t.TARGET, [_target(stages, lists, q) for q in lists.targets]),
        shocks=_table(t.SHOCK, shocks),
        memories=_table(t.MEMORY, memories),
        windows=_table(t.WINDOW, windows),
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
    probability = stages.hold(Stage.MORNING, channel.probability, channel.path, "opportunity")
    variants = [_variants(stages, lists, model.moves[m]) for m in channel.moves]
    first = len(lists.options)
    for m, which in zip(channel.moves, variants, strict=True):
        move = model.moves[m]
        lists.options.append((move.slot, _utility_row(stages, m), stages.layout.ready + m, move.cooldown, *which))
    return (channel.slot, channel.hold_slot, probability, channel.n_slots, first, len(lists.options), 0, 0)


def _utility_row(stages: Stages, m: int) -> int:
    """Hold the utility of a move: NEVER where it cannot be made, in at least one of its variants, or not yet."""
    terms, move = stages.terms, stages.model.moves[m]
    utility, conditions = terms.read(move.utility), _conditions(stages, move)
    if move.cooldown > 0:
        ready, step = terms.row(stages.layout.ready + m), terms.row(stages.layout.step)
        conditions.append(terms.apply("ge", step, ready))
    if conditions:
        utility = terms.apply("where", _join(stages, "and", conditions), utility, terms.constant(NEVER))
    return stages.hold(Stage.MORNING, utility, move.path, "utility")


def _conditions(stages: Stages, move: MoveModel) -> list[int]:
    """List the conditions, as terms, under which a move can be made in at least one of its variants."""
    terms = stages.terms
    conditions = [] if move.available is None else [terms.read(move.available)]
    variants = [stages.model.leaves[k].available for k in move.leaves]
    if None not in variants:
        conditions.append(_join(stages, "or", [terms.read(variant) for variant in variants if variant is not None]))
    return conditions


def _join(stages: Stages, op: str, conditions: Sequence[int]) -> int:
    """Join conditions by an operation, from left to right; of none, the result is false."""
    if not conditions:
        return stages.terms.constant(0.0)
    first, *rest = conditions
    for condition in rest:
        first = stages.terms.apply(op, first, condition)
    return first


def _variants(stages: Stages, lists: Lists, move: MoveModel) -> tuple[int, int, int]:
    """List the variants of a move: (its only leaf or NONE, first and last variant)."""
    if len(move.leaves) == 1:  # chosen without asking, so its utility is not needed
        return (move.leaves[0], 0, 0)
    first = len(lists.variants)
    for k in move.leaves:
        leaf = stages.model.leaves[k]
        utility = stages.hold(Stage.MORNING, leaf.utility, leaf.path, "utility")
        available = _optional(stages, leaf.available, path=leaf.path, part="available")
        lists.variants.append((k, available, utility, leaf.slot))
    return (NONE, first, len(lists.variants))


def _optional(stages: Stages, node: Node | None, *, path: str, part: str) -> int:
    return NONE if node is None else stages.hold(Stage.MORNING, node, path, part)


def _spontaneous(stages: Stages, lists: Lists) -> list[tuple[Any, ...]]:
    found = []
    for m, move in enumerate(stages.model.moves):
        if move.rate is not None:
            rate = stages.hold(Stage.MORNING, move.rate, move.path, "rate")
            conditions = _conditions(stages, move)
            available = NONE
            if conditions:
                available = stages.hold(Stage.MORNING, _join(stages, "and", conditions), move.path, "available")
            which = _variants(stages, lists, move)
            found.append((move.slot, rate, available, move.max_count, stages.layout.cuts + m, *which, 0, 0))
    return found


def _list_targets(model: Model, lists: Lists) -> None:
    """List the quantities that effects change, and the rings in which effects on them wait.

    Each ring is as long as the longest delay with which it is reached needs, rounded up to a power of two.
    """
    effects = [effect for leaf in model.leaves for effect in leaf.effects]
    lists.targets = sorted({effect.quantity for effect in effects})
    for q in lists.targets:
        longest = max(_longest_delay(effect) for effect in effects if effect.quantity == q)
        lists.turns[q] = 2 ** min(longest, max(model.n_steps - 1, 0)).bit_length() - 1
    for op, ring in lists.rings.items():
        n_rows = 0
        for q in sorted({effect.quantity for effect in effects if op in ("add", effect.op)}):
            ring[q] = n_rows
            n_rows += lists.turns[q] + 1


def _target(stages: Stages, lists: Lists, q: int) -> tuple[Any, ...]:
    quantity, at = stages.model.quantities[q], stages.layout
    rings = [lists.rings[op].get(q, NONE) for op in ("add", "set", "scale")]
    return (at.quantities + q, at.clips + q, quantity.low, quantity.high, lists.turns[q], *rings)


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
    condition = _optional(stages, effect.condition, path=effect.path, part="condition")
    probability = _optional(stages, effect.probability, path=effect.path, part="probability")
    size = _draw(stages, effect.size, path=effect.path, slot=effect.size_slot)
    family, a, b, low, high, slot = size
    target, steps = lists.targets.index(effect.quantity), constant_delay(effect)
    is_certain = condition == NONE and probability == NONE
    is_gaussian = family == NORMAL and low == NONE and high == NONE
    is_plain = (family == CONSTANT or is_gaussian) and effect.op == "add" and steps >= 0
    lists.effects.append((target, _OPS[effect.op], a, b, slot, steps, is_certain, is_gaussian, is_plain))
    lists.conditions.append((condition, probability, effect.probability_slot))
    lists.sizes.append((*size, 0))
    lists.delays.append((*_draw(stages, effect.delay, path=effect.path, slot=effect.delay_slot), effect.max_delay))


def constant_delay(effect: EffectModel) -> int:
    """Return the steps that an effect takes, rounded and capped; NONE if they are known only on the day."""
    value = effect.delay.args[0]
    if effect.delay.family != "Constant" or not isinstance(value, Const):
        return NONE
    return max(min(int(np.floor(np.float32(value.value) + np.float32(0.5))), effect.max_delay), 0)


def _draw(stages: Stages, draw: Draw, *, path: str, slot: int) -> tuple[int, int, int, int, int, int]:
    first, second = (*draw.args, None, None)[:2]
    a, b, low, high = (
        _optional(stages, node, path=path, part="size or delay") for node in (first, second, draw.low, draw.high)
    )
    return (family_code(draw.family), a, b, low, high, slot)


def _today(stages: Stages, leaves: tuple[int, ...], sightings: tuple[int, ...]) -> list[int]:
    return today_rows(stages.layout, len(stages.model.leaves), leaves=leaves, sightings=sightings)


def add_window(lists: Lists, memory: MemoryModel, *, gone: int, sources: Sequence[int]) -> tuple[Any, ...]:
    """List a memory that counts over a window: what leaves it comes into row `gone`."""
    first, history = len(lists.sources), len(lists.arrivals)
    lists.sources.extend(sources)
    # A ring of window + 1 steps; today's place first holds step -window - 1, which is not asked for.
    before = (0.0,) * (memory.window + 1) + memory.initial_window
    lists.arrivals.extend(before[len(before) - memory.window - 1 :])
    return (gone, history, memory.window, first, len(lists.sources))


def _outcome(stages: Stages, lists: Lists, index: int) -> tuple[Any, ...]:
    at, outcome = stages.layout, stages.model.outcomes[index]
    kind = _REDUCERS["count" if outcome.node is None else outcome.kind]
    value = NONE if outcome.node is None else stages.hold(Stage.OBSERVE, outcome.node, outcome.name, "value")
    first = len(lists.sources)
    lists.sources.extend(_today(stages, outcome.leaves, ()))
    rows = (at.outcomes + index, at.outcome_steps + index, kind, value)
    return (*rows, outcome.first_step, outcome.last_step, first, len(lists.sources))


def most_events(model: Model) -> int:
    """Return the most events that one run can have on one day."""
    spontaneous = sum(move.max_count for move in model.moves if move.rate is not None)
    return spontaneous + sum(channel.n_slots for channel in model.channels)


def _longest_delay(effect: EffectModel) -> int:
    """Return the longest delay, in steps, that an effect can have."""
    steps = constant_delay(effect)
    return effect.max_delay if steps == NONE else steps
