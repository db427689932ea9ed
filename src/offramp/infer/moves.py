"""Metropolis-Hastings moves on whole histories: each keeps p(coordinates) p(noise) w**power, whatever its settings.

*Coordinates.* With z the normal quantiles of the coordinates, some of them move by

    z' = m + sqrt(1 - s**2) (z - m) + s d xi,      xi ~ N(0, 1)

which is in balance with N(m, d**2), a rough fit to each coordinate by itself: pCN, with the prior N(0, 1) replaced by a
reference that knows what has been learnt; where nothing has, m = 0 and d = 1 and it is pCN. The ratio of prior to
reference makes up the difference, so that the fit bears on speed alone.

*Noise.* A window of days gets fresh keys: noise drawn anew from its own distribution, so only the likelihood counts.

Either way the history is told again, and accepted if log u < power (log L' - log L) + log ratio.

Source : cotter2013, section 4.2 (pCN); gilks2001 (moves after resampling); chopin2020, chapter 17
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from offramp.infer.ladder import Ladder
from offramp.infer.particles import Particles, Tell, in_step_order, replay
from offramp.infer.streams import EDGE, Stream, fresh_keys
from offramp.infer.world import Coordinates, Logs, World

States = TypeVar("States")
PRIOR_COUNT = 20.0  # the reference's prior mean 0 and sd 1 weigh as much as this many different draws


@dataclass(frozen=True, eq=False)
class Reference:
    """A normal distribution for each z by itself: (coordinate,) means and standard deviations."""

    mean: NDArray[np.float64]
    sd: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Round:
    """Where a round of moves has led, and what it has taught about the moves."""

    particles: Particles
    ladder: Ladder
    accepted: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Proposal:
    """Other histories for all particles, and the (particle,) log ratio that belongs to them beside the likelihood."""

    particles: Particles
    log_ratio: Logs


def fit_reference(particles: Particles) -> Reference:
    """Fit the reference to equally weighted particles; few different draws leave it near the prior."""
    z = ndtri(particles.coordinates)
    known = particles.unique_vectors / (particles.unique_vectors + PRIOR_COUNT)
    return Reference(known * z.mean(axis=0), np.sqrt(known * z.var(axis=0) + 1 - known))


def move(
    world: World[States],
    particles: Particles,
    *,
    n_steps: int,
    stage: Stage,
    ladder: Ladder,
) -> Round:
    """Offer every particle one move on its first `n_steps` steps.

    Parameters
    ----------
    particles : equally weighted; their noise of steps ahead is left alone.

    Raises
    ------
    Stopped : the stage's `stop` was set.
    """
    proposal, kinds = propose(particles, n_steps=n_steps, stream=stage.stream, ladder=ladder)
    proposed = proposal.particles
    _, increments = replay(
        world, proposed.coordinates, keys=proposed.keys[:n_steps], stop=stage.stop, tell=stage.tell
    )  # fmt: skip
    proposed = replace(proposed, log_likelihood=in_step_order(increments))
    accepted = accept(
        particles.log_likelihood, proposed.log_likelihood, power=stage.power, log_ratio=proposal.log_ratio,
        u=stage.stream.uniforms("accept", particles.n),
    )  # fmt: skip
    return Round(_chosen(accepted, proposed, particles), ladder.learnt(kinds, accepted), accepted)


@dataclass(frozen=True)
class Stage:
    """The setting of a round: its draws, the power of the likelihood, who may stop it and who is told."""

    stream: Stream
    power: float = 1.0
    stop: threading.Event | None = None
    tell: Tell | None = None


def propose(
    particles: Particles, *, n_steps: int, stream: Stream, ladder: Ladder
) -> tuple[Proposal, NDArray[np.int64]]:
    """Draw a proposal for each particle, of a kind that the ladder's chances choose; return the kinds, too."""
    n = particles.n
    kinds = ladder.choose(stream.uniforms("kind", n))
    for_noise = ladder.is_noise[kinds]
    rows = np.flatnonzero(~for_noise)
    coordinates, log_ratio = particles.coordinates.copy(), np.zeros(n)
    coordinates[rows], log_ratio[rows] = _moved_coordinates(particles, rows, kinds[rows], stream, ladder)
    keys = particles.keys.copy()
    rows = np.flatnonzero(for_noise)
    window = _window(ladder.sizes[kinds[rows]], stream.uniforms("window", n)[rows], n_steps)
    keys[:n_steps, rows] = np.where(window, fresh_keys(stream.generation, n)[rows], keys[:n_steps, rows])
    vectors = np.where(for_noise, particles.vectors, fresh_keys(stream.generation, n))
    return Proposal(replace(particles, coordinates=coordinates, keys=keys, vectors=vectors), log_ratio), kinds


def accept(before: Logs, after: Logs, *, power: float, log_ratio: Logs, u: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Decide (particle,) by the rule of Metropolis and Hastings; what cannot be (-inf, NaN) is refused."""
    possible = np.isfinite(after) & np.isfinite(log_ratio)
    gain = power * (np.where(possible, after, 0.0) - before) + np.where(possible, log_ratio, 0.0)
    return possible & (np.log(u) < gain)


# budget(positional): all of it is one formula
def _moved_coordinates(
    particles: Particles, rows: NDArray[np.int64], kinds: NDArray[np.int64], stream: Stream, ladder: Ladder
) -> tuple[Coordinates, Logs]:
    """Move a random block of the coordinates of some particles; return them and their log ratios."""
    reference = fit_reference(particles)
    n, width = particles.coordinates.shape
    block = _block(ladder.sizes[kinds], stream.table("block", n, width=width)[rows])
    xi = ndtri(stream.table("step", n, width=width)[rows])
    s = ladder.step_sizes[kinds][:, None]
    old = particles.coordinates[rows]
    z = ndtri(old)
    away = z - reference.mean
    away_after = np.sqrt(1 - s**2) * away + s * reference.sd * xi
    z_after = reference.mean + away_after
    new = np.where(block, ndtr(z_after), old)
    log_ratio = ((z**2 - z_after**2 + (away_after**2 - away**2) / reference.sd**2) * block).sum(axis=1) / 2
    inside = np.all((new >= EDGE) & (new <= 1 - EDGE), axis=1)
    return np.where(inside[:, None], new, old), np.where(inside, log_ratio, -np.inf)


def _block(sizes: NDArray[np.int64], scores: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Mark (row, coordinate) the `sizes` lowest scores of each row."""
    ranked = np.sort(scores, axis=1)
    limit = ranked[np.arange(len(sizes)), sizes - 1]
    return np.less_equal(scores, limit[:, None])


def _window(lengths: NDArray[np.int64], u: NDArray[np.float64], n_steps: int) -> NDArray[np.bool_]:
    """Mark (step, row) a window of days; every day is as likely to be in it, so those at the ends are cut short."""
    lengths = np.minimum(lengths, n_steps)
    first = np.floor(u * (n_steps + lengths - 1)).astype(np.int64) - (lengths - 1)
    steps = np.arange(n_steps)[:, None]
    return (steps >= first) & (steps < first + lengths)


def _chosen(accepted: NDArray[np.bool_], new: Particles, old: Particles) -> Particles:
    """Take the new history where accepted, else keep the old."""
    return Particles(
        np.where(accepted[:, None], new.coordinates, old.coordinates),
        np.where(accepted, new.keys, old.keys),
        np.where(accepted, new.vectors, old.vectors),
        old.origins,
        np.where(accepted, new.log_likelihood, old.log_likelihood),
    )
