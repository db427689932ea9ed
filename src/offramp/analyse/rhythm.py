"""How often and after how long: monthly counts and waiting times of moves, in the runs and in the record.

Runs are shown as the record would hold them: their true events are thinned by the observation model where there is one
for the kind, with noise addressed like all other. A *wait* is the number of days from one day with an event to the next
such day; waits that the window cuts off are left out on both sides, which shortens both alike.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offramp.analyse.beside import PanelRequest
from offramp.analyse.historical import leaf_events
from offramp.analyse.kept import KeptRuns, leaf_indices, month_ends
from offramp.infer.addressed import RunKeys
from offramp.infer.observation import ObservationModel, recorded
from offramp.model.model import Model
from offramp.record.record import Record

FAN = (0.05, 0.25, 0.5, 0.75, 0.95)
WHOLE = (0.05, 0.5, 0.95)
FEWEST_WAITS = 3  # in the record, below which its waits are not drawn
LONGEST_WAIT = 365


@dataclass(frozen=True, eq=False)
class Waits:
    """Waiting times: share of waits longer than each of `days`, over all runs' 5 %, 50 % and 95 %, and in the record.

    n_recorded : waits in the record; median_recorded, medians : days, of the record, and 5, 50, 95 % of runs' medians;
        None where there are too few.
    """

    days: NDArray[np.int64]
    band: NDArray[np.float64]
    recorded: NDArray[np.float64] | None
    n_recorded: int
    median_recorded: float | None
    medians: tuple[float, float, float] | None


@dataclass(frozen=True, eq=False)
class Rhythm:
    """One chart of moves.

    months : first day of each; fan : (quantile of `FAN`, month) of the runs' counts as the record would hold them
    recorded : (month,) the record's counts, nan where it does not speak; None without a record
    counts : (month, run) the runs' counts as the record would hold them
    total : 5, 50 and 95 % of the runs' counts over the whole window; total_recorded : that of the record
    inside : months in which the record lies between the outer quantiles, of how many; None without a record
    days : (step,) recorded events of each day; None without a record
    """

    title: str
    moves: tuple[str, ...]
    months: tuple[dt.date, ...]
    fan: NDArray[np.float64]
    counts: NDArray[np.float32]
    recorded: NDArray[np.float64] | None
    total: tuple[float, float, float]
    total_recorded: float | None
    inside: tuple[int, int] | None
    waits: Waits | None
    days: NDArray[np.float64] | None
    is_thinned: bool


@dataclass(frozen=True)
class Observed:
    """What there is to set beside the runs: the record, and what share of events it holds."""

    record: Record | None
    shares: ObservationModel


def rhythm(model: Model, kept: KeptRuns, *, request: PanelRequest, observed: Observed, seed: int) -> Rhythm:
    """Count the moves of a chart (their leaves are watched) month by month and find their waiting times."""
    leaves = leaf_indices(model, request.moves)
    daily, is_thinned = _as_recorded(model, kept, observed.shares, leaves, seed)
    months, ends = month_ends(model)
    starts = [0, *(int(end) + 1 for end in ends[:-1])]
    counts = np.add.reduceat(daily, starts, axis=0).astype(np.float32)
    fan = np.quantile(counts, FAN, axis=1, method="inverted_cdf").astype(np.float64)
    days = _recorded_days(model, observed.record, leaves)
    low, middle, high = np.quantile(counts.sum(axis=0), WHOLE, method="inverted_cdf")
    own = inside = None
    if days is not None:
        own = np.add.reduceat(days, starts)
        known = np.isfinite(own)
        within = (own >= fan[0]) & (own <= fan[-1])
        inside = (int(within[known].sum()), int(known.sum()))
    return Rhythm(
        request.title, request.moves, months, fan, counts, own, total=(float(low), float(middle), float(high)),
        total_recorded=None if own is None else float(np.nansum(own)), inside=inside,
        waits=_waits(model, daily, days), days=days, is_thinned=is_thinned,
    )  # fmt: skip


def _as_recorded(
    model: Model, kept: KeptRuns, shares: ObservationModel, leaves: Sequence[int], seed: int
) -> tuple[NDArray[np.float32], bool]:  # budget(positional): the chain from runs to what is recorded of them
    """Add up the events (step, run) of some leaves as the record would hold them."""
    place = {leaf: i for i, leaf in enumerate(kept.watched.leaves)}
    keys = RunKeys.of(seed, range(kept.n_runs))
    total, is_thinned = np.zeros(kept.daily.shape[1:], np.float32), False
    for leaf in leaves:
        true = kept.daily[place[leaf]].astype(np.float32)
        path = model.leaves[leaf].path
        kind = shares.kind_of(path.partition("[")[0])
        if kind is not None:
            true, is_thinned = recorded(shares, true, kind=kind, path=path, days=model.days, keys=keys), True
        total += true
    return total, is_thinned


def _recorded_days(model: Model, record: Record | None, leaves: Sequence[int]) -> NDArray[np.float64] | None:
    """Count the recorded events of each day (step,), nan where the record does not speak; None if it never does."""
    if record is None or record.covers is None:
        return None
    first, last = (day.toordinal() for day in record.covers)
    covered = (model.days >= first) & (model.days <= last)
    if not covered.any():
        return None
    return np.where(covered, leaf_events(model, record, leaves), np.nan)


def _waits(model: Model, daily: NDArray[np.float32], days: NDArray[np.float64] | None) -> Waits | None:
    """Find the waiting times of the runs and of the record; None if hardly any run has two events."""
    ordinals = model.days.astype(np.int64)
    per_run = [np.diff(ordinals[daily[:, run] > 0]) for run in range(daily.shape[1])]
    enough = [waits for waits in per_run if len(waits) >= FEWEST_WAITS]
    if len(enough) < max(2, daily.shape[1] // 20):
        return None
    own = np.diff(ordinals[np.nan_to_num(days) > 0]) if days is not None else np.zeros(0, np.int64)
    longest = int(min(LONGEST_WAIT, max(np.quantile(np.concatenate(enough), 0.99), own.max(initial=0)) + 1))
    grid = np.unique(np.geomspace(1, max(longest, 2), 40).astype(np.int64))
    shares = np.stack([_longer(waits, grid) for waits in enough])
    has_own = len(own) >= FEWEST_WAITS
    medians = [float(q) for q in np.quantile([np.median(waits) for waits in enough], WHOLE)]
    return Waits(
        grid, np.quantile(shares, WHOLE, axis=0), _longer(own, grid) if has_own else None,
        n_recorded=len(own), median_recorded=float(np.median(own)) if has_own else None,
        medians=(medians[0], medians[1], medians[2]),
    )  # fmt: skip


def _longer(waits: NDArray[np.int64], grid: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the share of waits longer than each number of days."""
    return 1.0 - np.searchsorted(np.sort(waits), grid, side="right") / len(waits)
