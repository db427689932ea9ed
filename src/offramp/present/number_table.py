"""The table of drawn numbers that matter: what each is, what it rests on, and which outcomes it goes with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from offramp.analyse.rests import Rests
from offramp.analyse.screen import Influence, Screen
from offramp.core.words import percent
from offramp.model.model import Model
from offramp.present.contents import prior_text
from offramp.present.evidence_table import anchor
from offramp.present.number_names import number_in_words


@dataclass(frozen=True)
class Going:
    """An outcome that a number goes with: how much of its variation, and in which direction."""

    outcome: str
    share: str
    per_cent: int
    direction: str


@dataclass(frozen=True)
class NumberRow:
    """One drawn number."""

    title: str
    path: str
    prior: str
    status: str
    anchor: str
    goes_with: tuple[Going, ...]


def number_rows(found: Rests, model: Model, *, screen: Screen, titles: Mapping[str, str]) -> tuple[NumberRow, ...]:
    """List the numbers that were found to matter, the one with the largest share first."""
    priors = {parameter.path: prior_text(parameter.distribution) for parameter in model.parameters}
    by_number: dict[str, list[Influence]] = {}
    for influence in screen.influences:
        by_number.setdefault(influence.parameter, []).append(influence)
    return tuple(
        NumberRow(
            number_in_words(found.document, found.written(path)), path, priors[path], found.status(path),
            anchor(entry) if (entry := found.of(path)) else "",
            tuple(Going(titles[i.outcome], percent(i.share), round(100 * i.share), _direction(i)) for i in own),
        )
        for path, own in by_number.items()
    )  # fmt: skip


def _direction(influence: Influence) -> str:
    if influence.is_bent:
        return "not in one direction"
    return "rises with it" if influence.sign > 0 else "falls as it rises"
