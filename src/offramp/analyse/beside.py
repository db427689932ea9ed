"""History beside the model: what was recorded and what the runs give, panel by panel.

A panel shows a quantity, or the running count of some moves. The verb `beside` pairs the band of
the ensemble with the recorded path and says where the recorded end value lies among the runs.
The comparison is of *recorded* with *modelled true* events: nothing here corrects for attacks
that happened and were not recorded.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offramp.core.words import number
from offramp.ensemble.ensemble import Band, Ensemble
from offramp.record.record import Record


@dataclass(frozen=True)
class HistoryPath:
    """The recorded path of a panel.

    days : proleptic ordinals; values : running count at the end of the day, or measured level.
    is_count : whether the values are a running count (a staircase) or measurements (points).
    """

    days: NDArray[np.int64]
    values: NDArray[np.float64]
    is_count: bool


@dataclass(frozen=True, repr=False)
class PanelResult:
    """One chart: the model's band, the recorded path, and where the record's end lies.

    compared_on : proleptic ordinal of the day on which the two are compared: the record's last in the window;
        the end of the window where there is no record.
    recorded : recorded value on that day, None if there is none.
    model_mean, model_q05, model_q50, model_q95 : of the runs on the sampled day that is nearest to it, not before.
    outside_share : share of the sampled days (counts) or measurements on which the record lies outside the 90 % band;
        None without a record. A record can end inside a band that it has been outside of most of the time.
    """

    title: str
    unit: str
    band: Band
    history: HistoryPath | None
    compared_on: int
    recorded: float | None
    model_mean: float
    model_q05: float
    model_q50: float
    model_q95: float
    outside_share: float | None

    def __repr__(self) -> str:
        ends = f"recorded {number(self.recorded)}, model {number(self.model_q05)} to {number(self.model_q95)}"
        return f"PanelResult({self.title!r}: {ends})"

    @property
    def is_inside(self) -> bool | None:
        """Whether the recorded end value lies inside the model's 90 % band."""
        if self.recorded is None:
            return None
        return bool(self.model_q05 <= self.recorded <= self.model_q95)


@dataclass(frozen=True)
class PanelRequest:
    """What a panel is to show: a quantity, or the running count of moves; `tally` if the quantity is one."""

    title: str
    quantity: str | None
    moves: tuple[str, ...]
    is_tally: bool = False


def beside(
    ensemble: Ensemble, panels: Sequence[PanelRequest], *, record: Record | None, window: tuple[dt.date, dt.date]
) -> tuple[PanelResult, ...]:
    """Pair each panel's band with its recorded path, in the order of the panels."""
    paths = (recorded_path(record, panel, window=window) if record else None for panel in panels)
    return tuple(_panel(ensemble, panel, path) for panel, path in zip(panels, paths, strict=True))


def recorded_path(record: Record, panel: PanelRequest, *, window: tuple[dt.date, dt.date]) -> HistoryPath | None:
    """Collect what was recorded for a panel inside a window; None if the record does not speak of it.

    A record that lists events and lists none of some moves says that none was recorded: zero, not nothing. A tally is
    summed from the marks of the events that carry it, and is spoken of if any row of the record carries it. A quantity
    is its measurements, the last one before the window included, so that the path starts at the left edge.
    """
    if panel.quantity is None:
        happened = [(event.date, float(event.count)) for event in record.events_of(panel.moves)]
        return _running(happened, _covered(record, window))
    return (_tally_path if panel.is_tally else _measured_path)(record, panel.quantity, window)


def _tally_path(record: Record, quantity: str, window: tuple[dt.date, dt.date]) -> HistoryPath | None:
    marked = [(event.date, event.marks[quantity]) for event in record.events if quantity in event.marks]
    return _running(marked, _covered(record, window)) if marked else None


def _measured_path(record: Record, quantity: str, window: tuple[dt.date, dt.date]) -> HistoryPath | None:
    rows = [m for m in record.measured(quantity) if m.date <= window[1]]
    first = max((i for i, m in enumerate(rows) if m.date <= window[0]), default=0)
    kept = rows[first:]
    if not kept:
        return None
    days = np.array([max(m.date, window[0]).toordinal() for m in kept], np.int64)
    return HistoryPath(days, np.array([m.value for m in kept]), is_count=False)


def _covered(record: Record, window: tuple[dt.date, dt.date]) -> tuple[dt.date, dt.date] | None:
    """Find the part of a window in which the record's silence means that nothing happened.

    Counts run from the window's first day, so a record that begins later has no count to set beside the model's.
    """
    if record.covers is None or not record.covers[0] <= window[0] <= record.covers[1]:
        return None
    return window[0], min(window[1], record.covers[1])


def _running(dated: Sequence[tuple[dt.date, float]], window: tuple[dt.date, dt.date] | None) -> HistoryPath | None:
    """Sum the dated numbers of a window into a staircase from 0 on its first day to the total on its last."""
    if window is None:
        return None
    by_day: dict[int, float] = {window[0].toordinal(): 0.0}
    for date, added in dated:
        if window[0] <= date <= window[1]:
            by_day[date.toordinal()] = by_day.get(date.toordinal(), 0.0) + added
    by_day.setdefault(window[1].toordinal(), 0.0)
    days = sorted(by_day)
    return HistoryPath(np.array(days, np.int64), np.cumsum([by_day[day] for day in days]), is_count=True)


def _panel(ensemble: Ensemble, panel: PanelRequest, history: HistoryPath | None) -> PanelResult:
    band = ensemble.counts[panel.title] if panel.quantity is None else ensemble.quantities[panel.quantity]
    at, day = len(band.days) - 1, int(band.days[-1])
    recorded = None
    if history is not None:
        recorded, day = float(history.values[-1]), int(history.days[-1])
        at = min(int(np.searchsorted(band.days, day)), at)
    mean, q05, q50, q95 = (float(column[at]) for column in (band.mean, band.q05, band.q50, band.q95))
    return PanelResult(
        title=panel.title, unit=band.unit, band=band, history=history, compared_on=day, recorded=recorded,
        model_mean=mean, model_q05=q05, model_q50=q50, model_q95=q95, outside_share=outside_share(band, history),
    )  # fmt: skip


def outside_share(band: Band, history: HistoryPath | None) -> float | None:
    """Find the share of days (counts) or measurements on which a recorded path lies outside a band."""
    if history is None:
        return None
    if history.is_count:
        at = np.flatnonzero((band.days >= history.days[0]) & (band.days <= history.days[-1]))
        values = history.values[np.searchsorted(history.days, band.days[at], side="right") - 1]
    else:
        at = np.minimum(np.searchsorted(band.days, history.days), len(band.days) - 1)
        values = history.values
    return float(np.mean((values < band.q05[at]) | (values > band.q95[at]))) if len(at) else None
