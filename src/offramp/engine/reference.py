"""The model in plain Python: slow, obvious, and the specification that the compiled engine must match to the bit.

This module is docs/reference/semantics.md, stage by stage and under the same names; `live_one_step` is its table of
contents.  Choices are in `choosing`, the rest of what edits do in `edited`.  All arithmetic is on ``np.float32``, one
rounding per operation, in the order written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offramp.core import draws
from offramp.core.bits import floor_float
from offramp.core.distributions import FAMILIES
from offramp.core.noise import PARAMETER_DAY, digest, run_key
from offramp.engine.block import Block
from offramp.engine.choosing import chosen_events, spontaneous_events
from offramp.engine.edited import daily_with_edits, keep_held, none_in_force, obey_edits, shift_parameters
from offramp.engine.formula import ONE, ZERO, Float, Reading, evaluate, holds
from offramp.engine.history import DrawnEffect, Evening, Event, Noise, Reduction, Run, clip, noise_on
from offramp.model.fitted import PRIORS_ONLY, Fitted
from offramp.model.intervention import EMPTY, Intervention
from offramp.model.model import SINCE_NEVER, Draw, LeafModel, Model, OutcomeModel, Parameter

HALF = Float(0.5)
FORGOTTEN = Float(1e-20)  # a decaying count below this is 0

# Before the first step.


def begin(
    model: Model, seed: int, run: int, intervention: Intervention = EMPTY, *, fitted: Fitted = PRIORS_ONLY
) -> Run:
    """Draw the parameters of a run and put everything in its first position."""
    key = run_key(seed, run)
    once = noise_on(key, PARAMETER_DAY)
    theta = [draw_parameter(parameter, once.uniform(parameter.slot)) for parameter in model.parameters]
    take_fitted(fitted, theta, once)
    shift_parameters(intervention, theta)
    remembered = (*model.memories, *intervention.memories)
    n_quantities, n_moves, n_leaves = len(model.quantities), len(model.moves), len(model.leaves)
    started = Run(
        model,
        intervention,
        remembered,
        daily_with_edits(model, intervention),
        none_in_force(intervention),
        key,
        theta,
        x=[ZERO] * n_quantities,
        memories=[Float(memory.initial) for memory in remembered],
        arrivals=[[Float(n) for n in memory.initial_window] for memory in remembered],
        ready=[0] * n_moves,
        clips=[ZERO] * n_quantities,
        cuts=[ZERO] * n_moves,
        totals=[ZERO] * n_leaves,
        reductions=[Reduction(Float(-1) if outcome.kind == "first" else ZERO) for outcome in model.outcomes],
    )
    nothing = Reading(theta, (), (), np.empty(0, np.float32))
    for q, quantity in enumerate(model.quantities):
        started.set(q, evaluate(quantity.start, nothing))
    started.mornings = [list(started.x)]  # the morning before the first: what lagged views see of earlier days
    return started


def take_fitted(fitted: Fitted, theta: list[Float], once: Noise) -> None:
    """Put one of the fitted draws in the place of what the priors gave."""
    if not fitted.is_empty:
        n = len(fitted.values)
        draw_number = min(int(once.uniform(fitted.slot) * Float(n)), n - 1)
        for parameter, value in zip(fitted.parameters, fitted.values[draw_number], strict=True):
            theta[parameter] = Float(value)


def draw_parameter(parameter: Parameter, u: Float) -> Float:
    """Draw from the prior of a parameter."""
    prior = parameter.distribution
    if prior.family == "Categorical":
        return draws.categorical(draws.cumulative_weights(prior.args), u)
    low, high = (None if bound is None else Float(bound) for bound in (prior.low, prior.high))
    return draw(prior.family, [Float(argument) for argument in prior.args], low, high, u)


def draw(family: str, args: Sequence[Float], low: Float | None, high: Float | None, u: Float) -> Float:
    """Draw from a family at one uniform; a constant is itself."""
    if family == "Constant":
        return args[0]
    code = FAMILIES[family].code
    assert code is not None, f"{family} is for priors only"
    a, b = (*args, ZERO)[:2]
    return draws.draw(
        code, a, b, -draws.UNBOUNDED if low is None else low, draws.UNBOUNDED if high is None else high, u
    )


# One step.


def live_one_step(run: Run) -> None:
    """Take a run through one step, in the order of stages that the semantics fix."""
    run.step += 1  # 1: calendar and inputs are the row of `daily` of this step
    noise = noise_on(run.key, int(run.model.days[run.step]))
    apply_effects_due(run)  # 2
    keep_held(run)
    update_beliefs(run)  # 3: `run.events` are still those of yesterday
    keep_held(run)
    obey_edits(run)  # 4
    obey_rules(run)
    keep_held(run)
    morning = freeze_morning(run, noise)  # 5
    events = [*chosen_events(run, morning, noise), *spontaneous_events(run, morning, noise)]
    run.events = [draw_consequences(run, event, morning, noise) for event in events]
    apply_effects_due(run)  # 6: what is due by now and was not in stage 2 has delay 0
    keep_held(run)
    drift(run, noise)  # 7
    keep_held(run)
    remember(run)  # 8
    for outcome, reduction in zip(run.model.outcomes, run.reductions, strict=True):
        reduce_outcome(run, outcome, reduction)
    run.evenings.append(Evening(list(run.x), list(run.totals), run.events))


def has_ended(run: Run) -> bool:
    """Tell whether the run ends with the step that it has just lived."""
    return any(holds(condition, run.truth()) for condition in run.model.ends)


def apply_effects_due(run: Run) -> None:
    """Stages 2 and 6: change each quantity by the effects due today, in order of their events."""
    due = [effect for effect in run.pending if effect.due == run.step]
    run.pending = [effect for effect in run.pending if effect.due > run.step]
    for q in sorted({drawn.effect.quantity for drawn in due}):
        sizes: dict[str, list[Float]] = {"set": [], "scale": [], "add": []}
        for drawn in due:
            if drawn.effect.quantity == q:
                sizes[drawn.effect.op].append(drawn.size)
        run.set(q, changed(run.x[q], sizes["set"], sizes["scale"], sizes["add"]))


def changed(value: Float, sets: list[Float], scales: list[Float], adds: list[Float]) -> Float:
    """Set to the last, scale by the product, add the sum."""
    value = sets[-1] if sets else value
    value = value * product(scales) if scales else value
    return value + total(adds) if adds else value


def product(factors: Sequence[Float]) -> Float:
    """Multiply numbers in order, from 1."""
    result = ONE
    for factor in factors:
        result = result * factor
    return result


def total(terms: Sequence[Float]) -> Float:
    """Add numbers in order, from 0."""
    result = ZERO
    for term in terms:
        result = result + term
    return result


def update_beliefs(run: Run) -> None:
    """Stage 3: move each belief by yesterday's events, as its owner saw them; clip it once."""
    beliefs = sorted({update.quantity for update in run.model.belief_updates})
    updated = list(run.x)
    at = run.truth()
    at.x = updated
    for update in run.model.belief_updates:
        if run.count(update.leaves, update.sightings) > 0:
            belief = updated[update.quantity]
            first, second = (evaluate(argument, at) for argument in update.args)
            revise = learned if update.rule == "delta" else inferred
            updated[update.quantity] = revise(belief, first, second)
    for q in beliefs:
        run.set(q, updated[q])


def learned(belief: Float, toward: Float, rate: Float) -> Float:
    """Move a belief a fraction of the way: the delta rule."""
    return belief + rate * (toward - belief)


def inferred(belief: Float, if_true: Float, if_false: Float) -> Float:
    """Update a probability by the likelihoods of what was seen: Bayes' rule."""
    divisor = belief * if_true + (ONE - belief) * if_false
    return belief if divisor == 0 else (belief * if_true) / divisor


def obey_rules(run: Run) -> None:
    """Stage 4, after edits: where a rule's condition holds, set its quantities; a rule sees what earlier ones did."""
    for rule in run.model.rules:
        if holds(rule.condition, run.truth()):
            for q, value in rule.sets:
                run.set(q, evaluate(value, run.truth()))


def freeze_morning(run: Run, noise: Noise) -> Reading:
    """Stage 5, first: keep the state as it is, with what each actor sees of it."""
    run.mornings.append(list(run.x))
    morning = run.truth()
    morning.x, morning.memories = list(run.x), list(run.memories)
    views = []
    for view in run.model.views:
        seen = run.mornings[max(len(run.mornings) - 1 - view.lag, 0)][view.quantity]
        if view.error is not None:
            seen = seen + evaluate(view.error, morning) * noise.normal(view.slot)
        views.append(clip(run.model, view.quantity, seen))
    morning.views = views
    return morning


def draw_consequences(run: Run, event: Event, morning: Reading, noise: Noise) -> Event:
    """Stage 5, for each event in order: who sees it, and which effects it will have, how large and when."""
    model, j = run.model, event.occurrence
    run.totals[event.leaf] += ONE
    seen = tuple(
        number
        for number, sighting in enumerate(model.sightings)
        if sighting.leaf == event.leaf and noise.uniform(sighting.slot, j) < evaluate(sighting.probability, morning)
    )
    effects = tuple(draw_effects(run, model.leaves[event.leaf], j, morning, noise))
    run.pending.extend(effects)
    return Event(event.leaf, j, effects, seen)


def draw_effects(run: Run, leaf: LeafModel, j: int, morning: Reading, noise: Noise) -> Iterator[DrawnEffect]:
    """Draw the effects of one event, condition first, then probability, size and delay."""
    for effect in leaf.effects:
        if not holds(effect.condition, morning):
            continue
        if effect.probability is not None:
            probability = evaluate(effect.probability, morning)
            if not noise.uniform(effect.probability_slot, j) < probability:
                continue
        size = draw_at(effect.size, morning, noise.uniform(effect.size_slot, j))
        delay = draw_at(effect.delay, morning, noise.uniform(effect.delay_slot, j))
        if effect.delay.family != "Constant":
            delay = delay / Float(run.model.step_days)
        steps = floor_float(delay + HALF)
        yield DrawnEffect(effect, size, run.step + max(int(min(steps, Float(effect.max_delay))), 0))


def draw_at(what: Draw, morning: Reading, u: Float) -> Float:
    """Draw a size or a delay, whose arguments are read this morning."""
    args = [evaluate(argument, morning) for argument in what.args]
    low, high = (None if bound is None else evaluate(bound, morning) for bound in (what.low, what.high))
    return draw(what.family, args, low, high, u)


def drift(run: Run, noise: Noise) -> None:
    """Stage 7: relaxation, flows and noise, all from one snapshot."""
    snapshot = run.truth()
    snapshot.x = list(run.x)
    for q, quantity in enumerate(run.model.quantities):
        if quantity.relax is None and quantity.noise is None and not quantity.flows:
            continue
        value = snapshot.x[q]
        if quantity.relax is not None and quantity.rest is not None:
            value = value + evaluate(quantity.relax, snapshot) * (evaluate(quantity.rest, snapshot) - snapshot.x[q])
        for flow in quantity.flows:
            value = value + evaluate(flow, snapshot)
        if quantity.noise is not None:
            value = value + evaluate(quantity.noise, snapshot) * noise.normal(quantity.slot)
        run.set(q, value)


def remember(run: Run) -> None:
    """Stage 8: take today's events into each memory."""
    for number, memory in enumerate(run.remembered):
        n, h, arrivals = run.count(memory.leaves, memory.sightings), run.memories[number], run.arrivals[number]
        arrivals.append(n)
        match memory.kind:
            case "recent":
                h = h * Float(memory.decay) + n
                h = ZERO if h < FORGOTTEN else h
            case "count":
                window_ago = len(arrivals) - 1 - memory.window
                h = h + n - (arrivals[window_ago] if window_ago >= 0 else ZERO)
            case "since":
                h = ONE if n > 0 else min(h + ONE, Float(SINCE_NEVER))
            case "ever":
                h = ONE if n > 0 else h
        run.memories[number] = h


def reduce_outcome(run: Run, outcome: OutcomeModel, reduction: Reduction) -> None:
    """Stage 8: take the step into an outcome whose window holds it."""
    if not outcome.first_step <= run.step <= outcome.last_step:
        return
    is_first = reduction.n_steps == 0
    reduction.n_steps += 1
    if outcome.node is None:
        reduction.value += run.count(outcome.leaves)
        return
    value = evaluate(outcome.node, run.truth())
    match outcome.kind:
        case "any":
            reduction.value = ONE if value != 0 else reduction.value
        case "first":
            reduction.value = Float(run.step) if value != 0 and reduction.value < 0 else reduction.value
        case "max":
            reduction.value = value if is_first or value > reduction.value else reduction.value
        case "min":
            reduction.value = value if is_first or value < reduction.value else reduction.value
        case "sum" | "mean":
            reduction.value = reduction.value + value
        case _:
            reduction.value = value


def reduced(outcome: OutcomeModel, reduction: Reduction) -> Float:
    """Close an outcome at the end of its run."""
    if outcome.kind == "mean" and reduction.n_steps > 0:
        return reduction.value / Float(reduction.n_steps)
    return reduction.value


# Runs.


@np.errstate(all="ignore")  # what grows beyond float32 is infinite, as in compiled code; the ensemble's health tells it
def live(model: Model, seed: int, run: int, intervention: Intervention = EMPTY, *, fitted: Fitted = PRIORS_ONLY) -> Run:
    """Live one run through, to the end of the window or of the run."""
    history = begin(model, seed, run, intervention, fitted=fitted)
    for _ in range(model.n_steps):
        live_one_step(history)
        if has_ended(history):
            break
    return history


def trail(run: Run) -> list[int]:
    """Digest the steps up to each: quantities at its end, then its events of each leaf. A run that is over stays."""
    digests, d, before = [], 0, [ZERO] * len(run.totals)
    for step in range(run.model.n_steps):
        evening = run.evenings[min(step, run.step)]
        for value in (*evening.x, *(now - then for now, then in zip(evening.totals, before, strict=True))):
            d = digest(d, value)
        digests.append(d)
        before = evening.totals
    return digests


def simulate(
    model: Model,
    *,
    seed: int,
    first_run: int,
    n_runs: int,
    sample_steps: Sequence[int],
    intervention: Intervention = EMPTY,
    fitted: Fitted = PRIORS_ONLY,
    with_trail: bool = False,
) -> Block:  # budget(parameters): what an engine is asked
    """Simulate runs ``first_run .. first_run + n_runs - 1``; a sample after its run's end repeats the last values."""
    runs = [live(model, seed, number, intervention, fitted=fitted) for number in range(first_run, first_run + n_runs)]

    def array(rows: list[Any], *shape: int) -> NDArray[np.float32]:
        return np.array(rows, np.float32).reshape(shape)

    evenings = [[run.evenings[min(step, run.step)] for run in runs] for step in sample_steps]
    n_samples, n_quantities, n_leaves = len(sample_steps), len(model.quantities), len(model.leaves)
    outcomes = [[reduced(*pair) for pair in zip(model.outcomes, run.reductions, strict=True)] for run in runs]
    x = array([[evening.x for evening in row] for row in evenings], n_samples, n_runs, n_quantities)
    totals = array([[evening.totals for evening in row] for row in evenings], n_samples, n_runs, n_leaves)
    return Block(
        first_run=first_run,
        outcomes=array(outcomes, n_runs, len(model.outcomes)),
        counts=array([run.totals for run in runs], n_runs, n_leaves),
        samples=np.ascontiguousarray(x.transpose(0, 2, 1)),
        sample_counts=np.ascontiguousarray(totals.transpose(0, 2, 1)),
        clips=array([run.clips for run in runs], n_runs, n_quantities),
        cuts=array([run.cuts for run in runs], n_runs, len(model.moves)),
        last_step=array([run.step for run in runs], n_runs),
        parameters=array([run.theta for run in runs], n_runs, len(model.parameters)),
        trail=np.array([trail(run) for run in runs], np.uint32).reshape(n_runs, model.n_steps).T.copy()
        if with_trail
        else None,
    )
