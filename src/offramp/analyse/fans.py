"""Quantities over time as fans: five quantiles of the kept runs, date by date, with the recorded path."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offramp.analyse.beside import HistoryPath
from offramp.analyse.kept import KeptRuns
from offramp.analyse.rhythm import FAN
from offramp.model.model import Model


@dataclass(frozen=True, eq=False)
class Fan:
    """A quantity over time: `fan` is (quantile of `analyse.rhythm.FAN`, day), `days` are proleptic ordinals."""

    title: str
    quantity: str
    unit: str
    days: NDArray[np.int64]
    fan: NDArray[np.float64]
    history: HistoryPath | None


def fan(model: Model, kept: KeptRuns, *, title: str, quantity: str, history: HistoryPath | None) -> Fan:
    """Make the fan of a watched quantity."""
    column = [model.quantities[q].path for q in kept.watched.quantities].index(quantity)
    levels = kept.levels[:, column]
    quantiles = np.quantile(levels, FAN, axis=1, method="inverted_cdf").astype(np.float64)
    unit = model.quantities[kept.watched.quantities[column]].unit
    return Fan(title, quantity, unit, model.days[kept.watched.steps], quantiles, history)


def at_days(fan_days: NDArray[np.int64], days: NDArray[np.int64]) -> NDArray[np.int64]:
    """Find for each day the place of the first kept day that is not before it; the last one beyond the end."""
    return np.minimum(np.searchsorted(fan_days, days), len(fan_days) - 1)
