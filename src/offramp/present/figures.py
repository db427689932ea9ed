"""Figures as plotly.js specifications: plain dictionaries, drawn in the page by the vendored bundle.

One figure a panel: the 90 % band and the median of the model, and the
record on top in a contrasting colour. Colours are from the Okabe-Ito palette, readable with any
colour vision.

Source : okabeito2008
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offramp.analyse.beside import HistoryPath, PanelResult

MODEL_COLOUR = "#0072B2"
BAND_COLOUR = "rgba(0,114,178,0.18)"
RECORD_COLOUR = "#D55E00"
GRID_COLOUR = "rgba(128,128,128,0.2)"
Figure = dict[str, Any]


def panel_figure(panel: PanelResult, window: tuple[dt.date, dt.date]) -> Figure:
    """Draw one panel: model band and median, and the record where there is one; all panels share the window."""
    days = as_dates(panel.band.days)
    edge = {"line": {"width": 0}, "hoverinfo": "skip"}
    traces = [
        line(days, panel.band.q95, name="95 %", showlegend=False, **edge),
        line(days, panel.band.q05, name="model, 90 % of runs", fill="tonexty", fillcolor=BAND_COLOUR, **edge),
        line(days, panel.band.q50, name="model, median", line={"color": MODEL_COLOUR, "width": 2}),
    ]
    if panel.history is not None and len(panel.history.values):
        traces.append(record_trace(panel.history))
    return {"data": traces, "layout": layout(panel.unit, window)}


def record_trace(history: HistoryPath) -> Figure:
    """Draw a running count as a staircase, measurements as points joined by a thin line."""
    trace = {"type": "scatter", "x": as_dates(history.days), "y": as_numbers(history.values), "name": "record"}
    if history.is_count:
        return {**trace, "mode": "lines", "line": {"shape": "hv", "color": RECORD_COLOUR, "width": 2.5}}
    points = {
        "marker": {"color": RECORD_COLOUR, "size": 6},
        "line": {"color": RECORD_COLOUR, "width": 1, "dash": "dot"},
    }
    return {**trace, "mode": "lines+markers", **points}


def line(days: list[str], values: NDArray[np.float64], **style: Any) -> Figure:
    """Draw numbers over days as a line."""
    return {"type": "scatter", "mode": "lines", "x": days, "y": as_numbers(values), **style}


def layout(unit: str, window: tuple[dt.date, dt.date]) -> Figure:
    """Lay out a chart over time."""
    return {
        "margin": {"l": 56, "r": 12, "t": 8, "b": 36},
        "height": 280,
        "autosize": True,
        "hovermode": "x unified",
        "legend": {"orientation": "h", "y": -0.18},
        "yaxis": {"title": {"text": unit}, "rangemode": "tozero", "zeroline": False, "gridcolor": GRID_COLOUR},
        "xaxis": {"type": "date", "range": [day.isoformat() for day in window], "gridcolor": GRID_COLOUR},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": "inherit", "size": 13},
    }


def as_dates(days: NDArray[np.int64]) -> list[str]:
    """Write ordinals as dates."""
    return [dt.date.fromordinal(int(day)).isoformat() for day in days]


def as_numbers(values: NDArray[np.float64]) -> list[float | None]:
    """Write numbers with no more digits than a screen can show; None leaves a gap where there is no number."""
    return [float(f"{value:.6g}") if np.isfinite(value) else None for value in values]
