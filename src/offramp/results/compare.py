"""What `compare` returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from offramp.analyse.beside import PanelRequest, recorded_path
from offramp.analyse.compare import Compared, Comparison
from offramp.analyse.hindsight import Coupled, as_json, disagreements
from offramp.core.manifest import Manifest
from offramp.core.storage import write_whole
from offramp.engine.trace import Trace
from offramp.ensemble.ensemble import Band, Ensemble
from offramp.ensemble.health import health
from offramp.evidence import tally
from offramp.present.compare_figures import PairPanel
from offramp.present.compare_report import (
    AlternativeContent,
    CompareContent,
    render_comparison,
    render_comparison_for_notebook,
)
from offramp.present.compare_rows import difference_rows
from offramp.present.contents import leaf_titles
from offramp.present.coupled_rows import coupled_rows
from offramp.present.pair_story import PairStory, tell_pair
from offramp.results.charts import chart_requests
from offramp.results.known import Beginning
from offramp.results.opened import OpenedCase, Timing

STORY_ROWS = 40
COMPARE_BASIS = (
    "Priors only: nothing here has been fitted to a record, and what actors would do instead is part of the model: the "
    "answer is no better than its assumptions."
)


@dataclass(frozen=True)
class CompareResult:
    """What `compare` returns: baseline and alternatives, pair by pair. Shows itself in notebooks.

    sides : ensembles, the baseline first; each is what `run` gives alone.
    compared : one comparison for each alternative, and regret where it was asked for.
    begins : the conditioning that the runs begin from, or the fit; None if they begin from the priors.
    hindsight : given the whole record, what other couplings say: of each alternative, by outcome.
    """

    case: OpenedCase
    manifest: Manifest
    sides: tuple[Ensemble, ...]
    compared: Compared
    timing: Timing
    notes: tuple[str, ...] = ()
    begins: Beginning | None = None
    hindsight: tuple[Mapping[str, Coupled], ...] = ()

    @property
    def basis(self) -> str:
        """What the answer rests on, in words that belong beside it."""
        return self.begins.basis if self.begins else COMPARE_BASIS

    @property
    def comparisons(self) -> Mapping[str, Comparison]:
        """Each alternative beside the baseline, by name."""
        return {c.alternative.name: c for c in self.compared.comparisons}

    @property
    def baseline(self) -> Ensemble:
        """The runs of the scenario as it is written."""
        return self.sides[0]

    @property
    def is_complete(self) -> bool:
        """Tell whether all requested runs were made."""
        return self.baseline.is_complete

    @property
    def health(self) -> tuple[str, ...]:
        """What to distrust in this result, in sentences; empty if all is well."""
        told = [one for found in self.hindsight for one in found.values()]
        said = [*(self.begins.health if self.begins else ()), *disagreements(told), *health(self.baseline)]
        if self.begins and self.begins.key == "hindsight" and not self.hindsight:
            said.append("Interrupted before other couplings were tried: these differences stand on one alone.")
        for comparison, side in zip(self.compared.comparisons, self.sides[1:], strict=True):
            own = [sentence for sentence in health(side) if sentence not in said]
            said += [f"{comparison.alternative.title}: {sentence}" for sentence in own]
            if side.n_runs and not comparison.divergence.share and not comparison.alternative.is_null:
                said.append(f"{comparison.alternative.title}: changes nothing in any of {comparison.n_runs:,} runs.")
        return (*said, *self.notes)

    def story(self, name: str | None = None, *, run: int | None = None) -> PairStory | None:
        """Tell one run without and with the edits of an alternative.

        None if no run of it changed, and of runs that do not begin from the priors, which cannot be traced yet.

        name : of the alternative; default the first. run : which run; default a typical one that changed.
        """
        comparison = self.comparisons[name] if name is not None else self.compared.comparisons[0]
        run = comparison.example if run is None else run
        if run is None or self.begins is not None:
            return None
        baseline, edited = (self._told(run, edits) for edits in ((), comparison.alternative.edits))
        return tell_pair(self.case.document, baseline, edited=edited, limit=STORY_ROWS)

    def _told(self, run: int, edits: tuple[str, ...]) -> Trace:
        """Trace a run once: it takes the plain interpreter seconds, and alternatives may tell the same one."""
        if (run, edits) not in self._traces:
            window = (self.manifest.start, self.manifest.end)
            told = self.case.trace(run, self.manifest.seed, do=edits, start=window[0], end=window[1])
            self._traces[run, edits] = told
        return self._traces[run, edits]

    @cached_property
    def _traces(self) -> dict[tuple[int, tuple[str, ...]], Trace]:
        return {}

    def panels(self, name: str) -> tuple[PairPanel, ...]:
        """Return the scenario's charts, both sides and their difference in each; without charts, the quantities."""
        comparison = self.comparisons[name]
        edited = self.sides[1 + list(self.comparisons).index(name)]
        window, record = (self.manifest.start, self.manifest.end), self.case.record
        return tuple(
            PairPanel(
                request.title,
                *_bands(request, self.baseline, edited, comparison),
                recorded_path(record, request, window=window) if record else None,
            )
            for request in chart_requests(self.case.document)
        )

    def as_json(self) -> dict[str, object]:
        """Return the JSON shape that other programs may rely on (docs/reference/json.md)."""
        alternatives = [_comparison_json(comparison) for comparison in self.compared.comparisons]
        for alternative, found in zip(alternatives, self.hindsight, strict=False):  # none if it was interrupted
            alternative["hindsight"] = as_json(found)
        first = {"outcomes": as_json(self.hindsight[0])} if self.hindsight else {}
        return {
            "manifest": {**self.manifest.as_json(), "runs_done": self.baseline.n_runs},
            "outcomes": alternatives[0]["outcomes"],
            "first_divergence": alternatives[0]["first_divergence"],
            "alternatives": alternatives,
            "regret": self._regret_json(),
            "health": list(self.health),
            **({self.begins.key: {**self.begins.as_json(), **first}} if self.begins else {}),
            "timing": vars(self.timing),
        }

    @property
    def side_names(self) -> tuple[str, ...]:
        """Name of each side, the baseline first."""
        return ("baseline", *self.comparisons)

    def _regret_json(self) -> dict[str, dict[str, object]]:
        rows = self.compared.regret
        better = {row.outcome: row.better for row in rows}
        shown = ("mean", "q50", "q95", "best_share", "n")
        return {
            name: {
                "better": way,
                "sides": {
                    self.side_names[row.side]: {key: getattr(row, key) for key in shown}
                    for row in rows
                    if row.outcome == name
                },
            }
            for name, way in better.items()
        }

    def report(self, path: str | Path) -> Path:
        """Write the report, one HTML page that opens offline, and return its path.

        Raises
        ------
        OSError : the file cannot be written.
        """
        path = Path(path)
        write_whole(path, render_comparison(self._content(told=True)))
        return path

    def _content(self, *, told: bool) -> CompareContent:
        document = self.case.document
        titles = {name: o.title or name for name, o in self.baseline.outcomes.items()}
        beside = self.hindsight or ({},) * len(self.comparisons)
        alternatives = [
            AlternativeContent(c, self.panels(name), self.story(name) if told else None, coupled_rows(found.values()))
            for (name, c), found in zip(self.comparisons.items(), beside, strict=True)
        ]
        named = (c.alternative.title for c in self.compared.comparisons)
        return CompareContent(
            title=document.scenario.title, basis=self.basis, manifest=self.manifest, n_runs=self.baseline.n_runs,
            alternatives=alternatives, sides=("Baseline", *named), regret=self.compared.regret,
            outcome_titles=titles, move_titles=leaf_titles(document), health=self.health, sizes=tally(document).sizes,
        )  # fmt: skip

    def __repr__(self) -> str:
        title = self.case.document.scenario.title
        lines = [f"{title}: {self.baseline.n_runs:,} paired runs, seed {self.manifest.seed}"]
        lines += [f"  {self.begins}"] if self.begins else []
        lines += [f"  ! {said}" for said in self.health]
        for comparison in self.compared.comparisons:
            parted = comparison.divergence.first
            said = f"runs part from {parted} on" if parted else "no run differs"
            lines.append(f"  {comparison.alternative.title}: {said}")
            rows = (row for row in difference_rows(comparison) if not row.is_unchanged)
            lines += [f"    {r.title}: {r.baseline} -> {r.edited}, {r.difference} ({r.interval})" for r in rows]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return render_comparison_for_notebook(self._content(told=False))


def _bands(
    request: PanelRequest, baseline: Ensemble, edited: Ensemble, comparison: Comparison
) -> tuple[str, Band, Band, Band]:
    name = request.quantity
    if name is None:
        sides = (baseline.counts[request.title], edited.counts[request.title], comparison.counts[request.title])
    else:
        sides = (baseline.quantities[name], edited.quantities[name], comparison.quantities[name])
    return sides[0].unit, *sides


def _comparison_json(comparison: Comparison) -> dict[str, object]:
    parted = comparison.divergence
    days = {name: getattr(parted, name) for name in ("q05", "q50", "q95")}
    return {
        "name": comparison.alternative.name,
        "title": comparison.alternative.title,
        "edits": list(comparison.alternative.edits),
        "outcomes": {name: outcome.as_json() for name, outcome in comparison.outcomes.items()},
        "moves": {leaf: dict(counts) for leaf, counts in comparison.moves.items()},
        "first_divergence": parted.first.isoformat() if parted.first else None,
        "divergence": {name: day.isoformat() if day else None for name, day in days.items()},
        "share_changed": parted.share,
        "example_run": comparison.example,
        "contested": [contested.as_json() for contested in comparison.contested],
    }
