"""Observed input series, as values on the first day of each step of a run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from offramp.model.lowering import Column
from offramp.model.steps import Steps
from offramp.record.series import Point, read_series
from offramp.scenario.document import InputSeries
from offramp.scenario.load import LoadedScenario


def read_inputs(loaded: LoadedScenario, steps: Steps) -> dict[str, Column]:
    """Read the scenario's input series, by id."""
    inputs = {}
    for name, series in loaded.document.inputs.items():
        path, shown = data_file(loaded, series.file, asked_at=f"inputs.{name}.file")
        points = read_series(path, shown=shown, column=series.column, where=series.where)
        inputs[name] = on_steps(series, points, steps)
    return inputs


def on_steps(series: InputSeries, points: Sequence[Point], steps: Steps) -> Column:
    """Fill a series in: the last value known, or a straight line to the next; before the first row, its value."""
    days = np.array([point.date.toordinal() for point in points])
    values = np.array([point.value for point in points])
    if series.fill == "linear":
        return np.asarray(np.interp(steps.days, days, values), np.float32)
    rows = np.maximum(np.searchsorted(days, steps.days, side="right") - 1, 0)
    return np.asarray(values[rows], np.float32)


def data_file(loaded: LoadedScenario, name: str, *, asked_at: str) -> tuple[Path, str]:
    """Find a file of the scenario's folder, and its name in problems: beside the file that asks for it."""
    place = loaded.locate(asked_at)
    beside = Path(place.file).parent if place is not None else Path()
    return loaded.folder / name, (beside / name).as_posix()
