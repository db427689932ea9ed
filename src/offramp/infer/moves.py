"""Metropolis-Hastings moves on whole histories: each keeps p(coordinates) p(noise) w**power, whatever its settings.

*Coordinates.* With z the normal quantiles of the coordinates, some of them move by

    z' = m + sqrt(1 - s**2) (z - m) + s d xi,      xi ~ N(0, 1)

which is in balance with N(m, d**2). About the prior m = 0 and d = 1: that is pCN. About a reference that is roughly
fitted to each coordinate by itself, steps know what has been learnt; the ratio of prior to reference makes up the
difference, so that the fit bears on speed alone.

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

from offramp.infer.ladder import FITTED, NOISE, Ladder
from offramp.infer.particles import Particles, Tell, in_step_order, replay
from offramp.infer.streams import EDGE, Stream, fresh_keys
from offramp.infer.world import Coordinates, Logs, World

States = TypeVar("States")
PRIOR_COUNT = 20.0  # the prior weighs as much in the reference as this many families of particles


@dataclass(frozen=True)
class Stage:
    """The setting of a round: its draws, the power of the likelihood, who may stop it and who is told."""

    stream: Stream
    power: float = 1.0
    stop: threading.Event | None = None
    tell: Tell | None = None


@dataclass(frozen=True, eq=False)
class Reference:
    """A normal distribution for each z by itself: (coordinate,) means and standard deviations."""

    mean: NDArray[np.float64]
    sd: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Proposal:
    """Other histories for all particles.

    kinds : (particle,) rows of the ladder
    log_ratio : (particle,) what counts beside the likelihood
    gains : (particle,) squared distance of z, or days of noise drawn anew
    """

    particles: Particles
    kinds: NDArray[np.int64]
    log_ratio: Logs
    gains: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Round:
    """Where a round of moves has led, and what it has taught about the moves.

    accepted : how many were
    carried : squared distance of z over twice its variance among particles, on average; renewed : share of all noise
        that is new. Either is 1 if all is drawn anew once.
    """

    particles: Particles
    ladder: Ladder
    accepted: int
    carried: float
    renewed: float

    def is_less(self, enough: float) -> bool:
        """Whether coordinates or noise are carried less than that."""
        return min(self.carried, self.renewed) < enough

    def after(self, before: Round) -> Round:
        """Add what an earlier round has brought."""
        return replace(
            self,
            accepted=before.accepted + self.accepted,
            carried=before.carried + self.carried,
            renewed=before.renewed + self.renewed,
        )


def move(world: World[States], particles: Particles, *, n_steps: int, stage: Stage, ladder: Ladder) -> Round:
    """Offer every particle one move on its first `n_steps` steps.

    Parameters
    ----------
    particles : equally weighted; their noise of steps ahead is left alone.

    Raises
    ------
    Stopped : the stage's `stop` was set.
    """
    proposal = propose(particles, n_steps=n_steps, stream=stage.stream, ladder=ladder)
    new = proposal.particles
    _, increments = replay(world, new.coordinates, keys=new.keys[:n_steps], stop=stage.stop, tell=stage.tell)
    new = replace(new, log_likelihood=in_step_order(increments))
    u = stage.stream.uniforms("accept", particles.n)
    before, after = particles.log_likelihood, new.log_likelihood
    accepted = accept(before, after, power=stage.power, log_ratio=proposal.log_ratio, u=u)
    gained = np.where(accepted, proposal.gains, 0.0)
    is_noise = ladder.about[proposal.kinds] == NOISE
    return Round(
        _chosen(accepted, new, particles),
        ladder.learnt(proposal.kinds, accepted, proposal.gains),
        int(accepted.sum()),
        carried=_carried(gained[~is_noise], particles),
        renewed=float(gained[is_noise].sum() / max(n_steps * particles.n, 1)),
    )


def no_round(particles: Particles, ladder: Ladder) -> Round:
    """Give the round that has not happened: nothing is carried."""
    return Round(particles, ladder, 0, 0.0, 0.0)


def _carried(gained: NDArray[np.float64], particles: Particles) -> float:
    """Relate squared distances to how far particles lie apart; where there is nothing to carry, that is enough."""
    apart = ndtri(particles.coordinates).var(axis=0).sum()
    return float(gained.sum() / (2 * particles.n * apart)) if apart > 0 else float(not particles.coordinates.size)


def propose(particles: Particles, *, n_steps: int, stream: Stream, ladder: Ladder) -> Proposal:
    """Draw a proposal for each particle, of a kind that the ladder's chances choose."""
    n = particles.n
    kinds = ladder.choose(stream.uniforms("kind", n))
    is_noise = ladder.about[kinds] == NOISE
    coordinates, log_ratio, gains = particles.coordinates.copy(), np.zeros(n), np.zeros(n)
    rows = np.flatnonzero(~is_noise)
    coordinates[rows], log_ratio[rows], gains[rows] = _moved(particles, rows, kinds[rows], stream, ladder)
    keys = particles.keys.copy()
    rows = np.flatnonzero(is_noise)
    window = _window(ladder.sizes[kinds[rows]], stream.uniforms("window", n)[rows], n_steps)
    keys[:n_steps, rows] = np.where(window, fresh_keys(stream.generation, n)[rows], keys[:n_steps, rows])
    gains[rows] = window.sum(axis=0)
    vectors = np.where(is_noise, particles.vectors, fresh_keys(stream.generation, n))
    return Proposal(replace(particles, coordinates=coordinates, keys=keys, vectors=vectors), kinds, log_ratio, gains)


def accept(before: Logs, after: Logs, *, power: float, log_ratio: Logs, u: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Decide (particle,) by the rule of Metropolis and Hastings; what cannot be (-inf, NaN) is refused."""
    possible = np.isfinite(after) & np.isfinite(log_ratio)
    gain = power * (np.where(possible, after, 0.0) - before) + np.where(possible, log_ratio, 0.0)
    return possible & (np.log(u) < gain)


def fit_reference(particles: Particles) -> Reference:
    """Fit the reference to equally weighted particles; few families of them leave it near the prior.

    Kin are alike however often they were moved, so unique vectors would not do: a reference that is too narrow is hard
    to leave.
    """
    z = ndtri(particles.coordinates)
    known = particles.unique_origins / (particles.unique_origins + PRIOR_COUNT)
    return Reference(known * z.mean(axis=0), np.sqrt(known * z.var(axis=0) + 1 - known))


# budget(positional): all of it is one formula
def _moved(
    particles: Particles, rows: NDArray[np.int64], kinds: NDArray[np.int64], stream: Stream, ladder: Ladder
) -> tuple[Coordinates, Logs, NDArray[np.float64]]:
    """Move a random block of the coordinates of some particles: where to, log ratios, squared distances."""
    old = particles.coordinates[rows]
    n, width = particles.coordinates.shape
    block = _block(ladder.shares(kinds), stream.table("block", n, width=width, rows=rows))
    xi = ndtri(stream.table("step", n, width=width, rows=rows))
    s = ladder.step_sizes[kinds][:, None]
    is_fitted = (ladder.about[kinds] == FITTED)[:, None]
    fitted = fit_reference(particles)
    mean, sd = np.where(is_fitted, fitted.mean, 0.0), np.where(is_fitted, fitted.sd, 1.0)
    z = ndtri(old)
    away = z - mean
    away_after = np.sqrt(1 - s**2) * away + s * sd * xi
    z_after = mean + away_after
    new = np.where(block, ndtr(z_after), old)
    log_ratio = ((z**2 - z_after**2 + (away_after**2 - away**2) / sd**2) * block).sum(axis=1) / 2
    inside = np.all((new >= EDGE) & (new <= 1 - EDGE), axis=1)
    distance = ((z_after - z) ** 2 * block).sum(axis=1)
    return np.where(inside[:, None], new, old), np.where(inside, log_ratio, -np.inf), distance


def _block(shares: NDArray[np.float64], scores: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Mark (row, coordinate): each coordinate by its own chance, and at least one."""
    if not scores.size:
        return np.zeros(scores.shape, bool)
    waits = scores / shares
    chosen: NDArray[np.bool_] = waits <= np.maximum(1.0, waits.min(axis=1, keepdims=True))
    return chosen


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
