"""Every formula of a document: where it stands, who reads it, what it has to be, what a prior in it is called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from offramp.scenario.document import Effect, Formula, Move, Outcome, QuantityDocument, ScenarioDocument

Want = Literal["number", "condition", "duration", "rate", "probability"]
Role = Literal["formula", "outcome", "prior"]


@dataclass(frozen=True, slots=True)
class Field:
    """One formula.

    Attributes
    ----------
    path : in the document; parameter : what its prior is called, as lowering names it
    want : the sort of value that it has to be; unit : in which unit, None where any will do
    observer : the actor through whose eyes it reads; None reads the truth
    role : `outcome` allows reducers; `prior` allows nothing but one distribution
    per_event : whether a distribution is drawn per event rather than once per run
    reads_run : whether it may read what changes in a run (quantities, memories, dates)
    """

    path: str
    formula: Formula
    want: Want = "number"
    unit: str | None = None
    observer: str | None = None
    parameter: str = ""
    role: Role = "formula"
    per_event: bool = False
    reads_run: bool = True


def formula_fields(document: ScenarioDocument) -> Iterator[Field]:
    """Every formula of the document."""
    yield from _of_actors(document)
    for name, quantity in document.quantities.items():
        yield from _of_quantity(name, quantity)
    units = {name: quantity.unit for name, quantity in document.quantities.items()}
    for name, move in document.moves.items():
        yield from _of_move(name, move, units)
    for name, pledge in document.pledges.items():
        yield from _given(f"pledges.{name}.condition", pledge.condition, want="condition")
        yield from _given(f"pledges.{name}.cost", pledge.cost, parameter=f"pledge.{name}.cost")
    for name, mechanism in document.mechanisms.items():
        yield Field(f"mechanisms.{name}.per_day", mechanism.per_day, parameter=f"mechanism.{name}")
    for name, shared in document.parameters.items():
        yield Field(
            f"parameters.{name}.prior", shared.prior, parameter=f"parameter.{name}", role="prior", reads_run=False
        )
    for name, measure in document.outcomes.items():
        path, text = f"outcomes.{name}", measure
        if isinstance(text, Outcome):
            path, text = f"{path}.measure", text.measure
        yield Field(path, text, role="outcome")
    for index, condition in enumerate(document.ends):
        yield Field(f"ends.{index}", condition, want="condition")


def _given(path: str, formula: Formula | None, **rest: object) -> Iterator[Field]:
    if formula is not None:
        yield Field(path, formula, **rest)  # type: ignore[arg-type]


def _of_actors(document: ScenarioDocument) -> Iterator[Field]:
    for name, actor in document.actors.items():
        for quantity, goal in actor.goals.items():
            path = f"{name}.goals.{quantity}"
            yield Field(f"actors.{path}.weight", goal.weight, observer=name, parameter=path)
        for channel, told in actor.channels.items():
            path = f"actors.{name}.channels.{channel}.opportunities"
            yield Field(path, told.opportunities, want="rate", parameter=f"{name}.{channel}.opportunities")
        if actor.directive is not None:
            path = f"{name}.directive.control"
            yield Field(f"actors.{path}", actor.directive.control, observer=name, parameter=path)


def _of_quantity(name: str, quantity: QuantityDocument) -> Iterator[Field]:
    path = f"quantities.{name}"
    unit = quantity.unit
    yield Field(f"{path}.start", quantity.start, unit=unit, parameter=f"{name}.start", reads_run=False)
    yield from _given(f"{path}.rest", quantity.rest, unit=unit, parameter=f"{name}.rest")
    yield from _given(f"{path}.half_life", quantity.half_life, want="duration", parameter=f"{name}.half_life")
    yield from _given(f"{path}.noise", quantity.noise, parameter=f"{name}.noise")
    if isinstance(quantity.seen_by, Mapping):
        for actor, seen in quantity.seen_by.items():
            if seen is not None:
                label = f"seen_by.{actor}.error"
                yield Field(f"{path}.{label}", seen.error, parameter=f"{name}.{label}")
    for index, rule in enumerate(quantity.updates):
        place, label = f"{path}.updates.{index}", f"{name}.updates.{index}"
        for key in ("toward", "rate"):
            yield from _given(
                f"{place}.{key}",
                getattr(rule, key),
                want="probability",
                observer=quantity.owner,
                parameter=f"{label}.{key}",
                reads_run=False,
            )
        if rule.likelihood is not None:
            for key in ("if_true", "if_false"):
                yield Field(
                    f"{place}.likelihood.{key}",
                    getattr(rule.likelihood, key),
                    want="probability",
                    observer=quantity.owner,
                    parameter=f"{label}.likelihood.{key}",
                    reads_run=False,
                )
    for subject, formula in quantity.told_by.items():
        label = f"told_by.{subject}"
        yield Field(f"{path}.{label}", formula, want="probability", parameter=f"{name}.{label}", reads_run=False)


def _of_move(name: str, move: Move, units: Mapping[str, str]) -> Iterator[Field]:
    actor, path = name.partition(".")[0], f"moves.{name}"
    yield from _given(f"{path}.requires", move.requires, want="condition", parameter=f"{name}.requires")
    yield from _given(f"{path}.rate", move.rate, want="rate", parameter=f"{name}.rate")
    for term, formula in move.utility.items():
        label = f"utility.{term}"
        yield Field(f"{path}.{label}", formula, observer=actor, parameter=f"{name}.{label}")
    yield from _of_effects(f"{path}.effects", f"{name}.effects", move.effects, units)
    for key in ("replace", "add"):
        believed = getattr(move.believes, key, None) or ()
        yield from _of_effects(f"{path}.believes.{key}", f"{name}.believes", believed, units, observer=actor)
    if isinstance(move.attribution, Mapping):
        for observer, formula in move.attribution.items():
            label = f"attribution.{observer}"
            yield Field(f"{path}.{label}", formula, want="probability", parameter=f"{name}.{label}")
    else:
        yield from _given(f"{path}.attribution", move.attribution, want="probability", parameter=f"{name}.attribution")
    for variant, told in move.variants.items():
        leaf, place = f"{name}[{variant}]", f"{path}.variants.{variant}"
        yield from _given(f"{place}.requires", told.requires, want="condition", parameter=f"{leaf}.requires")
        for term, formula in told.utility.items():
            label = f"utility.{term}"
            yield Field(f"{place}.{label}", formula, observer=actor, parameter=f"{leaf}.{label}")
        yield from _of_effects(f"{place}.effects", f"{leaf}.effects", told.effects, units)


def _of_effects(
    path: str, label: str, effects: Sequence[Effect], units: Mapping[str, str], observer: str | None = None
) -> Iterator[Field]:
    """Formulas of effects; those that an observer believes in read as it sees."""
    seen: dict[str, int] = {}
    for index, effect in enumerate(effects):
        place = f"{path}.{index}"
        seen[effect.on] = seen.get(effect.on, 0) + 1
        name = f"{label}.{effect.on}" + (f".{seen[effect.on]}" if seen[effect.on] > 1 else "")
        unit = units.get(effect.on)
        for key in ("add", "set", "scale"):
            yield from _given(
                f"{place}.{key}",
                getattr(effect, key),
                unit=None if key == "scale" else unit,
                observer=observer,
                parameter=f"{name}.{key}",
                per_event=True,
            )
        yield from _given(
            f"{place}.probability",
            effect.probability,
            want="probability",
            observer=observer,
            parameter=f"{name}.probability",
        )
        yield from _given(
            f"{place}.delay",
            effect.delay,
            want="duration",
            observer=observer,
            parameter=f"{name}.delay",
            per_event=True,
        )
        yield from _given(
            f"{place}.condition", effect.condition, want="condition", observer=observer, parameter=f"{name}.condition"
        )
