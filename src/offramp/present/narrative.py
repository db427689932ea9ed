"""One run, told: the lines of a narrated run, in the words of the scenario."""

from __future__ import annotations

from dataclasses import dataclass

from offramp.engine.trace import Trace, TracedEvent
from offramp.present.contents import leaf_titles
from offramp.scenario.document import ScenarioDocument


@dataclass(frozen=True)
class NarratedEvent:
    """One line of a narrated run."""

    date: str
    who: str
    what: str
    consequences: str


def narrate(document: ScenarioDocument, told: Trace, *, limit: int) -> tuple[NarratedEvent, ...]:
    """Tell the first events of a run: when, who, what, and what was drawn for tallies (the dead, for one)."""
    titles = leaf_titles(document)
    tallies = {key: q.title or key.replace("_", " ") for key, q in document.quantities.items() if q.kind == "tally"}
    return tuple(
        NarratedEvent(
            date=event.date.isoformat(),
            who=document.actors[event.leaf.partition(".")[0]].title,
            what=titles[event.leaf],
            consequences=_added(event, tallies),
        )
        for event in told.events[:limit]
    )


def _added(event: TracedEvent, tallies: dict[str, str]) -> str:
    added = [(tallies[e.quantity], e.size) for e in event.effects if e.quantity in tallies and e.size > 0]
    return "; ".join(f"{title}: {size:.0f}" for title, size in added)
