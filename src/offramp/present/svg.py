"""Charts as SVG text: scales, axes and marks. No script and no colours of its own: the page's style sheet has them.

A chart is 420 units wide, about as many pixels as it gets on a phone or in a column of a page, so that its letters keep
the size of the text around them. It is one picture to a screen reader, with a description in words.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape

import numpy as np
from numpy.typing import NDArray

from offramp.core.words import number

WIDTH, HEIGHT = 420, 210
LEFT, RIGHT, TOP, BOTTOM = 46, 8, 22, 24
MOST_TICKS = 6
LABEL_PIXELS = 44  # between two labels of the lower edge
MONTH_STEPS = (1, 2, 3, 6, 12, 24, 60, 120)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

Numbers = Sequence[float] | NDArray[np.floating] | NDArray[np.integer]


class Picture(str):
    """A picture as text of a page, made of numbers and escaped words: templates put it in as it is."""

    __slots__ = ()

    def __html__(self) -> str:
        """Return the text; what Jinja asks for."""
        return str(self)


@dataclass(frozen=True)
class Scale:
    """A straight or logarithmic way from values to pixels."""

    low: float
    high: float
    start: float
    end: float
    is_log: bool = False

    def __call__(self, value: float) -> float:
        """Place a value, in pixels."""
        low, high, v = (math.log(x) for x in (self.low, self.high, value)) if self.is_log else (
            self.low, self.high, value
        )  # fmt: skip
        return self.start + (v - low) / (high - low) * (self.end - self.start)


@dataclass
class Plot:
    """A chart in the making: marks are added, then it is written out."""

    x: Scale
    y: Scale
    height: int = HEIGHT
    marks: list[str] = field(default_factory=list)

    def band(self, xs: Numbers, low: Numbers, high: Numbers, *, name: str) -> None:
        """Fill the area between two lines."""
        there, back = self._points(xs, low), self._points(xs, high)[::-1]
        self.marks.append(f'<polygon class="{name}" points="{" ".join(there + back)}"/>')

    def line(self, xs: Numbers, ys: Numbers, *, name: str) -> None:
        """Draw a line; a value that is no number interrupts it."""
        for piece in _pieces(xs, ys):
            self.marks.append(f'<polyline class="{name}" points="{" ".join(self._points(*piece))}"/>')

    def steps(self, xs: Numbers, ys: Numbers, *, name: str) -> None:
        """Draw a staircase that keeps each value until the next."""
        corners_x = np.repeat(np.asarray(xs, np.float64), 2)[1:]
        corners_y = np.repeat(np.asarray(ys, np.float64), 2)[:-1]
        self.line(corners_x, corners_y, name=name)

    def squares(self, xs: Numbers, ys: Numbers, *, name: str, size: float = 6) -> None:
        """Mark points by squares."""
        for x, y in zip(xs, ys, strict=True):
            if math.isfinite(y):
                px, py = self.x(float(x)) - size / 2, self.y(float(y)) - size / 2
                self.marks.append(
                    f'<rect class="{name}" x="{px:.1f}" y="{py:.1f}" width="{size:g}" height="{size:g}"/>'
                )

    def bar(self, xs: tuple[float, float], ys: tuple[float, float], *, name: str) -> None:
        """Fill a rectangle, at least half a pixel high."""
        left, right = sorted(map(self.x, xs))
        top, bottom = sorted(map(self.y, ys))
        self.marks.append(
            f'<rect class="{name}" x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" '
            f'height="{max(bottom - top, 0.5):.1f}"/>'
        )

    def y_axis(self, unit: str, *, whole: bool = False) -> None:
        """Rule the chart at round values, whole ones if so asked, and write the unit above."""
        self.marks.append(f'<text class="unit" x="4" y="13">{escape(unit)}</text>')
        for value in round_values(self.y.low, self.y.high):
            if whole and value != round(value):
                continue
            py = self.y(value)
            self.marks.append(f'<line class="rule" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{py:.1f}" y2="{py:.1f}"/>')
            self.marks.append(f'<text x="{LEFT - 5}" y="{py + 4:.1f}" text-anchor="end">{number(_tidy(value))}</text>')

    def x_labels(self, ticks: Iterable[tuple[float, str]]) -> None:
        """Label the lower edge; labels are kept inside the chart and apart from each other."""
        bottom, last = self.height - BOTTOM, -math.inf
        for value, label in ticks:
            px = self.x(value)
            if px - last < LABEL_PIXELS:
                continue
            last = px
            anchor = "start" if px < LEFT + 20 else "end" if px > WIDTH - RIGHT - 20 else "middle"
            self.marks.append(f'<line class="tick" x1="{px:.1f}" x2="{px:.1f}" y1="{bottom}" y2="{bottom + 4}"/>')
            self.marks.append(f'<text x="{px:.1f}" y="{bottom + 17}" text-anchor="{anchor}">{escape(label)}</text>')

    def svg(self, description: str) -> Picture:
        """Write the chart out, with what it shows in words."""
        return wrapped("".join(self.marks), (WIDTH, self.height), description)

    def _points(self, xs: Numbers, ys: Numbers) -> list[str]:
        return [f"{self.x(float(x)):.1f},{self.y(float(y)):.1f}" for x, y in zip(xs, ys, strict=True)]


def plot(xs: tuple[float, float], ys: tuple[float, float], *, height: int = HEIGHT, is_log: bool = False) -> Plot:
    """Begin a chart over a range of x (logarithmic if so asked) and of y."""
    return Plot(
        Scale(xs[0], xs[1] if xs[1] > xs[0] else xs[0] + 1, LEFT, WIDTH - RIGHT, is_log),
        Scale(ys[0], ys[1] if ys[1] > ys[0] else ys[0] + 1, height - BOTTOM, TOP), height,
    )  # fmt: skip


def wrapped(marks: str, size: tuple[int, int], description: str) -> Picture:
    """Make a picture of marks that are known to be safe."""
    return Picture(
        f'<svg viewBox="0 0 {size[0]} {size[1]}" role="img" aria-label="{escape(description)}">{marks}</svg>'
    )  # marks are numbers and escaped text


def round_values(low: float, high: float) -> list[float]:
    """Choose a handful of round values inside a range."""
    if not (math.isfinite(low) and math.isfinite(high)) or high <= low:
        return [low]
    rough = (high - low) / 4
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * m for m in (1, 2, 5, 10) if power * m >= rough * 0.99)
    first = math.ceil(low / step - 1e-9)
    return [i * step for i in range(first, math.floor(high / step + 1e-9) + 1)]


def _tidy(value: float) -> float:
    return float(f"{value:.6g}")


def date_ticks(first: dt.date, last: dt.date) -> list[tuple[float, str]]:
    """Choose dates to label on an axis of time: first days of months or years, or some days of a short window."""
    starts = _month_starts(first, last)
    if len(starts) < 2:
        days = (last - first).days
        every = max(1, -(-days // 4))
        chosen = [first + dt.timedelta(days=i) for i in range(0, days + 1, every)]
        return [(float(day.toordinal()), f"{day.day} {MONTHS[day.month - 1]}") for day in chosen]
    step = next((s for s in MONTH_STEPS if len([d for d in starts if _on(d, s)]) <= MOST_TICKS), MONTH_STEPS[-1])
    return [(float(day.toordinal()), f"{MONTHS[day.month - 1]} {day.year}") for day in starts if _on(day, step)]


def _on(day: dt.date, step: int) -> bool:
    return (day.year * 12 + day.month - 1) % step == 0


def _month_starts(first: dt.date, last: dt.date) -> list[dt.date]:
    day, found = first.replace(day=1), []
    while day <= last:
        if day >= first:
            found.append(day)
        day = (day + dt.timedelta(days=32)).replace(day=1)
    return found


def _pieces(xs: Numbers, ys: Numbers) -> list[tuple[list[float], list[float]]]:
    """Cut a line where it has no value."""
    pieces: list[tuple[list[float], list[float]]] = [([], [])]
    for x, y in zip(xs, ys, strict=True):
        if math.isfinite(y):
            pieces[-1][0].append(float(x))
            pieces[-1][1].append(float(y))
        elif pieces[-1][0]:
            pieces.append(([], []))
    return [piece for piece in pieces if piece[0]]
