"""What to tell of a run in one breath: the events that are rarest, highest on the ladder, or cost most lives.

Each event scores -log(mean number of times a run) for its move, half a point for each rung of the scenario's ladder of
escalation, and log(1 + dead) for those that it costs; of each move the event with the highest score counts, the first
of equals. The highest scores are told, in order of date.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping

from offramp.engine.trace import Trace, TracedEvent

TOLD = 7
PER_RUNG = 0.5
SELDOMEST = 1e-3  # mean number of times a run, below which rarer is no rarer


def turning_points(
    told: Trace, *, mean_counts: Mapping[str, float], rungs: Mapping[str, int], dead: Collection[str], limit: int = TOLD
) -> tuple[TracedEvent, ...]:
    """Choose the events of a run to tell in one breath.

    Parameters
    ----------
    mean_counts : leaf -> mean number of times a run; rungs : move -> its rung, 0 for those without
    dead : quantities that count the dead
    """
    best: dict[str, tuple[float, TracedEvent]] = {}
    for event in told.events:
        score = math.log1p(deaths_of(event, dead)) - math.log(max(mean_counts.get(event.leaf, 1.0), SELDOMEST))
        score += PER_RUNG * rungs.get(event.leaf.partition("[")[0], 0)
        if event.leaf not in best or score > best[event.leaf][0]:
            best[event.leaf] = (score, event)
    ranked = sorted(best.values(), key=lambda pair: (-pair[0], pair[1].step, pair[1].leaf))
    chosen = [event for _, event in ranked[:limit]]
    return tuple(sorted(chosen, key=lambda event: event.step))


def deaths_of(event: TracedEvent, dead: Collection[str]) -> float:
    """Add up what an event adds to counts of the dead."""
    return sum(e.size for e in event.effects if e.quantity in dead and e.op == "add" and e.size > 0)
