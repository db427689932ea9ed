"""Pledges and directives written out in the rest of the language: quantities, effects, terms, rules, parameters.

`write_out` takes a document to a `Plain` one without either. What they add is written as an author would write it,
as text of the language, so that everything after this step knows nothing of them. docs/reference/language.md says
what a pledge and a directive are; the states of a pledge and its transitions are the two tables below.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from offramp.scenario.document import Actor, Effect, Formula, Pledge, QuantityDocument, ScenarioDocument

PLEDGE_STATES = ("none", "offered", "accepted", "active", "kept", "broken", "expired")
DIRECTIVE_WORDS: dict[str, float] = {"restrain": -1.0, "allow": 0.0, "order": 1.0}


@dataclass(frozen=True)
class PlainRule:
    """A stage-4 rule in the words of the language: where `condition` holds, set each quantity."""

    path: str
    condition: str
    sets: tuple[tuple[str, Formula], ...]


@dataclass
class Plain:
    """What a scenario is made of once pledges and directives are written out.

    flows : of a quantity, (path, change per day); effects : of a move, its own first
    terms : of a move's utility, by name
    parameters : name after `parameter.` -> (path, formula)
    written : quantity, rule or parameter that was added -> path of what it stands for in the document
    """

    quantities: dict[str, QuantityDocument]
    flows: dict[str, list[tuple[str, Formula]]]
    effects: dict[str, list[Effect]]
    terms: dict[str, dict[str, Formula]]
    parameters: dict[str, tuple[str, Formula]]
    rules: list[PlainRule] = field(default_factory=list)
    written: dict[str, str] = field(default_factory=dict)


def write_out(document: ScenarioDocument) -> Plain:
    """Write out the pledges and directives of a document."""
    plain = Plain(
        quantities=dict(document.quantities),
        flows=defaultdict(list),
        effects=defaultdict(list, {name: list(move.effects) for name, move in document.moves.items()}),
        terms=defaultdict(dict, {name: dict(move.utility) for name, move in document.moves.items()}),
        parameters={name: (f"parameter.{name}", shared.prior) for name, shared in document.parameters.items()},
    )
    for name, mechanism in sorted(document.mechanisms.items()):
        plain.flows[mechanism.on].append((f"mechanism.{name}", mechanism.per_day))
    for name, actor in sorted(document.actors.items()):
        _add_directive(plain, name, actor)
    _add_words(plain, document)
    for name, pledge in sorted(document.pledges.items()):
        _add_pledge(plain, name, pledge)
    return plain


def _add_directive(plain: Plain, name: str, actor: Actor) -> None:
    if actor.directive is None:
        return
    quantity, control = f"directive.{name}", f"{name}.directive.control"
    plain.quantities[quantity] = QuantityDocument(
        kind="level", unit="word", range=(-1, 1), start=DIRECTIVE_WORDS[actor.directive.start]
    )
    plain.parameters[control] = (control, actor.directive.control)
    plain.written[quantity] = f"actors.{name}.directive"
    for move in actor.directive.moves:
        plain.terms[move][quantity] = f"parameter.{control} * {quantity}"


def _add_words(plain: Plain, document: ScenarioDocument) -> None:
    """Let a sponsor's moves set the directives that they give."""
    for name, move in document.moves.items():
        for actor, word in sorted(move.directs.items()):
            plain.effects[name].append(Effect(on=f"directive.{actor}", set=DIRECTIVE_WORDS[word]))


def _add_pledge(plain: Plain, name: str, pledge: Pledge) -> None:
    for quantity, written in _pledge_quantities(name, pledge):
        plain.quantities[quantity] = written
        plain.written[quantity] = f"pledges.{name}"
    if pledge.within is not None:
        clock = f"pledge.{name}.active_days"
        plain.flows[clock].append((clock, f"pledge.{name}.active"))
    plain.parameters[f"pledge.{name}.cost"] = (f"pledge.{name}.cost", pledge.cost)
    for move, condition, state in _pledge_moves(name, pledge):
        sets = _entering(name, state, pledge)
        plain.effects[move] += [Effect(on=on, set=value, condition=condition) for on, value in sets.items()]
    for label, condition, state in _pledge_rules(name, pledge):
        rule = PlainRule(f"pledge.{name}.{label}", condition, tuple(_entering(name, state, pledge).items()))
        plain.rules.append(rule)
        plain.written[rule.path] = f"pledges.{name}"


def _pledge_quantities(name: str, pledge: Pledge) -> Iterator[tuple[str, QuantityDocument]]:
    for state in PLEDGE_STATES:
        yield f"pledge.{name}.{state}", QuantityDocument(kind="flag", unit="1", start=int(state == "none"))
    yield (
        f"pledge.{name}.cost",
        QuantityDocument(kind="level", unit="1", range=(None, None), rest=0, half_life=pledge.cost_half_life),
    )
    if pledge.within is not None:
        yield f"pledge.{name}.active_days", QuantityDocument(kind="stock", unit="d", range=(0, None))


def _pledge_moves(name: str, pledge: Pledge) -> Iterator[tuple[str, str | None, str]]:
    """Moves that take a pledge from one state to another: (move, condition, state that it enters)."""
    accepted, active = f"pledge.{name}.accepted == 1", f"pledge.{name}.active == 1"
    yield pledge.offer, None, "accepted" if pledge.accept is None else "offered"
    if pledge.accept is not None:
        yield pledge.accept, f"pledge.{name}.offered == 1", "accepted"
    for move in pledge.fulfil:
        yield move, active, "kept"
    for move in pledge.breach:
        yield move, f"{accepted} or {active}", "broken"


def _pledge_rules(name: str, pledge: Pledge) -> Iterator[tuple[str, str, str]]:
    """Mornings that take it from one to another: (label, condition, state that it enters), in order."""
    accepted, active = f"pledge.{name}.accepted == 1", f"pledge.{name}.active == 1"
    called = accepted if pledge.condition is None else f"{accepted} and ({pledge.condition})"
    if pledge.condition is not None or pledge.fulfil:  # a plain truce asks for nothing: it stands until it is broken
        yield "activation", called, "active"
    if pledge.within is not None:
        yield "default", f"{active} and pledge.{name}.active_days > {pledge.within}", "broken"
    stands = f"(pledge.{name}.offered == 1 or {accepted})"
    yield "expiry", f"{stands} and since({pledge.offer}) > {pledge.until}", "expired"


def _entering(name: str, entered: str, pledge: Pledge) -> Mapping[str, Formula]:
    """What is set when a state is entered: every flag, so that the last of a day's transitions leaves exactly one."""
    sets: dict[str, Formula] = {f"pledge.{name}.{state}": int(state == entered) for state in PLEDGE_STATES}
    if entered == "broken":
        sets[f"pledge.{name}.cost"] = f"parameter.pledge.{name}.cost"
    if entered == "active" and pledge.within is not None:
        sets[f"pledge.{name}.active_days"] = 0
    return sets
