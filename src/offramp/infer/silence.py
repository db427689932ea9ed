"""Of which events, on which steps, the record would tell: there its silence is data.

An event is caught with the share recorded of its kind and period; kinds without a share are recorded by definition.
As of a day, silence is not known at once: a row may be on its way. The rule for that has one number for each leaf, its
*usual delay*: the days from the (first) day of a row to `known_from` within which nine in ten of its rows were known,
counted on the rows known by that day. Silence about a leaf on a step counts from so many days after the step's end.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from offramp.infer.observation import ObservationModel
from offramp.infer.spoken import Spoken
from offramp.model.model import Model
from offramp.model.observed import ALWAYS_CAUGHT, NEVER_CAUGHT, Cell
from offramp.record.record import Event

USUAL = 0.9  # the share of rows that is known within the usual delay


def caught_by_share(
    model: Model, observation: ObservationModel, leaves: Collection[int], spoken: Spoken
) -> NDArray[np.int16]:
    """Number (step, leaf) the share of the observation model that holds there; the constants of `Observed` elsewhere.

    A step takes the share of its last day.
    """
    caught = np.full((model.n_steps, len(model.leaves)), NEVER_CAUGHT, np.int16)
    read = np.flatnonzero(spoken.steps)
    for leaf in leaves:
        caught[read, leaf] = ALWAYS_CAUGHT
        kind = observation.kind_of(model.moves[model.leaves[leaf].move].path)
        for number, share in enumerate(observation.shares):
            if share.cell.kind == kind:
                first, last = share.cell.first_day.toordinal(), share.cell.last_day.toordinal()
                caught[read[(spoken.lasts[read] >= first) & (spoken.lasts[read] <= last)], leaf] = number
    return caught


def usual_delay(delays: Sequence[int]) -> int:
    """Find the delay in days within which nine in ten were known; 0 of none."""
    return sorted(delays)[int(np.ceil(USUAL * len(delays))) - 1] if delays else 0


def delays_of(model: Model, rows: Sequence[tuple[Event, tuple[int, ...]]], *, as_of: dt.date) -> list[int]:
    """Find the usual delay (leaf,) of each leaf, from rows with the leaves that they may be."""
    delays: list[list[int]] = [[] for _ in model.leaves]
    for event, leaves in rows:
        if event.known_from <= as_of:
            for leaf in leaves:
                delays[leaf].append((event.known_from - event.date).days)
    return [usual_delay(found) for found in delays]


def leave_out_late(caught: NDArray[np.int16], spoken: Spoken, delays: Sequence[int], *, as_of: dt.date) -> None:
    """Leave out the steps on which silence about a leaf was not known yet."""
    caught[spoken.lasts[:, None] + np.array(delays, np.int64) > as_of.toordinal()] = NEVER_CAUGHT


def cells_in_use(
    caught: NDArray[np.int16], observation: ObservationModel
) -> tuple[NDArray[np.int16], tuple[Cell, ...]]:
    """Keep the shares that some step needs, and number them anew in their order."""
    used = [int(number) for number in np.unique(caught) if number >= 0]
    renumbered = caught.copy()
    for new, old in enumerate(used):
        renumbered[caught == old] = new
    return renumbered, tuple(_cell(observation, number) for number in used)


def _cell(observation: ObservationModel, number: int) -> Cell:
    share = observation.shares[number]
    return Cell(f"{share.cell.kind} from {share.cell.first_day}", share.posterior.a, share.posterior.b)
