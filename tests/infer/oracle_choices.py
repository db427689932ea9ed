"""Stage 5 of the brute force, first half: all ways in which the choices and counts of a day can have gone."""

from __future__ import annotations

import copy
import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from offramp.engine.choosing import available_leaves, is_free
from offramp.engine.formula import Reading, evaluate
from offramp.engine.history import Run
from offramp.model.model import ChannelModel, Model, MoveModel
from offramp.model.observed import ALWAYS_CAUGHT, NEVER_CAUGHT, Observed, Report


@dataclass(frozen=True)
class Told:
    """An event and the number of its report, None if it is not recorded."""

    leaf: int
    occurrence: int
    report: int | None = None


@dataclass(frozen=True)
class Placing:
    """One way to say what the day's reports were: by (channel, slot), by spontaneous move, and those without a slot."""

    slots: Mapping[tuple[int, int], tuple[int, int]]  # -> (report, leaf)
    spontaneous: Mapping[int, tuple[tuple[int, int], ...]]  # move -> (report, leaf) each
    unplaced: tuple[tuple[int, int], ...]
    weight: float


@dataclass(frozen=True)
class Day:
    """What is known of a day beforehand: the record, the shares r, and which reports stand on it."""

    observed: Observed
    shares: Sequence[float]
    step: int
    reports: tuple[int, ...]
    with_totals: bool

    def share(self, leaf: int) -> float:
        """r of a leaf."""
        cell = int(self.observed.caught[self.step, leaf])
        if cell == NEVER_CAUGHT:
            return 0.0
        return 1.0 if cell == ALWAYS_CAUGHT else float(self.shares[cell])

    def n_caught(self, leaves: Sequence[int]) -> int:
        """K."""
        return sum(int(self.observed.caught[self.step, leaf]) != NEVER_CAUGHT for leaf in leaves)


Branch = tuple[float, tuple[int, ...], tuple[Told, ...]]  # probability, first free steps of the moves, events so far


def choices(run: Run, morning: Reading, day: Day) -> Iterator[Branch]:
    for placing in _placings(run.model, day):
        branches: list[Branch] = [(placing.weight, tuple(run.ready), ())]
        for c, channel in enumerate(run.model.channels):
            for s in range(channel.n_slots):
                told = placing.slots.get((c, s))
                branches = [
                    after for before in branches for after in _slot(run, morning, day, channel, s, told, before)
                ]
        for place, (number, leaf) in enumerate(placing.unplaced):
            branches = [
                (w, _after(run, ready, leaf), (*events, Told(leaf, 1000 + place, number)))
                for w, ready, events in branches
            ]
        for m, move in enumerate(run.model.moves):
            if move.rate is not None:
                ways = list(_counts(run, morning, day, move, placing.spontaneous.get(m, ())))
                branches = [
                    (w * chance, ready, (*events, *more)) for w, ready, events in branches for chance, more in ways
                ]
        yield from (branch for branch in branches if branch[0] > 0)


def _after(run: Run, ready: Sequence[int], leaf: int) -> tuple[int, ...]:
    """Start the cooldown of a leaf's move."""
    m = run.model.leaves[leaf].move
    return (*ready[:m], run.step + run.model.moves[m].cooldown, *ready[m + 1 :])


def _probabilities(run: Run, morning: Reading, channel: ChannelModel, ready: Sequence[int]) -> dict[int, float]:
    """p pi rho of each leaf of a channel."""
    now = copy.copy(run)
    now.ready = list(ready)
    utilities = {
        m: float(evaluate(run.model.moves[m].utility, morning))
        for m in channel.moves
        if is_free(now, m) and available_leaves(now, run.model.moves[m], morning)
    }
    top = max([0.0, *utilities.values()])
    total = math.fsum([math.exp(-top), *(math.exp(u - top) for u in utilities.values())])
    p = min(max(float(evaluate(channel.probability, morning)), 0.0), 1.0)
    return {
        leaf: p * math.exp(u - top) / total * rho
        for m, u in utilities.items()
        for leaf, rho in _variants(now, run.model.moves[m], morning).items()
    }


def _variants(run: Run, move: MoveModel, morning: Reading) -> dict[int, float]:
    """rho of each leaf of a move that is available."""
    utilities = {
        leaf: float(evaluate(run.model.leaves[leaf].utility, morning)) for leaf in available_leaves(run, move, morning)
    }
    top = max(utilities.values(), default=0.0)
    total = math.fsum(math.exp(u - top) for u in utilities.values())
    return {leaf: math.exp(u - top) / total for leaf, u in utilities.items()}


def _slot(
    run: Run, morning: Reading, day: Day, channel: ChannelModel, s: int, told: tuple[int, int] | None, before: Branch
) -> Iterator[Branch]:  # budget(parameters): what a slot depends on
    weight, ready, events = before
    chances = _probabilities(run, morning, channel, ready)
    n_caught = day.n_caught(_leaves_of(run.model, channel))
    e = day.observed.misfit if n_caught else 0.0
    if told is not None:
        number, leaf = told
        chance = (1 - e) * chances.get(leaf, 0.0) * day.share(leaf) + e / n_caught
        yield weight * chance, _after(run, ready, leaf), (*events, Told(leaf, s, number))
        return
    yield weight * (1 - e) * (1 - math.fsum(chances.values())), ready, events
    for leaf, chance in chances.items():
        unrecorded = (1 - e) * chance * (1 - day.share(leaf))
        if unrecorded > 0:
            yield weight * unrecorded, _after(run, ready, leaf), (*events, Told(leaf, s))


def _counts(
    run: Run, morning: Reading, day: Day, move: MoveModel, told: Sequence[tuple[int, int]]
) -> Iterator[tuple[float, tuple[Told, ...]]]:
    assert move.rate is not None
    n, rho = len(told), _variants(run, move, morning)
    n_caught = day.n_caught(move.leaves)
    e = day.observed.misfit if n_caught else 0.0
    recorded = tuple(Told(leaf, j, number) for j, (number, leaf) in enumerate(told))
    seen = math.prod(rho.get(leaf, 0.0) * day.share(leaf) for _, leaf in told)
    rate = max(float(evaluate(move.rate, morning)), 0.0) if rho else 0.0
    for count in range(n, move.max_count + 1):
        orders = math.factorial(count) / math.factorial(count - n)
        for missed in itertools.product(rho, repeat=count - n):
            chance = math.prod(rho[leaf] * (1 - day.share(leaf)) for leaf in missed)
            more = tuple(Told(leaf, n + j) for j, leaf in enumerate(missed))
            yield (1 - e) * _poisson_cut(rate, count, move.max_count) * orders * seen * chance, (*recorded, *more)
    if n > 0:
        yield e * math.factorial(n) * 2.0**-n * float(n_caught) ** -n, recorded


def poisson(rate: float, n: int) -> float:
    return math.exp(-rate) * rate**n / math.factorial(n)


def _poisson_cut(rate: float, n: int, most: int) -> float:
    """P(N = n), all that is beyond the cap put on it."""
    return poisson(rate, n) if n < most else 1 - math.fsum(poisson(rate, k) for k in range(most))


def _placings(model: Model, day: Day) -> Iterator[Placing]:
    yield from _place(model, day, day.reports, Placing({}, {}, (), 1.0))


def _place(model: Model, day: Day, numbers: Sequence[int], so_far: Placing) -> Iterator[Placing]:
    """Put reports on free slots, the first of them first."""
    if not numbers:
        yield so_far
        return
    number, rest = numbers[0], numbers[1:]
    report = day.observed.reports[number]
    ways = list(_ways(model, day, number, report, so_far))
    if not ways:
        lost = (*so_far.unplaced, (number, report.leaves[0]))
        ways = [replace(so_far, unplaced=lost, weight=so_far.weight * report.weights[0] * day.observed.misfit)]
    for way in ways:
        yield from _place(model, day, rest, way)


def _ways(model: Model, day: Day, number: int, report: Report, so_far: Placing) -> Iterator[Placing]:
    for leaf, weight in zip(report.leaves, report.weights, strict=True):
        m = model.leaves[leaf].move
        c = model.moves[m].channel
        if c is None:
            if day.n_caught(model.moves[m].leaves):
                held = (*so_far.spontaneous.get(m, ()), (number, leaf))
                yield replace(so_far, spontaneous={**so_far.spontaneous, m: held}, weight=so_far.weight * weight)
        elif day.n_caught(_leaves_of(model, model.channels[c])):
            for s in range(model.channels[c].n_slots):
                if (c, s) not in so_far.slots:
                    slots = {**so_far.slots, (c, s): (number, leaf)}
                    yield replace(so_far, slots=slots, weight=so_far.weight * weight)


def _leaves_of(model: Model, channel: ChannelModel) -> list[int]:
    return [leaf for m in channel.moves for leaf in model.moves[m].leaves]
