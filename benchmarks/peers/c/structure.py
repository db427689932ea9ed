"""What both C emitters need: the numbers, places in theta, slots, and array literals."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2s
from typing import Any

import numpy as np


class Structure:
    """The model's numbers with its sizes and the place of each coefficient block in theta."""

    def __init__(self, numbers: dict[str, Any]) -> None:
        self.numbers = numbers
        self.n_actors = len(numbers["first_move"]) - 1
        self.n_moves = len(numbers["requires"])
        self.n_quantities = len(numbers["rest"])
        self.n_theta = len(numbers["theta_centre"])
        self.n_days = int(numbers["n_days"])
        self.n_delays = int(numbers["n_delays"])
        blocks = [str(name) for name in numbers["theta_block"]]
        self._start = dict(zip(blocks, numbers["theta_start"].tolist(), strict=False))

    def theta(self, block: str, index: int = 0) -> int:
        """Return the place in theta of entry `index` (row-major) of a block."""
        return int(self._start[block]) + index

    def channel_slot(self, purpose: str, actor: int) -> int:
        """Return the slot of an actor's opportunity or hold."""
        return slot(purpose, str(self.numbers["channel_path"][actor]))

    def choice_slot(self, move: int) -> int:
        """Return the slot of a move's Gumbel."""
        return slot("choice", str(self.numbers["move_path"][move]))

    def moves(self, actor: int) -> range:
        """Return the moves of an actor."""
        first = self.numbers["first_move"]
        return range(int(first[actor]), int(first[actor + 1]))

    def sizes(self) -> str:
        """Return the sizes as a C enumeration."""
        places = {f"AT_{name.upper()}": place for name, place in self._start.items()}
        sizes = {
            "N_ACTORS": self.n_actors,
            "N_MOVES": self.n_moves,
            "N_QUANTITIES": self.n_quantities,
            "N_THETA": self.n_theta,
            "N_DAYS": self.n_days,
            "N_DELAYS": self.n_delays,
            "FIRST_DAY": int(self.numbers["first_day"]),
            "N_EFFECTS": self.numbers["delay"].shape[1],
        } | places
        return "enum { " + ", ".join(f"{name} = {value}" for name, value in sizes.items()) + " };"


def slot(purpose: str, path: str) -> int:
    """Return the word that addresses a draw: a hash of what it is for, made when code is generated."""
    digest = blake2s(f"{purpose}|{path}|0".encode(), digest_size=4).digest()
    return int.from_bytes(digest, "little")


def literal(value: float) -> str:
    """Print a number as a C float."""
    return repr(float(value)) + "f"


def table(kind: str, name: str, values: Any) -> str:
    """Print a constant table; `kind` is its C type."""
    show: dict[str, Callable[[float], str]] = {
        "float": literal,
        "uint32_t": lambda value: f"{int(value)}u",
        "int": lambda value: str(int(value)),
    }
    shown = ", ".join(show[kind](value) for value in np.ravel(values).tolist())
    return f"static const {kind} {name}[] = {{{shown}}};"


def tables(s: Structure) -> str:
    """Print the tables that both programs read by index."""
    n = s.numbers
    slots = {
        "theta_slot": ("prior", n["theta_path"]),
        "effect_slot": ("effect-size", n["effect_path"]),
        "noise_slot": ("noise", n["quantity_path"]),
    }
    return "\n".join(
        [
            table("float", "theta_centre", n["theta_centre"]),
            table("float", "theta_sd", n["theta_sd"]),
            table("float", "rest", n["rest"]),
            table("int", "coupled_to", n["coupled_to"]),
            table("int", "effect_on", n["effect_on"]),
            table("int", "delay", n["delay"]),
            table("float", "cooldown", n["cooldown"]),
            table("float", "decay", np.exp2(-1 / n["memory_half_life"])),
            *(table("int", name, n[name]) for name in ("counted", "peaked", "crossed")),
            table("int", "last_seen", n["last_seen"]),
            f"#define CROSSING {literal(n['crossing'])}",
            *(
                table("uint32_t", name, [slot(purpose, str(path)) for path in paths])
                for name, (purpose, paths) in slots.items()
            ),
        ]
    )


def utility(s: Structure, move: int) -> str:
    """Print a move's utility: base plus weighted quantities plus weighted memories."""
    terms = [f"theta[{s.theta('base', move)}]"]
    for block, reads, name in (("weight", "weight_on", "x"), ("memory", "memory_of", "memory")):
        row = s.numbers[reads][move].tolist()
        terms += [f"theta[{s.theta(block, move * len(row) + j)}] * {name}[{index}]" for j, index in enumerate(row)]
    return " + ".join(terms)
