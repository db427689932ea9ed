"""A toy Model and worlds over it: blocks that are a pure function of run numbers, so all can be made at once."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from offramp.engine.block import Block
from offramp.expr.ir import Const, Quantity
from offramp.model.model import LeafModel, Model, MoveModel, OutcomeModel, QuantityModel

N_STEPS = 10
LEVEL = QuantityModel("level", "level", "index", 0.0, 1.0, Const(0.5), None, None, None, (), 1)
MOVE = MoveModel("a.act", 0, None, None, Const(0.0), 0, (0,), 2, rate=Const(0.1))
OUTCOMES = (
    OutcomeModel("ever", "any", Quantity(0), (), 0, 9),
    OutcomeModel("when", "first", Quantity(0), (), 0, 9),
    OutcomeModel("how_many", "count", None, (0,), 0, 9),
    OutcomeModel("top", "max", Quantity(0), (), 0, 9),
)
EVER, WHEN, HOW_MANY, TOP = range(4)
World = Callable[[int, int, NDArray[np.int64]], Block]


def toy_model(step_days: float = 1.0) -> Model:
    return Model(
        name="toy", title="Toy", first_day=737_000, days=np.arange(737_000, 737_000 + N_STEPS), step_days=step_days,
        actors=("a",), parameters=(), quantities=(LEVEL,), views=(), daily=np.zeros((N_STEPS, 0), np.float32),
        daily_names=(), sightings=(), memories=(), belief_updates=(), rules=(), channels=(), moves=(MOVE,),
        leaves=(LeafModel("a.act", 0, None, Const(0.0), 3, ()),), outcomes=OUTCOMES, ends=(),
    )  # fmt: skip


def baseline(first: int, n: int, steps: NDArray[np.int64]) -> Block:
    """Make runs without edits."""
    k = np.arange(first, first + n, dtype=np.float64)
    return _block(first, level=(k * 0.618034) % 1.0, count=k % 7, steps=steps)


def edited(first: int, n: int, steps: NDArray[np.int64]) -> Block:
    """Make the same runs where every third gets a higher level and one more event, from a step of its own on."""
    k = np.arange(first, first + n, dtype=np.float64)
    is_changed = k % 3 == 0
    level = (k * 0.618034) % 1.0
    moved = np.where(is_changed, np.minimum(level + 0.1, 1.0), level)
    return _block(
        first, level=moved, count=k % 7 + is_changed, steps=steps, from_step=np.where(is_changed, k % 5 + 2, N_STEPS)
    )


def _block(
    first: int, *, level: NDArray[np.float64], count: NDArray[np.float64], steps: NDArray[np.int64],
    from_step: NDArray[np.float64] | None = None,
) -> Block:  # fmt: skip
    n, x = len(level), level.astype(np.float32)
    events = count.astype(np.float32)
    when = np.where(x > 0.7, np.floor(x * 10), -1).astype(np.float32)
    trail = np.zeros((N_STEPS, n), np.uint32)
    if from_step is not None:
        trail[np.arange(N_STEPS)[:, None] >= from_step] = 1
    shape = (len(steps), 1, n)
    return Block(
        first_run=first,
        outcomes=np.stack([(x > 0.7).astype(np.float32), when, events, x], axis=1),
        counts=events[:, None],
        samples=np.broadcast_to(x, shape).copy(),
        sample_counts=np.broadcast_to(events, shape).copy(),
        clips=np.zeros((n, 1), np.float32), cuts=np.zeros((n, 1), np.float32), last_step=np.full(n, 9, np.float32),
        parameters=np.zeros((n, 0), np.float32), trail=trail,
    )  # fmt: skip
