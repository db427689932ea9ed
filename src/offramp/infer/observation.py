"""The observation model: the probability r(kind, period) that the record holds an event that happened.

Kinds without a cell are recorded by definition: what counts as such an event is what the record would list.

A cell's posterior is worked out on a grid of r from its Beta prior and the totals that speak of it (`catching`), and
handed on as the Beta distribution of the same mean and variance. Three rules keep the same event from counting twice
and a wrong total from counting fully:

- a total belongs, for each of its kinds, to the cell that holds most of its days;
- where k totals speak of the same days of a kind, each counts for 1/k there: a total's log-likelihood is weighted by
  the mean of 1/k over its days and kinds;
- totals that disagree by more than their own errors allow are weighted down together: the log-likelihood of a group of
  cells is divided by the dispersion, max(1, sum of squared distances / (totals - cells)), where there are more totals
  than cells.

`recorded` turns true counts into recorded ones with addressed noise: r once per run and cell, then one uniform per
event, so that a further event changes nothing for the others.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from offramp.core.errors import Problem, RecordError
from offramp.core.noise import PARAMETER_DAY, occurrence, slot
from offramp.infer.addressed import RunKeys
from offramp.infer.catching import Sighting, log_likelihood, surprise
from offramp.record.record import Record
from offramp.record.totals import Cell, Published, Total

GRID = (np.arange(200) + 0.5) / 200  # of r; midpoints, so that no prior is infinite on it

MAX_TIED = 3  # cells: the grid has an axis for each


@dataclass(frozen=True, slots=True)
class Beta:
    """A Beta distribution of a probability."""

    a: float
    b: float

    @property
    def mean(self) -> float:
        """Its mean."""
        return self.a / (self.a + self.b)

    def quantile(self, p: float) -> float:
        """Its quantile at p in 0 .. 1."""
        return float(betaincinv(self.a, self.b, p))

    def draws(self, u: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the quantiles at uniforms."""
        found: NDArray[np.float64] = betaincinv(self.a, self.b, u.astype(np.float64))
        return found


@dataclass(frozen=True, slots=True)
class Share:
    """r of one cell: what was thought of it beforehand, and after the totals, which are named."""

    cell: Cell
    prior: Beta
    posterior: Beta
    totals: tuple[str, ...] = ()
    dispersion: float = 1.0


@dataclass(frozen=True, slots=True)
class TotalReading:
    """What a total says: `recorded` events of the record in its days, `expected` of it given them, `weight` it had."""

    total: Total
    recorded: tuple[int, ...]
    expected: float | None
    weight: float


@dataclass(frozen=True)
class ObservationModel:
    """r by kind and period, with all that it rests on; without shares, everything is recorded."""

    shares: tuple[Share, ...] = ()
    readings: tuple[TotalReading, ...] = ()

    def kind_of(self, move: str) -> str | None:
        """Find the kind that a move belongs to; None if its events are recorded by definition."""
        return next((share.cell.kind for share in self.shares if move in share.cell.moves), None)

    def share(self, kind: str, day: dt.date) -> Share | None:
        """Find the share of a kind on a day; None where everything is recorded."""
        return next((share for share in self.shares if share.cell.kind == kind and share.cell.holds(day)), None)


def observation_model(published: Published, record: Record, *, as_of: dt.date | None = None) -> ObservationModel:
    """Estimate r from the published totals.

    Parameters
    ----------
    as_of : leaves out totals and cells that were not known by then.
    """
    known = [cell for cell in published.cells if as_of is None or cell.known_from <= as_of]
    totals = [total for total in published.totals if as_of is None or total.known_from <= as_of]
    evidence = {total.id: _cells_of(total, known) for total in totals if total.use == "evidence"}
    evidence = {name: cells for name, cells in evidence.items() if cells}
    weights = _weights([total for total in totals if total.id in evidence])
    seen = {total.id: _sighting(total, known, record) for total in totals}
    shares: list[Share] = []
    for group in _groups(known, evidence.values()):
        speaking = {name: cells for name, cells in evidence.items() if cells[0] in group}
        shares += _estimate([known[i] for i in group], {
            name: (seen[name], tuple(group.index(cell) for cell in cells), weights[name])
            for name, cells in speaking.items()
        })  # fmt: skip
    shares.sort(key=lambda share: (share.cell.kind, share.cell.first_day))
    readings = tuple(_reading(total, seen[total.id], shares, weights.get(total.id, 0.0)) for total in totals)
    return ObservationModel(tuple(shares), readings)


def recorded(
    model: ObservationModel,
    counts: NDArray[np.floating],
    *,
    kind: str,
    path: str,
    days: NDArray[np.int64],
    keys: RunKeys,
) -> NDArray[np.float32]:
    """Thin true counts into recorded ones.

    Parameters
    ----------
    counts : (span, run) whole numbers of events of the kind in consecutive spans of days
    path : whose events they are (a move or a variant), so that two moves of one kind draw apart
    days : (span,) proleptic ordinal of the last day of each span, whose r holds for all of it
    keys : of the runs

    Returns
    -------
    (span, run) float32, at most `counts`.
    """
    chances = np.ones(counts.shape)
    for share in model.shares:
        inside = np.array([share.cell.holds(dt.date.fromordinal(int(day))) for day in days], bool)
        if share.cell.kind == kind and inside.any():
            chances[inside] = share.posterior.draws(keys.uniforms(PARAMETER_DAY, _address(share.cell)))
    kept = np.zeros(counts.shape, np.float32)
    address = slot("observation.recorded", path)
    for span, day in enumerate(days):
        for j in range(int(counts[span].max(initial=0))):
            is_recorded = keys.uniforms(int(day), occurrence(address, j)) < chances[span]
            kept[span] += is_recorded & (j < counts[span])
    return kept


def _address(cell: Cell) -> int:
    return slot("observation.share", f"{cell.kind}|{cell.first_day}")


def _cells_of(total: Total, cells: Sequence[Cell]) -> tuple[int, ...]:
    """Find the cell of each kind of a total, by number: the one that holds most of its days; () if a kind has none."""
    found = []
    for kind in total.kinds:
        shared = {i: _overlap(total, cell) for i, cell in enumerate(cells) if cell.kind == kind}
        best = max(shared, key=lambda i: shared[i], default=None)
        if best is None or shared[best] == 0:
            return ()
        found.append(best)
    return tuple(found)


def _overlap(total: Total, cell: Cell) -> int:
    first, last = max(total.first_day, cell.first_day), min(total.last_day, cell.last_day)
    return max((last - first).days + 1, 0)


def _weights(totals: Sequence[Total]) -> dict[str, float]:
    """Weigh each total by how many others speak of its days."""
    spoken: dict[tuple[str, int], int] = {}
    for total in totals:
        for place in _places(total):
            spoken[place] = spoken.get(place, 0) + 1
    return {total.id: float(np.mean([1 / spoken[place] for place in _places(total)])) for total in totals}


def _places(total: Total) -> list[tuple[str, int]]:
    days = range(total.first_day.toordinal(), total.last_day.toordinal() + 1)
    return [(kind, day) for kind in total.kinds for day in days]


def _sighting(total: Total, cells: Sequence[Cell], record: Record) -> Sighting:
    """Count what the record holds of a total's events."""
    moves: Mapping[str, set[str]] = {
        kind: {move for cell in cells if cell.kind == kind for move in cell.moves} for kind in total.kinds
    }
    found = tuple(
        sum(
            event.count
            for event in record.events_of(moves[kind])
            if total.first_day <= event.date <= total.last_day and event.id not in total.leaves_out
        )
        for kind in total.kinds
    )
    return Sighting(total.count, found, total.completeness)


def _groups(cells: Sequence[Cell], linked: Iterable[tuple[int, ...]]) -> list[list[int]]:
    """Part cells into groups that some total of two kinds ties together."""
    group_of = {i: {i} for i in range(len(cells))}
    for tied in linked:
        merged = set().union(*(group_of[i] for i in tied))
        for i in merged:
            group_of[i] = merged
    return sorted(sorted(group) for group in {frozenset(group) for group in group_of.values()})


Told = Mapping[str, tuple[Sighting, tuple[int, ...], float]]  # total -> what it says, of which cells, its weight


def _estimate(cells: Sequence[Cell], told: Told) -> list[Share]:
    """Work out r of a group of cells on a grid with one axis for each.

    Raises
    ------
    RecordError : more than three cells are tied together by totals of two kinds.
    """
    if len(cells) > MAX_TIED:
        message = f"Totals of two kinds tie {len(cells)} cells together; at most {MAX_TIED} can be."
        hint = "Part such a total by kind, or mark it `unused`."
        raise RecordError([Problem("E514", "error", cells[0].place, message, hint)])
    priors = [Beta(*cell.prior) for cell in cells]
    if not told:
        return [Share(cell, prior, prior) for cell, prior in zip(cells, priors, strict=True)]
    likelihood, before_all = np.zeros([1] * len(cells)), np.zeros([1] * len(cells))
    for seen, axes, weight in told.values():
        likelihood = likelihood + weight * _on_axes(seen, axes, n=len(cells))
    for axis, prior in enumerate(priors):
        before_all = before_all + _along(_log_density(prior), axis, n=len(cells))
    found = _margins(before_all + likelihood)
    distances = [surprise(seen, [found[axis].mean for axis in axes])[1] for seen, axes, _ in told.values()]
    to_spare = len(told) - len(cells)
    dispersion = max(1.0, sum(distances) / to_spare) if to_spare > 0 else 1.0
    if dispersion > 1:
        found = _margins(before_all + likelihood / dispersion)
    return [
        Share(cell, before, after, tuple(name for name, (_, axes, _) in told.items() if i in axes), dispersion)
        for i, (cell, before, after) in enumerate(zip(cells, priors, found, strict=True))
    ]


def _on_axes(seen: Sighting, axes: tuple[int, ...], *, n: int) -> NDArray[np.float64]:
    """Lay the log-likelihood of a total along the axes of its cells."""
    values = log_likelihood(seen, GRID)
    if len(axes) == 1:
        return _along(values, axes[0], n=n)
    ordered = values if axes[0] < axes[1] else values.T
    return np.expand_dims(ordered, tuple(axis for axis in range(n) if axis not in axes))


def _along(values: NDArray[np.float64], axis: int, *, n: int) -> NDArray[np.float64]:
    return values.reshape([-1 if k == axis else 1 for k in range(n)])


def _log_density(prior: Beta) -> NDArray[np.float64]:
    return (prior.a - 1) * np.log(GRID) + (prior.b - 1) * np.log1p(-GRID)


def _margins(log_density: NDArray[np.float64]) -> list[Beta]:
    """Fit a Beta distribution to each margin of a density on the grid, by its mean and variance."""
    density = np.exp(log_density - log_density.max())
    found = []
    for axis in range(density.ndim):
        margin = density.sum(axis=tuple(k for k in range(density.ndim) if k != axis))
        margin /= margin.sum()
        mean = float(margin @ GRID)
        size = mean * (1 - mean) / float(margin @ (GRID - mean) ** 2) - 1
        found.append(Beta(mean * size, (1 - mean) * size))
    return found


def _reading(total: Total, seen: Sighting, shares: Sequence[Share], weight: float) -> TotalReading:
    own = [shares[i] for i in _cells_of(total, [share.cell for share in shares])]
    expected = surprise(seen, [share.posterior.mean for share in own])[0] if own else None
    return TotalReading(total, seen.recorded, expected, weight)
