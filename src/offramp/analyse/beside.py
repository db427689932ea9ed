"""History beside the model: what was recorded and what the runs give, panel by panel.

A panel shows a quantity, or the running count of some moves. The verb `beside` pairs the band of
the ensemble with the recorded path and says where the recorded end value lies among the runs.
The comparison is of *recorded* with *modelled true* events: nothing here corrects for attacks
that happened and were not recorded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offramp.ensemble.ensemble import Band, Ensemble


@dataclass(frozen=True)
class HistoryPath:
    """The recorded path of a panel.

    days : proleptic ordinals; values : running count at the end of the day, or measured level.
    is_count : whether the values are a running count (a staircase) or measurements (points).
    """

    days: NDArray[np.int64]
    values: NDArray[np.float64]
    is_count: bool


@dataclass(frozen=True)
class PanelResult:
    """One chart: the model's band, the recorded path, and where the record's end lies.

    recorded : last recorded value in the window, None if there is none.
    model_q05, model_q50, model_q95 : of the model on the sampled day nearest after the last recorded day
        (for counts: at the end of the window).
    """

    title: str
    unit: str
    band: Band
    history: HistoryPath | None
    recorded: float | None
    model_mean: float
    model_q05: float
    model_q50: float
    model_q95: float

    @property
    def is_inside(self) -> bool | None:
        """Whether the recorded end value lies inside the model's 90 % band."""
        if self.recorded is None:
            return None
        return bool(self.model_q05 <= self.recorded <= self.model_q95)


def beside(
    ensemble: Ensemble,
    panels: Sequence[tuple[str, str | None]],
    history: Mapping[str, HistoryPath],
) -> tuple[PanelResult, ...]:
    """Pair each panel's band with its recorded path.

    Parameters
    ----------
    panels : (title, quantity path, or None for a panel of moves) in the order of the scenario.
    history : title -> recorded path, where there is one.
    """
    return tuple(_panel(ensemble, title, quantity, history.get(title)) for title, quantity in panels)


def _panel(ensemble: Ensemble, title: str, quantity: str | None, history: HistoryPath | None) -> PanelResult:
    band = ensemble.counts[title] if quantity is None else ensemble.quantities[quantity]
    has_record = history is not None and len(history.values) > 0
    at = len(band.days) - 1
    if history is not None and has_record and not history.is_count:
        at = min(int(np.searchsorted(band.days, history.days[-1])), at)
    recorded = float(history.values[-1]) if history is not None and has_record else None
    columns = (float(column[at]) for column in (band.mean, band.q05, band.q50, band.q95))
    return PanelResult(title, band.unit, band, history, recorded, *columns)
