"""The page of speeds: what `make bench` prints, and writes between two marks of docs/explanation/speed.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.contestants import ROOT
from benchmarks.goals import Measured, goals_table
from benchmarks.measures.cost import Series
from benchmarks.measures.pairing import DAYS, PAIRS, Ratio, pairing_table
from benchmarks.plot import cost_plot

PAGE = ROOT / "docs" / "explanation" / "speed.md"
PLOT = PAGE.with_name("speed-cost.svg")
BEGIN, END = "<!-- make bench writes from here -->", "<!-- to here -->"


def page(goals: Mapping[str, Measured], *, peers: str, series: Sequence[Series], ratios: Sequence[Ratio],
         conditions: str) -> str:  # fmt: skip
    """Put the parts that were measured one under another."""
    parts = ["## Goals and where we stand", goals_table(dict(goals)), conditions]
    if peers:
        parts += ["## Beside the peers", peers]
    if series:
        parts += ["## What size costs", cost_table(series), f"![Time against runs, days, moves, actors]({PLOT.name})"]
    if ratios:
        said = f"{PAIRS:,} pairs over {DAYS} days; edits in `benchmarks/measures/pairing.py`."
        parts += ["## What pairing saves", said, pairing_table(list(ratios))]
    return "\n\n".join(parts)


def cost_table(series: Sequence[Series]) -> str:
    """Return one row a series: its line and how far its points lie off it."""
    head = (
        "| against | range | seconds at zero | milliseconds for one more | farthest point |\n|---|---|---:|---:|---:|"
    )
    rows = []
    for one in series:
        start, slope = one.line
        span = f"{one.points[0].at:,} to {one.points[-1].at:,}"
        rows.append(f"| {one.of} | {span} | {start:.3f} | {slope * 1e3:.3g} | {one.residual:.1%} |")
    return "\n".join([head, *rows])


def write(text: str, page: Path = PAGE) -> None:
    """Put the text between the marks of the page."""
    before, rest = page.read_text(encoding="utf-8").split(BEGIN)
    after = rest.split(END)[1]
    page.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")


def write_plot(series: Sequence[Series], file: Path = PLOT) -> None:
    """Draw the series."""
    if series:
        file.write_text(cost_plot(series), encoding="utf-8")
