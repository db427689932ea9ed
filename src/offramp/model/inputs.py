"""Observed input series, as values on the first day of each step of a run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np

from offramp.model.lowering import Column
from offramp.model.steps import Steps
from offramp.record.series import Point
from offramp.scenario.document import InputSeries
from offramp.scenario.load import LoadedScenario
from offramp.scenario.observed import read_input


def read_inputs(loaded: LoadedScenario, steps: Steps, as_of: dt.date | None = None) -> dict[str, Column]:
    """Read the scenario's input series, by id: what was known of them on a day, if one is given."""
    inputs = {}
    for name, series in loaded.document.inputs.items():
        inputs[name] = on_steps(series, read_input(loaded, name, as_of=as_of), steps)
    return inputs


def on_steps(series: InputSeries, points: Sequence[Point], steps: Steps) -> Column:
    """Fill a series in: the last value known, or a straight line to the next; before the first row, its value."""
    days = np.array([point.date.toordinal() for point in points])
    values = np.array([point.value for point in points])
    if series.fill == "linear":
        return np.asarray(np.interp(steps.days, days, values), np.float32)
    rows = np.maximum(np.searchsorted(days, steps.days, side="right") - 1, 0)
    return np.asarray(values[rows], np.float32)
