"""How a case is conditioned: what may be asked, the record as of the day, and what to do when it was cut short."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from offramp.core.errors import InputError, ResourceError
from offramp.core.options import fault
from offramp.infer.foresight import Foresight
from offramp.infer.known import Job, know
from offramp.infer.observation import observation_model
from offramp.infer.observed import ObservedRecord, observe_record, recordable
from offramp.model.model import Model
from offramp.record.record import Record
from offramp.scenario.document import Window
from offramp.scenario.load import LoadedScenario
from offramp.scenario.observed import published

if TYPE_CHECKING:
    from offramp.results.fit import FitResult


def check_day(
    as_of: dt.date | None, *, window: Window, record: Record | None, must_go_on: bool, engine: str = "compiled"
) -> dt.date:
    """Return a day; refuse one on which nothing can be known, or (`must_go_on`) after which nothing is left to run.

    Raises
    ------
    InputError : E713.
    """
    last = window.end - dt.timedelta(days=must_go_on)
    if record is None:
        hint = "Name its `record`, or leave the day out."
        raise InputError([fault("E713", "This scenario has no record: nothing of it is known on any day.", hint)])
    if as_of is None or not window.start <= as_of <= last:
        message = f"`as_of` is {as_of}, and the run goes from {window.start} to {window.end}."
        raise InputError([fault("E713", message, f"Choose a day from {window.start} to {last}, or another window.")])
    if engine != "compiled":
        message = "The reference interpreter cannot begin from the record."
        raise InputError([fault("E713", message, "Leave out the engine, or the day.")])
    return as_of


def check_posterior(
    posterior: FitResult, *, files: Mapping[str, str], as_of: dt.date | None, engine: str
) -> None:  # the options that meet
    """Refuse draws that are none of this scenario's posterior, or that do not go with another option.

    Raises
    ------
    InputError : E721.
    """
    if as_of is not None:
        message = "A posterior knows rows that were not known on the day."
        raise InputError([fault("E721", message, "Leave out the posterior, or the day.")])
    if engine != "compiled":
        message = "The reference interpreter draws from the priors alone."
        raise InputError([fault("E721", message, "Leave out the engine, or the posterior.")])
    if dict(posterior.manifest.files) != dict(files):
        message = "The posterior is of another scenario, or of other files of it."
        raise InputError([fault("E721", message, "Fit this one.")])
    if not posterior.is_complete:
        message = "The fit was interrupted: its draws are no posterior."
        raise InputError([fault("E721", message, "Go on from it with `resume`.")])


def record_known(loaded: LoadedScenario, model: Model, record: Record, *, as_of: dt.date) -> ObservedRecord:
    """Lower what was known on a day; `model` is lowered for that day, too."""
    observation = observation_model(published(loaded), record, as_of=as_of)
    named = recordable(loaded.document.record)
    return observe_record(model, record, observation=observation, named=named, as_of=as_of)


def conditioned_on(
    loaded: LoadedScenario, model: Model, record: Record, *, as_of: dt.date, n: int, seed: int,
    identity: Mapping[str, Any], job: Job,
) -> Foresight:  # budget: what a conditioning depends on  # fmt: skip
    """Condition a model on what was known on a day; see `infer.known`."""
    observed = record_known(loaded, model, record, as_of=as_of)
    return know(model, observed, as_of=as_of, n=n, seed=seed, identity=identity, job=job)


def check_complete(foresight: Foresight) -> Foresight:
    """Refuse to run on from particles that have not reached their day.

    Raises
    ------
    ResourceError : E717, it was interrupted. InputError : E718, the record cannot be explained.
    """
    found = foresight.conditioned
    if found.is_impossible:
        day = dt.date.fromordinal(int(foresight.model.days[found.n_steps]))
        message = f"No particle can explain what the record says of {day}."
        raise InputError([fault("E718", message, "Look at the rows of that day, or use more particles.")])
    if not found.is_complete:
        steps = f"after {found.n_steps} of {found.asked} steps of the record"
        message = f"Interrupted {steps if found.n_steps < found.asked else 'while particles were moved'}."
        raise ResourceError(
            [
                fault(
                    "E717",
                    message,
                    "Repeat the command with --resume: what was filtered is kept, and a fit begins anew.",
                )
            ]
        )
    return foresight
