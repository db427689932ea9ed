"""What is asked of a case whose runs do not begin from the priors, and what of it is needed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from offramp.core.manifest import Manifest
from offramp.model.model import Model
from offramp.record.record import Record
from offramp.results.fit import FitResult
from offramp.results.how import How
from offramp.scenario.document import Window
from offramp.scenario.load import LoadedScenario


class Conditionable(Protocol):
    """What of a case is needed to begin from its record."""

    loaded: LoadedScenario

    @property
    def record(self) -> Record | None:
        """What was observed."""

    def model(self, start: dt.date, end: dt.date, *, as_of: dt.date | None = None) -> Model:
        """Lower the scenario."""

    def manifest(
        self, runs: int, seed: int, *, window: Window, options: Mapping[str, object] | None = None
    ) -> Manifest:
        """Say what a result is made from."""


@dataclass(frozen=True)
class Wish:
    """What was asked: runs of a window, and from what they are to begin."""

    window: Window
    runs: int
    seed: int
    engine: str
    how: How
    as_of: dt.date | None = None
    posterior: FitResult | None = None
    given_record: bool = False
