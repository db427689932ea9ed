"""Particles in the compiled engine: a `infer.world.World` of a Model and its record.

States are arrays with the group of 64 particles as their first axis; threads share groups among them, so nothing
depends on how many there are. The last group is filled up with copies of the last particle.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offramp.engine import compiled as engine
from offramp.engine.block import Block
from offramp.engine.cache import load
from offramp.engine.edits import edit
from offramp.engine.kernels.book import Book
from offramp.engine.kernels.conditioned import Herd, Room
from offramp.engine.kernels.implied import Implied
from offramp.engine.kernels.lanes import N_LANES
from offramp.engine.kernels.marks import MOST
from offramp.engine.kernels.run import Results
from offramp.engine.program import Program
from offramp.engine.stages import Moment
from offramp.engine.tables import Tables
from offramp.engine.watch import Watch, watch
from offramp.model.intervention import EMPTY, Intervention
from offramp.model.observed import Observed

_ENTRY = '''"""The day loop of particles, compiled once for all scenarios. Written by offramp.engine.conditioned."""

from numba import njit

from offramp.engine.kernels import conditioned

OPTIONS = {"error_model": "numpy", "nogil": True, "_nrt": False, "cache": True}


@njit(**OPTIONS)
def begin(program, watch, herd, room, first_group, last_group):
    conditioned.begin_particles(program, watch, herd, room, first_group, last_group)


@njit(**OPTIONS)
def advance(program, watch, herd, room, seed, numbers, first_step, first_group, last_group, log_weights):
    conditioned.advance_particles(
        program, watch, herd, room, seed, numbers, first_step, first_group, last_group, log_weights
    )


@njit(**OPTIONS)
def branch(program, herd, room, first_group, last_group):
    conditioned.branch_particles(program, herd, room, first_group, last_group)


@njit(**OPTIONS)
def live_on(program, herd, room, seed, first_run, first_step, sample_steps, counts, results):
    conditioned.live_on_particles(program, herd, room, seed, first_run, first_step, sample_steps, counts, results)


@njit(**OPTIONS)
def sample(program, herd, counts, results, number):
    conditioned.sample_particles(program, herd, counts, results, number)


@njit(**OPTIONS)
def take(herd, taken, ancestors, first_group, last_group):
    conditioned.take_particles(herd, taken, ancestors, first_group, last_group)
'''


@cache
def _loop() -> Any:
    return load("particles", _ENTRY)


@dataclass(frozen=True, eq=False)
class States:
    """The states of n particles, after as many steps as they have lived."""

    n: int
    herd: Herd

    @property
    def n_groups(self) -> int:
        """Number of groups of 64."""
        return len(self.herd.rows)


@dataclass(frozen=True, eq=False)
class CompiledWorld:
    """A Model and its record as samplers see them (`offramp.infer.world`). Its threads work in rooms of its own.

    seed : of all noise
    """

    program: Program
    observed: Observed
    seed: int
    watch: Watch
    compiled: engine.Compiled
    edited: engine.Compiled  # the same from the day on which edits of parameters act
    rooms: tuple[Room, ...]

    @property
    def group_size(self) -> int:
        """Number of particles in a group."""
        return N_LANES

    @property
    def n_steps(self) -> int:
        """Number of steps of the window."""
        return self.program.sizes.n_steps

    @property
    def n_coordinates(self) -> int:
        """Number of uniforms of a particle: parameters, then shares recorded, then uncertain dates."""
        return self.program.sizes.n_parameters + len(self.observed.cells) + len(self.observed.uncertain)

    def begin(self, coordinates: NDArray[np.float64]) -> States:
        """Put particles (particle, coordinate) before their first step."""
        n = len(coordinates)
        herd = room_for_herd(self, n)
        padded = coordinates[np.minimum(np.arange(herd.rows.shape[0] * N_LANES), n - 1)]
        by_lane = padded.astype(np.float32).reshape(len(herd.rows), N_LANES, self.n_coordinates).transpose(0, 2, 1)
        # Rounding to float32 must not reach 0 or 1, which no uniform is.
        herd.coordinates[:] = np.clip(by_lane, _LEAST, _MOST).reshape(len(herd.rows), -1)
        states = States(n, herd)
        self._share(
            states,
            lambda room, first, last: _loop().begin(self.compiled, self.watch, herd, room, first, last),
        )
        return states

    def advance(self, states: States, step: int, keys: NDArray[np.uint64]) -> NDArray[np.float64]:
        """Let particles live a step with the noise of runs `keys` (particle,); return its log-weights (particle,)."""
        return self.advance_through(states, step, keys[None])[0]

    def advance_through(self, states: States, first_step: int, keys: NDArray[np.uint64]) -> NDArray[np.float64]:
        """Let particles live consecutive steps: keys and log-weights (step, particle)."""
        padded = self.for_lanes(states, keys)
        log_weights = np.zeros(padded.shape)
        arguments = (np.uint64(self.seed), padded, first_step)

        def work(room: Room, first: int, last: int) -> None:
            _loop().advance(self.compiled, self.watch, states.herd, room, *arguments, first, last, log_weights)

        self._share(states, work)
        return log_weights[:, : states.n]

    def take(self, states: States, ancestors: NDArray[np.int64]) -> States:
        """Copy particles."""
        n = len(ancestors)
        herd = room_for_herd(self, n)
        padded = np.ascontiguousarray(ancestors[np.minimum(np.arange(len(herd.rows) * N_LANES), n - 1)], np.int64)
        taken = States(n, herd)
        self._share(taken, lambda _room, first, last: _loop().take(states.herd, herd, padded, first, last))
        return taken

    def quantities(self, states: States) -> NDArray[np.float32]:
        """Read the quantities (particle, quantity) as they are."""
        return self._read(states, self.compiled.sizes.quantities, self.compiled.sizes.n_quantities)

    def parameters(self, states: States) -> NDArray[np.float32]:
        """Read the parameters (particle, parameter)."""
        return self._read(states, self.compiled.sizes.parameters, self.compiled.sizes.n_parameters)

    def totals(self, states: States) -> NDArray[np.float32]:
        """Read the number of events so far (particle, leaf)."""
        return self._read(states, self.compiled.sizes.totals, self.compiled.sizes.n_leaves)

    def told(self) -> NDArray[np.float64]:
        """Add up what became of each report since `forget_told`: (report, 3), over all lanes, the filling included.

        In how many lanes and times it stood in a channel's slot, or found none; in how many of these it could not be;
        the sum of its log-probabilities.
        """
        found: NDArray[np.float64] = np.sum([room.book.told for room in self.rooms], axis=0)
        return found

    def forget_told(self) -> None:
        """Count from now on."""
        for room in self.rooms:
            room.book.told[:] = 0.0

    def resting(self, states: States, step: int) -> NDArray[np.bool_]:
        """Tell (particle, move) which moves rest on a step that has not been lived yet."""
        ready = self._read(states, self.program.stages.layout.ready, len(self.program.model.moves))
        return np.asarray(ready > step)

    def shares(self, states: States) -> NDArray[np.float64]:
        """Read the shares recorded (particle, cell)."""
        n_cells = len(self.watch.shares)
        by_lane = states.herd.shares.reshape(states.n_groups, n_cells, N_LANES).transpose(0, 2, 1)
        return np.ascontiguousarray(by_lane.reshape(states.n_groups * N_LANES, n_cells)[: states.n])

    def for_lanes(self, states: States, keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """Give keys (step, particle) to the particles of the filling, too."""
        n_lanes = states.n_groups * N_LANES
        return np.ascontiguousarray(keys[:, np.minimum(np.arange(n_lanes), states.n - 1)], np.uint64)

    def shifted(self) -> CompiledWorld:
        """Return the same world with edits of parameters in force from the start, for use in one thread."""
        return replace(self.alone(), compiled=self.edited)

    def alone(self) -> CompiledWorld:
        """Return the same world with one room of its own, for use in one thread."""
        return replace(self, rooms=(room_for(self.compiled, self.watch),))

    def branch(self, states: States) -> None:
        """Let edits of parameters act from now on."""
        self._share(states, lambda room, first, last: _loop().branch(self.edited, states.herd, room, first, last))

    def room_for_samples(self, states: States, n_samples: int, counts: NDArray[np.int64]) -> Results:
        """Make room for the results of particles, those of the filling included."""
        n_lanes = states.n_groups * N_LANES
        return engine.room_for_results(self.edited.sizes, n_lanes, n_samples=n_samples, n_counts=len(counts))

    def sample(self, states: States, sample: int, counts: NDArray[np.int64], results: Results) -> None:
        """Take down where particles stand, as a sample of their results; counts : rows of running counts."""
        _loop().sample(self.edited, states.herd, counts, results, sample)

    def live_on(
        self,
        states: States,
        *,
        first_step: int,
        first_run: int,
        sample_steps: NDArray[np.int64],
        counts: NDArray[np.int64],
        results: Results,
    ) -> None:  # budget(parameters): what a life depends on
        """Let particles live to the end without a record, with the noise of runs `first_run` onwards."""
        runs = (np.uint64(self.seed), np.uint64(first_run), first_step)
        _loop().live_on(self.edited, states.herd, self.rooms[0], *runs, sample_steps, counts, results)

    def _read(self, states: States, first: int, n: int) -> NDArray[np.float32]:
        rows = states.herd.rows.reshape(states.n_groups, -1, N_LANES)[:, first : first + n]
        return np.ascontiguousarray(rows.transpose(0, 2, 1).reshape(states.n_groups * N_LANES, n)[: states.n])

    def _share(self, states: States, work: Callable[[Room, int, int], None]) -> None:
        """Share groups among threads, a stretch for each."""
        n_parts = min(len(self.rooms), states.n_groups)
        bounds = [states.n_groups * part // n_parts for part in range(n_parts + 1)]
        with ThreadPoolExecutor(n_parts) as pool:
            parts = zip(self.rooms, bounds[:-1], bounds[1:], strict=False)
            jobs = [pool.submit(work, *part) for part in parts]
            for job in jobs:
                job.result()


_LEAST, _MOST = np.float32(2.0**-24), np.float32(1.0 - 2.0**-24)


def compile_world(
    program: Program,
    observed: Observed,
    *,
    seed: int,
    workers: int = 1,
    form: engine.Form = "specialised",
    intervention: Intervention = EMPTY,
) -> CompiledWorld:  # budget(parameters): what a world is made of
    """Make a Model and its record ready for particles, compiling what has not been compiled yet.

    intervention : edits; those of parameters act only once `branch` is called
    """
    plain = engine.compiled_with(program, edit(program, intervention), form)
    beside = watch(program, observed, plain.sizes.n_rows)
    edited = plain._replace(
        formulas=plain.formulas._replace(draw=engine.address_of_draw()),
        sizes=plain.sizes._replace(n_rows=beside.n_rows),
    )
    bounds = edited.edits.bounds.copy()
    bounds[Moment.SHIFT] = bounds[Moment.SHIFT + 1]  # what is to be shifted is left alone at first
    bounds.setflags(write=False)
    compiled = edited._replace(edits=edited.edits._replace(bounds=bounds))
    rooms = tuple(room_for(compiled, beside) for _ in range(max(workers, 1)))
    return CompiledWorld(program, observed, seed, beside, compiled, edited, rooms)


def room_for_herd(world: CompiledWorld, n: int) -> Herd:
    """Make room for n particles, in whole groups."""
    sizes, tables = world.compiled.sizes, world.compiled.tables
    n_groups = -(-n // N_LANES)

    def rows(n_rows: int) -> NDArray[np.float32]:
        return engine.aligned_words(n_groups * n_rows * N_LANES).view(np.float32).reshape(n_groups, n_rows * N_LANES)

    return Herd(
        rows=rows(sizes.n_rows),
        mornings=rows(sizes.past_steps * len(tables.past)),
        history=rows(len(tables.arrivals)),
        adds=rows(sizes.add_rows),
        sets=rows(sizes.set_rows),
        scales=rows(sizes.scale_rows),
        due=np.zeros((n_groups, sizes.add_rows), np.uint8),
        ledger=rows(sizes.ledger_end),
        is_over=np.zeros((n_groups, N_LANES), np.uint32),
        digests=np.zeros((n_groups, N_LANES), np.uint32),
        coordinates=rows(world.n_coordinates),
        shares=np.zeros((n_groups, len(world.watch.shares) * N_LANES)),
    )


def room_for(compiled: engine.Compiled, beside: Watch, *, is_noted: bool = False) -> Room:
    """Make room for a thread to work in; `is_noted` if what days imply is asked for."""
    sizes, tables = compiled.sizes, compiled.tables
    state = engine.room_for_state(sizes._replace(n_rows=0), tables)
    most_today = int(np.diff(beside.starts).max(initial=0))
    n_events = (sizes.max_events + most_today) * N_LANES + 1

    def by_lane(n: int) -> NDArray[np.float64]:
        return np.zeros(n * N_LANES)

    book = Book(
        weight=by_lane(len(tables.options)),
        seen=by_lane(len(tables.options)),
        rho=by_lane(len(tables.variants)),
        top=by_lane(len(tables.channels)),
        total=by_lane(len(tables.channels)),
        chance=by_lane(len(tables.channels)),
        leaf=np.zeros(most_today * N_LANES, np.int64),
        slot=np.zeros(most_today * N_LANES, np.int64),
        shares=by_lane(len(beside.shares)),
        opportunity=np.zeros(N_LANES, np.float32),
        weight_so_far=by_lane(1),
        log_weight=by_lane(1),
        event_report=np.zeros(n_events, np.int64),
        told=np.zeros((len(beside.reports), 3)),
        counts=np.zeros(MOST),
        joined=np.zeros(MOST),
    )
    kept = np.zeros(2 * sizes.n_quantities * N_LANES, np.float32)
    implied = room_for_implied(tables, beside, is_noted=is_noted)
    return Room(
        state.keys, state.packed, engine.room_for_events(n_events), state.chunk, state.lane, book, kept, implied
    )


def room_for_implied(tables: Tables, beside: Watch, *, is_noted: bool) -> Implied:
    """Make room for what a day implies, or none, so that nothing is noted."""
    channels, spontaneous = (tables.channels, tables.spontaneous) if is_noted else ((), ())
    n_slots = np.array([channel["n_slots"] for channel in channels], np.int64)
    n_options = np.array([(c["last"] - c["first"]) * c["n_slots"] for c in channels], np.int64)
    most_today, most_readings = (int(np.diff(s).max(initial=0)) for s in (beside.starts, beside.reading_starts))
    n_happenings = np.array([move["max_count"] + most_today for move in spontaneous], np.int64)

    def starts(counts: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.concatenate([[0], np.cumsum(counts)])[:-1].astype(np.int64)

    def room(n: int, kind: type = np.float32) -> NDArray[np.generic]:
        return np.zeros(int(n) * N_LANES, kind)

    return Implied(
        is_noted=np.zeros(int(is_noted), np.uint8),
        slot_starts=starts(n_slots),
        option_starts=starts(n_options),
        happening_starts=starts(n_happenings),
        probability=room(n_slots.sum()),
        uniform=room(n_slots.sum()),
        choice=room(n_slots.sum(), np.int64),
        leaf=room(n_slots.sum(), np.int64),
        report=room(n_slots.sum(), np.int64),
        is_misfit=room(n_slots.sum(), np.uint8),
        utility=room(n_options.sum()),
        variant_utility=room(len(tables.variants)),
        rate=room(len(spontaneous)),
        count=room(len(spontaneous), np.int64),
        count_uniform=room(len(spontaneous), np.float64),
        happening=room(n_happenings.sum(), np.int64),
        happening_report=room(n_happenings.sum(), np.int64),
        jump=room(most_readings if is_noted else 0, np.float64),
        mark_below=room(len(beside.marks) if is_noted else 0, np.float64),
        mark_chance=room(len(beside.marks) if is_noted else 0, np.float64),
    )


def block_of(results: Results, n: int, *, first_run: int, with_trail: bool) -> Block:
    """Take the results of n particles, without those of the filling."""
    return Block(
        first_run,
        outcomes=results.outcomes[:n],
        counts=results.counts[:n],
        samples=np.ascontiguousarray(results.samples[..., :n]),
        sample_counts=np.ascontiguousarray(results.sample_counts[..., :n]),
        clips=results.clips[:n],
        cuts=results.cuts[:n],
        last_step=results.last_step[:n, 0],
        parameters=results.parameters[:n],
        trail=np.ascontiguousarray(results.trail[:, :n]) if with_trail else None,
    )
