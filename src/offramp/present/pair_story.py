"""One run told twice: the same until the edits bite, then side by side what happened without and with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby, zip_longest

from offramp.engine.trace import Trace, TracedEvent
from offramp.present.narrative import NarratedEvent, narrate
from offramp.scenario.document import ScenarioDocument

BEFORE = 4  # shared events that are told before the two histories part
TOLD_TOGETHER = 2  # shared events in a row that are still told one by one


@dataclass(frozen=True, slots=True)
class StoryRow:
    """What happened on a day in one history, and what in the other; the same event on both sides, if it is shared.

    n_skipped : where it is not 0, this row stands for as many shared events, until `until`.
    """

    date: str
    baseline: NarratedEvent | None
    edited: NarratedEvent | None
    n_skipped: int = 0
    until: str = ""

    @property
    def is_shared(self) -> bool:
        """Whether the very same happened in both."""
        return self.baseline is not None and self.baseline == self.edited


@dataclass(frozen=True)
class PairStory:
    """One run of the baseline beside the same run of an alternative.

    parted : the day at whose end anything first differs, not only events; None if nothing ever does.
    n_shared : events before the first that differs; `before` tells the last of them.
    rows, n_rows : the first rows from that event on, and how many there are.
    """

    run: int
    parted: date | None
    n_shared: int
    before: tuple[NarratedEvent, ...]
    rows: tuple[StoryRow, ...]
    n_rows: int


def tell_pair(document: ScenarioDocument, baseline: Trace, *, edited: Trace, limit: int) -> PairStory:
    """Tell one run without and with edits: what they share, then the first `limit` rows of what differs."""
    n_shared = _shared(baseline.events, edited.events)
    told = [narrate(document, side, limit=len(side.events)) for side in (baseline, edited)]
    rows = _condensed(
        _rows(
            list(zip(baseline.events[n_shared:], told[0][n_shared:], strict=True)),
            list(zip(edited.events[n_shared:], told[1][n_shared:], strict=True)),
        )
    )
    return PairStory(
        run=baseline.run,
        parted=parting(baseline, edited),
        n_shared=n_shared,
        before=told[0][max(0, n_shared - BEFORE) : n_shared],
        rows=tuple(rows[:limit]),
        n_rows=len(rows),
    )


def parting(baseline: Trace, edited: Trace) -> date | None:
    """Find the first day at whose end quantities or events of the day differ; None if the two are the same."""
    happened = [Counter((event.step, event.leaf) for event in side.events) for side in (baseline, edited)]
    steps = [step for step, _ in (happened[0] - happened[1]) + (happened[1] - happened[0])]
    n = min(len(baseline.days), len(edited.days))
    steps += (baseline.states[:n] != edited.states[:n]).any(axis=1).nonzero()[0].tolist()
    steps += [n] if len(baseline.days) != len(edited.days) else []  # one of the two ended
    longer = baseline if len(baseline.days) >= len(edited.days) else edited
    return date.fromordinal(int(longer.days[min(steps)])) if steps else None


def _shared(a: Sequence[TracedEvent], b: Sequence[TracedEvent]) -> int:
    """Count the events that both histories begin with."""
    pairs = zip(a, b, strict=False)
    return next((i for i, (one, other) in enumerate(pairs) if one != other), min(len(a), len(b)))


Told = tuple[TracedEvent, NarratedEvent]


def _rows(baseline: Sequence[Told], edited: Sequence[Told]) -> list[StoryRow]:
    """Set two histories side by side, day by day; what is told in the same words on one day stands in one row."""
    steps = sorted({event.step for event, _ in [*baseline, *edited]})
    rows: list[StoryRow] = []
    for step in steps:
        ours, theirs = ([said for event, said in side if event.step == step] for side in (baseline, edited))
        both = [said for said in ours if said in theirs]
        rows += [StoryRow(said.date, said, said) for said in both]
        alone = ([said for said in side if said not in both] for side in (ours, theirs))
        rows += [StoryRow((our or their).date, our, their) for our, their in zip_longest(*alone)]
    return rows


def _condensed(rows: Sequence[StoryRow]) -> list[StoryRow]:
    """Let one row stand for many shared events in a row: what differs is the story."""
    told: list[StoryRow] = []
    for is_shared, together in groupby(rows, key=lambda row: row.is_shared):
        group = list(together)
        if is_shared and len(group) > TOLD_TOGETHER:
            group = [StoryRow(group[0].date, None, None, len(group), group[-1].date)]
        told += group
    return told
