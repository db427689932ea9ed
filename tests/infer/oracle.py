"""Likelihood and filter of small scenarios by brute force: every possible world, day by day, with its probability.

Stages other than 5 are those of the reference interpreter; stage 5 lists all that can happen in place of drawing it.
No kernel has a part in it. Formulas are worth what they are in float32; probabilities are formed in float64. A scenario
that can be solved has no noise, no observers' errors, no edits, effects of few values (`Constant`, `Bernoulli`, and
`Poisson` where a mark tells the size) and constant delays.

Conventions, beside those of `offramp.model.observed`:

- A day of an uncertain report is any of its period alike: the likelihood is the mean over all choices of days.
- Reports of a day are put on free slots one after another, in the order of the list: the sum is over all ways to do so.
  One that finds no slot is its first candidate, happens after the slots, and costs the misfit.
- Equal reports (same period, candidates and marks) cannot be told apart: the sum over ways is divided by their orders.
- A reading allows for what the model left out (`left_out`) on the last step alone, and `Answer` leaves that out, too.
- A mark v has probability (1 - e) P(v) + e 2^-(v + 1), and is added on the day of its event.
- Of a spontaneous move with n reports, in any order: (1 - e) sum_N P(N) N! / (N - n)! prod(rho r) (1 - R)^(N - n), and
  for n > 0 besides e n! 2^-n K^-n with just these events.
"""

from __future__ import annotations

import copy
import itertools
import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from offramp.engine import reference
from offramp.engine.formula import Float, Reading, evaluate
from offramp.engine.history import Run
from offramp.model.model import Model
from offramp.model.observed import Observed
from tests.infer.oracle_choices import Branch, Day, Told, choices
from tests.infer.oracle_events import consequences


@dataclass(frozen=True)
class Answer:
    """What the enumeration finds: the log-likelihood of the record, and the worlds left with their probabilities."""

    log_likelihood: float
    worlds: tuple[tuple[float, Run], ...]
    has_totals: bool

    def quantity(self, path: str) -> dict[float, float]:
        """The distribution of a quantity at the end, given the record."""
        return self._of(lambda run: run.x[[quantity.path for quantity in run.model.quantities].index(path)])

    def total(self, path: str) -> dict[float, float]:
        """The distribution of the number of events of a leaf, recorded or not, given the record."""
        assert self.has_totals
        return self._of(lambda run: run.totals[[leaf.path for leaf in run.model.leaves].index(path)])

    def _of(self, value: Any) -> dict[float, float]:
        found: defaultdict[float, float] = defaultdict(float)
        for weight, run in self.worlds:
            found[float(value(run))] += weight
        return dict(found)


def solve(
    model: Model,
    observed: Observed,
    *,
    shares: Sequence[float] = (),
    theta: Sequence[float] = (),
    with_totals: bool = False,
) -> Answer:
    """Sum over all worlds.

    Parameters
    ----------
    shares : r of each cell; theta : value of each parameter of the model
    with_totals : keep worlds apart that differ in how often things happened alone; only then `Answer.total` is known
    """
    periods = [range(report.first_step, report.last_step + 1) for report in observed.reports]
    finished: dict[Any, tuple[float, Run]] = {}
    for days in itertools.product(*periods):
        worlds = _begin(model, theta, 1.0 / math.prod(len(period) for period in periods))
        for step in range(model.n_steps):
            today = tuple(number for number, day in enumerate(days) if day == step)
            worlds = _live(worlds, Day(observed, shares, step, today, with_totals))
        for weight, run in worlds:
            _add(finished, weight, run, with_totals=with_totals)
    total = math.fsum(weight for weight, _ in finished.values())
    left = tuple((weight / total, run) for weight, run in finished.values()) if total > 0 else ()
    return Answer(math.log(total) - _log_orders(observed) if total > 0 else -math.inf, left, with_totals)


def _log_orders(observed: Observed) -> float:
    """The number of orders in which equal reports were counted, as a logarithm."""
    groups = Counter((r.first_step, r.last_step, r.leaves, r.weights, r.marks) for r in observed.reports)
    return sum(math.lgamma(n + 1) for n in groups.values())


# Worlds.


def _begin(model: Model, theta: Sequence[float], weight: float) -> list[tuple[float, Run]]:
    assert all(quantity.noise is None for quantity in model.quantities), "only a world without noise can be enumerated"
    assert all(view.error is None for view in model.views)
    run = reference.begin(model, seed=0, run=0)
    run.theta = [Float(value) for value in theta]
    assert len(run.theta) == len(model.parameters)
    nothing = Reading(run.theta, (), (), np.empty(0, np.float32))
    for q, quantity in enumerate(model.quantities):
        run.set(q, evaluate(quantity.start, nothing))
    run.mornings = [list(run.x)]
    return [(weight, run)]


def _copied(run: Run) -> Run:
    other = copy.copy(run)
    for name in ("x", "memories", "ready", "clips", "totals", "pending", "mornings", "events"):
        setattr(other, name, list(getattr(run, name)))
    other.arrivals = [list(arrivals) for arrivals in run.arrivals]
    return other


def _add(worlds: dict[Any, tuple[float, Run]], weight: float, run: Run, *, with_totals: bool) -> None:
    """Join worlds whose futures are the same."""
    pending = tuple((effect.effect.path, effect.size, effect.due) for effect in run.pending)
    events = tuple(run.count(update.leaves, update.sightings) > 0 for update in run.model.belief_updates)
    arrivals = tuple(
        tuple(arrivals[-memory.window :]) if memory.window else ()
        for memory, arrivals in zip(run.remembered, run.arrivals, strict=True)
    )
    seen = tuple(tuple(morning) for morning in run.mornings) if run.model.views else ()
    free = tuple(max(step, run.step + 1) for step in run.ready)
    totals = tuple(run.totals) if with_totals else ()
    key = (tuple(run.x), tuple(run.memories), free, totals, pending, events, arrivals, seen)
    before = worlds[key][0] if key in worlds else 0.0
    worlds[key] = (before + weight, run)


def _live(worlds: Sequence[tuple[float, Run]], day: Day) -> list[tuple[float, Run]]:
    """Take every world through a step."""
    evenings: dict[Any, tuple[float, Run]] = {}
    for weight, world in worlds:
        run = _copied(world)
        run.step += 1
        reference.apply_effects_due(run)
        reference.update_beliefs(run)
        reference.obey_rules(run)
        morning = reference.freeze_morning(run, noise=None)  # type: ignore[arg-type]  # it draws errors alone
        for (ready, told), chance in _joined(choices(run, morning, day)).items():
            for likely, events, pending in consequences(run, morning, day, told):
                if weight * chance * likely > 0:
                    evening = _copied(run)
                    evening.ready, evening.events = list(ready), list(events)
                    evening.pending += pending
                    for event in events:
                        evening.totals[event.leaf] += Float(1)
                    _close(evening)
                    density = _readings(evening, day)
                    _add(evenings, weight * chance * likely * density, evening, with_totals=day.with_totals)
    return list(evenings.values())


def _joined(branches: Iterator[Branch]) -> dict[tuple[tuple[int, ...], tuple[Told, ...]], float]:
    """Join days on which the same happened in the same order: the number of a slot is no part of what it brings."""
    found: defaultdict[tuple[tuple[int, ...], tuple[Told, ...]], float] = defaultdict(float)
    for chance, ready, told in branches:
        found[ready, tuple(replace(event, occurrence=0) for event in told)] += chance
    return found


def _close(run: Run) -> None:
    """Stages 6 to 8."""
    reference.apply_effects_due(run)
    reference.drift(run, noise=None)  # type: ignore[arg-type]
    reference.remember(run)


def _readings(run: Run, day: Day) -> float:
    density = 1.0
    for reading in day.observed.readings:
        if reading.step == day.step:
            is_last = day.step == run.model.n_steps - 1
            assert reading.left_out == 0 or is_last, "what a reading brings in is not one of few values"
            variance = reading.sd**2 + reading.left_out**2
            off = reading.value - float(run.x[reading.quantity])
            density *= math.exp(-0.5 * off * off / variance) / math.sqrt(2 * math.pi * variance)
    return density
