"""Random formulas, edits and values by grammar, in the words of the scenario `rich`: many right, many not quite."""

from __future__ import annotations

import random

from benchmarks.fuzz import hostile
from offramp.expr.functions import FUNCTIONS, Function

NUMBERS = ["0", "1", "-1", "0.5", "2", "10", "1e-3", "1e30", "3e38", "100"]
DURATIONS = ["5 d", "1 d", "2 weeks", "1 month", "0.5 d", "20 d", "3 years"]
NAMES = [
    "tension",
    "wealth",
    "dead",
    "alarm",
    "resolve",
    "input.oil",
    "parameter.heat",
    "directive.guard",
    "pledge.deal.active",
    "pledge.deal.cost",
]
MOVES = ["blue.act", "blue.offer", "guard.raid", "guard.raid[south]", "blue.*", "public.march", "guard.slip"]
DATES = ["calendar.vote", "2020-01-10", "2020-01-31"]
ACTORS = ["blue", "guard", "public"]
BINARY = ["+", "-", "*", "/"]
COMPARE = ["<", "<=", ">", ">=", "==", "!="]
SOUND = [
    "Normal(0.1, 0.05)",
    "Normal(0, 1, low=-1, high=2)",
    "LogNormal(1, 0.3)",
    "Gamma(3, rate=6)",
    "Gamma(3, rate=6) / day",
    "Beta(2, 3)",
    "Exponential(2)",
    "Uniform(0, 1)",
    "Poisson(2)",
    "NegBinomial(2, 3)",
    "Bernoulli(0.4)",
    "LogNormal(3 d, 0.4, high=12 d)",
    "Uniform(0 d, 4 d)",
    "Poisson(1e3)",
    "Gamma(0.01, 1)",
    "Beta(0.01, 0.01)",
    "NegBinomial(1e3, 0.01)",
    "LogNormal(1, 9)",
    "Normal(0.5, 0.01, low=0, high=1)",
    "Normal(0, 1, low=6, high=7)",
    "Exponential(1e-6)",
]
DISTRIBUTIONS = [row for row in FUNCTIONS if row.role == "distribution"]
PLAIN = [row for row in FUNCTIONS if row.role in ("arithmetic", "memory", "calendar")]
REDUCERS = [row for row in FUNCTIONS if row.role == "reducer"]


def formula(chance: random.Random) -> str:
    """Write a formula of any sort."""
    how = chance.random()
    if how < 0.12:
        return chance.choice(hostile.CODE)
    if how < 0.2:
        return _call(chance.choice(DISTRIBUTIONS), chance, 2)
    if how < 0.3:
        return condition(chance, 3)
    if how < 0.4:
        return outcome(chance)
    text = number(chance, chance.choice([1, 2, 2, 3, 5]))
    return _spoiled(text, chance) if chance.random() < 0.15 else text


def number(chance: random.Random, depth: int) -> str:
    """Write a number's formula, at most so deep."""
    how = chance.random()
    if depth <= 0 or how < 0.15:
        return chance.choice([chance.choice(NUMBERS), chance.choice(NAMES)])
    if how < 0.55:
        return f"{number(chance, depth - 1)} {chance.choice(BINARY)} {number(chance, depth - 1)}"
    if how < 0.6:
        return f"({number(chance, depth - 1)}) ** {chance.randint(0, 9)}"
    if how < 0.65:
        return f"({number(chance, depth - 1)} if {condition(chance, depth - 1)} else {number(chance, depth - 1)})"
    if how < 0.7:
        return f"{_call(chance.choice(DISTRIBUTIONS), chance, 0)} * {number(chance, depth - 1)}"
    if how < 0.75:
        return f"-({number(chance, depth - 1)})"
    return _call(chance.choice(PLAIN), chance, depth - 1)


def condition(chance: random.Random, depth: int) -> str:
    """Write a condition."""
    how = chance.random()
    if depth <= 0 or how < 0.5:
        return f"{number(chance, depth - 1)} {chance.choice(COMPARE)} {number(chance, depth - 1)}"
    if how < 0.8:
        return f"({condition(chance, depth - 1)}) {chance.choice(['and', 'or'])} {condition(chance, depth - 1)}"
    if how < 0.9:
        return f"not ({condition(chance, depth - 1)})"
    return f"switch.S {chance.choice(['==', '!='])} {chance.choice('abc')}"


def distribution(chance: random.Random) -> str:
    """Write a distribution, mostly of numbers that it can have."""
    return _call(chance.choice(DISTRIBUTIONS), chance, 0) if chance.random() < 0.3 else chance.choice(SOUND)


def outcome(chance: random.Random) -> str:
    """Write a measure of outcomes."""
    text = _call(chance.choice(REDUCERS), chance, 2)
    window = chance.choice(
        ["", "", f", by={chance.choice(DATES)}", f", between=({chance.choice(DATES)}, {chance.choice(DATES)})"]
    )
    return f"{text[:-1]}{window})"


def edit(chance: random.Random) -> str:
    """Write one line that is an edit, or nearly."""
    text = chance.choice(hostile.EDITS) if chance.random() < 0.3 else _edit(chance)
    return _spoiled(text, chance) if chance.random() < 0.3 else text


def _edit(chance: random.Random) -> str:
    move, day = chance.choice(MOVES), chance.choice(["2020-01-10", *hostile.DATES])
    quantity, value = chance.choice(NAMES), formula(chance)
    plain = chance.choice(
        [
            f"forbid {move}",
            f"replace {move} with {chance.choice(MOVES)}",
            f"force {move} on {day}",
            f"set {quantity} = {value} on {day}",
            f"hold {quantity} = {value}",
            f"shift parameter.heat by {chance.choice(hostile.NUMBERS)}",
            f"scale blue.force.opportunities by {chance.choice(hostile.NUMBERS)}",
        ]
    )
    if chance.random() < 0.2:
        plain = f"if {condition(chance, 2)} then {plain} {chance.choice(['once', 'while', ''])}"
    tail = chance.choice(
        [
            "",
            "",
            " announced",
            f" from {day}",
            f" until {chance.choice(hostile.DATES)}",
            f" from {day} until {day} announced",
        ]
    )
    return plain + tail


def _call(function: Function, chance: random.Random, depth: int) -> str:
    args = [_argument(kind, chance, depth) for kind in function.kinds]
    if function.variadic:
        args += [number(chance, 0) for _ in range(chance.choice([0, 0, 1, 40]))]
    if function.name == "Categorical":
        args = [f"{name}={chance.choice(NUMBERS)}" for name in "abc"[: chance.randint(1, 3)]]
    if chance.random() < 0.05:
        args = args[:-1] if chance.random() < 0.5 else [*args, "1"]
    if "low" in function.keywords and chance.random() < 0.3:
        args.append(f"{chance.choice(['low', 'high'])}={chance.choice(NUMBERS)}")
    return f"{function.name}({', '.join(args)})"


def _argument(kind: str, chance: random.Random, depth: int) -> str:
    if chance.random() < 0.04:
        kind = chance.choice(["move", "duration", "actor", "calendar", "number"])
    match kind:
        case "condition":
            return condition(chance, depth)
        case "move":
            return chance.choice(MOVES)
        case "duration":
            return chance.choice(DURATIONS)
        case "calendar":
            return chance.choice(DATES)
        case "actor":
            return chance.choice(ACTORS)
        case _:
            return number(chance, depth)


def _spoiled(text: str, chance: random.Random) -> str:
    """Damage one place of a line."""
    at = chance.randrange(len(text) + 1)
    piece = chance.choice(
        [
            "",
            "(",
            ")",
            "[",
            "]",
            ",",
            ".",
            " ",
            "\t",
            "=",
            "==",
            "*",
            "**",
            "'",
            '"',
            "\\",
            "é",
            "\x00",
            "_",
            "1",
            "\u2212",
            "if",
            "not",
            *hostile.CODE,
        ]
    )
    return text[:at] + piece + text[at + chance.randint(0, 3) :]
