"""Where an answer hangs on a rival reading: differences among the runs that drew each alternative of a switch.

A switch stands for claims that contradict each other; every run draws one. A mean over all of them can look sure while
the readings point in opposite directions, so the difference of each outcome is also taken reading by reading. It is
*contested* where two readings lie more than `APART` standard errors from each other.

At 3.5, about one such contrast in 2,000 is told that is nothing but chance (two-sided, by the normal law, which asks
for the `LEAST` runs on each side; for what happens in few runs that law is rough). The intervals are those of means,
shares included. Outcomes of kind `first` are left out: their days differ only where both happen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

from offramp.analyse.intervals import Interval, mean_interval
from offramp.ensemble.differences import Differences
from offramp.model.model import Model

APART = 3.5
LEAST = 50


@dataclass(frozen=True, slots=True)
class Switch:
    """A structural switch: the question that it stands for, and its alternatives in order."""

    question: str
    alternatives: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReadingDifference:
    """The mean paired difference of an outcome among the n runs that drew one alternative, with its 90 % interval."""

    alternative: str
    n: int
    difference: float
    interval: Interval

    def as_json(self) -> dict[str, object]:
        """Return the shape that `--json` promises."""
        return {"alternative": self.alternative, "n": self.n, "difference": self.difference,
                "interval": list(self.interval)}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Contested:
    """An outcome whose difference depends on the reading of a switch. kind, title : of the outcome."""

    outcome: str
    kind: str
    title: str
    switch: str
    question: str
    readings: tuple[ReadingDifference, ...]

    def as_json(self) -> dict[str, object]:
        """Return the shape that `--json` promises."""
        return {"outcome": self.outcome, "switch": self.switch, "readings": [r.as_json() for r in self.readings]}


def contested(model: Model, differences: Differences, switches: Mapping[str, Switch]) -> tuple[Contested, ...]:
    """List the outcomes that depend on the reading of a switch, in the order of outcomes."""
    return tuple(
        Contested(outcome.name, outcome.kind, outcome.title or outcome.name, name, switches[name].question, readings)
        for i, outcome in enumerate(model.outcomes)
        if outcome.kind != "first"
        for name, rows in differences.readings_of.items()
        if name in switches and _are_apart(differences, i, rows)
        for readings in [_readings(differences, i, rows, switches[name].alternatives)]
    )


def _are_apart(differences: Differences, outcome: int, rows: range) -> bool:
    moments = differences.readings
    told = []
    for row in rows:
        n = float(moments.n[row, outcome])
        if n >= LEAST:
            told.append((float(moments.mean[row, outcome]), float(moments.m2[row, outcome]) / (n - 1) / n))
    return any((a - b) ** 2 > APART**2 * (va + vb) > 0 for (a, va), (b, vb) in combinations(told, 2))


def _readings(
    differences: Differences, outcome: int, rows: range, alternatives: tuple[str, ...]
) -> tuple[ReadingDifference, ...]:  # budget(positional): one row of a table
    found = []
    for row, alternative in zip(rows, alternatives, strict=True):
        n, mean = int(differences.readings.n[row, outcome]), float(differences.readings.mean[row, outcome])
        m2 = float(differences.readings.m2[row, outcome])
        interval = mean_interval(mean, m2, n=n, n_changed=n, spread=0.0)
        if interval is not None:
            found.append(ReadingDifference(alternative, n, mean, interval))
    return tuple(found)
