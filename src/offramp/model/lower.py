"""Lower a scenario: `LoadedScenario` -> `Model`, for one window of its clock.

Everything is numbered by path, so neither the order of sections nor that of files matters, and every draw has the
address of its path, so adding an element leaves the others' draws alone. docs/reference/language.md says what each
piece means; the modules beside this one lower one kind of piece each.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np

from offramp.core.errors import InputError, Problem, ScenarioError
from offramp.core.noise import find_collisions
from offramp.model.choices import lower_channel, lower_leaf, lower_move
from offramp.model.desugar import PlainRule
from offramp.model.formula import lower_formula
from offramp.model.inputs import read_inputs
from offramp.model.lowering import Column, Lowering
from offramp.model.model import Model, Rule
from offramp.model.outcomes import lower_end, lower_outcome
from offramp.model.places import place_all
from offramp.model.quantities import lower_quantity, lower_updates
from offramp.model.slots import slots_in_use
from offramp.model.steps import Steps, lay_out
from offramp.record.record import Record
from offramp.scenario.load import LoadedScenario
from offramp.scenario.window import clock_window, default_window


def lower(
    loaded: LoadedScenario,
    *,
    start: dt.date | None = None,
    end: dt.date | None = None,
    record: Record | None = None,
    as_of: dt.date | None = None,
) -> Model:  # budget(parameters): all but two by name
    """Lower a scenario that has passed `check`.

    Parameters
    ----------
    start, end : first and last day of the run, inside the clock; default: those of the scenario's default run
    record : what was observed; a run that starts inside the clock starts from it
    as_of : of input series, take what was known on that day; None: all

    Raises
    ------
    InputError : a window outside the clock.
    ScenarioError : what only lowering can find: two draws with one address (E601), a formula that is not constant where
        an engine needs a number (E602, E603, E604).
    """
    steps = _steps(loaded, start, end)
    first = Lowering(loaded, steps, read_inputs(loaded, steps, as_of), record)
    _assemble(first)
    model = _assemble(first.again())
    _refuse_collisions(model)
    return model


def _steps(loaded: LoadedScenario, start: dt.date | None, end: dt.date | None) -> Steps:
    """Lay out the steps of the run's window."""
    clock, window = clock_window(loaded.document), default_window(loaded.document)
    first, last = start or window.start, end or window.end
    if not clock.start <= first <= last <= clock.end:
        raise InputError(
            [
                Problem(
                    "E703",
                    "error",
                    None,
                    f"The window {first} to {last} does not lie inside the scenario's clock.",
                    f"Choose days from {clock.start} to {clock.end}, the start not after the end.",
                )
            ]
        )
    return lay_out(loaded.document.scenario.clock.step, clock_start=clock.start, start=first, end=last)


def _assemble(lowering: Lowering) -> Model:
    """Lower every piece in turn; indices are final on the second pass."""
    document, names, steps = lowering.document, lowering.names, lowering.steps
    for path, prior in lowering.plain.parameters.values():
        lower_formula(lowering, prior, path)  # drawn whether or not a formula reads it, as are switches
    for name, switch in document.switches.items():
        lower_formula(lowering, switch.prior, f"switch.{name}")
    for name, quantity in document.quantities.items():
        for subject, value in quantity.told_by.items():
            lower_formula(lowering, value, f"{name}.told_by.{subject}")  # drawn in every run, edited or not
    model = Model(
        name=document.scenario.name,
        title=document.scenario.title,
        first_day=int(steps.days[0]),
        days=steps.days,
        step_days=steps.step_days,
        actors=tuple(names.actors),
        quantities=tuple(lower_quantity(lowering, path) for path in names.quantities),
        belief_updates=tuple(update for path in names.quantities for update in lower_updates(lowering, path)),
        rules=tuple(_rule(lowering, rule) for rule in lowering.plain.rules),
        channels=tuple(lower_channel(lowering, path) for path in names.channels),
        moves=tuple(lower_move(lowering, path) for path in names.moves),
        leaves=tuple(lower_leaf(lowering, path) for path in names.leaves),
        outcomes=tuple(lower_outcome(lowering, name) for name in sorted(document.outcomes)),
        ends=tuple(lower_end(lowering, index) for index in range(len(document.ends))),
        parameters=lowering.parameters.items(),
        views=lowering.views.items(),
        daily=_table(lowering),
        daily_names=lowering.columns.paths,
        sightings=lowering.sightings.items(),
        memories=lowering.memories.items(),
    )
    return replace(model, places=place_all(lowering.loaded, lowering.plain, model))


def _rule(lowering: Lowering, rule: PlainRule) -> Rule:
    sets = tuple(
        (lowering.names.quantities[quantity], lower_formula(lowering, value, rule.path))
        for quantity, value in rule.sets
    )
    return Rule(rule.path, lower_formula(lowering, rule.condition, rule.path), sets)


def _table(lowering: Lowering) -> Column:
    """Put the columns that formulas mention side by side: (step, column)."""
    columns = lowering.columns.items()
    return np.stack(columns, axis=1) if columns else np.zeros((len(lowering.steps), 0), np.float32)


def _refuse_collisions(model: Model) -> None:
    """Refuse a model two of whose draws have one address: their values would be equal in every run."""
    pairs = find_collisions(slots_in_use(model))
    if pairs:
        raise ScenarioError(
            Problem(
                "E601",
                "error",
                model.places.get(later.partition("|")[2].partition(",")[0]),
                f"`{first}` and `{later}` have the same address of noise, by a coincidence of one in four billion.",
                "Rename one of the two.",
            )
            for first, later in pairs
        )
