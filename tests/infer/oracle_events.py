"""Stage 5 of the brute force, second half: all ways in which the day's events can be seen and act."""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Iterator, Sequence

from offramp.engine.formula import Float, Reading, evaluate, holds
from offramp.engine.history import DrawnEffect, Event, Run
from offramp.model.model import Draw, EffectModel
from tests.infer.oracle_choices import Day, Told, poisson

Brought = tuple[float, tuple[Event, ...], tuple[DrawnEffect, ...]]


def consequences(run: Run, morning: Reading, day: Day, told: Sequence[Told]) -> list[Brought]:
    """Every way in which the day's events are seen and act."""
    ways: list[Brought] = [(1.0, (), ())]
    for event in told:
        own = list(_of_event(run, morning, day, event))
        ways = [
            (w * chance, (*events, seen), (*effects, *more))
            for w, events, effects in ways
            for chance, seen, more in own
        ]
    return ways


def _of_event(
    run: Run, morning: Reading, day: Day, told: Told
) -> Iterator[tuple[float, Event, tuple[DrawnEffect, ...]]]:
    leaf = run.model.leaves[told.leaf]
    marks = {} if told.report is None else {m.quantity: m.value for m in day.observed.reports[told.report].marks}
    weight, known = 1.0, []
    for quantity, value in marks.items():
        of_it = [effect for effect in leaf.effects if effect.quantity == quantity]
        e = day.observed.misfit
        weight *= (1 - e) * _mark(of_it, morning, value) + e * 2.0 ** -(value + 1)
        known.append(DrawnEffect(_addition(quantity), Float(value), run.step))
    sightings = [number for number, sighting in enumerate(run.model.sightings) if sighting.leaf == told.leaf]
    seen_ways: list[list[tuple[float, tuple[int, ...]]]] = []
    for number in sightings:
        p = _unit(evaluate(run.model.sightings[number].probability, morning))
        seen_ways.append([(p, (number,)), (1 - p, ())])
    effect_ways = [_acts(run, effect, morning) for effect in leaf.effects if effect.quantity not in marks]
    for seen in itertools.product(*seen_ways):
        for effects in itertools.product(*effect_ways):
            chance = math.prod(w for w, _ in seen) * math.prod(w for w, _ in effects)
            observers = tuple(itertools.chain.from_iterable(numbers for _, numbers in seen))
            drawn = tuple(itertools.chain(known, *(found for _, found in effects)))
            yield weight * chance, Event(told.leaf, told.occurrence, drawn, observers), drawn


def _unit(p: Float) -> float:
    return min(max(float(p), 0.0), 1.0)


def _acts(run: Run, effect: EffectModel, morning: Reading) -> list[tuple[float, tuple[DrawnEffect, ...]]]:
    """The ways in which one effect of one event acts."""
    if not holds(effect.condition, morning):
        return [(1.0, ())]
    p = 1.0 if effect.probability is None else _unit(evaluate(effect.probability, morning))
    assert effect.delay.family == "Constant", "only constant delays can be enumerated"
    delay = math.floor(float(evaluate(effect.delay.args[0], morning) + Float(0.5)))
    due = run.step + max(min(delay, effect.max_delay), 0)
    ways: list[tuple[float, tuple[DrawnEffect, ...]]] = [
        (p * chance, (DrawnEffect(effect, Float(size), due),)) for size, chance in _sizes(effect.size, morning)
    ]
    return [*ways, (1 - p, ())] if p < 1 else ways


def _sizes(size: Draw, morning: Reading) -> list[tuple[float, float]]:
    assert size.low is None, "only sizes without bounds can be enumerated"
    assert size.high is None
    value = evaluate(size.args[0], morning)
    if size.family == "Constant":
        return [(float(value), 1.0)]
    assert size.family == "Bernoulli", "only constants and Bernoulli sizes can be enumerated"
    return [(1.0, float(value)), (0.0, 1 - float(value))]


def _mark(effects: Sequence[EffectModel], morning: Reading, value: float) -> float:
    """The probability that effects on one tally add a value together, by convolution."""
    counts = {0: 1.0}
    for effect in effects:
        acts = 0.0 if not holds(effect.condition, morning) else 1.0
        acts *= 1.0 if effect.probability is None else _unit(evaluate(effect.probability, morning))
        added = [*((n, acts * p) for n, p in _mark_sizes(effect.size, morning, int(value))), (0, 1 - acts)]
        joined: defaultdict[int, float] = defaultdict(float)
        for (before, p), (more, q) in itertools.product(counts.items(), added):
            joined[before + more] += p * q
        counts = dict(joined)
    return counts.get(int(value), 0.0)


def _mark_sizes(size: Draw, morning: Reading, most: int) -> list[tuple[int, float]]:
    if size.family == "Poisson":
        mean = float(evaluate(size.args[0], morning))
        return [(n, poisson(mean, n)) for n in range(most + 1)]
    return [(int(value), chance) for value, chance in _sizes(size, morning)]


def _addition(quantity: int) -> EffectModel:
    """Stands for what a mark tells."""
    nothing = Draw("Constant", ())
    return EffectModel(f"mark {quantity}", quantity, "add", nothing, nothing, 0, None, None, 0, 0, 0)
