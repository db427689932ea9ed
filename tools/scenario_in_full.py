"""Write a packaged scenario's parts in full: who may do what, for which reasons, with which effects, on what evidence.

A section for each actor with its channels, goals and directive and with each of its moves, then everything else that
carries evidence, the priors and the sources. `tools.reference` writes it when the documentation is built.
"""

from collections.abc import Iterable, Iterator, Mapping

import offramp
from offramp.scenario.document import (
    Actor,
    BeliefRule,
    CalendarDate,
    Effect,
    Formula,
    InputSeries,
    Mechanism,
    Move,
    Pledge,
    QuantityDocument,
    SharedParameter,
    Switch,
)
from tools.markdown import code, plain, table
from tools.scenario_evidence import Evidence

UTILITY = ("term", "in logits")
EFFECTS = ("on", "change", "probability", "delay", "condition")
ABOUT = (
    "Every actor, move, quantity and prior as the scenario has it, and what each rests on. "
    "[The functions](functions.md) of formulas have a page of their own."
)


def page(name: str) -> str:
    """The page of a packaged scenario, as Markdown."""
    case = offramp.load(name)
    document, evidence = case.document, Evidence(case.document)
    parts = [f"# {plain(document.scenario.title)}: in full\n", f"{ABOUT}\n"]
    for key, actor in document.actors.items():
        parts += [f"## {plain(actor.title)}\n", *_actor(key, actor, evidence)]
        for path, move in sorted(document.moves.items()):
            if path.startswith(f"{key}."):
                parts += [f"### {plain(move.title)}\n", *_move(path, move), evidence.items(f"moves.{path}")]
    for title, section, told in (
        ("Quantities", "quantities", _quantity),
        ("Mechanisms", "mechanisms", _mechanism),
        ("Shared parameters", "parameters", _prior),
        ("Switches", "switches", _prior),
        ("Pledges", "pledges", _pledge),
        ("Calendar", "calendar", _date),
        ("Inputs", "inputs", _input),
    ):
        entries = sorted(getattr(document, section).items())
        parts += [f"## {title}\n"] if entries else []
        for key, entry in entries:
            parts += [f"### {plain(entry.title or key)}\n", f"{code(key)}{told(entry)}\n"]
            parts += [evidence.items(f"{section}.{key}")]
    priors = ((code(row["parameter"]), code(row["prior"])) for row in case.contents()["parameters"])
    parts += ["## Priors\n", "Drawn once for each run; durations are in days.\n", table(("parameter", "prior"), priors)]
    parts += ["## Sources\n", "".join(f"- {plain(source)}\n" for source in case.cite())]
    return "\n".join(part for part in parts if part)


def _actor(key: str, actor: Actor, evidence: Evidence) -> Iterator[str]:
    yield f"{code(key)}, {actor.kind}" + (f", backed by {code(actor.sponsor)}" if actor.sponsor else "") + ".\n"
    for channel, written in actor.channels.items():
        slots = f", at most {written.max_per_day} a day" if written.max_per_day > 1 else ""
        yield f"Channel {code(channel)}: {code(written.opportunities)}{slots}.\n"
        yield evidence.items(f"actors.{key}.channels.{channel}")
    for quantity, goal in actor.goals.items():
        shape = f", shape {code(goal.shape)}" if goal.shape != "linear" else ""
        yield f"Goal {code(quantity)}: weight {code(goal.weight)}{shape}.\n"
        yield evidence.items(f"actors.{key}.goals.{quantity}")
    if actor.directive:
        over = ", ".join(map(code, actor.directive.moves))
        yield f"Directive, {actor.directive.start} at the start: {code(actor.directive.control)} over {over}.\n"
        yield evidence.items(f"actors.{key}.directive")


def _move(path: str, move: Move) -> Iterator[str]:
    yield "; ".join(_facts(path, move)) + ".\n"
    yield _utility(move.utility)
    yield _effects("Effects", move.effects)
    for name, variant in move.variants.items():
        needs = f", if {code(variant.requires)}" if variant.requires is not None else ""
        yield f"Variant {code(name)}{needs}: {plain(variant.title)}\n"
        yield _utility(variant.utility)
        yield _effects("Effects of the variant besides", variant.effects)
    if move.believes:
        yield _effects("The actor expects instead", move.believes.replace or ())
        yield _effects("The actor expects besides", move.believes.add or ())


def _facts(path: str, move: Move) -> Iterator[str]:
    """What is told of a move in half a sentence each."""
    yield code(path)
    told: Mapping[str, object] = {
        "channel": move.channel,
        "target": move.target,
        "class": move.code,
        "rung": move.rung,
        "by itself, events a day": move.rate,
        "needs": move.requires,
        "not again within": move.cooldown,
        "attributed with probability": _by_observer(move.attribution),
    }
    yield from (f"{word} {code(value)}" for word, value in told.items() if value is not None)
    if move.visible_to is not None:
        yield f"seen by {', '.join(map(code, move.visible_to))} alone"
    yield from (f"tells {code(to)} to {word}" for to, word in move.directs.items())


def _utility(terms: Mapping[str, Formula]) -> str:
    return table(UTILITY, ((code(name), code(formula)) for name, formula in terms.items())) if terms else ""


def _effects(title: str, effects: Iterable[Effect]) -> str:
    """A table of effects with the columns that any of them fills."""
    rows = [
        (code(effect.on), _change(effect), *map(_given, (effect.probability, effect.delay, effect.condition)))
        for effect in effects
    ]
    filled = [index for index in range(len(EFFECTS)) if any(row[index] for row in rows)]
    shown = table((EFFECTS[index] for index in filled), ([row[index] for index in filled] for row in rows))
    return f"{title}:\n\n{shown}" if rows else ""


def _change(effect: Effect) -> str:
    changes = {"add": effect.add, "set to": effect.set, "times": effect.scale}
    return ", ".join(f"{word} {code(value)}" for word, value in changes.items() if value is not None)


def _given(value: Formula | None) -> str:
    return "" if value is None else code(value)


def _by_observer(attribution: Formula | Mapping[str, Formula] | None) -> Formula | None:
    if isinstance(attribution, Mapping):
        return ", ".join(f"{observer}: {value}" for observer, value in attribution.items())
    return attribution


def _quantity(quantity: QuantityDocument) -> str:
    owner = f" of {code(quantity.owner)}" if quantity.owner else ""
    told = f": {quantity.kind}{owner}, in {plain(quantity.unit)}; {code(quantity.start)} at the start."
    return f"{told}\n\n{_updates(quantity)}"


def _mechanism(mechanism: Mechanism) -> str:
    return f": a day adds {code(mechanism.per_day)} to {code(mechanism.on)}."


def _prior(drawn: SharedParameter | Switch) -> str:
    return f": {code(drawn.prior)}."


def _pledge(pledge: Pledge) -> str:
    cases = {"once": pledge.condition, "within": pledge.within, "at a cost of": pledge.cost, "until": pledge.until}
    told = "".join(f", {word} {code(value)}" for word, value in cases.items() if value is not None)
    return f": {pledge.kind} by {code(pledge.by)} to {code(pledge.to)}, made by {code(pledge.offer)}{told}."


def _date(entry: CalendarDate) -> str:
    return f": {entry.date}."


def _input(series: InputSeries) -> str:
    return f": from {code(series.file)}, in {plain(series.unit)}."


def _updates(belief: QuantityDocument) -> str:
    rows = [
        (", ".join(map(code, [rule.on] if isinstance(rule.on, str) else rule.on)), _rule(rule))
        for rule in belief.updates
    ]
    return table(("on seeing", "it moves"), rows) if belief.updates else ""


def _rule(rule: BeliefRule) -> str:
    if rule.likelihood is not None:
        odds = rule.likelihood
        return f"by Bayes' rule, {code(odds.if_true)} if true against {code(odds.if_false)} if not"
    return f"toward {code(rule.toward)} by {code(rule.rate)} of the way"
