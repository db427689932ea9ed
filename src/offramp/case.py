"""Case: a scenario opened for work, one thin method per verb. The object that most users meet.

    case = offramp.load("us-iran-iraq")
    result = case.run(runs=2_000, seed=1)
    result.outcomes["..."].mean; result.report("report.html")
    case.compare(do=["forbid us.airstrike"], runs=2_000)

The command line calls the same methods.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from offramp import __version__
from offramp.analyse.alternatives import alternatives, preferences, switches
from offramp.analyse.compare import Compared, compare
from offramp.analyse.hindsight import Coupled
from offramp.analyse.kept import keep
from offramp.analyse.rhythm import Observed
from offramp.analyse.single_runs import SingleRuns, single_runs, watched
from offramp.core.errors import InputError, ScenarioError
from offramp.core.manifest import Manifest
from offramp.core.options import Day, as_day, check_numbers, check_run_number
from offramp.engine.block import Block
from offramp.engine.trace import Trace, trace
from offramp.ensemble.pairs import Wanted, run_pairs
from offramp.ensemble.plain import Plain
from offramp.ensemble.run import Options, Simulate, run
from offramp.evidence import cite
from offramp.infer.observation import ObservationModel, observation_model
from offramp.model.edits import lower_edits
from offramp.model.intervention import EMPTY, Intervention
from offramp.model.lower import lower
from offramp.model.model import Model
from offramp.present.contents import Row, contents, overview
from offramp.present.policy_tables import EDITED, named_policies
from offramp.record.record import Record
from offramp.results import CompareResult, RunResult
from offramp.results.asked import (
    check_alone,
    checked,
    fit_section,
    leaf_numbers,
    notes,
    of_beginning,
    texts,
    timed,
    window_problem,
)
from offramp.results.charts import chart_requests, panel_requests
from offramp.results.how import How
from offramp.results.known import Begun
from offramp.scenario.check import check
from offramp.scenario.document import ScenarioDocument, Window
from offramp.scenario.given import GivenEdit, edits_of
from offramp.scenario.given_after import edits_after
from offramp.scenario.load import LoadedScenario
from offramp.scenario.load import load as load_scenario
from offramp.scenario.observed import data_hashes, observe, published
from offramp.scenario.window import clock_window, default_window

if TYPE_CHECKING:
    from offramp.results.condition import ConditionResult
    from offramp.results.fit import FitResult

__all__ = ["Case", "How", "load"]
EngineName = Literal["compiled", "reference"]
Edits = str | Sequence[str]  # one edit, or several in order


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
        self._models: dict[tuple[date, date, date | None], Model] = {}

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

    def model(self, start: Day = None, end: Day = None, *, as_of: Day = None) -> Model:
        """Lower the scenario for a window of its clock (default: `window`); each window once.

        as_of : take of input series what was known on that day.

        Raises
        ------
        InputError : the window does not lie inside the clock.
        """
        window = self._window(start, end)
        key = (window.start, window.end, as_day(as_of))
        if key not in self._models:
            self._models[key] = lower(self.loaded, start=window.start, end=window.end, record=self.record, as_of=key[2])
        return self._models[key]

    def run(
        self,
        runs: int = 1_000,
        seed: int = 1,
        *,
        do: Edits = (),
        policy: Edits = (),
        start: Day = None,
        end: Day = None,
        engine: EngineName = "compiled",
        how: How | None = None,
        as_of: Day = None,
        posterior: FitResult | None = None,
    ) -> RunResult:  # budget(parameters): the options of a verb, all but two by name
        """Run the scenario many times and summarise what happens.

        Parameters
        ----------
        runs : how many histories to simulate; `seed` : 0 .. 2**64 - 1, keys all noise.
        do, policy : edits, and names of policies, to run the scenario with: the policies first, then the edits.
        start, end : first and last day; default `window`.
        engine : "compiled", or "reference": the plain interpreter, the same bits some thousand times slower.
        how : workers, progress, resume: none of it changes a bit of the result.
        as_of : begin from what was known on that day: each run lives on from a particle of `condition`.
        posterior : take parameters from the draws of `fit`, not from the priors.

        Raises
        ------
        InputError : an argument is out of range, or an edit cannot be read or names what does not exist.
        ResourceError : the conditioning was interrupted.
        """
        how = checked(runs, seed, engine=engine, how=how)
        window, day = self._window(start, end), as_day(as_of)
        edits = edits_after(self._edits(do, policy), day)
        options: dict[str, object] = {"edits": texts(edits)} if edits else {}
        manifest = self.manifest(
            runs, seed, window=window, options={**options, **of_beginning(day, runs, fit=posterior)}
        )
        began = time.perf_counter()
        model = self.model(window.start, window.end, as_of=day)
        intervention = self._intervention(model, edits, as_of=day)
        begun = self._begun(window, runs, seed, engine, how, day, posterior)
        simulate = self._simulator(model, seed, engine, how.stop, intervention, begins=begun)
        ready = time.perf_counter()
        ensemble = run(model, simulate, options=self._options(model, runs, manifest, how))
        ensemble = ensemble.in_order(self.document.outcomes)
        timing = timed(began, ready, n_runs=ensemble.n_runs)
        return RunResult(
            self, manifest, ensemble, timing, edits=texts(edits), notes=notes(intervention),
            begins=begun.told if begun else None,
        )  # fmt: skip

    def compare(
        self,
        do: Edits = (),
        policies: Edits = (),
        *,
        runs: int = 1_000,
        seed: int = 1,
        name: str | None = None,
        better: Mapping[str, str] | None = None,
        start: Day = None,
        end: Day = None,
        engine: EngineName = "compiled",
        how: How | None = None,
        as_of: Day = None,
        posterior: FitResult | None = None,
        given_record: bool = False,
    ) -> CompareResult:  # budget(parameters): the options of a verb, all but two by name
        """Run the scenario without and with edits, run by run under the same noise, and say what differs.

        Parameters
        ----------
        do : edits that make one alternative together; `name` is what to call it, by default the edits themselves.
        policies : names of policies; each is an alternative of its own, beside the same baseline.
        runs, seed, start, end, engine, how : as in `run`; each run is made once for every side.
        better : outcome -> "lower" or "higher": measures regret, how far each side falls short of the best in each run.
        as_of, posterior : as in `run`: all sides live on from the same particles, or take the same draws.
        given_record : edit the recorded histories themselves: what would have been in this world.

        Raises
        ------
        InputError : an argument is out of range, or an edit cannot be read or names what does not exist.
        """
        how = checked(runs, seed, engine=engine, how=how)
        window, day, chosen = self._window(start, end), as_day(as_of), dict(better or {})
        check_alone(given_record, as_of=day, posterior=posterior)
        asked = alternatives(self.loaded, do=do, policies=policies, name=name)
        asked = tuple(replace(alternative, given=edits_after(alternative.given, day)) for alternative in asked)
        options: dict[str, object] = {"alternatives": [{"name": a.name, "edits": a.edits} for a in asked]}
        options |= {"better": chosen} if chosen else {}
        options |= of_beginning(day, runs, fit=posterior, given_record=given_record)
        manifest = self.manifest(runs, seed, window=window, options=options)
        began = time.perf_counter()
        model = self.model(window.start, window.end, as_of=day)
        interventions = [self._intervention(model, alternative.given, as_of=day) for alternative in asked]
        begun = self._begun(window, runs, seed, engine, how, day, posterior, given_record=given_record)
        sides = [
            self._simulator(model, seed, engine, how.stop, edited, with_trail=True, begins=begun)
            for edited in (EMPTY, *interventions)
        ]
        wanted = Wanted(self._charted(model), preferences(model, chosen))
        ready = time.perf_counter()
        how_many = self._options(model, runs, manifest, how)
        pairs = run_pairs(model, sides, options=how_many, wanted=wanted)
        told = [replace(a, is_null=i.is_null) for a, i in zip(asked, interventions, strict=True)]
        compared = compare(pairs, alternatives=told, switches=switches(self.document)).in_order(self.document.outcomes)
        answers = self._other_couplings(begun, compared, interventions, how_many) if given_record else ()
        timing = timed(began, ready, n_runs=len(sides) * pairs.sides[0].n_runs)
        ensembles = tuple(side.in_order(self.document.outcomes) for side in pairs.sides)
        said = tuple(
            f"{alternative.title}: {note}"
            for alternative, intervention in zip(asked, interventions, strict=True)
            for note in notes(intervention)
        )
        return CompareResult(
            self, manifest, ensembles, compared, timing, notes=said, begins=begun.told if begun else None,
            hindsight=answers,
        )  # fmt: skip

    def condition(
        self,
        as_of: date | str,
        *,
        particles: int = 2_000,
        seed: int = 1,
        start: Day = None,
        end: Day = None,
        how: How | None = None,
    ) -> ConditionResult:  # budget(parameters): the options of a verb
        """Find where the world stood on a day, given what was known by then: the beginning of `run(as_of=...)`.

        It is kept in the cache folder, and used again wherever the same is asked for.

        Parameters
        ----------
        as_of : the day, the last whose evening is lived. particles : how many histories to carry.
        seed, start, end, how : as in `run`.

        Raises
        ------
        InputError : an argument is out of range, or the scenario has no record.
        """
        from offramp.results.beginning import particles as find
        from offramp.results.condition import tell_world
        from offramp.results.conditioning import check_day
        from offramp.results.wish import Wish

        how, window = checked(particles, seed, how=how), self._window(start, end)
        day = check_day(as_day(as_of), window=window, record=self.record, must_go_on=False)
        manifest = self.manifest(particles, seed, window=window, options=of_beginning(day, particles))
        began = time.perf_counter()
        foresight = find(self, Wish(window, particles, seed, "compiled", how), as_of=day)
        return tell_world(self, manifest, foresight=foresight, began=began, workers=how.workers)

    def fit(
        self, until: Day = None, *, particles: int = 1_000, seed: int = 1, start: Day = None, how: How | None = None,
        only_kept: bool = False,
    ) -> FitResult:  # budget(parameters): the options of a verb  # fmt: skip
        """Learn from the record up to a day: the posterior of the parameters that the scenario lists under `fit`.

        It takes minutes, is kept in the cache folder, and used again wherever the same is asked for.

        Parameters
        ----------
        until : last day whose rows are learnt from; default: the one that the scenario declares.
        particles : draws of the posterior. seed, start, how : as in `run`.
        only_kept : refuse, rather than begin what takes minutes.

        Raises
        ------
        InputError : an argument is out of range, the scenario does not say what to fit, or nothing is kept.
        """
        from offramp.results.fitting import fit_case

        how, last = checked(particles, seed, how=how), as_day(until) or fit_section(self.document).until
        window = self._window(start, last)
        manifest = self.manifest(particles, seed, window=window, options={"fit_until": last.isoformat()})
        model = self.model(window.start, last)
        return fit_case(self, self.loaded, manifest=manifest, model=model, how=how, only_kept=only_kept)

    def all_policies(
        self, do: Edits = (), *, runs: int, seed: int, start: Day = None, end: Day = None
    ) -> CompareResult | None:
        """Compare edits, if given, and every policy that changes anything with the baseline; None if there is neither.

        For reports: nothing is kept of it if it is interrupted.
        """
        named = named_policies(self.document)
        if not do and not named:
            return None
        how = How(checkpoints=False)
        return self.compare(do, named, runs=runs, seed=seed, name=EDITED if do else None, start=start, end=end, how=how)

    def single_runs(
        self,
        runs: int = 1_000,
        seed: int = 1,
        *,
        do: Edits = (),
        start: Day = None,
        end: Day = None,
        how: How | None = None,
    ) -> SingleRuns | None:  # budget(parameters): the options of a verb, all but two by name
        """Look at the runs of `run` one by one: fans, rhythms, the runs worth telling, which drawn numbers matter.

        The same runs are made again and kept, at most `offramp.analyse.kept.MAX_KEPT` of them; None if stopped at once.

        Raises
        ------
        InputError : an argument is out of range, or an edit cannot be read or names what does not exist.
        """
        from offramp.engine import compiled
        from offramp.engine.program import build

        how = checked(runs, seed, how=how)
        model = self.model(start, end)
        program, intervention = build(model), self._intervention(model, self._edits(do, ()))
        requests = panel_requests(self.document)

        def simulate(first: int, n: int, steps: NDArray[np.int64]) -> Block:
            return compiled.simulate(
                program, seed=seed, first_run=first, n_runs=n, sample_steps=steps, intervention=intervention
            )

        wanted = watched(model, requests)
        kept = keep(model, simulate, runs=runs, watched=wanted, workers=how.workers, stop=how.stop)
        observed = Observed(self.record, self.shares)
        return single_runs(model, kept, requests=requests, observed=observed, seed=seed) if kept is not None else None

    @cached_property
    def shares(self) -> ObservationModel:
        """What share of the events of each kind the record is thought to hold; all, where nothing is said."""
        return observation_model(published(self.loaded), self.record or Record())

    def manifest(
        self, runs: int, seed: int, *, window: Window, options: Mapping[str, object] | None = None
    ) -> Manifest:
        """Return the manifest of a run or a comparison."""
        return Manifest(
            self.name,
            __version__,
            {**self.loaded.files, **data_hashes(self.loaded)},
            window.start,
            window.end,
            seed,
            runs,
            options=options or {},
        )

    def trace(
        self, run: int = 0, seed: int = 1, *, do: Edits = (), policy: Edits = (), start: Day = None, end: Day = None
    ) -> Trace:  # budget(parameters): the options of a verb, all but two by name
        """Tell one run in full, with edits if given, by the reference interpreter: the same bits as in any ensemble."""
        check_run_number(run)
        check_numbers(1, seed)
        model = self.model(start, end)
        return trace(model, seed=seed, run=run, intervention=self._intervention(model, self._edits(do, policy)))

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
            raise InputError([window_problem(first, last, clock=clock)])
        return Window(start=first, end=last)

    def _begun(
        self, window: Window, runs: int, seed: int, engine: EngineName, how: How, day: date | None,
        posterior: FitResult | None, *, given_record: bool = False,
    ) -> Begun | None:  # budget: the options of a verb, in their order  # fmt: skip
        """Find where runs begin that do not begin from the priors; None where they do."""
        if day is None and posterior is None and not given_record:
            return None
        from offramp.results.beginning import begin
        from offramp.results.wish import Wish

        return begin(self, Wish(window, runs, seed, engine, how, day, posterior, given_record))

    def _other_couplings(
        self, begun: Begun | None, compared: Compared, interventions: Sequence[Intervention], options: Options
    ) -> tuple[Mapping[str, Coupled], ...]:  # budget(positional): what two results depend on
        """Set beside the differences of a hindsight what other couplings make of them."""
        from offramp.results.hindsight import other_couplings

        told = [comparison.alternative for comparison in compared.comparisons]
        return other_couplings(begun, compared, interventions=interventions, alternatives=told, options=options)

    def _options(self, model: Model, runs: int, manifest: Manifest, how: How) -> Options:
        place = {leaf: i for i, leaf in enumerate(self._counted(model))}
        groups = {
            p.title: tuple(place[leaf] for leaf in leaf_numbers(model, p.moves))
            for p in self.document.panels
            if p.moves
        }
        return Options(
            runs, workers=how.workers, groups=groups, resume=how.resume,
            identity=manifest.identity() if how.checkpoints else None,
            on_progress=how.progress, stop=how.stop,
        )  # fmt: skip

    def _counted(self, model: Model) -> list[int]:
        """Find the leaves of which some chart shows the running count."""
        return sorted({leaf for p in self.document.panels if p.moves for leaf in leaf_numbers(model, p.moves)})

    def _edits(self, do: Edits, policy: Edits) -> tuple[GivenEdit, ...]:
        return edits_of(self.loaded, do=do, policies=policy) if do or policy else ()

    def _intervention(self, model: Model, edits: Sequence[GivenEdit], *, as_of: date | None = None) -> Intervention:
        return lower_edits(self.loaded, model, edits=edits, record=self.record, as_of=as_of) if edits else EMPTY

    def _charted(self, model: Model) -> tuple[int, ...]:
        """Find the quantities whose difference is charted."""
        charted = {request.quantity for request in chart_requests(self.document)}
        return tuple(i for i, quantity in enumerate(model.quantities) if quantity.path in charted)

    def _simulator(
        self,
        model: Model,
        seed: int,
        engine: EngineName,
        stop: threading.Event,
        intervention: Intervention,
        *,
        with_trail: bool = False,
        begins: Begun | None = None,
    ) -> Simulate:  # budget: all that the blocks of one side depend on
        counted = self._counted(model)
        if begins is not None:
            return begins.source.simulator(intervention, counted=counted, with_trail=with_trail)
        if engine == "reference":
            plain = Plain(model, seed, intervention, with_trail, counted)
            return lambda first, n, steps: plain.simulate(range(first, first + n), steps, stop=stop)
        from offramp.engine import compiled
        from offramp.engine.program import build

        program = build(model)
        return lambda first, n, steps: compiled.simulate(
            program, seed=seed, first_run=first, n_runs=n, sample_steps=steps, intervention=intervention,
            counted=counted, with_trail=with_trail,
        )  # fmt: skip
