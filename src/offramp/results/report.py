"""What the report of a run shows, gathered: the runs one by one, the policies, the stories, the evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Protocol

from offramp.analyse.beside import PanelResult
from offramp.analyse.compare import Comparison
from offramp.analyse.rests import Rests, rests
from offramp.analyse.rhythm import Rhythm
from offramp.analyse.single_runs import SingleRuns
from offramp.analyse.standing import Standing, standings
from offramp.analyse.standouts import Standout, standouts
from offramp.core.manifest import Manifest
from offramp.core.words import percent
from offramp.ensemble.ensemble import Ensemble
from offramp.evidence import STATUSES, evidence_items, tally
from offramp.evidence.citation import format_source
from offramp.infer.observation import Beta
from offramp.present.charts import DayRow, day_chart, fan_chart, inside_words, month_chart, wait_chart, wait_words
from offramp.present.contents import leaf_titles
from offramp.present.evidence_table import anchor, chart_anchor, element_title, evidence_sections, source_anchor
from offramp.present.map_of_moves import map_of_moves
from offramp.present.number_table import number_rows
from offramp.present.outcome_table import outcome_rows
from offramp.present.panel_words import panel_words
from offramp.present.plain_words import Said, plain_words
from offramp.present.policy_tables import MAIN_OUTCOMES, policy_cards, policy_tables
from offramp.present.report import Basis, ChartCard, History, MoveCount, Numbers, Policies, ReportContent
from offramp.present.story import Story
from offramp.present.svg import Picture
from offramp.results.opened import OpenedCase
from offramp.results.told import tell

MAX_PAIRS = 2_000
BASIS = (
    "Priors only: nothing here has been fitted to a record. What each number rests on is listed in the report, under "
    "Evidence. Where record and model differ, doubt the model first; agreement alone does not show it right."
)
LIMITS = """\
A share of runs is a share of the histories that this model holds possible, not the probability of the event.
A band of 90 % says how far these histories differ. That the truth lies inside nine times in ten would have to be shown
  by scored forecasts, and has not been.
Whoever wrote the model knew how the events of the record ended: what is shown beside it is retrodiction, not forecast.
Differences between policies rest on what the model assumes of everybody's reactions. Intervals say what more runs
  would settle, not whether the model is right.
The dead are people. The model counts those that it knows how to count; what an open war, an illness or hunger would
  bring is not in these numbers. A difference in deaths is no verdict on a policy.
The record misses events that nobody reported. Whom it names for an attack is the best public attribution, not a
  finding of guilt.
""".replace("\n  ", " ").splitlines()


class Reported(Protocol):
    """What a report needs of the result that it is of."""

    @property
    def case(self) -> OpenedCase:
        """The case that it came from."""

    @property
    def manifest(self) -> Manifest:
        """What fixes its numbers."""

    @property
    def ensemble(self) -> Ensemble:
        """Its summary."""

    @property
    def edits(self) -> tuple[str, ...]:
        """What was done differently."""

    @property
    def panels(self) -> tuple[PanelResult, ...]:
        """Its charts."""

    @property
    def health(self) -> tuple[str, ...]:
        """What to distrust in it."""


def report_content(result: Reported) -> ReportContent:
    """Gather all that the report of a run shows."""
    return _Gathering(result).content()


@dataclass(frozen=True)
class _Gathering:
    """The steps of gathering; each is taken once."""

    result: Reported

    def content(self) -> ReportContent:
        result, document = self.result, self.result.case.document
        said = Said(
            result.ensemble, self.found, self.standings, result.panels, self.single, self.standing_out,
            {c.alternative.name: c.alternative.title for c in self.comparisons},
        )  # fmt: skip
        return ReportContent(
            title=document.scenario.title, about=document.scenario.about or "", basis=BASIS, manifest=result.manifest,
            ensemble=result.ensemble, edits=result.edits, health=result.health, words=plain_words(said),
            history=self.history(), outcomes=outcome_rows(result.ensemble, self.found, standings=self.standings),
            policies=self.policies(), stories=self.stories(),
            counted_dead=self.single.counted_dead if self.single else (), map=map_of_moves(document),
            moves=self.moves(), numbers=self.numbers(), rests=self.basis(), limits=LIMITS, cite=self.cite(),
            links=self.links,
        )  # fmt: skip

    @cached_property
    def found(self) -> Rests:
        return rests(self.result.case.document)

    @cached_property
    def window(self) -> tuple[date, date]:
        return self.result.manifest.start, self.result.manifest.end

    @cached_property
    def single(self) -> SingleRuns | None:
        made, result = self.result.manifest, self.result
        if not result.ensemble.n_runs:
            return None
        start, end = self.window
        return result.case.single_runs(result.ensemble.n_runs, made.seed, do=result.edits, start=start, end=end)

    @cached_property
    def standings(self) -> Mapping[str, Standing]:
        return standings(self.result.ensemble, self.result.case.record)

    @cached_property
    def comparisons(self) -> Sequence[Comparison]:
        """Set the edits of this run, if it has any, and all policies beside the scenario as it is written."""
        runs = min(self.result.ensemble.n_runs, MAX_PAIRS)
        if not runs:
            return ()
        start, end = self.window
        found = self.result.case.all_policies(
            self.result.edits, runs=runs, seed=self.result.manifest.seed, start=start, end=end
        )
        return found.compared.comparisons if found is not None else ()

    @cached_property
    def standing_out(self) -> Mapping[str, Sequence[Standout]]:
        return standouts(self.comparisons)

    @cached_property
    def links(self) -> Mapping[str, str]:
        model = self.result.ensemble.model
        paths = {leaf.path for leaf in model.leaves} | {move.path for move in model.moves}
        entries = {path: self.found.of(path) for path in sorted(paths)}
        return {path: anchor(entry) for path, entry in entries.items() if entry is not None}

    def history(self) -> History:
        """Draw the charts of single runs; without runs there are none."""
        if self.single is None:
            return History((), (), None, is_thinned=False, shares=())
        words = {panel.title: panel_words(panel) for panel in self.result.panels}
        rhythms = self.single.rhythms
        rows = [
            DayRow(r.title, tuple((int(d), float(n)) for d, n in zip(self.days, r.days, strict=True) if n > 0))
            for r in rhythms
            if r.days is not None
        ]
        return History(
            fans=tuple(self._card(f.title, (fan_chart(f, self.window),), (words[f.title],), [f.quantity])
                       for f in self.single.fans),
            moves=tuple(self._moves_card(r) for r in rhythms),
            recorded_days=day_chart(rows, self.window, whose="The record", name="happened") if rows else None,
            is_thinned=any(r.is_thinned for r in rhythms), shares=self._shares(),
        )  # fmt: skip

    @cached_property
    def days(self) -> list[int]:
        return [int(day) for day in self.result.ensemble.model.days]

    def _moves_card(self, r: Rhythm) -> ChartCard:
        pictures, captions = [month_chart(r, self.window)], [inside_words(r)]
        if r.waits is not None:
            pictures.append(wait_chart(r.waits, r.title))
            captions.append(wait_words(r.waits))
        return self._card(r.title, tuple(pictures), tuple(captions), r.moves)

    def _card(
        self, title: str, pictures: tuple[Picture, ...], captions: tuple[str, ...], paths: Sequence[str]
    ) -> ChartCard:  # budget(positional): the parts of a card from top to bottom
        entries = dict.fromkeys(entry for path in paths if (entry := self.found.of(path)) is not None)
        links = tuple((anchor(entry), element_title(self.found.document, entry)) for entry in entries)
        return ChartCard(title, chart_anchor(title), pictures, captions, links)

    def _shares(self) -> tuple[tuple[str, str], ...]:
        return tuple(
            (
                f"{share.cell.kind}, {share.cell.first_day} to {share.cell.last_day}",
                _share_words(share.posterior),
            )
            for share in self.result.case.shares.shares
        )

    def policies(self) -> Policies | None:
        """Set policies side by side; None if there are none."""
        if not self.comparisons:
            return None
        cards = policy_cards(self.found, self.comparisons, standing_out=self.standing_out)
        return Policies(policy_tables(self.comparisons), MAIN_OUTCOMES, cards, self.comparisons[0].n_runs)

    def stories(self) -> tuple[Story, ...]:
        """Trace the chosen runs and tell them."""
        chosen = self.single.chosen if self.single is not None else ()
        made, (start, end) = self.result.manifest, self.window
        traces = {
            run: self.result.case.trace(run, made.seed, do=self.result.edits, start=start, end=end)
            for run in {one.run for one in chosen}
        }
        return tell(self.result.case, chosen, self.result.ensemble, traces=traces, standings=self.standings,
                    window=self.window)  # fmt: skip

    def moves(self) -> tuple[MoveCount, ...]:
        """List how often each move happens."""
        titles = leaf_titles(self.found.document)
        return tuple(
            MoveCount(titles.get(leaf, leaf), self.links.get(leaf, ""), m["mean_count"], m["q05"], m["q95"])
            for leaf, m in self.result.ensemble.moves.items()
        )

    def numbers(self) -> Numbers:
        """List the drawn numbers that matter."""
        screen = self.single.screen if self.single is not None else None
        if screen is None:
            return Numbers(None, (), (), (), ())
        titles = self.titles
        rows = number_rows(self.found, self.result.ensemble.model, screen=screen, titles=titles)
        told = sorted(screen.told.items(), key=lambda pair: -pair[1])
        return Numbers(
            screen, rows, by_status=tuple(Counter(row.status for row in rows).most_common()),
            skipped=tuple(titles[name] for name in screen.skipped),
            told=tuple((titles[name], percent(share)) for name, share in told),
        )  # fmt: skip

    @cached_property
    def titles(self) -> Mapping[str, str]:
        return {name: o.title or name.replace("_", " ") for name, o in self.result.ensemble.outcomes.items()}

    def basis(self) -> Basis:
        """List what the numbers rest on."""
        document = self.found.document
        counted, screen = tally(document), self.single.screen if self.single is not None else None
        sections = evidence_sections(self.found, screen=screen, outcome_titles=self.titles)
        cited = {found.item.source for found in evidence_items(document)} | {c.source for c in document.claims.values()}
        sources = [(source_anchor(key), format_source(key, document.sources[key])) for key in sorted(document.sources)
                   if key in cited]  # fmt: skip
        meanings = {name: status.meaning for name, status in STATUSES.items()}
        return Basis(counted.arrows, counted.sizes, meanings, sections, sources)

    def cite(self) -> str:
        """Write a line that says what was run, for whoever uses a figure."""
        made, edits = self.result.manifest, self.result.edits
        sizes = tally(self.found.document).sizes
        done = f" With: {'; '.join(edits)}." if edits else ""
        version = self.found.document.scenario.version
        named = f"{made.scenario} {version}" if version else made.scenario
        return (
            f"Offramp {made.version}, scenario {named}, {made.start} to {made.end}, "
            f"{self.result.ensemble.n_runs:,} runs, seed {made.seed}.{done} Priors only: not fitted, not scored as a "
            f"forecast; retrodiction. Of {sum(sizes.values())} sizes {sizes['assumed']} are assumed. Bands "
            "hold 90 % of runs."
        )


def _share_words(share: Beta) -> str:
    low, high = percent(share.quantile(0.05)), percent(share.quantile(0.95))
    return f"{percent(share.mean)} ({low} to {high})"
