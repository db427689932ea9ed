"""The histories of conditioned particles told once more, to see which rows the model forbade and which weeks it missed.

*Rows.* Of each report: in what share of the particles it could not be on its day, and in what share its move rested.

*Weeks.* From the morning of each week on the particles live it again, with fresh noise and no record, and what the
record would have held of it is counted by actor; beside it stands what the record did hold. The particles know all that
was known in the end, that week included, so this is an easier task than a forecast: a week that is rare even so was not
foreseen.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from offramp.engine.conditioned import CompiledWorld, States, compile_world
from offramp.engine.program import build
from offramp.infer.foresight import Foresight
from offramp.infer.streams import Stream, fresh_keys
from offramp.model.model import Model
from offramp.model.observed import ALWAYS_CAUGHT, NEVER_CAUGHT, Observed

DAYS_OF_A_WEEK = 7


@dataclass(frozen=True, eq=False)
class Week:
    """One week: its first and last step, and (actor,) recorded and (particle, actor) counts of it lived again."""

    first_step: int
    last_step: int
    recorded: NDArray[np.int64]
    lived: NDArray[np.int64]

    def chance(self, actor: int) -> float:
        """Return how likely a count is that lies as far out as the recorded one, on either side."""
        lived, recorded = self.lived[:, actor], self.recorded[actor]
        above, below = int((lived >= recorded).sum()), int((lived <= recorded).sum())
        return min(1.0, 2 * (1 + min(above, below)) / (1 + len(lived)))


@dataclass(frozen=True, eq=False)
class Retold:
    """What telling the particles' histories once more has shown.

    forbidden : (report,) share of particles in which it could not be on its day; resting : in which its move rested
    quantities : (particle, quantity) at the end; weeks : whole ones, in order
    """

    forbidden: NDArray[np.float64]
    resting: NDArray[np.float64]
    quantities: NDArray[np.float64]
    weeks: tuple[Week, ...]


def retell(foresight: Foresight, *, workers: int) -> Retold:
    """Tell the histories of conditioned particles once more."""
    model, observed, found = foresight.model, foresight.observed.observed, foresight.conditioned
    world = compile_world(build(model), observed, seed=foresight.seed, workers=workers)
    again = _Again(world, foresight.conditioned.generation)
    states, weeks = world.begin(found.coordinates), []
    per_week = max(1, round(DAYS_OF_A_WEEK / model.step_days))
    resting = np.zeros(len(observed.reports))
    world.forget_told()
    for step in range(found.n_steps):
        if step % per_week == 0 and step + per_week <= found.n_steps:
            weeks.append(again.week(states, step, step + per_week - 1))
        resting = _noted_rest(world, states, step, resting)
        world.advance(states, step, found.keys[step])
    told = world.told() - _told_of_filling(world, states, foresight)
    forbidden = np.divide(told[:, 1], told[:, 0], out=np.zeros(len(told)), where=told[:, 0] > 0)
    return Retold(forbidden, resting, world.quantities(states).astype(np.float64), tuple(weeks))


def actor_of(model: Model, leaf: int) -> int:
    """Find whose move a leaf is."""
    return model.moves[model.leaves[leaf].move].actor


def _noted_rest(world: CompiledWorld, states: States, step: int, resting: NDArray[np.float64]) -> NDArray[np.float64]:
    """Note of the reports that stand on a step in what share of particles their move rests."""
    here = [number for number, r in enumerate(world.observed.reports) if r.first_step == r.last_step == step]
    if not here:
        return resting
    noted, share = resting.copy(), world.resting(states, step).mean(axis=0)
    for number in here:
        leaves = world.observed.reports[number].leaves
        noted[number] = min(share[world.program.model.leaves[leaf].move] for leaf in leaves)
    return noted


def _told_of_filling(world: CompiledWorld, states: States, foresight: Foresight) -> NDArray[np.float64]:
    """Count what was told of the copies of the last particle that fill up its group."""
    n_filling = states.n_groups * world.group_size - states.n
    found = foresight.conditioned
    if not n_filling:
        return np.zeros((len(world.observed.reports), 3))
    alone = world.alone()
    last = alone.begin(found.coordinates[-1:])
    alone.advance_through(last, 0, found.keys[:, -1:])
    return alone.told() * (n_filling / alone.group_size)


class _Again:
    """Lives weeks again, with fresh noise and without a record."""

    def __init__(self, world: CompiledWorld, generation: int) -> None:
        observed = world.observed
        nothing = replace(observed, caught=np.full_like(observed.caught, NEVER_CAUGHT), reports=(), readings=())
        self.told = world
        self.free = compile_world(world.program, nothing, seed=world.seed, workers=len(world.rooms))
        self.actors = np.array([actor_of(world.program.model, leaf) for leaf in range(world.program.sizes.n_leaves)])
        self.generation = generation

    def week(self, states: States, first: int, last: int) -> Week:
        """Live one week from the states of its first morning, which stay as they are."""
        self.generation += 1
        own, n_actors = self.free.take(states, np.arange(states.n)), len(self.free.program.model.actors)
        lived = np.zeros((states.n, n_actors), np.int64)
        before = self.free.totals(own)
        for step in range(first, last + 1):
            self.free.advance(own, step, fresh_keys(self.generation, states.n))
            after = self.free.totals(own)
            lived += self._recorded(after - before, step, self.told.shares(states))
            before = after
        return Week(first, last, _rows(self.told.observed, first, last, self.actors, n_actors), lived)

    def _recorded(self, events: NDArray[np.float32], step: int, shares: NDArray[np.float64]) -> NDArray[np.int64]:
        """Thin (particle, leaf) events to what the record would hold of them, and count these by actor."""
        caught = self.told.observed.caught[step]
        chances = np.zeros(events.shape)
        chances[:, caught == ALWAYS_CAUGHT] = 1.0
        of_cells = np.flatnonzero(caught >= 0)
        chances[:, of_cells] = shares[:, caught[of_cells]]
        stream, kept = Stream(self.told.seed, self.generation), np.zeros(events.shape, np.int64)
        for number in range(int(events.max(initial=0))):
            u = stream.table(f"recorded {step} {number}", len(events), width=events.shape[1])
            kept += (number < events) & (u < chances)
        by_actor = np.zeros((len(events), len(self.free.program.model.actors)), np.int64)
        for leaf in np.flatnonzero(kept.any(axis=0)):
            by_actor[:, self.actors[leaf]] += kept[:, leaf]
        return by_actor


def _rows(
    observed: Observed, first: int, last: int, actors: NDArray[np.int64], n_actors: int
) -> NDArray[np.int64]:  # budget(positional): a stretch of steps, and who may be counted
    """Count the reports of a stretch of steps by the actor of the likeliest candidate, periods in their middle."""
    counts = np.zeros(n_actors, np.int64)
    for report in observed.reports:
        if first <= (report.first_step + report.last_step) // 2 <= last:
            counts[actors[report.leaves[int(np.argmax(report.weights))]]] += 1
    return counts
