"""Which runs to tell: a typical one, the one nearest to history, and the worst.

- *Typical*: the medoid, the run whose summed distance to all others is least. Its coordinates are the outcomes and the
  square roots of monthly counts, each in standard deviations over the runs; the two groups weigh the same.
- *Nearest to history*: over the charts that have a record, the mean of relative squared distances. A chart's is the
  mean over its months (counts, as square roots; what is thought unrecorded taken off) or dates (measurements), divided
  by that of the average run: 1 is as far from the record as runs are on average.
- *Worst*: the run with most dead, all sides counted alike: the sum of the outcomes that are given for that.

The lowest run number wins a tie, so that the choice depends on the runs alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Table = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ChosenRun:
    """A run to tell: which, why ("typical", "nearest", "worst"), and the number that it was chosen by."""

    run: int
    why: str
    measure: float


@dataclass(frozen=True)
class Course:
    """One chart beside the record, as distances see it: values (place, run), and the record's (place,)."""

    values: Table
    recorded: Table


def typical_run(outcomes: NDArray[np.float32], counts: Sequence[NDArray[np.float32]]) -> ChosenRun | None:
    """Choose the medoid of the runs; None without runs.

    Parameters
    ----------
    outcomes : (run, outcome), all finite; counts : one (month, run) table for each kind of event
    """
    n = outcomes.shape[0]
    if n == 0:
        return None
    roots = np.concatenate([np.sqrt(table.astype(np.float64)) for table in counts]) if counts else np.zeros((0, n))
    points = np.concatenate([_weighed(outcomes.T.astype(np.float64)), _weighed(roots)]).T  # (run, coordinate)
    squares = (points**2).sum(axis=1)
    apart = np.sqrt(np.maximum(squares[:, None] + squares - 2 * points @ points.T, 0.0))
    summed = np.round(apart.sum(axis=1), 9)  # ties by arithmetic's last bits go to the lowest run, too
    best = int(summed.argmin())
    return ChosenRun(best, "typical", float(summed[best] / n))


def nearest_run(courses: Sequence[Course]) -> ChosenRun | None:
    """Choose the run nearest to history; None without a record."""
    relative = [found for found in map(_relative, courses) if found is not None]
    if not relative:
        return None
    distance = np.round(np.mean(relative, axis=0), 9)
    best = int(distance.argmin())
    return ChosenRun(best, "nearest", float(distance.min()))


def worst_run(deaths: NDArray[np.float32]) -> ChosenRun | None:
    """Choose the run with most dead, given (run, outcome) numbers of dead; None where nobody dies in any run."""
    total = deaths.sum(axis=1, dtype=np.float64)
    if not total.size or total.max() <= 0:
        return None
    return ChosenRun(int(total.argmax()), "worst", float(total.max()))


def course_of_counts(counts: NDArray[np.float32], recorded: Table) -> Course:
    """Make the course of monthly counts (month, run) beside the record's (month,), nan where it does not speak."""
    known = np.isfinite(recorded)
    return Course(np.sqrt(counts[known].astype(np.float64)), np.sqrt(recorded[known]))


def _weighed(table: Table) -> Table:
    """Standardise the rows of a table, leave out those that do not vary, and let all of them together weigh 1."""
    sound = table[np.isfinite(table).all(axis=1)]
    spread = sound.std(axis=1)
    varying = spread > 0
    kept = sound[varying] / spread[varying][:, None]
    centred: Table = (kept - kept.mean(axis=1, keepdims=True)) / np.sqrt(max(len(kept), 1))
    return centred


def _relative(course: Course) -> Table | None:
    """Divide each run's mean squared distance by that of the average run; None where no run has any."""
    if not len(course.recorded):
        return None
    squared: Table = ((course.values - course.recorded[:, None]) ** 2).mean(axis=0)
    average = float(squared.mean())
    return squared / average if average > 0 else None
