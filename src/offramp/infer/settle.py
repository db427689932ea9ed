"""Conditioned particles taken from a fit: for worlds where what is drawn once per history decides, not daily noise.

A filter draws its coordinates beforehand and can only choose among them, and moves cost it a replay each; where there
are hundreds of them and single days tell much, hardly any family survives. Tempering the likelihood of all days at once
keeps more, as long as noise can be drawn anew by the window. Both estimate the same evidence, and one that has lost its
way finds far too little of it. The fit gives the particles, unless the filter has kept families enough and found
clearly more: both begin from the same draws of the prior, so this is a check of the moves, not of the draws.

A filter is run all the same, for what only it can tell: the evidence of each step. The fit moves so many *chains*; the
particles are these, and where each further round of moves takes them, until every slot is filled.

Source : dau2022 (all states of the chains are particles)
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from offramp.infer.condition import Conditioned, Options, Progress, condition
from offramp.infer.health import FAMILIES, Health
from offramp.infer.moves import Stage, move
from offramp.infer.particles import Particles, Stopped, correlations, replay
from offramp.infer.streams import Stream, fresh_keys
from offramp.infer.temper import FitOptions, Tempered, fit
from offramp.infer.world import World

States = TypeVar("States")
MARGIN = 3.0  # of log evidence: fits of one record by other seeds differ by one or two


@dataclass(frozen=True)
class SettleOptions:
    """How to settle.

    chains : particles of the filter, and of the fit, at most as many as are asked for
    budget : of the filter's own moves, in replays of the whole record
    most_rounds, most_at_end : of moves after each raise of the power, and after the last one
    stop : set it to stop early
    """

    chains: int = 512
    budget: float = 1.0
    most_rounds: int = 8
    most_at_end: int = 60
    stop: threading.Event = field(default_factory=threading.Event)


def condition_and_settle(
    world: World[States],
    n: int,
    *,
    seed: int,
    last_step: int | None = None,
    options: SettleOptions | None = None,
    progress: Progress | None = None,
) -> Conditioned[States]:
    """Condition a world on its record by a filter and a fit, and take the particles of the one that found more.

    Returns
    -------
    Conditioned, with n particles if those of the fit are taken, and as many as there are chains if not or if
    interrupted; then begin anew: the same seed gives the same bytes.
    """
    options = options or SettleOptions()
    chains = min(options.chains, n)
    own = Options(budget=options.budget, stop=options.stop)
    filtered = condition(world, chains, seed=seed, last_step=last_step, options=own, progress=progress)
    return fit_and_settle(world, filtered, n, options=options, progress=progress)


def fit_and_settle(
    world: World[States],
    filtered: Conditioned[States],
    n: int,
    *,
    options: SettleOptions,
    progress: Progress | None = None,
) -> Conditioned[States]:  # budget(positional): a filter's result, and how many particles of a fit to give it
    """Fit the steps that a filter has taken in, with as many chains, and settle; what is not complete is left alone."""
    if not filtered.is_complete or not filtered.n_steps:
        return filtered
    how = FitOptions(most_rounds=options.most_rounds, most_at_end=options.most_at_end, stop=options.stop)
    fitted = fit(
        world, filtered.particles.n, seed=filtered.seed, last_step=filtered.n_steps - 1, options=how, progress=progress
    )
    return settle(world, filtered, fitted=fitted, n=n, stop=options.stop, progress=progress)


def settle(
    world: World[States],
    filtered: Conditioned[States],
    *,
    fitted: Tempered,
    n: int,
    stop: threading.Event | None = None,
    progress: Progress | None = None,
) -> Conditioned[States]:  # budget(parameters): two results, and how to go on
    """Give a filter's result n particles of a fit to the same steps of the same world, unless the filter is better.

    It is if it has kept families enough and found clearly more evidence, or if the fit could explain nothing.
    """
    if fitted.is_impossible:
        return filtered
    if not fitted.is_complete:
        return replace(filtered, is_complete=False)
    is_varied = filtered.particles.unique_origins >= FAMILIES
    if is_varied and filtered.total_log_evidence > fitted.total_log_evidence + MARGIN:
        return filtered
    try:
        particles, memory = gather(world, fitted, n, stop=stop, progress=progress)
        states, _ = replay(world, particles.coordinates, keys=particles.keys[: fitted.n_steps], stop=stop)
    except Stopped:
        return replace(filtered, is_complete=False)
    n_rounds = -(-n // fitted.particles.n)
    noted = (Health.NUMBERS_LOST,) * bool(fitted.lost) + (Health.SHARED_CHAINS,) * (n_rounds > 1)
    even = np.zeros(particles.n)
    return replace(
        filtered, particles=particles, states=states, log_weights=even, ladder=fitted.ladder,
        memory=memory, noted=noted, is_settled=True, fitted_log_evidence=fitted.total_log_evidence,
        generation=max(filtered.generation, fitted.generation + n_rounds),
    )  # fmt: skip


def gather(
    world: World[States],
    fitted: Tempered,
    n: int,
    *,
    stop: threading.Event | None = None,
    progress: Progress | None = None,
) -> tuple[Particles, NDArray[np.float64]]:
    """Fill n slots: with the particles of a complete fit, then with where each round of moves takes them.

    Returns
    -------
    particles, and (coordinate,) the correlation of where chains stand in the end with where the fit's last stage began.

    Raises
    ------
    Stopped : `stop` was set.
    """
    rounds, kinds = [fitted.particles], fitted.ladder
    n_rounds = -(-n // fitted.particles.n)
    for number in range(1, n_rounds):
        stage = Stage(Stream(fitted.seed, fitted.generation + number), stop=stop)
        done = move(world, rounds[-1], n_steps=fitted.n_steps, stage=stage, ladder=kinds)
        rounds.append(done.particles)
        kinds = done.ladder
        if progress is not None:
            progress("particles from the fit", number, n_rounds)
    return _together(rounds, n, fitted.n_steps), correlations(fitted.anchor, rounds[-1].coordinates)


def _together(rounds: list[Particles], n: int, n_steps: int) -> Particles:
    """Put the first n particles of several rounds into slots of their own."""
    lived = np.concatenate([part.keys[:n_steps] for part in rounds], axis=1)[:, :n]
    ahead = np.repeat(fresh_keys(0, n)[None], len(rounds[0].keys) - n_steps, axis=0)
    return Particles(
        np.concatenate([part.coordinates for part in rounds])[:n],
        np.concatenate([lived, ahead]),
        np.concatenate([part.vectors for part in rounds])[:n],
        np.concatenate([part.origins for part in rounds])[:n],
        np.concatenate([part.log_likelihood for part in rounds])[:n],
    )
