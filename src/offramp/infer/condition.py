"""The state of the world at a date, given the record up to it: a particle filter with moves on the whole history.

Each step: where weights have become uneven (effective size below n / 2), particles are drawn anew in proportion to
weight; where different coordinates have become scarce besides, every particle is offered moves on its history so far;
then the step is lived and weighed. After the last step weights are made equal, and moves follow once more.

A round of moves at step t of T tells all histories again, so it costs t steps, and a tenth of T for its own work. Up to
step t all moves may cost `(1 - kept_back) * budget * sqrt(t T)` steps, and `budget * T` with those at the end: early
rounds are cheap, and it is early that particles lose most of each other. Nothing is decided by the clock.

A `Conditioned` is a value: interrupted or not, it can be kept, restored and gone on from to the same bytes.

Source : gilks2001 (resample-move); chopin2020, chapters 10 and 17
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from offramp.ensemble.stream import interrupts_noted
from offramp.infer.health import ENOUGH, FAMILIES, FORGOTTEN, MOVED_RARELY, REMEMBERED, Health, find_health
from offramp.infer.ladder import Ladder, ladder
from offramp.infer.moves import Stage, move, no_round
from offramp.infer.particles import Particles, Stopped, Tell, correlations, draw_particles, replay
from offramp.infer.resample import effective_size, log_sum, normalised, systematic
from offramp.infer.streams import Stream
from offramp.infer.world import Coordinates, Keys, Logs, World

States = TypeVar("States")
ROUND_WORK = 0.1  # what a round of moves costs besides its replay, as a share of the whole record
Progress = Callable[[str, int, int], None]  # what is being done, steps of it done, steps in all


@dataclass(frozen=True)
class Options:
    """How to condition.

    resample_below : share of n; effective sizes below it lead to resampling
    scarce : share of n; fewer different coordinates than that lead to moves
    enough, enough_at_end : how far a bout of moves is to carry particles (`moves.Round`: carried, renewed)
    budget : what all moves may cost, in replays of the whole record; kept_back : the share of it for the end
    stop : set it to stop early
    """

    resample_below: float = 0.5
    scarce: float = 0.25
    enough: float = 0.25
    enough_at_end: float = 1.0
    budget: float = 8.0
    kept_back: float = 0.5
    stop: threading.Event = field(default_factory=threading.Event)


# budget(lines): a value with its readings
@dataclass(frozen=True, eq=False)
class Conditioned(Generic[States]):
    """Particles that have lived the first steps of the record.

    seed, asked : what it was made with; `asked` steps were to be taken in
    particles : histories; states : where they stand after the last step
    log_weights : (particle,) since the last resampling; all equal once it is complete
    log_evidence : (step,) log-probability of what the record says of a step, given all before it
    ess : (step,) effective number of particles after each step
    ladder : what was learnt about moves; generation : acts of sampling so far; spent : steps that moves have cost
    lost : likelihoods that were no numbers
    is_complete : all that was asked for is taken in; is_impossible : no particle could explain the step that comes next
    is_settled : the particles are those of a fit (`settle`), which found `fitted_log_evidence` in all
    memory : (coordinate,) correlation of where particles stood before the moves at the end with where they are
    noted : what was found wrong besides by whoever made the particles
    """

    seed: int
    asked: int
    particles: Particles
    states: States
    log_weights: Logs
    log_evidence: NDArray[np.float64]
    ess: NDArray[np.float64]
    ladder: Ladder
    generation: int = 1
    spent: float = 0.0
    lost: int = 0
    is_complete: bool = False
    is_impossible: bool = False
    is_settled: bool = False
    fitted_log_evidence: float | None = None
    memory: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    noted: tuple[Health, ...] = ()

    @property
    def n_steps(self) -> int:
        """Number of steps taken in."""
        return len(self.log_evidence)

    @property
    def coordinates(self) -> Coordinates:
        """(particle, coordinate) float64 inside (0, 1)."""
        return self.particles.coordinates

    @property
    def keys(self) -> Keys:
        """(step, particle) run numbers of the steps taken in."""
        return self.particles.keys[: self.n_steps]

    @property
    def weights(self) -> NDArray[np.float64]:
        """(particle,) weights that sum to 1."""
        return normalised(self.log_weights)

    @property
    def total_log_evidence(self) -> float:
        """Log-probability of the record so far, as found by what gave the particles."""
        by_steps = float(self.log_evidence.sum())
        return by_steps if self.fitted_log_evidence is None else self.fitted_log_evidence

    @property
    def acceptance(self) -> tuple[float | None, float | None]:
        """Shares of moves of coordinates, and of noise, that were accepted; None where none was tried."""
        return self.ladder.acceptance

    @cached_property
    def health(self) -> tuple[Health, ...]:
        """What is wrong, the gravest first; `good` alone if nothing is."""
        return find_health([*_ailments(self), *self.noted])

    @property
    def approximate(self) -> bool:
        """Whether it must not pass for the posterior: incomplete, or not in good health."""
        return self.health != (Health.GOOD,)


def condition(
    world: World[States],
    n: int,
    *,
    seed: int,
    last_step: int | None = None,
    options: Options | None = None,
    progress: Progress | None = None,
) -> Conditioned[States]:
    """Condition a world on its record.

    Parameters
    ----------
    n : number of particles
    last_step : the last step to be taken in, from 0; None: all; -1: none.
    progress : told after each step of the record and of each replay.

    Returns
    -------
    Conditioned; after an interrupt, what was reached before it: `is_complete` is false and its health says so.
    """
    return proceed(world, begin(world, n, seed=seed), last_step=last_step, options=options, progress=progress)


def begin(world: World[States], n: int, *, seed: int) -> Conditioned[States]:
    """Draw particles from the prior, before the first step."""
    particles = draw_particles(seed, n, n_steps=world.n_steps, n_coordinates=world.n_coordinates)
    none = np.empty(0)
    return Conditioned(
        seed, 0, particles, world.begin(particles.coordinates), np.zeros(n), none, none,
        ladder(world.n_coordinates, world.n_steps),
    )  # fmt: skip


def proceed(
    world: World[States],
    so_far: Conditioned[States],
    *,
    last_step: int | None = None,
    options: Options | None = None,
    progress: Progress | None = None,
) -> Conditioned[States]:
    """Go on from where a conditioning was left: to the same bytes as one that was never left."""
    job = _Job(options or Options(), progress)
    asked = world.n_steps if last_step is None else last_step + 1
    if so_far.is_complete and so_far.n_steps == asked:
        return so_far
    own_states = world.take(so_far.states, np.arange(so_far.particles.n))
    so_far = replace(so_far, asked=asked, states=own_states, is_complete=False, is_impossible=False)
    with interrupts_noted(job.options.stop):
        try:
            while so_far.n_steps < asked and not so_far.is_impossible and not job.options.stop.is_set():
                so_far = _step(world, so_far, job)
                job.tell_of("the record", so_far.n_steps, asked)
            return so_far if so_far.n_steps < asked else _finish(world, so_far, job)
        except Stopped:
            return so_far


@dataclass(frozen=True)
class _Job:
    options: Options
    progress: Progress | None

    def tell_of(self, what: str, done: int, of: int) -> None:
        if self.progress is not None:
            self.progress(what, done, of)

    def teller(self, what: str, of: int) -> Tell:
        return lambda step: self.tell_of(what, step, of)


def _step(world: World[States], before: Conditioned[States], job: _Job) -> Conditioned[States]:
    """Resample and move if need be, then take in one step."""
    step = before.n_steps
    now = before
    if step and before.ess[-1] < job.options.resample_below * before.particles.n:
        now = _resampled(world, now)
        if now.particles.unique_vectors < job.options.scarce * now.particles.n:
            limit = (1 - job.options.kept_back) * job.options.budget * float(np.sqrt(step * now.asked))
            now = _moved(world, now, job, limit=limit, enough=job.options.enough)
    increments = world.advance(now.states, step, now.particles.keys[step])
    bad = np.isnan(increments)
    increments = np.where(bad, -np.inf, increments)
    log_weights = now.log_weights + increments
    evidence = log_sum(log_weights) - log_sum(now.log_weights)
    if not np.isfinite(evidence):
        states, _ = replay(world, now.coordinates, keys=now.keys)
        return replace(now, states=states, lost=now.lost + int(bad.sum()), is_impossible=True)
    return replace(
        now,
        particles=now.particles.weighed(increments),
        log_weights=log_weights,
        log_evidence=np.append(now.log_evidence, evidence),
        ess=np.append(now.ess, effective_size(log_weights)),
        lost=now.lost + int(bad.sum()),
    )


def _finish(world: World[States], now: Conditioned[States], job: _Job) -> Conditioned[States]:
    """Make weights equal, and move particles once more if any was lost."""
    if np.ptp(now.log_weights) > 0:
        now = _resampled(world, now)
    before = now.coordinates
    if now.particles.unique_vectors < now.particles.n:
        limit = job.options.budget * now.asked
        now = _moved(world, now, job, limit=limit, enough=job.options.enough_at_end)
    return replace(now, is_complete=True, memory=correlations(before, now.coordinates))


def _resampled(world: World[States], now: Conditioned[States]) -> Conditioned[States]:
    """Draw particles in proportion to their weights."""
    ancestors = systematic(now.weights, Stream(now.seed, now.generation).one("resample"))
    return replace(
        now,
        particles=now.particles.copies(ancestors, n_steps=now.n_steps),
        states=world.take(now.states, ancestors),
        log_weights=np.zeros(now.particles.n),
        generation=now.generation + 1,
    )


def _moved(
    world: World[States], now: Conditioned[States], job: _Job, *, limit: float, enough: float
) -> Conditioned[States]:
    """Offer rounds of moves until particles are carried enough or the limit is reached, then tell all states anew."""
    n_steps, generation = now.n_steps, now.generation
    spent, cost = now.spent + n_steps, n_steps + now.asked * ROUND_WORK  # the last replay gives the states
    so_far, tell = no_round(now.particles, now.ladder), job.teller("moves", n_steps)
    while so_far.is_less(enough) and spent + cost <= limit:
        stage = Stage(Stream(now.seed, generation), stop=job.options.stop, tell=tell)
        done = move(world, so_far.particles, n_steps=n_steps, stage=stage, ladder=so_far.ladder)
        so_far = done.after(so_far)
        generation += 1
        spent += cost
    if generation == now.generation:
        return now
    particles = so_far.particles
    keys = particles.keys[:n_steps]
    states, _ = replay(world, particles.coordinates, keys=keys, stop=job.options.stop, tell=tell)
    return replace(now, particles=particles, states=states, ladder=so_far.ladder, generation=generation, spent=spent)


def _ailments(found: Conditioned[States]) -> list[Health]:
    tried = int(found.ladder.totals[[0, 2]].sum())
    accepted = int(found.ladder.totals[[1, 3]].sum())
    noises = found.particles.unique_noise(found.n_steps)
    checks = {
        Health.IMPOSSIBLE: found.is_impossible,
        Health.INTERRUPTED: not found.is_complete and not found.is_impossible,
        Health.NUMBERS_LOST: found.lost > 0,
        Health.FEW_VECTORS: found.particles.unique_vectors < ENOUGH,
        Health.FEW_ANCESTORS: found.particles.unique_ancestors < ENOUGH,
        Health.FEW_NOISES: bool((noises < ENOUGH).any()),
        Health.FEW_ORIGINS: found.particles.unique_origins < FAMILIES and not bool((found.memory < FORGOTTEN).all()),
        Health.SLOW: found.is_settled and bool((found.memory > REMEMBERED).any()),
        Health.RARELY_MOVED: tried > 0 and accepted < MOVED_RARELY * tried,
    }
    return [health for health, holds in checks.items() if holds]
