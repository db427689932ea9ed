"""Parts of hand-made Models, with defaults for what a test does not care about.

A number stands for a constant formula wherever a formula is expected.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from offramp.core.distributions import Distribution
from offramp.core.noise import slot
from offramp.expr.ir import Apply, Const, Node
from offramp.model import model as m

Formula = Node | float
FIRST_DAY = 737425  # 2020-01-01


def node(formula: Formula) -> Node:
    return Const(float(formula)) if isinstance(formula, int | float) else formula


def maybe(formula: Formula | None) -> Node | None:
    return None if formula is None else node(formula)


def apply(op: str, *args: Formula) -> Node:
    return Apply(op, tuple(node(argument) for argument in args))


def parameter(path: str, family: str, *args: float, low: float | None = None, high: float | None = None) -> m.Parameter:
    return m.Parameter(path, Distribution(family, args, low, high), slot("prior", path))


def quantity(
    path: str,
    start: Formula = 0.0,
    *,
    low: float = -m.UNBOUNDED,
    high: float = m.UNBOUNDED,
    kind: m.QuantityKind = "level",
    rest: Formula | None = None,
    relax: Formula | None = None,
    noise: Formula | None = None,
    flows: Sequence[Formula] = (),
    owner: int | None = None,
) -> m.QuantityModel:
    return m.QuantityModel(
        path,
        kind,
        "index",
        low,
        high,
        start=node(start),
        rest=maybe(rest),
        relax=maybe(relax),
        noise=maybe(noise),
        flows=tuple(node(flow) for flow in flows),
        slot=slot("noise", path),
        owner=owner,
    )


def view(path: str, quantity: int, *, lag: int = 0, error: Formula | None = None) -> m.ViewModel:
    return m.ViewModel(path, quantity, 0, lag, maybe(error), slot("view", path))


def sighting(path: str, leaf: int, probability: Formula) -> m.Sighting:
    return m.Sighting(path, leaf, 0, node(probability), slot("sighting", path))


def size(family: str, *args: Formula, low: Formula | None = None, high: Formula | None = None) -> m.Draw:
    return m.Draw(family, tuple(node(argument) for argument in args), maybe(low), maybe(high))


def effect(
    path: str,
    quantity: int,
    op: m.EffectOp = "add",
    by: m.Draw | float = 1.0,
    *,
    delay: m.Draw | float = 0.0,
    max_delay: int = 40,
    probability: Formula | None = None,
    condition: Formula | None = None,
) -> m.EffectModel:
    return m.EffectModel(
        path,
        quantity,
        op,
        size=by if isinstance(by, m.Draw) else size("Constant", by),
        delay=delay if isinstance(delay, m.Draw) else size("Constant", delay),
        max_delay=max_delay,
        probability=maybe(probability),
        condition=maybe(condition),
        probability_slot=slot("effect-probability", path),
        size_slot=slot("effect-size", path),
        delay_slot=slot("effect-delay", path),
    )


def leaf(
    path: str,
    move: int = 0,
    effects: Sequence[m.EffectModel] = (),
    *,
    available: Formula | None = None,
    utility: Formula = 0.0,
) -> m.LeafModel:
    return m.LeafModel(path, move, maybe(available), node(utility), slot("variant", path), tuple(effects))


def chosen(
    path: str,
    leaves: Sequence[int],
    utility: Formula = 0.0,
    *,
    channel: int = 0,
    available: Formula | None = None,
    cooldown: int = 0,
) -> m.MoveModel:
    """Make a move that is chosen in a channel."""
    where = maybe(available)
    return m.MoveModel(path, 0, channel, where, node(utility), cooldown, tuple(leaves), slot("choice", path))


def spontaneous(
    path: str, leaves: Sequence[int], rate: Formula, *, max_count: int = 10, available: Formula | None = None
) -> m.MoveModel:
    """Make a move that happens at a rate."""
    where, word = maybe(available), slot("count", path)
    return m.MoveModel(path, 0, None, where, node(0.0), 0, tuple(leaves), word, node(rate), max_count)


def channel(path: str, probability: Formula, moves: Sequence[int], n_slots: int = 1) -> m.ChannelModel:
    slots = slot("opportunity", path), slot("hold", path)
    return m.ChannelModel(path, 0, node(probability), n_slots, tuple(moves), *slots)


def outcome(
    name: str,
    kind: m.OutcomeKind,
    formula: Formula | None = None,
    *,
    leaves: Sequence[int] = (),
    first_step: int = 0,
    last_step: int = 1_000_000,
) -> m.OutcomeModel:
    return m.OutcomeModel(name, kind, maybe(formula), tuple(leaves), first_step, last_step)


def model(n_steps: int, *, step_days: float = 1.0, **parts: Any) -> m.Model:
    """Make a Model of the parts given; there is none of what is not."""
    days = FIRST_DAY + np.floor(np.arange(n_steps) * step_days).astype(np.int64)
    names = "parameters", "quantities", "views", "daily_names", "sightings", "memories", "belief_updates"
    names += "rules", "channels", "moves", "leaves", "outcomes", "ends"
    given: dict[str, Any] = dict.fromkeys(names, ())
    given["daily"] = np.zeros((n_steps, 0), np.float32)
    given |= {"name": "hand-made", "title": "", "actors": ("blue",)} | parts
    return m.Model(first_day=int(days[0]), days=days, step_days=step_days, **given)
