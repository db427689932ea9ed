"""A single run told: month by month what was new or cost lives, day by day, and the rest in a sentence.

A month tells, with their days, the moves that happen for the first time in the run, those that kill, and those that
happen at most twice in all; what goes on as before is gathered in a closing sentence.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from offramp.core.words import number
from offramp.engine.trace import Trace, TracedEvent
from offramp.present.contents import leaf_titles
from offramp.present.svg import MONTHS, Picture
from offramp.scenario.document import ScenarioDocument

SELDOM = 2  # times in a run, up to which every one is told with its day
LISTED_DAYS = 6
LONG_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


@dataclass(frozen=True)
class Deed:
    """One move in one month: its days in words, its path and title, and what it cost."""

    days: str
    move: str
    title: str
    cost: str = ""


@dataclass(frozen=True)
class StoryMonth:
    """One month: what is told one by one, what goes on as before, and the dead of the month in words."""

    title: str
    told: tuple[Deed, ...]
    also: tuple[Deed, ...]
    dead: str


@dataclass(frozen=True)
class Story:
    """One run, told.

    why : "typical", "nearest", "worst": for what it was chosen; several where one run is several of them
    measures : the number that it was chosen by, in words, for each
    short : the events to tell in one breath
    happens, not_so : titles of what happens at least once, and of what does not
    only_recorded, only_here : titles of what happened in the record and not in this run, and the other way round
    chart : the days of its charted moves
    """

    run: int
    why: tuple[str, ...]
    measures: tuple[str, ...]
    short: tuple[Deed, ...]
    happens: tuple[str, ...]
    not_so: tuple[str, ...]
    only_recorded: tuple[str, ...]
    only_here: tuple[str, ...]
    dead: str
    n_events: int
    months: tuple[StoryMonth, ...]
    chart: Picture


def months_told(document: ScenarioDocument, told: Trace) -> tuple[StoryMonth, ...]:
    """Tell a run month by month; months without an event are passed over."""
    titles, counted = leaf_titles(document), dead_titles(document)
    in_all = Counter(event.leaf for event in told.events)
    seen: set[str] = set()
    months = []
    for month, group in groupby(told.events, key=lambda event: event.date.replace(day=1)):
        events = list(group)
        by_leaf: dict[str, list[TracedEvent]] = defaultdict(list)
        for event in events:
            by_leaf[event.leaf].append(event)
        deeds = [_deed(own, titles, counted) for own in by_leaf.values()]
        told_singly = [d for d in deeds if d.move not in seen or d.cost or in_all[d.move] <= SELDOM]
        seen |= by_leaf.keys()
        months.append(
            StoryMonth(
                f"{LONG_MONTHS[month.month - 1]} {month.year}", tuple(told_singly),
                also=tuple(d for d in deeds if d not in told_singly), dead=costs(events, counted),
            )
        )  # fmt: skip
    return tuple(months)


def dead_titles(document: ScenarioDocument) -> dict[str, str]:
    """Name the quantities that count the dead, and other tallies, in the words of the scenario."""
    return {
        path: quantity.title or path.replace("_", " ")
        for path, quantity in document.quantities.items()
        if quantity.kind == "tally" or (quantity.kind == "stock" and path.endswith("deaths"))
    }


def costs(events: Iterable[TracedEvent], counted: Mapping[str, str]) -> str:
    """Say what some events added to tallies."""
    sums: dict[str, float] = {}
    for event in events:
        for effect in event.effects:
            if effect.quantity in counted and effect.op == "add" and effect.size > 0:
                sums[effect.quantity] = sums.get(effect.quantity, 0.0) + effect.size
    return "; ".join(f"{counted[path]}: {number(round(size))}" for path, size in sums.items())


def in_one_breath(document: ScenarioDocument, events: Sequence[TracedEvent]) -> tuple[Deed, ...]:
    """Tell chosen events, each with its full date."""
    titles, counted = leaf_titles(document), dead_titles(document)
    return tuple(
        Deed(f"{event.date.day} {LONG_MONTHS[event.date.month - 1]} {event.date.year}", event.leaf, titles[event.leaf],
             costs([event], counted))
        for event in events
    )  # fmt: skip


def _deed(events: Sequence[TracedEvent], titles: Mapping[str, str], counted: Mapping[str, str]) -> Deed:
    leaf = events[0].leaf
    return Deed(_days([event.date for event in events]), leaf, titles[leaf], costs(events, counted))


def _days(dates: Sequence[dt.date]) -> str:
    """Write the days of a month: `3 Dec`, `3, 5 and 9 Dec`, `12 times, 3 to 28 Dec`."""
    month = MONTHS[dates[0].month - 1]
    days = sorted({date.day for date in dates})
    if len(days) > LISTED_DAYS:
        return f"{len(dates)} times, {days[0]} to {days[-1]} {month}"
    listed = ", ".join(str(day) for day in days[:-1])
    said = f"{listed} and {days[-1]} {month}" if listed else f"{days[0]} {month}"
    return said if len(dates) == len(days) else f"{len(dates)} times, {said}"
