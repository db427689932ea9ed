"""After an act, is there force, and by whom? Shares of acts dated to the day that force follows (MIE)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tools.base_rates.mie import ATTACK, LAST_DAY, SEIZURE, Acts, Pair

FOLLOWED = 180  # days after an act that the data must still cover


@dataclass(frozen=True, slots=True)
class Share:
    """A share of `n` acts."""

    value: float
    n: int


def followed(pairs: Mapping[Pair, Acts], kind: int, *, by_opponent: bool, days: int) -> Share:
    """Share of one-sided acts of a class after which force follows within some days, from the next day on.

    Acts on days of mutual fighting are that fighting. Force is seizure, attack or mutual fighting.
    """
    outcomes = [
        _any(_force(found, other if by_opponent else side), day + 1, day + days)
        for found, side, other, day in _acts(pairs, {kind})
    ]
    return Share(sum(outcomes) / len(outcomes), len(outcomes))


def same_day(pairs: Mapping[Pair, Acts]) -> Share:
    """Share of one-sided uses of force that the opponent answers with force of its own on the very same day."""
    outcomes = [
        found.by.get(other, {}).get(day, 0) >= SEIZURE for found, _, other, day in _acts(pairs, {SEIZURE, ATTACK})
    ]
    return Share(sum(outcomes) / len(outcomes), len(outcomes))


def _acts(pairs: Mapping[Pair, Acts], kinds: set[int]) -> Iterator[tuple[Acts, int, int, int]]:
    """Every one-sided act of some classes that is dated to the day: its pair, side, opponent and day."""
    for (one, other), found in pairs.items():
        for side, opponent in ((one, other), (other, one)):
            for day, kind in found.by.get(side, {}).items():
                is_dated = (day, side) in found.dated and day + FOLLOWED <= LAST_DAY
                if kind in kinds and is_dated and day not in found.fought:
                    yield found, side, opponent, day


def _force(found: Acts, side: int) -> list[int]:
    used = {day for day, kind in found.by.get(side, {}).items() if kind >= SEIZURE}
    return sorted(used | found.fought)


def _any(days: list[int], first: int, last: int) -> bool:
    place = bisect_left(days, first)
    return place < len(days) and days[place] <= last
