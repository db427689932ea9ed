"""Random formulas of the scenario language, as text, that mean something: kinds and units agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

PRIORS = [
    "Normal(0.3, 0.5)",
    "Normal(0, 1, low=-2, high=2)",
    "LogNormal(0.8, 0.4)",
    "Gamma(3, rate=4)",
    "Gamma(2, 3, high=3)",
    "Beta(2, b=3)",
    "Exponential(2)",
    "Uniform(-1, 1)",
    "Poisson(1.5)",
    "NegBinomial(2, 1.5)",
    "Bernoulli(0.4)",
]
SHARES = ["Beta(2, 3)", "Uniform(0.1, 0.9)", "0.4", "Beta(2, 2, low=0.2)"]
DURATIONS = ["5 d", "2 weeks", "1 month", "LogNormal(10 d, 0.3)", "Uniform(3 d, 20 d)", "Normal(12 d, 3 d, low=2 d)"]
DELAYS = [
    "2 d",
    "1 week",
    "Uniform(0 d, 6 d)",
    "Exponential(1 / 3 d, high=12 d)",
    "LogNormal(4 d, 0.5, high=15 d)",
    "Gamma(2, 1 / 2 d, high=14 d)",
    "Normal(3 d, 2 d, low=0 d, high=9 d)",
]
SIZES = [
    "Normal(0.1, 0.3)",
    "Normal(Normal(0.1, 0.05), 0.2)",
    "Gamma(Gamma(20, 10), 8)",
    "Beta(2, 5)",
    "Uniform(-0.2, 0.3)",
]
COUNTS = ["1", "2", "Poisson(0.8)", "NegBinomial(2, 1.5)", "Bernoulli(0.3)", "Poisson(2, high=4)"]


@dataclass(frozen=True)
class Sentences:
    """Makes formulas; `numbers`, `flags` and `moves` are what they may read."""

    rng: Random
    numbers: Sequence[str]  # formulas of an ordinary number, or of a number in units that fit nothing but themselves
    flags: Sequence[str]  # conditions
    moves: Sequence[str]  # blue.act0, blue.act0[a], blue.*

    def reading(self, numbers: Sequence[str], flags: Sequence[str], moves: Sequence[str]) -> Sentences:
        """Read something else."""
        return replace(self, numbers=numbers, flags=flags, moves=moves)

    def one(self, choices: Sequence[str]) -> str:
        return self.rng.choice(choices)

    def leaf(self) -> str:
        memories = [
            "log1p(recent({}, 6 d))",
            "log1p(count({}, 9 d))",
            "min(since({}) / 10 d, 5)",
            "recent({}, 2 weeks)",
        ]
        sorts = [f"{self.rng.uniform(-2, 2):.3g}", f"{self.rng.uniform(-2, 2):.2e}"]
        sorts += [f"1 * {self.one(self.numbers)}"] * 2 if self.numbers else []
        sorts += [self.one(memories).format(self.one(self.moves))] if self.moves else []
        return self.one(sorts)

    def number(self, depth: int = 2) -> str:
        """Make a formula of any number."""
        if depth == 0 or self.rng.random() < 0.2:
            return f"({self.leaf()})"
        x, y, z = (self.number(depth - 1) for _ in range(3))
        forms = [
            f"({x} + {y})", f"({x} - {y})", f"{x} * {y}", f"{x} / (0.5 + abs({y}))", f"(-{x})", f"clip({x}, -3, 3)**2",
            f"min({x}, {y}, {z})", f"max({x}, {y})", f"abs({x})", f"exp(min({x}, 2))", f"log({x})", f"log1p({x})",
            f"sqrt({x})", f"logistic({x})", f"clip({x}, -1, 2)", f"where({self.condition(0)}, {x}, {y})",
            f"({x} if {self.condition(0)} else {y})",
        ]  # fmt: skip
        return self.one(forms)

    def condition(self, depth: int = 1) -> str:
        """Make a formula that is true or false."""
        x, y = self.number(depth), self.number(0)
        forms = [f"{x} {self.one(['<', '<=', '>', '>=', '!='])} {y}", f"-0.5 < {x} <= 1.5", f"{x} > 0"]
        forms += [self.one(self.flags)] if self.flags else []
        forms += [f"ever({self.one(self.moves)})"] if self.moves else []
        plain = self.one(forms)
        other = self.one(forms)
        return self.one([plain, plain, f"not ({plain})", f"({plain} and {other})", f"({plain} or {other})"])

    def within(self, low: float, high: float) -> str:
        """Make a formula whose values lie between two numbers."""
        return self.one(
            [
                f"{self.rng.uniform(low, high):.3g}",
                f"clip({self.number()}, {low:g}, {high:g})",
                f"{low:g} + {high - low:g} * logistic({self.number()})",
            ]
        )

    def term(self) -> str:
        """Make a utility term: a formula, a prior, or a prior times a formula."""
        factor = f"clip({self.number()}, -3, 3)"
        return self.one([factor, self.one(PRIORS), f"{self.one(PRIORS)} * {factor}"])

    def share(self) -> str:
        """Make a probability."""
        return self.one([*SHARES, self.within(0, 1)])
