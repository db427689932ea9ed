"""The report of a comparison: one self-contained HTML page, answer first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from offramp.analyse.compare import Comparison, RegretRow
from offramp.analyse.standouts import FEWEST_CHANGED, is_shown
from offramp.core.manifest import Manifest
from offramp.present.compare_figures import PairPanel, divergence_figure, pair_figure, share_figure, size_figure
from offramp.present.compare_rows import DifferenceRow, difference_rows, readings_in_words, signed
from offramp.present.coupled_rows import GUMBEL, LEGEND, CoupledRow
from offramp.present.figures import Figure
from offramp.present.page import fill, with_library
from offramp.present.pair_story import PairStory


@dataclass(frozen=True)
class AlternativeContent:
    """What is shown of one alternative.

    panels : charts over time. story : one run told without and with the edits; None if no run changed.
    coupled : in hindsight, differences under other couplings, too.
    """

    comparison: Comparison
    panels: Sequence[PairPanel]
    story: PairStory | None
    coupled: Sequence[CoupledRow] = ()


@dataclass(frozen=True)
class CompareContent:
    """All that a report of a comparison shows.

    basis : what kind of numbers these are. sides : name of each side, the baseline first, as regret counts them.
    """

    title: str
    basis: str
    manifest: Manifest
    n_runs: int
    alternatives: Sequence[AlternativeContent]
    sides: Sequence[str]
    regret: Sequence[RegretRow]
    outcome_titles: Mapping[str, str]
    move_titles: Mapping[str, str]
    health: Sequence[str]
    sizes: Mapping[str, int]


@dataclass(frozen=True)
class Drawn:
    """A figure in its place on the page."""

    number: int
    title: str


@dataclass(frozen=True)
class Section:
    """One alternative as the page shows it."""

    comparison: Comparison
    story: PairStory | None
    coupled: tuple[CoupledRow, ...]
    changed: tuple[DifferenceRow, ...]
    rare: tuple[DifferenceRow, ...]
    unchanged: tuple[DifferenceRow, ...]
    outcomes: tuple[Drawn, ...]
    parting: Drawn | None
    panels: tuple[Drawn, ...]
    flat: tuple[str, ...]
    moves: tuple[tuple[str, Mapping[str, float]], ...]


def render_comparison(content: CompareContent) -> str:
    """Return the report as one HTML document."""
    return _fill("compare.html", content)


def render_comparison_for_notebook(content: CompareContent) -> str:
    """Return tables and charts as an HTML fragment that carries the chart library with it."""
    return _fill("compare-notebook.html", content)


def _fill(template: str, content: CompareContent) -> str:
    figures: list[Figure] = []
    sections = [_section(one, content, figures) for one in content.alternatives]
    overview = _overview(content.alternatives) if len(sections) > 1 else ()
    return fill(
        template,
        content.manifest,
        **with_library(figures),
        c=content,
        sections=sections,
        overview=overview,
        signed=signed,
        readings_in_words=readings_in_words,
        coupling=GUMBEL,
        coupled_legend=LEGEND,
    )


def _overview(alternatives: Sequence[AlternativeContent]) -> tuple[tuple[DifferenceRow, ...], ...]:
    """Set the rows of all alternatives side by side, those that change in none left out."""
    by_title = [{row.title: row for row in difference_rows(one.comparison)} for one in alternatives]
    shared = [title for title in by_title[0] if all(title in rows for rows in by_title)]
    table = [tuple(rows[title] for rows in by_title) for title in shared]
    return tuple(rows for rows in table if not all(row.is_unchanged for row in rows))


def _section(one: AlternativeContent, content: CompareContent, figures: list[Figure]) -> Section:
    """Lay out one alternative; its figures are appended to those of the page."""
    window = (content.manifest.start, content.manifest.end)
    comparison, rows = one.comparison, difference_rows(one.comparison)

    def draw(title: str, figure: Figure | None) -> tuple[Drawn, ...]:
        if figure is None:
            return ()
        figures.append(figure)
        return (Drawn(len(figures) - 1, title),)

    outcomes = [outcome for outcome in comparison.outcomes.values() if is_shown(outcome, comparison.n_runs)]
    fewest = FEWEST_CHANGED / max(comparison.n_runs, 1)
    moved = [(leaf, m) for leaf, m in comparison.moves.items() if abs(m["difference"]) >= fewest]
    happened = draw("What happens, in percentage points", share_figure(outcomes))
    sizes = draw("Numbers, in standard deviations of the baseline's runs", size_figure(outcomes))
    parting = draw("Runs that have parted", divergence_figure(comparison.divergence, window))
    return Section(
        comparison=comparison,
        story=one.story,
        coupled=tuple(one.coupled),
        changed=tuple(row for row in rows if row.n_changed >= FEWEST_CHANGED),
        rare=tuple(row for row in rows if 0 < row.n_changed < FEWEST_CHANGED),
        unchanged=tuple(row for row in rows if row.is_unchanged),
        outcomes=(*happened, *sizes),
        parting=parting[0] if comparison.divergence.share else None,
        panels=tuple(d for p in one.panels if not p.is_flat for d in draw(p.title, pair_figure(p, window))),
        flat=tuple(p.title for p in one.panels if p.is_flat),
        moves=tuple(sorted(moved, key=lambda row: -abs(row[1]["difference"]))),
    )
