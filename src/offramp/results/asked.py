"""What is asked of a case: checked before any work, and told in manifests and results."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from offramp.core.errors import InputError, Problem
from offramp.core.options import check_choice, check_numbers, fault
from offramp.model.intervention import Intervention
from offramp.model.model import Model
from offramp.results.how import How
from offramp.results.opened import Timing
from offramp.scenario.document import FitDocument, ScenarioDocument, Window
from offramp.scenario.given import GivenEdit

if TYPE_CHECKING:
    from offramp.results.fit import FitResult


def checked(runs: int, seed: int, *, engine: str = "compiled", how: How | None) -> How:
    """Refuse options that are out of range; without a `how`, return the usual one."""
    check_numbers(runs, seed)
    check_choice("engine", engine, choices=("compiled", "reference"))
    return how or How()


def fit_section(document: ScenarioDocument) -> FitDocument:
    """Return what a scenario says of fitting.

    Raises
    ------
    InputError : E720, it says nothing.
    """
    if document.fit is None:
        hint = "List parameters under `fit: {until: DATE, parameters: [...]}`."
        raise InputError([fault("E720", "This scenario does not say what to fit.", hint)])
    return document.fit


def of_beginning(
    day: date | None, n: int, *, fit: FitResult | None = None, given_record: bool = False
) -> dict[str, object]:
    """Say in a manifest from what runs begin: particles change with how many there are."""
    if given_record:
        return {"given_record": True, "particles": n}
    if fit is not None:
        made = fit.manifest
        from_fit = {"until": made.end, "start": made.start, "particles": made.runs, "seed": made.seed}
        return {"posterior": {name: str(value) for name, value in from_fit.items()}}
    return {"as_of": day.isoformat(), "particles": n} if day else {}


def texts(edits: Sequence[GivenEdit]) -> tuple[str, ...]:
    """Return edits as they were written."""
    return tuple(edit.text for edit in edits)


def notes(intervention: Intervention) -> tuple[str, ...]:
    """Return what is worth knowing of edits, in sentences."""
    return tuple(f"{note.message} {note.hint}".strip() for note in intervention.notes)


def timed(began: float, ready: float, *, n_runs: int) -> Timing:
    """Say how long it took to prepare and to run, up to now."""
    done = time.perf_counter()
    return Timing(ready - began, done - ready, n_runs / max(done - ready, 1e-9))


def window_problem(first: date, last: date, *, clock: Window) -> Problem:
    """Say why a window is none of the clock's."""
    if first > last:
        return fault("E703", f"The window starts on {first} and ends before, on {last}.", "Swap the two days.")
    hint = f"Choose days from {clock.start} to {clock.end}."
    return fault("E703", f"The window {first} to {last} does not lie inside the scenario's clock.", hint)


def leaf_numbers(model: Model, moves: tuple[str, ...]) -> list[int]:
    """Find the leaves of some moves; a move stands for all of its variants."""
    return [i for i, leaf in enumerate(model.leaves) if leaf.path in moves or leaf.path.partition("[")[0] in moves]


def check_alone(given_record: bool, *, as_of: object, posterior: object) -> None:
    """Refuse to condition on the whole record and on something else.

    Raises
    ------
    InputError : E722.
    """
    if given_record and as_of is not None:
        message = "`as_of` asks what could have been known on a day, `given_record` what would have been in this world."
        raise InputError([fault("E722", message, "Leave out one of the two.")])
    if given_record and posterior is not None:
        message = "The posterior has learnt from the record already, and no row counts twice."
        raise InputError([fault("E722", message, "Leave out the posterior, or `given_record`.")])
