"""The record as the conditioned day loop takes it: tables beside those of a program, made from `model.observed`."""

from __future__ import annotations

from collections import Counter
from math import lgamma, log
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from offramp.core.noise import slot
from offramp.engine.program import Program
from offramp.engine.tables import NUMBER, ROW, WORD, Table, record
from offramp.model.observed import NEVER_CAUGHT, Observed, Reading

NONE = -1
LONG = np.float64

PLACE = record(channel=NUMBER, option=NUMBER, variant=NUMBER, spontaneous=NUMBER)
REPORT = record(
    first=NUMBER, last=NUMBER, first_mark=NUMBER, last_mark=NUMBER, first_step=NUMBER, n_steps=NUMBER,
    coordinate=NUMBER, slot=WORD, place_slot=WORD,
)  # fmt: skip
CANDIDATE = record(leaf=NUMBER, log_weight=LONG)
MARK = record(quantity=NUMBER, target=NUMBER, value=np.float32)
READING = record(row=ROW, slot=WORD, value=LONG, sd=LONG, left_out=LONG, low=np.float32, high=np.float32)
SHARE = record(a=np.float32, b=np.float32)


class Watch(NamedTuple):
    """The record of a window.

    caught : (step, leaf) int16, as in `Observed`
    kinds : (step, channel, then spontaneous move) int32, how many of its leaves are caught
    places : where each leaf is chosen; options : the program's, with the utilities of what goes unrecorded
    starts, today : reports that may stand on each step; alike : (step,) log of the orders in which equal ones count
    """

    caught: NDArray[np.int16]
    kinds: NDArray[np.int32]
    places: Table
    options: Table
    starts: NDArray[np.int64]
    today: NDArray[np.int64]
    reports: Table
    candidates: Table
    marks: Table
    alike: NDArray[np.float64]
    reading_starts: NDArray[np.int64]
    readings: Table
    shares: Table
    misfit: float
    n_rows: int
    n_parameters: int


def watch(program: Program, observed: Observed, n_rows: int) -> Watch:  # budget(positional): two things and a number
    """Put a record beside a program, or beside an edited one, of `n_rows` rows."""
    options = program.tables.options.copy()
    options["utility"] = n_rows + np.arange(len(options))
    candidates, marks, reports = _list_reports(program, observed)
    starts, today = _by_step(program.sizes.n_steps, [(r.first_step, r.last_step) for r in observed.reports])
    reading_starts, order = _by_step(program.sizes.n_steps, [(r.step, r.step) for r in observed.readings])
    found = [observed.readings[number] for number in order]
    made = Watch(
        caught=np.ascontiguousarray(observed.caught, np.int16),
        kinds=_kinds_caught(program, observed),
        places=_places(program),
        options=options,
        starts=starts,
        today=today,
        reports=np.array(reports, REPORT),
        candidates=np.array(candidates, CANDIDATE),
        marks=np.array(marks, MARK),
        alike=_orders(program.sizes.n_steps, observed),
        reading_starts=reading_starts,
        readings=np.array(_list_readings(program, found), READING),
        shares=np.array([(cell.a, cell.b) for cell in observed.cells], SHARE),
        misfit=observed.misfit,
        n_rows=n_rows + len(options),
        n_parameters=program.sizes.n_parameters,
    )
    for array in made:
        if isinstance(array, np.ndarray):
            array.setflags(write=False)
    return made


def _list_reports(
    program: Program, observed: Observed
) -> tuple[list[tuple[float, ...]], list[tuple[float, ...]], list[tuple[float, ...]]]:
    candidates: list[tuple[float, ...]] = []
    marks: list[tuple[float, ...]] = []
    reports: list[tuple[float, ...]] = []
    targets = [int(row) - program.sizes.quantities for row in program.tables.targets["quantity"]]
    of_cells = program.sizes.n_parameters + len(observed.cells)
    coordinates = {number: of_cells + place for place, number in enumerate(observed.uncertain)}
    named: Counter[str] = Counter()
    for number, report in enumerate(observed.reports):
        first, first_mark = len(candidates), len(marks)
        candidates += [(leaf, log(weight)) for leaf, weight in zip(report.leaves, report.weights, strict=True)]
        marks += [
            (mark.quantity, targets.index(mark.quantity) if mark.quantity in targets else NONE, mark.value)
            for mark in report.marks
        ]
        n_steps = report.last_step - report.first_step + 1
        index = named[report.id]  # no two reports may share their draws, even where they share a name
        named[report.id] += 1
        addresses = (slot("report", report.id, index), slot("report.place", report.id, index))
        bounds = (first, len(candidates), first_mark, len(marks), report.first_step, n_steps)
        reports.append((*bounds, coordinates.get(number, NONE), *addresses))
    return candidates, marks, reports


def _list_readings(program: Program, readings: list[Reading]) -> list[tuple[float, ...]]:
    listed: list[tuple[float, ...]] = []
    of_step: Counter[tuple[int, int]] = Counter()
    for reading in readings:
        quantity = program.model.quantities[reading.quantity]
        index = of_step[reading.step, reading.quantity]  # a step may hold several readings of a quantity
        of_step[reading.step, reading.quantity] += 1
        address = slot("left out", quantity.path, index)
        row = program.sizes.quantities + reading.quantity
        listed.append((row, address, reading.value, reading.sd, reading.left_out, quantity.low, quantity.high))
    return listed


def _by_step(n_steps: int, periods: list[tuple[int, int]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """List by step the numbers of the periods that hold it: where each step's list starts, and all lists joined."""
    lists: list[list[int]] = [[] for _ in range(n_steps)]
    for number, (first, last) in enumerate(periods):
        for step in range(max(first, 0), min(last, n_steps - 1) + 1):
            lists[step].append(number)
    starts = np.concatenate([[0], np.cumsum([len(numbers) for numbers in lists])])
    return starts.astype(np.int64), np.array([number for numbers in lists for number in numbers], np.int64)


def _orders(n_steps: int, observed: Observed) -> NDArray[np.float64]:
    """Sum over the groups of equal reports the log of the ways to order each: the record does not tell them apart."""
    groups = Counter((r.first_step, r.last_step, r.leaves, r.weights, r.marks) for r in observed.reports)
    found = np.zeros(n_steps)
    for (first_step, *_), n in groups.items():
        found[first_step] += lgamma(n + 1)
    return found


def _places(program: Program) -> Table:
    tables = program.tables
    found = np.full(program.sizes.n_leaves, NONE, np.int64).repeat(4).reshape(-1, 4).astype(object)
    for c, channel in enumerate(tables.channels):
        for o in range(channel["first"], channel["last"]):
            for leaf, variant in _leaves(program, tables.options[o]):
                found[leaf] = (c, o, variant, NONE)
    for i, move in enumerate(tables.spontaneous):
        for leaf, variant in _leaves(program, move):
            found[leaf] = (NONE, NONE, variant, i)
    return np.array([tuple(row) for row in found], PLACE)


def _leaves(program: Program, move: np.void) -> list[tuple[int, int]]:
    """List the leaves of an option or a spontaneous move, each with its place among variants."""
    if move["leaf"] >= 0:
        return [(int(move["leaf"]), NONE)]
    return [(int(program.tables.variants[v]["leaf"]), v) for v in range(move["first"], move["last"])]


def _kinds_caught(program: Program, observed: Observed) -> NDArray[np.int32]:
    places, n_channels = _places(program), len(program.tables.channels)
    counts = np.zeros((program.sizes.n_steps, n_channels + len(program.tables.spontaneous)), np.int32)
    for leaf, place in enumerate(places):
        column = place["channel"] if place["channel"] >= 0 else n_channels + place["spontaneous"]
        counts[:, column] += observed.caught[:, leaf] != NEVER_CAUGHT
    return counts
