"""Prior predictive check: where history falls in what the model says before it has seen any of it.

For each month and kind of event the runs give a distribution of *recorded* counts (true counts thinned by the
observation model), for each measurement of a quantity one of measured values (its error added), for each outcome one of
its values, counted as the record would count. History is *inside* if it lies between the 5 % and the 95 % quantile,
both included. Counts are whole numbers, so a right model is inside more often than nine times in ten: how often, is
`nominal_share`. The width of a monthly interval is the number of counts in it, and is set beside that of a negative
binomial fitted to the same months, which knows their mean and spread beforehand.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from offramp.analyse.historical import historical_outcomes, leaf_events, step_of
from offramp.analyse.negative_binomial import NegativeBinomial, fit_negative_binomial
from offramp.core.errors import InputError
from offramp.core.noise import slot
from offramp.core.options import check_numbers, fault
from offramp.engine.block import Block
from offramp.ensemble.run import Options, Simulate
from offramp.ensemble.stream import in_order, interrupts_noted
from offramp.infer.addressed import RunKeys
from offramp.infer.observation import ObservationModel, recorded
from offramp.model.model import Model, OutcomeModel
from offramp.record.record import Record

LOW, HIGH = 0.05, 0.95
GOAL_INSIDE, GOAL_WIDTH = 0.8, 3.0
WAR_SHARES = (0.001, 0.25)  # below the first all-out war is next to impossible, above the second it is usual


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of event, with its venue if it is a variant: its name as the record writes it, and its leaves.

    observed : the kind of the observation model that it is; None if it is recorded by definition.
    """

    name: str
    leaves: tuple[int, ...]
    observed: str | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """Where history falls: its value, the model's mean and quantiles, and the share of runs below, ties by half.

    within : the share of runs inside the interval; is_constant : all runs have one value.
    """

    recorded: float
    mean: float
    q05: float
    q50: float
    q95: float
    percentile: float
    within: float
    is_constant: bool

    @property
    def is_inside(self) -> bool:
        """Whether history lies in the central 90 %."""
        return self.q05 <= self.recorded <= self.q95

    @property
    def is_silent(self) -> bool:
        """Whether nothing was recorded and hardly any run has anything: true, and easily so."""
        return self.recorded == 0 and self.q05 == self.q95 == 0


@dataclass(frozen=True, slots=True)
class CountRow:
    """One month of one kind."""

    kind: str
    month: dt.date
    position: Position


@dataclass(frozen=True, slots=True)
class KindRow:
    """One kind over all months: its total, how many months were inside, and the width beside the fitted intervals."""

    kind: str
    total: Position
    n_inside: int
    n_months: int
    fitted: NegativeBinomial
    width_ratio: float
    is_thinned: bool


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """One measurement of one quantity."""

    quantity: str
    date: dt.date
    position: Position


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """One outcome; `position` is None where the record does not speak of it."""

    name: str
    title: str
    unit: str
    share: float
    position: Position | None


@dataclass(frozen=True, repr=False)
class PredictiveResult:
    """Everything that the check found. `war` is the share of runs with all-out war; None if no outcome says so."""

    window: tuple[dt.date, dt.date]
    runs: int
    seed: int
    counts: tuple[CountRow, ...]
    kinds: tuple[KindRow, ...]
    series: tuple[SeriesRow, ...]
    outcomes: tuple[OutcomeRow, ...]
    war: float | None

    def __repr__(self) -> str:
        inside, silent = self.share_inside(), self.share_inside(with_silent=False)
        return f"PredictiveResult({self.runs} runs: {inside:.0%} inside, {silent:.0%} where there is anything to see)"

    def positions(self, *, with_silent: bool = True) -> list[Position]:
        """List every position of history, with or without those where nothing was nor would have been seen."""
        of_outcomes = [row.position for row in self.outcomes if row.position is not None]
        found = [*(row.position for row in self.counts), *(row.position for row in self.series), *of_outcomes]
        return [position for position in found if with_silent or not position.is_silent]

    def share_inside(self, *, with_silent: bool = True) -> float:
        """Return the share of all positions that lie in the central 90 %."""
        return share_inside(self.positions(with_silent=with_silent))

    def nominal_share(self, *, with_silent: bool = True) -> float:
        """Return the share that would be inside if history were one of the runs."""
        positions = self.positions(with_silent=with_silent)
        return float(np.mean([position.within for position in positions])) if positions else 1.0

    @property
    def too_wide(self) -> tuple[KindRow, ...]:
        """Kinds whose intervals are wider, beside the fitted ones, than the goal allows."""
        return tuple(row for row in self.kinds if row.width_ratio > GOAL_WIDTH)

    @property
    def frozen_months(self) -> tuple[dt.date, ...]:
        """Months in which every run does the same thing in every kind."""
        by_month: dict[dt.date, list[bool]] = {}
        for row in self.counts:
            by_month.setdefault(row.month, []).append(row.position.is_constant)
        return tuple(month for month, constant in by_month.items() if all(constant))


def share_inside(positions: Iterable[Position]) -> float:
    """Return the share of positions that lie in the central 90 %; 1 of none."""
    inside = [position.is_inside for position in positions]
    return sum(inside) / len(inside) if inside else 1.0


def kinds_of(model: Model, names: Iterable[str], observation: ObservationModel) -> tuple[Kind, ...]:
    """Make the kinds of what a record can name: moves, or the variants of those of which it names one.

    Parameters
    ----------
    names : moves and variants that the event map of the record leads to; a move with a named variant gives all of its
        variants, since the others were seen not to happen; moves of one kind of the observation model are united.
    """
    named = set(names)
    by_variant = {name.partition("[")[0] for name in named if "[" in name}
    found: list[Kind] = []
    for move in model.moves:
        observed = observation.kind_of(move.path)
        if move.path in by_variant:
            found += [Kind(model.leaves[leaf].path, (leaf,), observed) for leaf in move.leaves]
        elif move.path in named or observed is not None:
            found.append(Kind(move.path, move.leaves, observed))
    return _united(found)


def _united(kinds: Sequence[Kind]) -> tuple[Kind, ...]:
    """Unite moves that the record counts as one kind: it cannot tell whose they were."""
    united: dict[str, Kind] = {}
    for kind in kinds:
        is_alone = kind.observed is None or "[" in kind.name
        key = kind.name if is_alone else f"observed {kind.observed}"
        before = united.get(key)
        if before is None:
            united[key] = kind
        else:
            united[key] = Kind(f"{before.name} + {kind.name}", before.leaves + kind.leaves, kind.observed)
    return tuple(united.values())


def predictive(
    model: Model,
    record: Record,
    *,
    simulate: Simulate,
    kinds: Sequence[Kind],
    observation: ObservationModel,
    options: Options,
    seed: int,
    war: str | None = None,
) -> PredictiveResult:  # budget(parameters): the model, the record and what lies between them
    """Set the record beside the model's distribution of records, over the model's window.

    Parameters
    ----------
    simulate : (first_run, n_runs, sampled steps) -> Block with the counts of all leaves, made with `seed`
    war : name of the outcome that says whether there was all-out war

    Raises
    ------
    InputError : options are out of range, or the record does not cover the window (E715).
    """
    check_numbers(options.runs, seed)
    window = _window(model)
    if record.covers is None or not (record.covers[0] <= window[0] and window[1] <= record.covers[1]):
        message = f"The record does not cover {window[0]} to {window[1]}."
        raise InputError([fault("E715", message, "Choose a window inside `covers`, or add what is missing.")])
    sampling = _Sampling(model, record, tuple(kinds), observation, seed)
    drawn = sampling.draw(simulate, options)
    months = [day.replace(day=1) for day in sampling.month_ends]
    counts = tuple(
        CountRow(kind.name, month, _position(sampling.history[m, k], drawn.counts[m, k]))
        for k, kind in enumerate(kinds)
        for m, month in enumerate(months)
    )
    outcomes = _outcome_rows(model, record, drawn.outcomes)
    shares = {row.name: row.share for row in outcomes}
    return PredictiveResult(
        window=window, runs=drawn.outcomes.shape[1], seed=seed, counts=counts,
        kinds=tuple(
            _kind_row(kind, [row.position for row in counts if row.kind == kind.name], drawn.counts[:, k])
            for k, kind in enumerate(kinds)
        ),
        series=tuple(
            SeriesRow(row.quantity, row.date, _position(row.value, drawn.levels[i]))
            for i, row in enumerate(sampling.measured)
        ),
        outcomes=outcomes, war=shares.get(war) if war is not None else None,
    )  # fmt: skip


def _window(model: Model) -> tuple[dt.date, dt.date]:
    last = int(model.days[-1] + model.step_days) - 1
    return dt.date.fromordinal(int(model.days[0])), dt.date.fromordinal(last)


@dataclass(frozen=True)
class _Drawn:
    """What runs give, each with the run as its last axis: counts by month and kind, measured levels, outcomes."""

    counts: NDArray[np.float32]
    levels: NDArray[np.float32]
    outcomes: NDArray[np.float32]


class _Sampling:
    """What of each run is looked at: counts at the ends of months, quantities on the days that measure them."""

    def __init__(
        self, model: Model, record: Record, kinds: tuple[Kind, ...], observation: ObservationModel, seed: int
    ) -> None:  # budget(positional): made in one place
        self.model, self.kinds, self.observation, self.seed = model, kinds, observation, seed
        index = {quantity.path: q for q, quantity in enumerate(model.quantities)}
        first, last = _window(model)
        self.measured = [m for m in record.measurements if first <= m.date <= last and m.quantity in index]
        self.columns = [index[m.quantity] for m in self.measured]
        self.month_ends = _month_ends(first, last)
        ends, seen = ([step_of(model, day) for day in days] for days in (self.month_ends, self._days()))
        self.steps = np.unique(np.array([*ends, *seen], np.int64))
        self.at_ends, self.at_measured = (np.searchsorted(self.steps, np.array(s, np.int64)) for s in (ends, seen))
        daily = np.stack([leaf_events(model, record, kind.leaves) for kind in kinds], axis=1)
        bounds = [0, *(int(self.steps[i]) + 1 for i in self.at_ends)]
        self.history = np.add.reduceat(daily, bounds[:-1], axis=0)

    def _days(self) -> list[dt.date]:
        return [m.date for m in self.measured]

    def draw(self, simulate: Simulate, options: Options) -> _Drawn:
        """Make all runs, block by block; they are kept, since quantiles of many columns are wanted exactly."""
        found: list[_Drawn] = []

        def make(first: int, n: int) -> _Drawn:
            return self._look(simulate(first, n, self.steps))

        with interrupts_noted(options.stop):
            for block in in_order(make, range(options.runs), workers=options.workers, stop=options.stop):
                found.append(block)
                if options.on_progress is not None:
                    options.on_progress(sum(b.outcomes.shape[1] for b in found), options.runs)
        if not found:
            raise KeyboardInterrupt
        joined = ([getattr(block, name) for block in found] for name in ("counts", "levels", "outcomes"))
        return _Drawn(*(np.concatenate(parts, axis=-1) for parts in joined))

    def _look(self, block: Block) -> _Drawn:
        ends = np.array([day.toordinal() for day in self.month_ends], np.int64)
        running = block.sample_counts[self.at_ends]
        n = running.shape[2]
        keys = RunKeys.of(self.seed, range(block.first_run, block.first_run + n))
        counts = np.zeros((len(ends), len(self.kinds), n), np.float32)
        for k, kind in enumerate(self.kinds):
            totals = running[:, list(kind.leaves)].sum(axis=1)
            true = np.diff(totals, axis=0, prepend=np.float32(0))
            counts[:, k] = true if kind.observed is None else recorded(
                self.observation, true, kind=kind.observed, path=kind.name, days=ends, keys=keys
            )  # fmt: skip
        return _Drawn(counts, self._measure(block, keys), self._recorded_outcomes(block.outcomes.T, counts))

    def _measure(self, block: Block, keys: RunKeys) -> NDArray[np.float32]:
        """Read quantities as they are measured: each value with an error of its own, cut at the quantity's range."""
        levels = np.zeros((len(self.measured), block.outcomes.shape[0]), np.float32)
        for i, (row, column) in enumerate(zip(self.measured, self.columns, strict=True)):
            u = keys.uniforms(row.date.toordinal(), slot("observation.error", row.quantity))
            quantity = self.model.quantities[column]
            value = block.samples[self.at_measured[i], column] + np.float32(row.sd) * ndtri(u)
            levels[i] = np.clip(value, quantity.low, quantity.high) if row.sd else value
        return levels

    def _recorded_outcomes(self, outcomes: NDArray[np.float32], counts: NDArray[np.float32]) -> NDArray[np.float32]:
        """Put recorded counts in place of true ones where an outcome counts a thinned kind over the whole window."""
        found = outcomes.copy()
        for o, outcome in enumerate(self.model.outcomes):
            for k, kind in enumerate(self.kinds):
                if kind.observed is not None and _counts_all(self.model, outcome, kind):
                    found[o] = counts[:, k].sum(axis=0)
        return found


def _counts_all(model: Model, outcome: OutcomeModel, kind: Kind) -> bool:
    is_whole = (outcome.first_step, outcome.last_step) == (0, model.n_steps - 1)
    return outcome.kind == "count" and is_whole and set(outcome.leaves) == set(kind.leaves)


def _month_ends(first: dt.date, last: dt.date) -> list[dt.date]:
    """List the last day of each month of a window, the last of which may be cut short."""
    ends = []
    day = first
    while day <= last:
        following = (day.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
        ends.append(min(following - dt.timedelta(days=1), last))
        day = following
    return ends


def _position(history: float, values: NDArray[np.float32]) -> Position:
    """Find where history falls among the runs; a value below 0 of a `first` outcome is made infinite before."""
    q05, q50, q95 = (float(q) for q in np.quantile(values, [LOW, 0.5, HIGH], method="inverted_cdf"))
    below = float(np.mean(values < history)) + 0.5 * float(np.mean(values == history))
    finite = values[np.isfinite(values)]
    return Position(
        recorded=float(history), mean=float(finite.mean(dtype=np.float64)) if len(finite) else np.inf,
        q05=q05, q50=q50, q95=q95, percentile=below,
        within=float(np.mean((values >= q05) & (values <= q95))), is_constant=bool((values == values[0]).all()),
    )  # fmt: skip


def _kind_row(kind: Kind, months: Sequence[Position], values: NDArray[np.float32]) -> KindRow:
    counts = np.array([position.recorded for position in months])
    fitted = fit_negative_binomial(counts)
    width = fitted.quantile(HIGH) - fitted.quantile(LOW) + 1
    own = float(np.mean([position.q95 - position.q05 + 1 for position in months]))
    inside = sum(position.is_inside for position in months)
    total = _position(float(counts.sum()), values.sum(axis=0))
    return KindRow(kind.name, total, inside, len(months), fitted, own / width, kind.observed is not None)


def _outcome_rows(model: Model, record: Record, values: NDArray[np.float32]) -> tuple[OutcomeRow, ...]:
    history = historical_outcomes(model, record)
    rows = []
    for outcome, own in zip(model.outcomes, values, strict=True):
        known, is_date = history[outcome.name], outcome.kind == "first"
        share = float(np.mean(own >= 0)) if is_date else float(np.mean(own, dtype=np.float64))
        placed = np.where(own < 0, np.inf, own).astype(np.float32) if is_date else own
        if known is not None and is_date and known < 0:
            known = np.inf
        position = None if known is None else _position(known, placed)
        rows.append(OutcomeRow(outcome.name, outcome.title, outcome.unit, share, position))
    return tuple(rows)
