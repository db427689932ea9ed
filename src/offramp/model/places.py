"""Where in the scenario's files each piece of a model is written.

A model names things by the paths that its users see (`guard.raid.utility.base`); the document nests them under
sections (`moves.guard.raid.utility.base`). `written_path` goes from the one to the other.
"""

from __future__ import annotations

from collections.abc import Iterator

from offramp.core.errors import Place
from offramp.model.desugar import Plain
from offramp.model.model import Model
from offramp.scenario.document import ScenarioDocument
from offramp.scenario.load import LoadedScenario

_SECTIONS = {
    "mechanism": ("mechanisms", ".per_day"),
    "parameter": ("parameters", ".prior"),
    "switch": ("switches", ".prior"),
    "pledge": ("pledges", ""),
    "outcome": ("outcomes", ""),
}


def place_all(loaded: LoadedScenario, plain: Plain, model: Model) -> dict[str, Place]:
    """Find the place of every piece of a model by its path."""
    places = {path: loaded.locate(written_path(loaded.document, plain, path=path)) for path in _paths(model)}
    return {path: place for path, place in places.items() if place is not None}


def written_path(document: ScenarioDocument, plain: Plain, *, path: str) -> str:
    """Find where in the document a path of the model is written, or would be if it had been written out."""
    section, _, rest = path.partition(".")
    move, bracket, tail = _split_move(path)
    if section in _SECTIONS and rest:
        name, suffix = _SECTIONS[section]
        return f"{name}.{rest}{suffix}"
    if section == "directive":
        return f"actors.{rest}.directive"
    if path.partition(".updates.")[0] in plain.quantities or section in plain.quantities:
        return f"quantities.{path}"
    if move in document.moves and not tail.startswith("opportunities"):
        variant = f".variants.{bracket}" if bracket else ""
        return f"moves.{move}{variant}{_effect_index(document, plain, move, bracket, tail)}"
    return _actor_path(document, section, rest)


def _split_move(path: str) -> tuple[str, str, str]:
    """Split `us.airstrike[syria].utility.base` into move, variant and the rest."""
    actor, _, rest = path.partition(".")
    name, _, tail = rest.partition(".")
    name, _, bracket = name.partition("[")
    return f"{actor}.{name}", bracket.removesuffix("]"), tail


def _effect_index(document: ScenarioDocument, plain: Plain, move: str, variant: str, tail: str) -> str:
    """Turn `effects.tension.2.add` into `.effects.3.add`: by its place in the list of the move or variant."""
    section, _, rest = tail.partition(".")
    if section != "effects":
        return f".{tail}" if tail else ""
    effects = document.moves[move].variants[variant].effects if variant else plain.effects[move]
    quantity = max((e.on for e in effects if rest == e.on or rest.startswith(f"{e.on}.")), key=len, default="")
    number, _, field = rest[len(quantity) :].removeprefix(".").partition(".")
    nth, field = (int(number), field) if number.isdecimal() else (1, number)
    indices = [index for index, effect in enumerate(effects) if effect.on == quantity]
    return f".effects.{indices[nth - 1]}{f'.{field}' if field else ''}" if nth <= len(indices) else ".effects"


def _actor_path(document: ScenarioDocument, actor: str, rest: str) -> str:
    """Find the path of a goal, a channel or another part of an actor."""
    part = rest.partition(".")[0]
    if actor not in document.actors:
        return f"{actor}.{rest}"
    if part == "goals":
        return f"actors.{actor}.{rest}.weight"
    if part in document.actors[actor].channels:
        return f"actors.{actor}.channels.{rest}"
    return f"actors.{actor}.{rest}" if rest else f"actors.{actor}"


def _paths(model: Model) -> Iterator[str]:
    """Every path of a model; moves come after channels, which may be named alike."""
    yield from model.actors
    yield from (parameter.path for parameter in model.parameters)
    yield from (quantity.path for quantity in model.quantities)
    yield from (update.path for update in model.belief_updates)
    yield from (rule.path for rule in model.rules)
    yield from (channel.path for channel in model.channels)
    yield from (move.path for move in model.moves)
    yield from (leaf.path for leaf in model.leaves)
    yield from (effect.path for leaf in model.leaves for effect in leaf.effects)
    yield from (f"outcome.{outcome.name}" for outcome in model.outcomes)
