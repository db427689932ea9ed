"""Manifest: what a result was made from. The same manifest gives the same bytes.

It holds all that the bytes depend on and nothing else: timing, number of workers and the form of
the engine are left out, since they change no bit. `engine` is raised whenever results change.
"""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date

ENGINE = 1  # raise when the same scenario and seed give other numbers; say so in CHANGELOG
LANGUAGE = 1  # version of the scenario language


@dataclass(frozen=True)
class Manifest:
    """Identity of a result.

    files : name -> SHA-256 of each file of the scenario (its parts, record and other data).
    options : what else was asked for, as plain JSON values: the edits above all, as text and in order.
    architecture : bits are promised per processor architecture only.
    """

    scenario: str
    version: str
    files: Mapping[str, str]
    start: date
    end: date
    seed: int
    runs: int
    options: Mapping[str, object] = field(default_factory=dict)
    engine: int = ENGINE
    language: int = LANGUAGE
    architecture: str = field(default_factory=platform.machine)

    def as_json(self) -> dict[str, object]:
        """Return it as plain JSON values."""
        out = asdict(self)
        return {**out, "start": self.start.isoformat(), "end": self.end.isoformat()}

    def identity(self) -> dict[str, object]:
        """Return all of it but the number of runs: what a checkpoint depends on."""
        return {key: value for key, value in self.as_json().items() if key != "runs"}
