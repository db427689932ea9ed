"""What results share: what they need of the case that they came from, and how long they took."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from offramp.engine.trace import Trace
from offramp.record.record import Record
from offramp.scenario.document import ScenarioDocument


class OpenedCase(Protocol):
    """What a result needs of the case that it came from."""

    @property
    def document(self) -> ScenarioDocument:
        """The scenario as it is written."""

    @property
    def record(self) -> Record | None:
        """What was observed."""

    def cite(self) -> tuple[str, ...]:
        """List the sources."""

    def trace(self, run: int = 0, seed: int = 1, *, do: Sequence[str] = (), start: dt.date, end: dt.date) -> Trace:
        """Tell one run in full."""


@dataclass(frozen=True)
class Timing:
    """Seconds to prepare (lower, build, load or compile), seconds to run, runs per second."""

    compile_s: float
    run_s: float
    runs_per_s: float
