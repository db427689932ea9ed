"""Case: a scenario opened for work, one thin method per verb. The object that most users meet.

    case = offramp.load("us-iran-iraq")
    result = case.run(runs=2_000, seed=1)
    result.outcomes["..."].mean; result.report("report.html")

The command line calls the same methods.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from offramp import __version__
from offramp.analyse.beside import PanelRequest, PanelResult, beside
from offramp.core.errors import InputError, Problem, ScenarioError
from offramp.core.manifest import Manifest
from offramp.core.options import Day, as_day, check_choice, check_numbers, check_run_number, fault
from offramp.engine import reference
from offramp.engine.block import Block
from offramp.engine.trace import Trace, trace
from offramp.ensemble.blocks import joined
from offramp.ensemble.ensemble import Ensemble, OutcomeSummary
from offramp.ensemble.health import health
from offramp.ensemble.run import Options, run
from offramp.evidence import cite, tally
from offramp.model.lower import lower
from offramp.model.model import Model
from offramp.present.contents import Row, contents, leaf_titles, overview
from offramp.present.evidence_table import evidence_rows
from offramp.present.narrative import narrate
from offramp.present.report import ReportContent, render, render_for_notebook
from offramp.record.record import Record
from offramp.scenario.check import check
from offramp.scenario.document import ScenarioDocument, Window
from offramp.scenario.load import LoadedScenario
from offramp.scenario.load import load as load_scenario
from offramp.scenario.observed import data_hashes, observe
from offramp.scenario.window import clock_window, default_window

EngineName = Literal["compiled", "reference"]
Progress = Callable[[int, int], None]
NARRATED_EVENTS = 60
BASIS = (
    "Priors only: nothing here has been fitted to a record. What each number rests on is listed in the report, under "
    "Evidence. Where record and model differ, doubt the model first; agreement alone does not show it right."
)


def load(name_or_path: str | Path) -> Case:
    """Open a packaged scenario by its name, or any scenario by its path.

    Raises
    ------
    ScenarioError : the scenario has errors; all of them are in it, sorted by place.
    """
    loaded = load_scenario(str(name_or_path))
    problems = [problem for problem in check(loaded) if problem.level == "error"]
    if problems:
        raise ScenarioError(problems)
    return Case(loaded)


class Case:
    """A checked scenario with its record."""

    def __init__(self, loaded: LoadedScenario) -> None:
        self.loaded = loaded
        self._models: dict[tuple[date, date], Model] = {}

    def __repr__(self) -> str:
        return f"Case({self.name!r}: {self.document.scenario.title})"

    @property
    def document(self) -> ScenarioDocument:
        """The scenario as it is written."""
        return self.loaded.document

    @property
    def name(self) -> str:
        """Name of the scenario."""
        return self.document.scenario.name

    @cached_property
    def record(self) -> Record | None:
        """What was observed, mapped to the scenario's moves and quantities; None if it has no record."""
        return observe(self.loaded)

    @property
    def window(self) -> Window:
        """The window that `run` covers unless told otherwise."""
        return default_window(self.document)

    def model(self, start: Day = None, end: Day = None) -> Model:
        """Lower the scenario for a window of its clock (default: `window`); each window once.

        Raises
        ------
        InputError : the window does not lie inside the clock.
        """
        window = self._window(start, end)
        key = (window.start, window.end)
        if key not in self._models:
            self._models[key] = lower(self.loaded, start=window.start, end=window.end, record=self.record)
        return self._models[key]

    def run(
        self,
        runs: int = 1_000,
        seed: int = 1,
        *,
        start: Day = None,
        end: Day = None,
        engine: EngineName = "compiled",
        how: How | None = None,
    ) -> RunResult:
        """Run the scenario many times and summarise what happens.

        Parameters
        ----------
        runs : how many histories to simulate; `seed` : 0 .. 2**64 - 1, keys all noise.
        start, end : first and last day; default `window`.
        engine : "compiled", or "reference": the plain interpreter, the same bits some thousand times slower.
        how : workers, progress, resume: none of it changes a bit of the result.

        Raises
        ------
        InputError : an argument is out of range.
        """
        check_numbers(runs, seed)
        check_choice("engine", engine, choices=("compiled", "reference"))
        how = how or How()
        window = self._window(start, end)
        manifest = self.manifest(runs, seed, window=window)
        began = time.perf_counter()
        model = self.model(window.start, window.end)
        simulate = self._simulator(model, seed, engine, how.stop)
        ready = time.perf_counter()
        ensemble = run(model, simulate, options=self._options(model, runs, manifest, how))
        ensemble = ensemble.in_order(self.document.outcomes)
        done = time.perf_counter()
        timing = Timing(ready - began, done - ready, ensemble.n_runs / max(done - ready, 1e-9))
        return RunResult(self, manifest, ensemble, timing)

    def manifest(self, runs: int, seed: int, *, window: Window) -> Manifest:
        """Return the manifest of a run."""
        return Manifest(
            self.name,
            __version__,
            {**self.loaded.files, **data_hashes(self.loaded)},
            window.start,
            window.end,
            seed,
            runs,
        )

    def trace(self, run: int = 0, seed: int = 1, *, start: Day = None, end: Day = None) -> Trace:
        """Tell one run in full, by the reference interpreter: the same bits as in any ensemble."""
        check_run_number(run)
        check_numbers(1, seed)
        return trace(self.model(start, end), seed=seed, run=run)

    def overview(self) -> Row:
        """Return one row about the scenario: name, title, clock and how much is in it."""
        return overview(self.document)

    def contents(self) -> dict[str, list[Row]]:
        """Return the tables of the scenario's parts, from actors to parameters."""
        return contents(self.document, self.model())

    def generated_source(self) -> str:
        """Return the source that the compiled engine generates for the scenario's default window."""
        from offramp.engine.generate import source

        return source(self.model())

    def cite(self) -> tuple[str, ...]:
        """List the sources that the scenario's evidence cites."""
        return cite(self.document)

    def _window(self, start: Day, end: Day) -> Window:
        clock, default = clock_window(self.document), self.window
        first, last = as_day(start) or default.start, as_day(end) or default.end
        if not clock.start <= first <= last <= clock.end:
            raise InputError([_window_problem(first, last, clock)])
        return Window(start=first, end=last)

    def _options(self, model: Model, runs: int, manifest: Manifest, how: How) -> Options:
        groups = {p.title: tuple(leaf_numbers(model, p.moves)) for p in self.document.panels if p.moves}
        return Options(
            runs, workers=how.workers, groups=groups, identity=manifest.identity(), resume=how.resume,
            on_progress=how.progress, stop=how.stop,
        )  # fmt: skip

    def _simulator(
        self, model: Model, seed: int, engine: EngineName, stop: threading.Event
    ) -> Callable[[int, int, NDArray[np.int64]], Block]:
        if engine == "reference":
            return lambda first, n, steps: _simulate_plainly(model, seed, range(first, first + n), steps, stop)
        from offramp.engine import compiled
        from offramp.engine.program import build

        program = build(model)
        return lambda first, n, steps: compiled.simulate(
            program, seed=seed, first_run=first, n_runs=n, sample_steps=steps
        )


@dataclass(frozen=True)
class How:
    """How to run: nothing here changes the result.

    workers : threads; default one per processor core. progress : called with (runs done, runs requested).
    resume : go on from the checkpoint of an interrupted job. stop : set it to stop early.
    """

    workers: int | None = None
    progress: Progress | None = None
    resume: bool = False
    stop: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True)
class Timing:
    """Seconds to prepare (lower, build, load or compile), seconds to run, runs per second."""

    compile_s: float
    run_s: float
    runs_per_s: float


@dataclass(frozen=True)
class RunResult:
    """What `run` returns: the ensemble, its manifest, and the record beside it. Shows itself in notebooks."""

    case: Case
    manifest: Manifest
    ensemble: Ensemble
    timing: Timing

    @property
    def outcomes(self) -> Mapping[str, OutcomeSummary]:
        """Summary of each outcome by name."""
        return self.ensemble.outcomes

    @cached_property
    def panels(self) -> tuple[PanelResult, ...]:
        """The scenario's charts, the record beside the model in each."""
        document, window = self.case.document, (self.manifest.start, self.manifest.end)
        tallies = {path for path, quantity in document.quantities.items() if quantity.kind == "tally"}
        requests = [PanelRequest(p.title, p.quantity, p.moves, p.quantity in tallies) for p in document.panels]
        return beside(self.ensemble, requests, record=self.case.record, window=window)

    @property
    def health(self) -> tuple[str, ...]:
        """What to distrust in this result, in sentences; empty if all is well."""
        return health(self.ensemble)

    def as_json(self) -> dict[str, object]:
        """Return the JSON shape that other programs may rely on (docs/reference/json.md)."""
        return {
            "manifest": {**self.manifest.as_json(), "runs_done": self.ensemble.n_runs},
            "outcomes": {name: outcome.as_json() for name, outcome in self.outcomes.items()},
            "moves": {name: dict(count) for name, count in self.ensemble.moves.items()},
            "health": list(self.health),
            "timing": vars(self.timing),
        }

    def report(self, path: str | Path) -> Path:
        """Write the report, one HTML page that opens offline, and return its path.

        Raises
        ------
        OSError : the file cannot be written.
        """
        path = Path(path)
        path.write_text(render(self._content()), encoding="utf-8")
        return path

    def _content(self) -> ReportContent:
        document, manifest = self.case.document, self.manifest
        counted = tally(document)
        told = self.case.trace(0, manifest.seed, start=manifest.start, end=manifest.end)
        return ReportContent(
            title=document.scenario.title, about=document.scenario.about or "", basis=BASIS, manifest=manifest,
            ensemble=self.ensemble, panels=self.panels, move_titles=leaf_titles(document),
            narrated=narrate(document, told, limit=NARRATED_EVENTS), n_events=len(told.events),
            arrows=counted.arrows, sizes=counted.sizes, evidence=evidence_rows(document),
            health=self.health, sources=self.case.cite(),
        )  # fmt: skip

    def __repr__(self) -> str:
        lines = [f"{self.case.document.scenario.title}: {self.ensemble.n_runs:,} runs, seed {self.manifest.seed}"]
        lines += [f"  ! {said}" for said in self.health]
        return "\n".join([*lines, *(f"  {outcome}" for outcome in self.outcomes.values())])

    def _repr_html_(self) -> str:
        return render_for_notebook(self._content())


def _simulate_plainly(
    model: Model, seed: int, runs: range, steps: NDArray[np.int64], stop: threading.Event
) -> Block:  # budget: five things that a block depends on, passed by one caller
    """Simulate runs by the reference interpreter, one by one, so that it can be stopped between two of them."""
    samples = steps.tolist()
    blocks = [reference.simulate(model, seed=seed, first_run=runs.start, n_runs=0, sample_steps=samples)]
    for k in runs:
        if not stop.is_set():
            blocks.append(reference.simulate(model, seed=seed, first_run=k, n_runs=1, sample_steps=samples))
    return joined(blocks)


def _window_problem(first: date, last: date, clock: Window) -> Problem:
    if first > last:
        return fault("E703", f"The window starts on {first} and ends before, on {last}.", "Swap the two days.")
    hint = f"Choose days from {clock.start} to {clock.end}."
    return fault("E703", f"The window {first} to {last} does not lie inside the scenario's clock.", hint)


def leaf_numbers(model: Model, moves: tuple[str, ...]) -> list[int]:
    """Find the leaves of some moves; a move stands for all of its variants."""
    return [i for i, leaf in enumerate(model.leaves) if leaf.path in moves or leaf.path.partition("[")[0] in moves]
