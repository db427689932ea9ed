"""The charts of a report: fans of quantities, months of moves, waits, days of single runs, differences.

The model is a band and a line, the record squares joined by a dashed line: each is known by its form, not by its colour
alone.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

import numpy as np

from offramp.analyse.fans import Fan
from offramp.analyse.rhythm import Rhythm, Waits
from offramp.core.words import number, percent
from offramp.present.svg import BOTTOM, RIGHT, WIDTH, Picture, Plot, date_ticks, plot, wrapped

MANY_POINTS = 40  # measurements, above which squares would hide the line
ROW = 34  # pixels of a row of days: a line of text and a line of dots
LARGEST_DOT = 6.0
WAIT_TICKS = (1, 2, 5, 10, 20, 50, 100, 200, 365)
BAR_WIDTH, BAR_HEIGHT = 150, 22
Window = tuple[dt.date, dt.date]


def fan_chart(fan: Fan, window: Window) -> Picture:
    """Draw a quantity over time: bands that hold 50 and 90 % of runs, their median, and the record."""
    history = fan.history
    tops = [float(fan.fan[-1].max()), *([float(history.values.max())] if history is not None else [])]
    lows = [0.0, float(fan.fan[0].min())]
    drawn = _over_time(window, (min(lows), max(tops) * 1.05), fan.unit)
    drawn.band(fan.days, fan.fan[0], fan.fan[4], name="outer")
    drawn.band(fan.days, fan.fan[1], fan.fan[3], name="inner")
    drawn.line(fan.days, fan.fan[2], name="median")
    if history is not None:
        (drawn.steps if history.is_count else drawn.line)(history.days, history.values, name="record")
        if not history.is_count and len(history.values) <= MANY_POINTS:
            drawn.squares(history.days, history.values, name="measured", size=5)
    end = [number(float(q)) for q in fan.fan[[0, 2, 4], -1]]
    said = (
        f"{fan.title}, in {fan.unit}. At the end 90 % of runs lie between {end[0]} and {end[2]}, half above {end[1]}."
    )
    if history is not None:
        said += f" Last recorded value: {number(float(history.values[-1]))}."
    return drawn.svg(said)


def month_chart(rhythm: Rhythm, window: Window) -> Picture:
    """Draw how often moves happen month by month: bars that hold 50 and 90 % of runs, the median, and the record."""
    recorded = rhythm.recorded if rhythm.recorded is not None else np.full(len(rhythm.months), np.nan)
    top = max(float(rhythm.fan[-1].max()), float(np.nanmax(recorded, initial=0.0)), 1.0)
    drawn = _over_time(window, (0.0, top * 1.08), "events in the month", whole=True)
    edges = [*(max(month, window[0]).toordinal() for month in rhythm.months), window[1].toordinal() + 1]
    middles = [(a + b) / 2 for a, b in pairwise(edges)]
    for i, (start, end) in enumerate(pairwise(edges)):
        inset = (end - start) * 0.12
        across = (start + inset, min(end - inset, drawn.x.high))
        q = [float(v) for v in rhythm.fan[:, i]]
        drawn.bar(across, (q[0], q[4]), name="outer")
        drawn.bar(across, (q[1], q[3]), name="inner")
        drawn.line(across, (q[2], q[2]), name="median")
    drawn.squares(middles, recorded, name="measured")
    return drawn.svg(f"{rhythm.title}, by month. {inside_words(rhythm)}")


def wait_chart(waits: Waits, title: str) -> Picture:
    """Draw the share of waits longer than so many days, on a logarithmic axis of days."""
    drawn = plot((1.0, float(max(waits.days[-1], 2))), (0.0, 100.0), height=164, is_log=True)
    drawn.y_axis("% of waits that are longer")
    drawn.x_labels((float(t), f"{t} d") for t in WAIT_TICKS if t <= drawn.x.high)
    low, middle, high = 100 * waits.band
    drawn.band(waits.days, low, high, name="outer")
    drawn.line(waits.days, middle, name="median")
    if waits.recorded is not None:
        drawn.steps(waits.days, 100 * waits.recorded, name="record")
    return drawn.svg(f"{title}: share of waits between two days with an event that are longer than so many days.")


@dataclass(frozen=True)
class DayRow:
    """A row of a chart of days: its title, and (proleptic ordinal, number of events) of days that have any."""

    title: str
    days: Sequence[tuple[int, float]]


def day_chart(rows: Sequence[DayRow], window: Window, *, whose: str, name: str) -> Picture:
    """Draw each day with events as a dot, one row for each kind, larger for more; `name` is the class of its dots."""
    top = 4
    height = top + ROW * len(rows) + BOTTOM
    drawn = plot((window[0].toordinal(), window[1].toordinal()), (0.0, 1.0), height=height)
    drawn.x = type(drawn.x)(drawn.x.low, drawn.x.high, 8, WIDTH - RIGHT)
    for i, row in enumerate(rows):
        base = top + ROW * i
        total = sum(count for _, count in row.days)
        drawn.marks.append(f'<text x="4" y="{base + 11}">{escape(row.title)}: {number(total)}</text>')
        drawn.marks.append(f'<line class="rule" x1="4" x2="{WIDTH - RIGHT}" y1="{base + 22}" y2="{base + 22}"/>')
        for day, count in row.days:
            radius = min(LARGEST_DOT, 2.2 * math.sqrt(count))
            drawn.marks.append(f'<circle class="{name}" cx="{drawn.x(day):.1f}" cy="{base + 22}" r="{radius:.1f}"/>')
    drawn.x_labels(date_ticks(*window))
    counted = "; ".join(f"{row.title}: {number(sum(c for _, c in row.days))}" for row in rows)
    return drawn.svg(f"{whose}: the days on which it happened. {counted}.")


def difference_bar(difference: float, interval: tuple[float, float], *, span: float, said: str) -> Picture:
    """Draw a difference as a dot on its interval, beside a line at 0; both ends of the picture are `span` from it.

    The dot is filled where the interval leaves 0 out, and hollow where it does not.
    """

    def place(value: float) -> float:
        return BAR_WIDTH / 2 + max(-1.0, min(1.0, value / span)) * (BAR_WIDTH / 2 - 6)

    middle, y = BAR_WIDTH / 2, BAR_HEIGHT / 2
    is_clear = interval[0] > 0 or interval[1] < 0
    marks = (
        f'<line class="zero" x1="{middle}" x2="{middle}" y1="1" y2="{BAR_HEIGHT - 1}"/>'
        f'<line class="whisker" x1="{place(interval[0]):.1f}" x2="{place(interval[1]):.1f}" y1="{y}" y2="{y}"/>'
        f'<circle class="{"clear" if is_clear else "unclear"}" cx="{place(difference):.1f}" cy="{y}" r="4"/>'
    )
    return wrapped(marks, (BAR_WIDTH, BAR_HEIGHT), said)


def _over_time(window: Window, values: tuple[float, float], unit: str, *, whole: bool = False) -> Plot:
    drawn = plot((window[0].toordinal(), window[1].toordinal()), values)
    drawn.y_axis(unit, whole=whole)
    drawn.x_labels(date_ticks(*window))
    return drawn


def wait_words(waits: Waits) -> str:
    """Say in a sentence how long one waits."""
    if waits.medians is None:
        return ""
    low, middle, high = (number(m) for m in waits.medians)
    model = f"In the middle run half of the waits are longer than {middle} days (90 % of runs: {low} to {high})"
    if waits.median_recorded is None:
        return f"{model}; the record has too few to say ({waits.n_recorded})."
    return f"{model}; in the record {number(waits.median_recorded)} ({waits.n_recorded} waits)."


def inside_words(rhythm: Rhythm) -> str:
    """Say in a sentence how the record lies among the months."""
    low, middle, high = (number(total) for total in rhythm.total)
    model = f"Whole window: median {middle}, 90 % of runs {low} to {high}"
    if rhythm.inside is None or rhythm.total_recorded is None:
        return f"{model}. Not in the record."
    share = rhythm.inside[0] / max(rhythm.inside[1], 1)
    return (
        f"{model}; recorded {number(rhythm.total_recorded)}. The record is inside the 90 % bars in "
        f"{rhythm.inside[0]} of {rhythm.inside[1]} months ({percent(share)})."
    )
