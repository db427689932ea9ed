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

from offramp.analyse.beside import PanelResult

MODEL_COLOUR = "#0072B2"
BAND_COLOUR = "rgba(0,114,178,0.18)"
RECORD_COLOUR = "#D55E00"
Figure = dict[str, Any]


def panel_figure(panel: PanelResult) -> Figure:
    """Draw one panel: model band and median, and the record where there is one."""
    days = _dates(panel.band.days)
    traces = [
        _line(days, panel.band.q95, name="95 %", line={"width": 0}, showlegend=False, hoverinfo="skip"),
        _line(days, panel.band.q05, name="model, 90 % of runs", line={"width": 0}, fill="tonexty", fillcolor=BAND_COLOUR, hoverinfo="skip"),
        _line(days, panel.band.q50, name="model, median run", line={"color": MODEL_COLOUR, "width": 2}),
    ]
    if panel.history is not None and len(panel.history.values):
        traces.append(_record(panel))
    return {"data": traces, "layout": _layout(panel)}


def _record(panel: PanelResult) -> Figure:
    history = panel.history
    assert history is not None
    shape = {"mode": "lines", "line": {"shape": "hv", "color": RECORD_COLOUR, "width": 2.5}}
    points = {"mode": "lines+markers", "line": {"color": RECORD_COLOUR, "width": 1, "dash": "dot"}, "marker": {"color": RECORD_COLOUR, "size": 6}}
    return {
        "type": "scatter", "x": _dates(history.days), "y": _numbers(history.values), "name": "record",
        **(shape if history.is_count else points),
    }  # fmt: skip


def _line(days: list[str], values: NDArray[np.float64], **style: Any) -> Figure:
    return {"type": "scatter", "mode": "lines", "x": days, "y": _numbers(values), **style}


def _layout(panel: PanelResult) -> Figure:
    return {
        "margin": {"l": 56, "r": 12, "t": 8, "b": 36},
        "height": 280,
        "hovermode": "x unified",
        "legend": {"orientation": "h", "y": -0.18},
        "yaxis": {"title": {"text": panel.unit}, "rangemode": "tozero", "zeroline": False, "gridcolor": "rgba(128,128,128,0.2)"},
        "xaxis": {"type": "date", "gridcolor": "rgba(128,128,128,0.2)"},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": "inherit", "size": 13},
    }


def _dates(days: NDArray[np.int64]) -> list[str]:
    return [dt.date.fromordinal(int(day)).isoformat() for day in days]


def _numbers(values: NDArray[np.float64]) -> list[float]:
    return [round(float(value), 6) for value in values]
