"""Random valid Models that use every construct of the contract between lowering and the engines.

`random_model(size, seed)` is a plain function of its arguments; `models()` is the same for hypothesis, which looks for
the smallest size that fails.  Formulas are kept to ordinary numbers (see `Formulas`), since the contract promises
finite results for no others.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

import numpy as np
from hypothesis import strategies as st

from offramp.expr.ir import OPERATIONS, Const, Daily, Memory, Node, Param, Quantity, View
from offramp.model import model as m
from tests.engines import builders as b

QUANTITY_KINDS: dict[m.QuantityKind, tuple[float, float]] = {
    "level": (-1.0, 2.0),
    "stock": (-m.UNBOUNDED, m.UNBOUNDED),
    "tally": (0.0, m.UNBOUNDED),
    "flag": (0.0, 1.0),
    "belief": (0.0, 1.0),
}
LARGE = 1e6  # a range beyond this is unbounded: formulas read such a quantity through a clamp


@dataclass
class Formulas:
    """Random formulas over what a Model has; `reads` is what its leaves may be."""

    rng: Random
    reads: list[Node]

    def but(self, *kinds: type) -> Formulas:
        """Leave out what cannot be read at some stage."""
        return replace(self, reads=[read for read in self.reads if not isinstance(read, kinds)])

    def leaf(self) -> Node:
        if not self.reads or self.rng.random() < 0.25:
            return Const(self.rng.choice([0.0, 1.0, -1.0, 0.5, 10.0, self.rng.uniform(-3, 3)]))
        read = self.rng.choice(self.reads)
        return b.apply("max", b.apply("min", read, 1e3), -1e3) if isinstance(read, Quantity | View) else read

    def any(self, depth: int = 2) -> Node:
        """Make a formula of any operation."""
        if depth == 0 or self.rng.random() < 0.2:
            return self.leaf()
        op = self.rng.choice(list(OPERATIONS))
        args = [self.any(depth - 1) for _ in range(OPERATIONS[op][0])]
        if op == "exp":
            args = [b.apply("min", args[0], 4.0)]
        if op == "div":
            args[1] = self.rng.choice([b.apply("ge", args[1], 0.0), b.apply("max", args[1], 0.1)])
        return b.apply(op, *args)

    def within(self, low: float, high: float) -> Node:
        """Make a formula whose values lie between two numbers."""
        if self.rng.random() < 0.4:
            return Const(self.rng.uniform(low, high))
        if self.rng.random() < 0.5:
            return b.apply("max", b.apply("min", self.any(), high), low)
        return b.apply("add", low, b.apply("mul", high - low, b.apply("logistic", self.any())))

    def condition(self) -> Node:
        """Make a formula that is often true and often false."""
        op = self.rng.choice(["lt", "le", "gt", "ge", "eq", "ne"])
        compared = b.apply(op, self.any(1), self.rng.choice([self.leaf(), Const(self.rng.uniform(-1, 2))]))
        return self.rng.choice([compared, compared, b.apply("not", compared), self.any(2)])


class Constants(Formulas):
    """Formulas that are all constants."""

    def within(self, low: float, high: float) -> Node:
        return Const(self.rng.uniform(low, high))


Bounds = tuple[float, float] | None


def family_arguments(formulas: Formulas) -> dict[str, tuple[list[Node], Bounds]]:
    """Give arguments of each family, and bounds that cut it where it may be cut."""
    return {
        "Normal": ([formulas.within(-2.0, 2.0), formulas.within(0.5, 3.0)], (-1.5, 2.5)),
        "LogNormal": ([formulas.within(0.2, 3.0), formulas.within(0.3, 1.5)], (0.1, 4.0)),
        "Gamma": ([formulas.within(0.3, 8.0), formulas.within(0.5, 5.0)], (0.1, 6.0)),
        "Beta": ([formulas.within(0.5, 6.0), formulas.within(0.5, 6.0)], (0.1, 0.9)),
        "Exponential": ([formulas.within(0.2, 3.0)], (0.1, 3.0)),
        "Uniform": ([formulas.within(-2.0, 0.0), formulas.within(0.5, 3.0)], None),
        "Poisson": ([formulas.within(0.05, 8.0)], (1.0, 5.0)),
        "NegBinomial": ([formulas.within(0.05, 8.0), formulas.within(0.2, 4.0)], (1.0, 6.0)),
        "Bernoulli": ([formulas.within(0.0, 1.0)], None),
    }


def priors(rng: Random) -> dict[str, tuple[list[float], Bounds]]:
    """Give numbers as arguments of each family, and bounds that cut it where it may be cut."""
    drawn = {
        family: ([float(value.value) for value in values if isinstance(value, Const)], bounds)
        for family, (values, bounds) in family_arguments(Constants(rng, [])).items()
    }
    return drawn | {"Categorical": ([rng.uniform(0.0, 2.0), 1.0, rng.uniform(0.0, 2.0)], None)}


class Maker:
    """Makes one random Model; `size` is about the number of elements of each sort."""

    def __init__(self, size: int, seed: int) -> None:
        self.rng = Random(seed)
        self.size = size
        self.n_steps = self.rng.randint(1, 6 + 4 * size)
        self.n_quantities = self.rng.randint(1, size + 1)
        self.n_views = self.count()
        self.n_sightings = self.count()
        self.n_memories = self.count()
        self.n_daily = self.rng.randint(0, 2)
        self.move_leaves = self.number_leaves()
        self.n_leaves = sum(map(len, self.move_leaves))
        self.parameters = tuple(self.parameter(k) for k in range(self.count()))
        sources = (Param, len(self.parameters)), (Quantity, self.n_quantities), (View, self.n_views)
        sources += (Memory, self.n_memories), (Daily, self.n_daily)
        self.morning = Formulas(self.rng, [kind(k) for kind, n in sources for k in range(n)])
        self.truth = self.morning.but(View)
        self.once = self.truth.but(Quantity, Memory, Daily)

    def count(self) -> int:
        return self.rng.randint(0, self.size + 1)

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def number_leaves(self) -> list[list[int]]:
        """Number the leaves of each move, one after another."""
        moves: list[list[int]] = []
        for _ in range(self.rng.randint(1, self.size + 1)):
            first = sum(map(len, moves))
            moves.append(list(range(first, first + self.rng.choice([1, 1, 1, 2, 3]))))
        return moves

    def some(self, n: int) -> tuple[int, ...]:
        """Choose some of 0 .. n-1, in order."""
        return tuple(sorted(self.rng.sample(range(n), self.rng.randint(0, min(n, 3)))))

    def parameter(self, k: int) -> m.Parameter:
        family, (values, bounds) = self.rng.choice(sorted(priors(self.rng).items()))
        low, high = bounds if bounds and self.chance(0.3) else (None, None)
        return b.parameter(f"parameter{k}", family, *values, low=low, high=high)

    def quantity(self, k: int) -> m.QuantityModel:
        kind = self.rng.choice(list(QUANTITY_KINDS))
        low, high = QUANTITY_KINDS[kind]
        reach = max(low, -5.0), min(high, 5.0)
        formulas = self.truth
        flows = [formulas.within(-0.3, 0.3) for _ in range(self.rng.choice([0, 0, 1, 2]))]
        relaxes, is_noisy = self.chance(0.5), self.chance(0.5)
        return b.quantity(
            f"quantity{k}",
            self.once.within(reach[0] - 0.2, reach[1] + 0.2),
            low=low,
            high=high,
            kind=kind,
            rest=formulas.within(*reach) if relaxes else None,
            relax=formulas.within(0.0, 1.0) if relaxes else None,
            noise=formulas.within(0.0, 0.5) if is_noisy else None,
            flows=flows,
            owner=0 if kind == "belief" else None,
        )

    def draw(self, *, is_delay: bool) -> m.Draw:
        """Make a size or a delay: a constant, or a distribution, cut or not."""
        if self.chance(0.4):
            constant = float(self.rng.randint(0, 4)) if is_delay else self.morning.within(-0.5, 1.0)
            return b.size("Constant", constant)
        arguments = family_arguments(self.morning)
        family = self.rng.choice(sorted(arguments))
        values, bounds = arguments[family]
        low, high = bounds if bounds and self.chance(0.3) else (None, None)
        return b.size(family, *values, low=low, high=high)

    def effect(self, path: str, quantities: tuple[m.QuantityModel, ...]) -> m.EffectModel:
        q = self.rng.randrange(len(quantities))
        is_bounded = quantities[q].high < LARGE and quantities[q].low > -LARGE
        return b.effect(
            path,
            q,
            self.rng.choice(["set", "scale", "add"] if is_bounded else ["set", "add"]),
            self.draw(is_delay=False),
            delay=self.draw(is_delay=True) if self.chance(0.6) else 0.0,
            max_delay=self.rng.randint(4, 9),
            probability=self.morning.within(0.0, 1.0) if self.chance(0.4) else None,
            condition=self.morning.condition() if self.chance(0.4) else None,
        )

    def leaves_of(self, move: int, quantities: tuple[m.QuantityModel, ...]) -> list[m.LeafModel]:
        made = []
        for k in self.move_leaves[move]:
            path = f"move{move}[{k}]"
            effects = [self.effect(f"{path}.effects.{e}", quantities) for e in range(self.count())]
            is_variant = len(self.move_leaves[move]) > 1
            available = self.morning.condition() if is_variant and self.chance(0.5) else None
            utility = self.morning.within(-1.5, 1.5) if is_variant else Const(0.0)
            made.append(b.leaf(path, move, effects, available=available, utility=utility))
        return made

    def move(self, k: int, n_channels: int) -> m.MoveModel:
        leaves, available = self.move_leaves[k], self.morning.condition() if self.chance(0.4) else None
        if n_channels == 0 or (len(leaves) == 1 and self.chance(0.25)):
            rate, top = self.morning.within(0.0, 2.5), self.rng.randint(1, 4)
            return b.spontaneous(f"move{k}", leaves, rate, max_count=top, available=available)
        utility, cooldown = self.morning.within(-2.0, 2.0), self.rng.choice([0, 0, 1, 2, 5])
        into = self.rng.randrange(n_channels)
        return b.chosen(f"move{k}", leaves, utility, channel=into, available=available, cooldown=cooldown)

    def memory(self, k: int) -> m.MemoryModel:
        kind: m.MemoryKind = self.rng.choice(["recent", "count", "since", "ever"])
        leaves, sightings = self.some(self.n_leaves), self.some(self.n_sightings)
        made = m.MemoryModel(f"memory{k}", kind, leaves, sightings)
        if kind == "recent":
            return replace(made, decay=self.rng.uniform(0.0, 1.0), initial=self.rng.uniform(0, 2))
        if kind == "count":
            window = self.rng.randint(1, 8)
            past = tuple(float(self.rng.randint(0, 2)) for _ in range(window))
            return replace(made, window=window, initial=sum(past), initial_window=past)
        if kind == "since":
            return replace(made, initial=self.rng.choice([m.SINCE_NEVER, m.SINCE_NEVER - 3, 2.0]))
        return replace(made, initial=float(self.rng.randint(0, 1)))

    def belief_updates(self, quantities: tuple[m.QuantityModel, ...]) -> tuple[m.BeliefUpdate, ...]:
        beliefs = [q for q, quantity in enumerate(quantities) if quantity.kind == "belief"]
        made = []
        for q in beliefs:
            for k in range(self.count()):
                rule = self.rng.choice(["delta", "bayes"])
                args = self.truth.within(-0.2, 1.2), self.truth.within(0.0, 1.2)
                seen = self.some(self.n_leaves), self.some(self.n_sightings)
                made.append(m.BeliefUpdate(f"belief{q}.{k}", q, rule, *seen, args))
        return tuple(made)

    def rule(self, k: int) -> m.Rule:
        chosen = self.some(self.n_quantities)
        sets = tuple((q, self.truth.within(-1.0, 1.5)) for q in chosen)
        return m.Rule(f"rule{k}", b.apply("and", self.truth.condition(), self.truth.condition()), sets)

    def outcome(self, k: int, kind: m.OutcomeKind) -> m.OutcomeModel:
        first = self.rng.choice([0, 0, self.rng.randint(0, self.n_steps)])
        last = self.rng.choice([self.n_steps - 1, self.rng.randint(first, self.n_steps + 2)])
        window = {"first_step": first, "last_step": max(first, last)}
        if kind == "count":
            return b.outcome(f"outcome{k}", kind, leaves=self.some(self.n_leaves), **window)
        formula = self.truth.condition() if kind in {"any", "first"} else self.truth.any()
        return b.outcome(f"outcome{k}", kind, formula, **window)

    def model(self) -> m.Model:
        rng = self.rng
        quantities = tuple(self.quantity(k) for k in range(self.n_quantities))
        channels_wanted = rng.randint(0, 2) if self.size > 1 else rng.randint(0, 1)
        moves = tuple(self.move(k, channels_wanted) for k in range(len(self.move_leaves)))
        in_channel = [[k for k, move in enumerate(moves) if move.channel == c] for c in range(channels_wanted)]
        views = [(rng.randrange(self.n_quantities), rng.randint(0, 3)) for _ in range(self.n_views)]
        kinds: list[m.OutcomeKind] = ["any", "first", "count", "max", "min", "mean", "sum", "final"]
        return b.model(
            self.n_steps,
            step_days=rng.choice([1.0, 1.0, 7.0, 30.4]),
            parameters=self.parameters,
            quantities=quantities,
            views=tuple(
                b.view(f"view{k}", q, lag=lag, error=self.truth.within(0.0, 0.5) if self.chance(0.6) else None)
                for k, (q, lag) in enumerate(views)
            ),
            daily=np.array(
                [[rng.uniform(-1, 2) for _ in range(self.n_daily)] for _ in range(self.n_steps)], np.float32
            ),
            daily_names=tuple(f"daily{k}" for k in range(self.n_daily)),
            sightings=tuple(
                b.sighting(f"sighting{k}", rng.randrange(self.n_leaves), self.morning.within(0.0, 1.0))
                for k in range(self.n_sightings)
            ),
            memories=tuple(self.memory(k) for k in range(self.n_memories)),
            belief_updates=self.belief_updates(quantities),
            rules=tuple(self.rule(k) for k in range(self.count() // 2)),
            channels=tuple(
                b.channel(f"channel{c}", self.morning.within(0.1, 1.1), inside, n_slots=rng.randint(1, 3))
                for c, inside in enumerate(in_channel)
            ),
            moves=moves,
            leaves=tuple(leaf for k in range(len(moves)) for leaf in self.leaves_of(k, quantities)),
            outcomes=tuple(self.outcome(k, kind) for k, kind in enumerate(rng.sample(kinds, rng.randint(0, 8)))),
            ends=tuple(self.truth.condition() for _ in range(rng.choice([0, 0, 0, 1]))),
        )


def random_model(size: int, seed: int) -> m.Model:
    """Make the random Model of this size and seed."""
    return Maker(size, seed).model()


def models(max_size: int = 4) -> st.SearchStrategy[m.Model]:
    """Give random Models to hypothesis; a failing one is reported by its size and seed."""
    return st.builds(random_model, st.integers(1, max_size), st.integers(0, 2**32 - 1))
