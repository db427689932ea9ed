"""What Offramp is held to: each row's goals, and the verdict that a measurement has earned.

`must` is what a release needs, `aim` what we are after; both were set before the code that they judge was written
(issue 3). A verdict is worked out here and never typed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

Verdict = Literal["aim met", "met", "missed", "not measured", ""]


@dataclass(frozen=True, slots=True)
class Goal:
    """One row: what is measured, in which unit, and how good it must be. Without `must` it is only reported."""

    key: str
    what: str
    unit: str
    must: float | None = None
    aim: float | None = None
    is_more_better: bool = False

    def verdict(self, measured: float | None) -> Verdict:
        """Judge a measurement by the number that the table shows."""
        if measured is None:
            return "not measured"
        if self.must is None:
            return ""
        if self.aim is not None and self._reaches(measured, self.aim):
            return "aim met"
        return "met" if self._reaches(measured, self.must) else "missed"

    def _reaches(self, measured: float, wanted: float) -> bool:
        return measured >= wanted if self.is_more_better else measured <= wanted


GOALS = (
    Goal("throughput", "reference model, specialised, from YAML", "million run-days/s/core", 4, 6, True),
    Goal("lockstep", "time against lockstep C", "x the time", 1.5, 1.2),
    Goal("scalar", "speed against scalar C", "x as fast", 2, 4, True),
    Goal("mesa", "speed against Mesa 3", "x as fast", 250, 400, True),
    Goal("ema", "speed against the EMA Workbench", "x as fast", is_more_better=True),
    Goal("plain", "speed against pure Python", "x as fast", is_more_better=True),
    Goal("numpy", "speed against NumPy over runs", "x as fast", is_more_better=True),
    Goal("evaluator", "evaluator against specialised form", "x the time", 4, 2.5),
    Goal("warm runs", "flagship, 20,000 runs of its default window, warm, all cores", "s", 2.5, 1),
    Goal("warm pairs", "flagship, 2,000 paired runs, warm, in process", "s", 0.8, 0.3),
    Goal("new scenario", "flagship, 100 runs, never compiled: whole command", "s", 5, 3),
    Goal("new machine", "the same where nothing was ever compiled, the engine's own loop included", "s", 5, 3),
    Goal("background", "flagship, never compiled: until it runs specialised, in the background", "s", 30, 10),
    Goal("cached", "flagship, 100 runs, compiled: whole command in a fresh process", "s", 3, 1.5),
    Goal("memory small", "peak memory above imports, 1,000,000 runs of two-rivals", "MiB", 256, 64),
    Goal("memory reference", "peak memory above imports, 1,000,000 runs of the reference model", "MiB", 256, 64),
    Goal("linear", "cost against runs, days, moves, actors: farthest point from its line", "%", 15, 5),
    Goal(
        "pairing", "paired small edits of the flagship, 90 days, continuous: least variance ratio", "x", 5, None, True
    ),
)
"""`linear` has no number in the issue: a line is called straight if no point is farther from it than `must`."""


@dataclass(frozen=True, slots=True)
class Measured:
    """The values of the rounds, or why there are none."""

    values: tuple[float, ...] = ()
    remark: str = ""

    @property
    def median(self) -> float | None:
        """Median over the rounds."""
        return float(np.median(self.values)) if self.values else None


NOT_MEASURED = Measured()


def goals_table(measured: dict[str, Measured]) -> str:
    """Return the table of goals in Markdown."""
    head = "| what | unit | must | aim | measured (range) | verdict |\n|---|---|---:|---:|---:|---|"
    rows = [_row(goal, measured.get(goal.key, NOT_MEASURED)) for goal in GOALS]
    remarks = [f"- {goal.what}: {measured[goal.key].remark}" for goal in GOALS
               if goal.key in measured and measured[goal.key].remark]  # fmt: skip
    return "\n".join([head, *rows, *(["", *remarks] if remarks else [])])


def _row(goal: Goal, measured: Measured) -> str:
    sign = "≥" if goal.is_more_better else "≤"
    must, aim = (f"{sign} {value:g}" if value is not None else "" for value in (goal.must, goal.aim))
    verdict = goal.verdict(measured.median)
    shown = f"**{verdict}**" if verdict == "missed" else verdict
    return f"| {goal.what} | {goal.unit} | {must} | {aim} | {_values(measured)} | {shown} |"


def _values(measured: Measured) -> str:
    if measured.median is None:
        return ""
    spread = f" ({_shown(min(measured.values))} to {_shown(max(measured.values))})" if len(measured.values) > 1 else ""
    return f"{_shown(measured.median)}{spread}"


def _shown(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
