"""Draw the cost series as one small static SVG: points, spread of the rounds, the straight line through the medians."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from benchmarks.measures.cost import Point, Series

PANEL_W, PANEL_H, GAP = 310, 210, 24
LEFT, RIGHT, TOP, BOTTOM = 52, 16, 46, 36
INK, LINE, DOT = "#444", "#9bb8d3", "#1f5f99"


def cost_plot(series: Sequence[Series]) -> str:
    """Return the SVG: a panel for each series, two in a row."""
    rows = -(-len(series) // 2)
    width, height = 2 * PANEL_W + GAP, rows * PANEL_H + (rows - 1) * GAP
    panels = [
        f'<g transform="translate({(i % 2) * (PANEL_W + GAP)},{(i // 2) * (PANEL_H + GAP)})">{_panel(one)}</g>'
        for i, one in enumerate(series)
    ]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'font-family="sans-serif" font-size="11" fill="{INK}" role="img">'
    )
    return "\n".join([head, '<rect width="100%" height="100%" fill="white"/>', *panels, "</svg>", ""])


def _panel(series: Series) -> str:
    start, slope = series.line
    end = series.points[-1].at
    top = max([start + slope * end, *(max(p.seconds) for p in series.points)]) * 1.08

    def x(value: float) -> float:
        return round(LEFT + value / end * (PANEL_W - LEFT - RIGHT), 1)

    def y(seconds: float) -> float:
        return round(PANEL_H - BOTTOM - seconds / top * (PANEL_H - TOP - BOTTOM), 1)

    line = f"{start:.2f} s + {slope * 1e3:.3g} ms each; farthest point {series.residual:.1%}"
    floor = PANEL_H - BOTTOM
    parts = [
        f'<text x="0" y="13" font-size="13" font-weight="bold">Time against {escape(series.of)}</text>',
        f'<text x="0" y="29">{escape(line)}</text>',
        f'<path d="M{LEFT} {TOP}V{floor}H{PANEL_W - RIGHT}" fill="none" stroke="{INK}"/>',
        f'<path d="M{x(0)} {y(start)}L{x(end)} {y(start + slope * end)}" stroke="{LINE}" stroke-width="2"/>',
        f'<text x="{LEFT - 5}" y="{y(top) + 9}" text-anchor="end">{top:.2g} s</text>',
        f'<text x="{LEFT - 5}" y="{floor + 4}" text-anchor="end">0</text>',
        f'<text x="{PANEL_W - RIGHT}" y="{floor + 28}" text-anchor="end">{escape(series.of)}</text>',
        *(f'<text x="{x(p.at)}" y="{floor + 14}" text-anchor="middle">{p.at}</text>' for p in _labelled(series)),
        *(_dot(x(p.at), y(p.median), y(min(p.seconds)), y(max(p.seconds))) for p in series.points),
    ]
    return "".join(parts)


def _labelled(series: Series) -> list[Point]:
    """Leave out labels that would stand on one another."""
    shown: list[Point] = []
    for point in reversed(series.points):
        if not shown or shown[-1].at - point.at > series.points[-1].at / 9:
            shown.append(point)
    return shown


def _dot(x: float, y: float, low: float, high: float) -> str:
    return (
        f'<path d="M{x} {low}V{high}" stroke="{DOT}"/>' if low != high else ""
    ) + f'<circle cx="{x}" cy="{y}" r="3.5" fill="{DOT}"/>'
