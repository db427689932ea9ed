"""Figures of a comparison: both sides and their difference over time, differences of outcomes, when runs part."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from offramp.analyse.beside import HistoryPath
from offramp.analyse.compare import Divergence, OutcomeDifference
from offramp.core.words import number, percent
from offramp.ensemble.ensemble import Band
from offramp.present.figures import (
    BAND_COLOUR,
    GRID_COLOUR,
    MODEL_COLOUR,
    Figure,
    as_dates,
    as_numbers,
    layout,
    line,
    record_trace,
)

EDITED_COLOUR = "#009E73"
EDITED_BAND_COLOUR = "rgba(0,158,115,0.18)"
ZERO_COLOUR = "rgba(128,128,128,0.7)"
LEAST_POINTS = 5.0  # percentage points to either side of 0
LEAST_SPREAD = 0.25  # standard deviations to either side of 0
LEAST_OF_LEVEL = 0.1  # of the span of both sides' bands, to either side of 0
ROW_PIXELS = 34  # two lines of a label


@dataclass(frozen=True)
class PairPanel:
    """One chart: both sides over time, their difference, and the record where there is one."""

    title: str
    unit: str
    baseline: Band
    edited: Band
    difference: Band
    history: HistoryPath | None

    @property
    def is_flat(self) -> bool:
        """Whether no pair differs on any day shown."""
        return not (self.difference.q05.any() or self.difference.q95.any() or self.difference.mean.any())


def pair_figure(panel: PairPanel, window: tuple[dt.date, dt.date]) -> Figure:
    """Draw both sides with their bands above, and the difference with the band of pairs below, on one time axis."""
    traces = [
        *_band(panel.baseline, "baseline", (MODEL_COLOUR, BAND_COLOUR), axis="y"),
        *_band(panel.edited, "edited", (EDITED_COLOUR, EDITED_BAND_COLOUR), axis="y"),
    ]
    if panel.history is not None and len(panel.history.values):
        traces.append(record_trace(panel.history))
    traces += _difference(panel.difference)
    frame = layout(panel.unit, window)
    upper = {**frame["yaxis"], "domain": [0.45, 1.0]}
    lower = {
        "title": {"text": f"difference ({panel.unit})" if panel.unit else "difference"}, "domain": [0.0, 0.36],
        "range": _span(panel), "zeroline": True, "zerolinecolor": ZERO_COLOUR,
        "gridcolor": GRID_COLOUR, "automargin": True,
    }  # fmt: skip
    x = {**frame["xaxis"], "anchor": "y2"}
    legend = {**frame["legend"], "y": -0.1}
    layers = {"yaxis": upper, "yaxis2": lower, "xaxis": x, "legend": legend}
    return {"data": traces, "layout": {**frame, "height": 400, **layers}}


def _band(band: Band, name: str, colours: tuple[str, str], *, axis: str) -> list[Figure]:
    days, edge = as_dates(band.days), {"line": {"width": 0}, "hoverinfo": "skip", "yaxis": axis, "legendgroup": name}
    return [
        line(days, band.q95, name="95 %", showlegend=False, **edge),
        line(days, band.q05, name="5 %", showlegend=False, fill="tonexty", fillcolor=colours[1], **edge),
        line(days, band.q50, name=f"{name}, median", line={"color": colours[0], "width": 2}, yaxis=axis,
             legendgroup=name),
    ]  # fmt: skip


def _difference(band: Band) -> list[Figure]:
    days, grey = as_dates(band.days), "rgba(128,128,128,0.25)"
    edge = {"line": {"width": 0}, "hoverinfo": "skip", "yaxis": "y2", "showlegend": False}
    mean = {"color": EDITED_COLOUR, "width": 2, "dash": "dash"}
    return [
        line(days, band.q95, name="95 % of pairs", **edge),
        line(days, band.q05, name="90 % of pairs", fill="tonexty", fillcolor=grey, **edge),
        line(days, band.mean, name="mean difference", line=mean, yaxis="y2"),
    ]


def share_figure(outcomes: Sequence[OutcomeDifference]) -> Figure | None:
    """Draw the change of the share of runs in which something happens, in percentage points; None without any."""
    rows = []
    for outcome in outcomes:
        if outcome.kind == "first" and outcome.share is not None:
            share = outcome.share
            rows.append((f"{outcome.title or outcome.name} (at all)", share.difference, share.interval,
                         f"{percent(share.baseline)} to {percent(share.edited)}"))  # fmt: skip
        elif outcome.kind == "any" and outcome.difference is not None and outcome.interval is not None:
            said = f"{percent(outcome.baseline)} to {percent(outcome.edited)}"
            rows.append((outcome.title or outcome.name, outcome.difference, outcome.interval, said))
    scaled = [(title, 100 * d, (100 * low, 100 * high), said) for title, d, (low, high), said in rows]
    return _dots(scaled, "percentage points", least=LEAST_POINTS) if scaled else None


def size_figure(outcomes: Sequence[OutcomeDifference]) -> Figure | None:
    """Draw the change of numbers, each in standard deviations of its baseline; None without any."""
    rows = []
    for outcome in outcomes:
        if outcome.kind == "any" or outcome.difference is None or outcome.interval is None or not outcome.spread:
            continue
        said = f"{number(outcome.baseline)} to {number(outcome.edited)} {outcome.unit}"
        scale = outcome.spread
        interval = (outcome.interval[0] / scale, outcome.interval[1] / scale)
        rows.append((outcome.title or outcome.name, outcome.difference / scale, interval, said))
    return _dots(rows, "standard deviations of the baseline's runs", least=LEAST_SPREAD) if rows else None


def _span(panel: PairPanel) -> list[float]:
    """Choose the axis of a difference: what it needs, and never so little that a small difference looks large."""
    both = np.concatenate([panel.baseline.q05, panel.baseline.q95, panel.edited.q05, panel.edited.q95])
    own = np.concatenate([panel.difference.q05, panel.difference.q95, panel.difference.mean, [0.0]])
    levels = both[np.isfinite(both)]
    room = LEAST_OF_LEVEL * float(np.ptp(levels)) if levels.size else 0.0
    low, high = float(np.nanmin(own)), float(np.nanmax(own))
    margin = 0.05 * (high - low)
    return [min(low - margin, -room), max(high + margin, room)]


def _dots(rows: Sequence[tuple[str, float, tuple[float, float], str]], unit: str, *, least: float) -> Figure:
    """Draw differences with their intervals; the axis reaches at least `least` to either side of 0."""
    reach = 1.05 * max([least, *(abs(bound) for _, _, interval, _ in rows for bound in interval)])
    titles = [_folded(title) for title, *_ in rows]
    found = [d for _, d, _, _ in rows]
    trace = {
        "type": "scatter", "mode": "markers", "x": _plain(found), "y": titles, "text": [said for *_, said in rows],
        "hovertemplate": "%{y}: %{x:.3g}<br>%{text}<extra></extra>", "marker": {"color": EDITED_COLOUR, "size": 8},
        "error_x": {
            "type": "data", "symmetric": False, "color": EDITED_COLOUR, "thickness": 1.5, "width": 3,
            "array": _plain([high - d for _, d, (_, high), _ in rows]),
            "arrayminus": _plain([d - low for _, d, (low, _), _ in rows]),
        },
    }  # fmt: skip
    return {
        "data": [trace],
        "layout": {
            "margin": {"l": 8, "r": 12, "t": 8, "b": 44}, "height": 70 + ROW_PIXELS * len(rows),
            "autosize": True, "font": {"family": "inherit", "size": 12},
            "xaxis": {
                "title": {"text": unit}, "range": [-reach, reach], "zerolinecolor": ZERO_COLOUR,
                "gridcolor": GRID_COLOUR,
            },
            "yaxis": {"autorange": "reversed", "automargin": True, "gridcolor": GRID_COLOUR, "type": "category"},
            "paper_bgcolor": "rgba(0,0,0,0)", "plot_bgcolor": "rgba(0,0,0,0)",
        },
    }  # fmt: skip


def divergence_figure(divergence: Divergence, window: tuple[dt.date, dt.date]) -> Figure:
    """Draw the share of runs that have parted from their pair by each day."""
    n = max(divergence.counts.sum(), 1)
    reached = np.cumsum(divergence.counts) / n * divergence.share * 100
    shown = np.unique([0, *np.flatnonzero(divergence.counts), len(reached) - 1])  # a staircase needs its corners only
    trace = line(as_dates(divergence.days[shown]), reached[shown], name="runs that have parted",
                 line={"shape": "hv", "color": EDITED_COLOUR, "width": 2})  # fmt: skip
    frame = layout("% of runs", window)
    return {"data": [trace], "layout": {**frame, "height": 220, "showlegend": False}}


def _folded(title: str, width: int = 38) -> str:
    """Break a long title into lines of a label."""
    lines = [""]
    for word in title.split():
        if lines[-1] and len(lines[-1]) + len(word) >= width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return "<br>".join(lines)


def _plain(values: Sequence[float]) -> list[Any]:
    return as_numbers(np.array(values, np.float64))
