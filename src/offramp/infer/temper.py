"""Fit: the posterior of all coordinates given the whole record, by raising the likelihood's power from 0 to 1.

    power 0 (the prior)  --weights w**(next - power), resampling-->  next power  --moves-->  ...  -->  power 1

The next power is the one at which the effective size falls to half of the particles. After each resampling rounds of
moves follow, on coordinates and noise alike, so the target is exact.

Where a record says much about hidden noise, particles that carry a single history of it hardly move: fit a world of
groups there (`grouped`), whose likelihood averages noise out. On a linear-Gaussian record of 200 readings 400 groups of
20 were right where 2,000 single particles were far off, and said so.

A `Tempered` is a value: interrupted or not, it can be kept, restored and gone on from to the same bytes.

Source : delmoral2006; chopin2020, section 17.2
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from offramp.ensemble.stream import interrupts_noted
from offramp.infer.condition import Progress
from offramp.infer.health import ENOUGH, FAMILIES, FORGOTTEN, MOVED_RARELY, REMEMBERED, Health, find_health
from offramp.infer.ladder import Ladder, ladder
from offramp.infer.moves import Stage, move
from offramp.infer.particles import Particles, Stopped, Tell, correlations, draw_particles, in_step_order, replay
from offramp.infer.resample import effective_size, log_mean, normalised, systematic
from offramp.infer.sounding import sound
from offramp.infer.streams import Stream
from offramp.infer.world import Coordinates, Logs, World

States = TypeVar("States")
BISECTIONS = 60
MANY = 32  # coordinates, from which it is worth finding their costs
FIRST_SOUNDING = 0.05  # power


@dataclass(frozen=True)
class FitOptions:
    """How to fit.

    keep_share : effective size after each raise of the power, as a share of n
    enough : how far moves are to carry particles after each raise (`moves.Round`: carried, renewed)
    enough_at_end : the same after the last one, where no coordinate may remember where it was, either. More than 1:
        what all particles share, the error of their mean, is forgotten more slowly than where each of them stood, since
        the reference of moves is fitted to them
    most_rounds, most_at_end : rounds after each raise, and after the last one, whatever they bring
    stop : set it to stop early
    """

    keep_share: float = 0.5
    enough: float = 0.5
    enough_at_end: float = 3.0
    most_rounds: int = 10
    most_at_end: int = 200
    stop: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True, eq=False)
class Tempered:
    """Equally weighted particles of the target at some power of the likelihood.

    seed, n_steps : what it was made with; the record's first `n_steps` steps were taken in
    powers : (stage,) reached so far; log_evidence : (stage,) what each raise added to the log evidence
    anchor : (particle, coordinate) where particles stood before the moves of this stage
    sounded : power at which the costs of coordinates were found
    carried, renewed, rounds : what moves of this stage have brought, in so many rounds
    generation : acts of sampling so far
    lost : likelihoods of the first draws that were no numbers
    """

    seed: int
    n_steps: int
    particles: Particles
    powers: NDArray[np.float64]
    log_evidence: NDArray[np.float64]
    anchor: Coordinates
    ladder: Ladder
    sounded: float = 0.0
    carried: float = 0.0
    renewed: float = 0.0
    rounds: int = 0
    generation: int = 1
    lost: int = 0
    is_complete: bool = False
    is_impossible: bool = False

    @property
    def power(self) -> float:
        """The power reached; 1 is the posterior."""
        return float(self.powers[-1]) if len(self.powers) else 0.0

    @property
    def total_log_evidence(self) -> float:
        """Log-probability of the record, once complete."""
        return float(self.log_evidence.sum())

    @property
    def memory(self) -> NDArray[np.float64]:
        """(coordinate,) correlation of where particles stood before the moves of this stage with where they are."""
        return correlations(self.anchor, self.particles.coordinates)

    @cached_property
    def health(self) -> tuple[Health, ...]:
        """What is wrong, the gravest first; `good` alone if nothing is."""
        tried, accepted = int(self.ladder.totals[[0, 2]].sum()), int(self.ladder.totals[[1, 3]].sum())
        checks = {
            Health.IMPOSSIBLE: self.is_impossible,
            Health.INTERRUPTED: not self.is_complete and not self.is_impossible,
            Health.NUMBERS_LOST: self.lost > 0,
            Health.FEW_VECTORS: self.particles.unique_vectors < ENOUGH,
            Health.FEW_ORIGINS: self.particles.unique_origins < FAMILIES and bool((self.memory > FORGOTTEN).any()),
            Health.RARELY_MOVED: tried > 0 and accepted < MOVED_RARELY * tried,
            Health.SLOW: len(self.powers) > 0 and bool((self.memory > REMEMBERED).any()),
        }
        return find_health(health for health, holds in checks.items() if holds)


def fit(
    world: World[States],
    n: int,
    *,
    seed: int,
    last_step: int | None = None,
    options: FitOptions | None = None,
    progress: Progress | None = None,
) -> Tempered:
    """Draw n particles of the posterior given the record.

    Parameters
    ----------
    last_step : the last step to be taken in, from 0; None: all.
    progress : told every few steps of each replay.

    Returns
    -------
    Tempered; after an interrupt, what was reached before it: `is_complete` is false and its health says so.
    """
    n_steps = world.n_steps if last_step is None else last_step + 1
    return proceed(world, begin(world, n, seed=seed, n_steps=n_steps), options=options, progress=progress)


def begin(world: World[States], n: int, *, seed: int, n_steps: int) -> Tempered:
    """Draw particles from the prior; their likelihood is worked out when the work proceeds."""
    particles = draw_particles(seed, n, n_steps=world.n_steps, n_coordinates=world.n_coordinates)
    none = np.empty(0)
    kinds = ladder(world.n_coordinates, n_steps)
    return Tempered(seed, n_steps, particles, none, none, particles.coordinates, kinds, generation=0)


def proceed(
    world: World[States],
    so_far: Tempered,
    *,
    options: FitOptions | None = None,
    progress: Progress | None = None,
) -> Tempered:
    """Go on from where a fit was left: to the same bytes as one that was never left."""
    options = options or FitOptions()
    with interrupts_noted(options.stop):
        try:
            while not (so_far.is_complete or so_far.is_impossible or options.stop.is_set()):
                so_far = _next(world, so_far, options, _teller(so_far, progress))
        except Stopped:
            pass
    return so_far


def _teller(now: Tempered, progress: Progress | None) -> Tell | None:
    if progress is None:
        return None
    return lambda step: progress(f"likelihood to the power of {now.power:.3g}", step, now.n_steps)


def _next(world: World[States], now: Tempered, options: FitOptions, tell: Tell | None) -> Tempered:
    """Do the one thing that comes next: weigh the first draws, a round of moves, a raise of the power, or end it."""
    if now.generation == 0:
        return _weighed(world, now, options, tell)
    if _is_sounding_due(now):
        return _sounded(world, now, options, tell)
    if len(now.powers) and not _is_moved(now, options):
        return _moved(world, now, options, tell)
    if now.power < 1:
        return _raised(now, options)
    return replace(now, is_complete=True)


def _is_sounding_due(now: Tempered) -> bool:
    """Costs grow with the power: they are found anew at each third power, and at the last one."""
    is_worth = now.particles.coordinates.shape[1] >= MANY and now.power >= FIRST_SOUNDING
    return is_worth and (now.power >= 3 * now.sounded or now.power == 1 > now.sounded)


def _sounded(world: World[States], now: Tempered, options: FitOptions, tell: Tell | None) -> Tempered:
    """Find the costs of coordinates."""
    stage = Stage(Stream(now.seed, now.generation), power=now.power, stop=options.stop, tell=tell)
    costs = sound(world, now.particles, n_steps=now.n_steps, stage=stage)
    return replace(now, ladder=replace(now.ladder, costs=costs), sounded=now.power, generation=now.generation + 1)


def _is_moved(now: Tempered, options: FitOptions) -> bool:
    at_end = now.power == 1
    if now.rounds >= (options.most_at_end if at_end else options.most_rounds):
        return True
    if not at_end:
        return min(now.carried, now.renewed) >= options.enough
    return min(now.carried, now.renewed) >= options.enough_at_end and bool((now.memory < FORGOTTEN).all())


def _weighed(world: World[States], now: Tempered, options: FitOptions, tell: Tell | None) -> Tempered:
    """Work out the likelihood of the first draws."""
    keys = now.particles.keys[: now.n_steps]
    _, increments = replay(world, now.particles.coordinates, keys=keys, stop=options.stop, tell=tell)
    log_likelihood = in_step_order(increments)
    bad = np.isnan(log_likelihood)
    log_likelihood = np.where(bad, -np.inf, log_likelihood)
    return replace(
        now, particles=replace(now.particles, log_likelihood=log_likelihood), lost=int(bad.sum()), generation=1,
        is_impossible=not np.isfinite(log_likelihood).any(),
    )  # fmt: skip


def _raised(now: Tempered, options: FitOptions) -> Tempered:
    """Raise the power and draw particles in proportion to the weights that this gives them."""
    power = next_power(now.particles.log_likelihood, now.power, keep_share=options.keep_share)
    log_weights = tempered(now.particles.log_likelihood, power - now.power)
    ancestors = systematic(normalised(log_weights), Stream(now.seed, now.generation).one("resample"))
    particles = now.particles.copies(ancestors, n_steps=now.n_steps)
    return replace(
        now, particles=particles, anchor=particles.coordinates, powers=np.append(now.powers, power),
        log_evidence=np.append(now.log_evidence, log_mean(log_weights)), generation=now.generation + 1,
        carried=0.0, renewed=0.0, rounds=0,
    )  # fmt: skip


def _moved(world: World[States], now: Tempered, options: FitOptions, tell: Tell | None) -> Tempered:
    """Offer every particle a move."""
    stage = Stage(Stream(now.seed, now.generation), power=now.power, stop=options.stop, tell=tell)
    done = move(world, now.particles, n_steps=now.n_steps, stage=stage, ladder=now.ladder)
    return replace(
        now, particles=done.particles, ladder=done.ladder, generation=now.generation + 1,
        carried=now.carried + done.carried, renewed=now.renewed + done.renewed, rounds=now.rounds + 1,
    )  # fmt: skip


def tempered(log_likelihood: Logs, power: float) -> Logs:
    """Give (particle,) power * log L; what cannot be stays so, even to the power of 0."""
    return np.where(np.isfinite(log_likelihood), power * log_likelihood, -np.inf)


def next_power(log_likelihood: Logs, power: float, *, keep_share: float) -> float:
    """Find the power, at most 1, at which the effective size is `keep_share` of those particles that can be at all."""
    target = keep_share * np.isfinite(log_likelihood).sum()
    low, high = power, 1.0
    if effective_size(tempered(log_likelihood, high - power)) >= target:
        return high
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        if effective_size(tempered(log_likelihood, middle - power)) >= target:
            low = middle
        else:
            high = middle
    return low if low > power else high
