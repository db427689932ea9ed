"""What a drawn number is, in words: from the path where it is written to a phrase that a reader can follow."""

from __future__ import annotations

from collections.abc import Sequence

from offramp.scenario.document import ScenarioDocument

Parts = Sequence[str]


def number_in_words(document: ScenarioDocument, written: str) -> str:
    """Name a number by the element that it belongs to and its part in it.

    Parameters
    ----------
    written : path in the document, such as `moves.us.airstrike.utility.base`
    """
    section, _, rest = written.partition(".")
    parts = rest.split(".")
    match section:
        case "moves":
            return _of_move(document, parts)
        case "quantities":
            return _of_quantity(document, parts)
        case "actors":
            return _of_actor(document, parts)
        case "parameters":
            return document.parameters[parts[0]].title or parts[0].replace("_", " ")
        case "switches":
            return f"Rival readings: {document.switches[parts[0]].title or parts[0]}"
        case "mechanisms":
            return f"{document.mechanisms[parts[0]].title or parts[0].replace('_', ' ')}: its rate"
        case _:
            return written


def _of_move(document: ScenarioDocument, parts: Parts) -> str:
    name, rest = ".".join(parts[:2]), list(parts[2:])
    move = document.moves[name]
    title, effects = move.title, move.effects
    if rest[:1] == ["variants"]:
        variant = move.variants[rest[1]]
        title, effects, rest = f"{title}, {variant.title or rest[1].replace('_', ' ')}", variant.effects, rest[2:]
    if rest[:1] == ["utility"]:
        term = rest[1].replace("_", " ")
        return f"{title}: how attractive it is in itself" if term == "base" else f"{title}: weight of “{term}”"
    if rest[:1] == ["effects"] and len(rest) > 1 and int(rest[1]) < len(effects):
        effect = effects[int(rest[1])]
        part = {"probability": "how likely it has an effect on", "delay": "how long until it has an effect on"}
        said = part.get(rest[2] if len(rest) > 2 else "", "size of its effect on")
        return f"{title}: {said} “{_quantity(document, effect.on)}”"
    return f"{title}: {' '.join(rest).replace('_', ' ')}"


def _of_quantity(document: ScenarioDocument, parts: Parts) -> str:
    title = _quantity(document, parts[0])
    said = {
        "start": "where it starts", "half_life": "how long it lasts", "noise": "how much it wobbles",
        "rest": "where it comes to rest", "updates": "how fast it is learnt", "told_by": "what an announcement tells",
    }  # fmt: skip
    return f"{title}: {said.get(parts[1], parts[1])}" if len(parts) > 1 else title


def _of_actor(document: ScenarioDocument, parts: Parts) -> str:
    actor = document.actors[parts[0]]
    if parts[1] == "goals":
        goal = actor.goals[parts[2]]
        return f"{actor.title}: weight of the goal “{goal.title or _quantity(document, parts[2])}”"
    if parts[1] == "channels":
        channel = actor.channels[parts[2]]
        return f"{actor.title}: how often it may decide on “{channel.title or parts[2].replace('_', ' ')}”"
    if parts[1] == "directive":
        return f"{actor.title}: how far it obeys its sponsor"
    return f"{actor.title}: {' '.join(parts[1:]).replace('_', ' ')}"


def _quantity(document: ScenarioDocument, path: str) -> str:
    written = document.quantities.get(path)
    return (written.title if written is not None else None) or path.replace("_", " ")
