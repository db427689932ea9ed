"""What results share: what they need of the case that they came from, and how long they took."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from offramp.analyse.compare import Compared
from offramp.analyse.single_runs import SingleRuns
from offramp.engine.trace import Trace
from offramp.infer.observation import ObservationModel
from offramp.record.record import Record
from offramp.scenario.document import ScenarioDocument


class HasCompared(Protocol):
    """What a report takes from a comparison."""

    @property
    def compared(self) -> Compared:
        """Each alternative beside the baseline."""


class OpenedCase(Protocol):
    """What a result needs of the case that it came from."""

    @property
    def document(self) -> ScenarioDocument:
        """The scenario as it is written."""

    @property
    def record(self) -> Record | None:
        """What was observed."""

    @property
    def shares(self) -> ObservationModel:
        """What share of events the record is thought to hold."""

    def cite(self) -> tuple[str, ...]:
        """List the sources."""

    def trace(self, run: int = 0, seed: int = 1, *, do: Sequence[str] = (), start: dt.date, end: dt.date) -> Trace:
        """Tell one run in full."""

    def single_runs(
        self, runs: int = 1_000, seed: int = 1, *, do: Sequence[str] = (), start: dt.date, end: dt.date
    ) -> SingleRuns | None:
        """Look at runs one by one."""

    def all_policies(
        self, do: Sequence[str] = (), *, runs: int, seed: int, start: dt.date, end: dt.date
    ) -> HasCompared | None:
        """Compare edits and every policy with the baseline, pair by pair."""


@dataclass(frozen=True)
class Timing:
    """Seconds to prepare (lower, build, load or compile), seconds to run, runs per second."""

    compile_s: float
    run_s: float
    runs_per_s: float
