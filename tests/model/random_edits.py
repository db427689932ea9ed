"""Random edits, as text, for any scenario: valid ones, of every sort; a plain function of scenario and seed.

Interventions over random Models, without a scenario, are made in `tests.engines.interventions`.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from offramp.core.distributions import FAMILIES, support
from offramp.model.model import Model, Parameter
from offramp.scenario.edits import parse_edit
from offramp.scenario.load import LoadedScenario
from offramp.scenario.told import told
from offramp.scenario.window import clock_window

SORTS = ("forbid", "replace", "force", "set", "hold", "shift", "scale")


class Editor:
    """Writes random edits of one scenario."""

    def __init__(self, loaded: LoadedScenario, model: Model, seed: int) -> None:
        self.rng = Random(seed)
        self.loaded, self.model = loaded, model
        self.moves = [move.path for move in model.moves]
        self.leaves = [leaf.path for leaf in model.leaves]
        self.quantities = [q for q in model.quantities if not q.path.endswith(".active_days")]  # a pledge's own
        clock = clock_window(loaded.document)
        self.days = [clock.start + timedelta(days=k) for k in range((clock.end - clock.start).days + 1)]

    def edit(self, sort: str | None = None) -> str:
        """Write one edit, of this sort if it has any here; conditional and announced now and then."""
        text = self.plain(sort or self.rng.choice(SORTS))
        if self.rng.random() < 0.35 and not text.startswith("shift"):
            text = f"if {self.condition()} then {self.loosened(text)} {self.rng.choice(['once', 'while'])}"
            text += self.window()
        is_told = any(told(self.loaded.document, parse_edit(text)))
        return f"{text} announced" if is_told and self.rng.random() < 0.5 else text

    def edits(self, n: int) -> list[str]:
        """Write edits that can be given together: on one day no channel is forced twice for certain."""
        texts: list[str] = []
        while len(texts) < n:
            text = self.edit()
            if not (text.startswith("force") and any(other.startswith("force") for other in texts)):
                texts.append(text)
        return texts

    def plain(self, sort: str) -> str:
        """Write an edit without a condition."""
        rng = self.rng
        match sort:
            case "replace":
                return self.replacement()
            case "force":
                return f"force {rng.choice([*self.moves, *self.leaves])} on {self.day()}"
            case "set":
                return f"set {self.assignment()} on {self.day()}"
            case "hold":
                return f"hold {self.assignment()}{self.window()}"
            case "shift":
                return self.shift() or self.plain("forbid")
            case "scale":
                return f"scale {rng.choice(self.rates())} by {rng.choice([0, 0.5, 1, 2, 10])}{self.window()}"
            case _:
                everything = [f"{move.partition('.')[0]}.*" for move in self.moves]
                return f"forbid {rng.choice([*self.moves, *self.leaves, *everything])}{self.window()}"

    def replacement(self) -> str:
        """Write `replace`, by another move of the actor or by a variant of the same."""
        by = self.rng.choice([*self.moves, *self.leaves])
        actor = by.partition(".")[0]
        own = [name for name in (*self.moves, *self.leaves) if name.startswith(f"{actor}.")]
        return f"replace {self.rng.choice([f'{actor}.*', *own])} with {by}{self.window()}"

    def loosened(self, text: str) -> str:
        """Leave out the day of an edit that acts on one, or leave it in."""
        return text.rpartition(" on ")[0] if text.startswith(("force", "set")) and self.rng.random() < 0.7 else text

    def day(self) -> date:
        return self.rng.choice(self.days)

    def window(self) -> str:
        first, last = sorted([self.day(), self.day()])
        return self.rng.choice(["", f" from {first}", f" until {last}", f" from {first} until {last}"])

    def assignment(self) -> str:
        """Write `Q = v`: a number of its range, or itself, cut or doubled."""
        quantity = self.rng.choice(self.quantities)
        low, high = max(quantity.low, -5.0), min(quantity.high, 9.0)
        if quantity.kind in {"flag", "tally"}:
            number = f"{self.rng.randint(round(low), round(high))}"
            return f"{quantity.path} = {self.rng.choice([number, quantity.path])}"
        number = f"{self.rng.uniform(low, high):.3f}"
        value = self.rng.choice([number, number, quantity.path, f"min({quantity.path}, {number})"])
        return f"{quantity.path} = {value}"

    def condition(self) -> str:
        """Write a condition that is true on some days of some runs; it may remember what the scenario does not."""
        move, quantity = self.rng.choice(self.leaves), self.rng.choice(self.quantities)
        low, high = max(quantity.low, -5.0), min(quantity.high, 9.0)
        level = f"{quantity.path} > {self.rng.uniform(low, high):.2f}"
        return self.rng.choice(
            [level, f"not {level}", f"after({self.day()})", f"count({move}, {self.rng.randint(1, 9)} d) > 1",
             f"since({move}) < 4 d", f"recent({move}, 5 d) > 0.5 and {level}", f"ever({move})",
             f"days_until({self.day()}) < 3 d", "1"]
        )  # fmt: skip

    def shift(self) -> str:
        """Write a shift that stays in the support of its prior; nothing if none can be shifted."""
        amounts = {parameter.path: amount for parameter in self.model.parameters if (amount := self.amount(parameter))}
        if not amounts:
            return ""
        path = self.rng.choice(sorted(amounts))
        return f"shift {path} by {amounts[path]}"

    def amount(self, parameter: Parameter) -> float:
        prior = parameter.distribution
        low, high = support(prior.family, prior.args, prior.low, prior.high)
        size = 1.0 if FAMILIES[prior.family].is_count else self.rng.choice([0.25, 0.5])
        may_fall, may_rise = low == float("-inf"), high == float("inf")
        return self.rng.choice([size] * may_rise + [-size] * may_fall or [0.0])

    def rates(self) -> list[str]:
        spontaneous = [f"{move.path}.rate" for move in self.model.moves if move.rate is not None]
        return [f"{channel.path}.opportunities" for channel in self.model.channels] + spontaneous


def random_edits(loaded: LoadedScenario, model: Model, *, seed: int, n: int = 3) -> list[str]:
    """Write random edits of a scenario that `edits_of` accepts together."""
    return Editor(loaded, model, seed).edits(n)
