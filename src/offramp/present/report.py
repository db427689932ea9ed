"""The report of a run: one self-contained HTML page that opens without a network and without scripts.

Everything that it shows is handed over in `ReportContent`. Charts are SVG that takes its colours from the style sheet,
so that the page is the same in the dark, in print and for a screen reader. Every number leads to its evidence by one
link inside the page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from offramp.analyse.screen import Screen
from offramp.core.manifest import Manifest
from offramp.ensemble.ensemble import Ensemble
from offramp.present.evidence_table import EvidenceSection
from offramp.present.map_of_moves import MapOfMoves
from offramp.present.number_table import NumberRow
from offramp.present.outcome_table import OutcomeRow
from offramp.present.page import fill
from offramp.present.plain_words import PlainWords
from offramp.present.policy_tables import PolicyCard, PolicyTable
from offramp.present.story import Story
from offramp.present.svg import Picture


@dataclass(frozen=True)
class ChartCard:
    """A chart with its title, captions, and links to the evidence of what it shows: (address, title)."""

    title: str
    anchor: str
    pictures: tuple[Picture, ...]
    captions: tuple[str, ...]
    evidence: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class History:
    """The section that sets the record beside the model. recorded_days : the raster of the record, None without."""

    fans: tuple[ChartCard, ...]
    moves: tuple[ChartCard, ...]
    recorded_days: Picture | None
    is_thinned: bool
    shares: tuple[tuple[str, str], ...]  # of events that the record holds: kind and period, share in words


@dataclass(frozen=True)
class Policies:
    """The section of policies: tables by outcome, the first of them in full view, and a card for each."""

    tables: tuple[PolicyTable, ...]
    n_main: int
    cards: tuple[PolicyCard, ...]
    n_runs: int


@dataclass(frozen=True)
class Numbers:
    """The section of numbers that matter."""

    screen: Screen | None
    rows: tuple[NumberRow, ...]
    by_status: tuple[tuple[str, int], ...]  # what they rest on, and how many do
    skipped: tuple[str, ...]
    told: tuple[tuple[str, str], ...]  # outcome, share of its variation that the rows tell


@dataclass(frozen=True)
class MoveCount:
    """How often a move happens in a run; anchor : of its evidence."""

    title: str
    anchor: str
    mean: float
    q05: float
    q95: float


@dataclass(frozen=True)
class Basis:
    """What the numbers rest on: status -> number of arrows and of sizes; every entry; the sources: (address, text)."""

    arrows: Mapping[str, int]
    sizes: Mapping[str, int]
    meanings: Mapping[str, str]
    sections: Sequence[EvidenceSection]
    sources: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class ReportContent:
    """All that a report shows, in the order of the page.

    basis : what kind of numbers these are, in a sentence or two; shown on top. edits : what was done differently.
    health : sentences on what to distrust; limits : what the page does not show. cite : how to cite it.
    links : from the path of a move or variant to the address of its evidence.
    """

    title: str
    about: str
    basis: str
    manifest: Manifest
    ensemble: Ensemble
    edits: Sequence[str]
    health: Sequence[str]
    words: PlainWords
    history: History
    outcomes: Sequence[OutcomeRow]
    policies: Policies | None
    stories: Sequence[Story]
    counted_dead: Sequence[str]
    map: MapOfMoves
    moves: Sequence[MoveCount]
    numbers: Numbers
    rests: Basis
    limits: Sequence[str]
    cite: str
    links: Mapping[str, str]


def render(content: ReportContent) -> str:
    """Return the report as one HTML document."""
    page = fill("report.html", content.manifest, c=content)
    return page.replace(" %", "\N{NO-BREAK SPACE}%")  # a number and its sign stay on one line
