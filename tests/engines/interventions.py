"""Random Interventions for a random Model, with every part that one can have; a plain function of Model and seed.

Edits as text, for scenarios, are made in `tests.model.random_edits`.
"""

from __future__ import annotations

from random import Random

from offramp.expr.ir import Active, Const, Daily, Memory, Node, Param, Quantity
from offramp.model import model as m
from offramp.model.intervention import (
    Activity,
    EditSet,
    Forbid,
    Force,
    Hold,
    Intervention,
    Replacement,
    Scale,
    Shift,
)
from offramp.model.nodes import share_lost
from tests.engines import builders as b
from tests.engines.models import Formulas

FAR = 0x9E3779B9  # an offset as of an event in another channel


class Editor:
    """Makes one random Intervention over a Model."""

    def __init__(self, model: m.Model, seed: int) -> None:
        self.rng = Random(seed)
        self.model = model
        self.memories = tuple(self.memory(k) for k in range(self.rng.randint(0, 2)))
        self.n_columns = self.rng.randint(0, 2)
        n_memories, n_daily = len(model.memories) + len(self.memories), len(model.daily_names) + self.n_columns
        sources = (Param, len(model.parameters)), (Quantity, len(model.quantities))
        sources += (Memory, n_memories), (Daily, n_daily)
        self.truth = Formulas(self.rng, [kind(k) for kind, n in sources for k in range(n)])
        self.activities = tuple(self.activity(k) for k in range(self.rng.randint(1, 6)))

    def memory(self, k: int) -> m.MemoryModel:
        """Make a memory that only edits read."""
        leaves = tuple(
            sorted(self.rng.sample(range(len(self.model.leaves)), self.rng.randint(1, len(self.model.leaves))))
        )
        kind: m.MemoryKind = self.rng.choice(["recent", "count", "since", "ever"])
        window = self.rng.randint(1, 5)
        return m.MemoryModel(
            f"memory of edits {k}", kind, leaves, (), decay=0.7 if kind == "recent" else 0.0,
            window=window if kind == "count" else 0, initial=m.SINCE_NEVER if kind == "since" else 0.0,
            initial_window=(0.0,) * window if kind == "count" else (),
        )  # fmt: skip

    def activity(self, k: int) -> Activity:
        last_step = self.model.n_steps - 1
        first = self.rng.randint(0, last_step)
        last = self.rng.choice([first, last_step, self.rng.randint(first, last_step)])
        how = self.rng.choice(["always", "once", "while"])
        condition = None if how == "always" else self.truth.condition()
        watched_from = self.rng.choice([0, first, self.rng.randint(0, last)]) if how == "once" else 0
        return Activity(f"edit {k}", how, first, last, condition, watched_from)

    def any_activity(self) -> int:
        return self.rng.randrange(len(self.activities))

    def scale(self, what: str, index: int, own: Node) -> Scale:
        """Scale a rate by the factors of some activities."""
        factor: Node = Const(1.0)
        for _ in range(self.rng.randint(1, 3)):
            by = self.rng.choice([0.0, 0.5, 1.0, 2.5])
            factor = b.apply("mul", factor, b.apply("where", Active(self.any_activity()), by, 1.0))
        scaled = b.apply("mul", own, factor)
        if what == "channel":
            scaled = share_lost(b.apply("mul", self.truth.within(0.0, 1.0), factor))
        return Scale(what, index, b.apply("where", b.apply("eq", factor, 1.0), own, scaled))  # type: ignore[arg-type]

    def move(self) -> tuple[int, int | None]:
        """Choose a move, and one of its leaves or none; a move with one leaf has that one."""
        index = self.rng.randrange(len(self.model.moves))
        leaves = self.model.moves[index].leaves
        return index, self.rng.choice([None, *leaves]) if len(leaves) > 1 else leaves[0]

    def set(self) -> EditSet:
        quantity = self.rng.randrange(len(self.model.quantities))
        return EditSet(self.any_activity(), quantity, self.truth.within(-1.0, 1.5), self.rng.random() < 0.5)

    def replacement(self) -> Replacement:
        leaf, (by_move, by_leaf) = self.rng.randrange(len(self.model.leaves)), self.move()
        channel = self.model.moves[self.model.leaves[leaf].move].channel
        is_alike = channel is not None and channel == self.model.moves[by_move].channel
        return Replacement(self.any_activity(), leaf, by_move, by_leaf, 0 if is_alike else FAR)

    def intervention(self) -> Intervention:
        rng, model = self.rng, self.model
        n_quantities, n_parameters = len(model.quantities), len(model.parameters)
        scales = [
            self.scale("channel", c, channel.probability)
            for c, channel in enumerate(model.channels)
            if rng.random() < 0.4
        ]
        scales += [
            self.scale("move", k, move.rate)
            for k, move in enumerate(model.moves)
            if move.rate is not None and rng.random() < 0.4
        ]
        return Intervention(
            activities=self.activities,
            shifts=tuple(
                Shift(rng.randrange(n_parameters), rng.uniform(-0.5, 0.5))
                for _ in range(rng.randint(0, 2) if n_parameters else 0)
            ),
            sets=tuple(self.set() for _ in range(rng.randint(0, 3))),
            holds=tuple(
                Hold(self.any_activity(), rng.randrange(n_quantities), self.truth.within(-1.0, 1.5))
                for _ in range(rng.randint(0, 3))
            ),
            forbids=tuple(
                Forbid(self.any_activity(), rng.randrange(len(model.leaves))) for _ in range(rng.randint(0, 3))
            ),
            scales=tuple(scales),
            forces=tuple(
                Force(self.any_activity(), *self.move(), rng.random() < 0.5) for _ in range(rng.randint(0, 4))
            ),
            replacements=tuple(self.replacement() for _ in range(rng.randint(0, 4))),
            memories=self.memories,
            daily=tuple(
                tuple(rng.uniform(-1, 2) for _ in range(model.n_steps)) for _ in range(self.n_columns)
            ),
        )  # fmt: skip


def random_intervention(model: m.Model, seed: int) -> Intervention:
    """Make the random Intervention of this seed over a Model."""
    return Editor(model, seed).intervention()
