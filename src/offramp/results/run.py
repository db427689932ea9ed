"""What `run` returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from offramp.analyse.beside import PanelResult, beside
from offramp.core.errors import InputError
from offramp.core.manifest import Manifest
from offramp.core.options import fault
from offramp.core.storage import write_whole
from offramp.ensemble.ensemble import Ensemble, OutcomeSummary
from offramp.ensemble.health import health
from offramp.present.notebook import NotebookContent, render_for_notebook
from offramp.present.report import render
from offramp.results.charts import panel_requests
from offramp.results.known import Beginning
from offramp.results.opened import OpenedCase, Timing
from offramp.results.report import BASIS, report_content


@dataclass(frozen=True)
class RunResult:
    """What `run` returns: the ensemble, its manifest, and the record beside it. Shows itself in notebooks.

    edits : what was done differently from the scenario as it is written, in order; mostly nothing.
    notes : what is worth knowing of the edits, such as one whose days lie outside the run.
    begins : the conditioning that the runs begin from, or the fit; None if they begin from the priors.
    """

    case: OpenedCase
    manifest: Manifest
    ensemble: Ensemble
    timing: Timing
    edits: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    begins: Beginning | None = None

    @property
    def basis(self) -> str:
        """What the result rests on, in words that belong beside it."""
        return self.begins.basis if self.begins else BASIS

    @property
    def outcomes(self) -> Mapping[str, OutcomeSummary]:
        """Summary of each outcome by name."""
        return self.ensemble.outcomes

    @cached_property
    def panels(self) -> tuple[PanelResult, ...]:
        """The scenario's charts, the record beside the model in each."""
        window = (self.manifest.start, self.manifest.end)
        return beside(self.ensemble, panel_requests(self.case.document), record=self.case.record, window=window)

    @property
    def health(self) -> tuple[str, ...]:
        """What to distrust in this result, in sentences; empty if all is well."""
        return (*(self.begins.health if self.begins else ()), *health(self.ensemble), *self.notes)

    def as_json(self) -> dict[str, object]:
        """Return the JSON shape that other programs may rely on (docs/reference/json.md)."""
        return {
            "manifest": {**self.manifest.as_json(), "runs_done": self.ensemble.n_runs},
            "outcomes": {name: outcome.as_json() for name, outcome in self.outcomes.items()},
            "moves": {name: dict(count) for name, count in self.ensemble.moves.items()},
            "health": list(self.health),
            **({self.begins.key: self.begins.as_json()} if self.begins else {}),
            "timing": vars(self.timing),
        }

    def report(self, path: str | Path) -> Path:
        """Write the report, one HTML page that opens offline, and return its path.

        Besides what is in this result it takes the same runs again, one by one, the scenario's policies in pairs, and
        up to three traces: seconds, up to a minute for a large scenario.

        Raises
        ------
        OSError : the file cannot be written.
        InputError : E719, the runs do not begin from the priors.
        """
        if self.begins is not None:  # the report looks at runs one by one and at policies, all from the priors
            hint = "Use the report of `compare`, or begin from the priors."
            raise InputError(
                [fault("E719", "Runs that do not begin from the priors have no report of their own yet.", hint)]
            )
        path = Path(path)
        write_whole(path, render(report_content(self)))
        return path

    def __repr__(self) -> str:
        lines = [f"{self.case.document.scenario.title}: {self.ensemble.n_runs:,} runs, seed {self.manifest.seed}"]
        lines += [f"  {self.begins}"] if self.begins else []
        lines += [f"  with: {edit}" for edit in self.edits]
        lines += [f"  ! {said}" for said in self.health]
        return "\n".join([*lines, *(f"  {outcome}" for outcome in self.outcomes.values())])

    def _repr_html_(self) -> str:
        content = NotebookContent(
            self.case.document.scenario.title, self.basis, self.manifest, self.ensemble, self.panels, self.edits
        )
        return render_for_notebook(content)
