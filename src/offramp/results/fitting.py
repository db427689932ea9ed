"""How a case is fitted: the record up to the cut-off, and the result put together."""

from __future__ import annotations

import time

from offramp.core.manifest import Manifest
from offramp.infer.known import Job
from offramp.infer.learnt import learn
from offramp.infer.observation import observation_model
from offramp.infer.observed import ObservedRecord, observe_record, recordable
from offramp.model.model import Model
from offramp.record.record import Record
from offramp.results.asked import fit_section
from offramp.results.fit import FitResult, FitTiming
from offramp.results.how import How
from offramp.results.opened import OpenedCase
from offramp.scenario.load import LoadedScenario
from offramp.scenario.observed import published


def fit_case(
    case: OpenedCase, loaded: LoadedScenario, *, manifest: Manifest, model: Model, how: How, only_kept: bool
) -> FitResult:  # budget(parameters): a case, what is asked of it, and how
    """Fit a model that is lowered up to the day of the cut-off."""
    fit_section(loaded.document)
    began = time.perf_counter()
    observed = _record_up_to(loaded, model, case.record or Record(), manifest=manifest)
    job = Job(how.workers, how.resume, how.stage, how.stop, only_kept)
    learnt = learn(model, observed, n=manifest.runs, seed=manifest.seed, identity=manifest.identity(), job=job)
    timing = FitTiming(time.perf_counter() - began)
    reports, readings = observed.observed.reports, observed.observed.readings
    return FitResult(case, manifest, model, learnt, manifest.end, len(reports), len(readings), timing)


def _record_up_to(loaded: LoadedScenario, model: Model, record: Record, *, manifest: Manifest) -> ObservedRecord:
    """Lower the rows dated up to the cut-off, whenever they were known; shares recorded as known by then."""
    observation = observation_model(published(loaded), record, as_of=manifest.end)
    named = recordable(loaded.document.record)
    return observe_record(model, record, observation=observation, named=named, until=manifest.end)
