"""The numbers and formulas of an element as they are written: what an entry of evidence speaks of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from offramp.scenario.document import ScenarioDocument

FORMULAS = (
    "weight", "opportunities", "max_per_day", "start", "rest", "half_life", "noise", "range", "control", "per_day",
    "prior", "date", "rate", "requires", "cooldown", "toward", "cost", "cost_half_life", "until", "within", "condition",
    "attribution",
)  # fmt: skip
EFFECT = ("add", "set", "scale")
OF_EFFECT = ("probability", "delay", "condition")


def written_numbers(document: ScenarioDocument, path: str) -> tuple[tuple[str, str], ...]:
    """List (name, formula) of what is written at a path of the document, in the order of the language."""
    element = _element(document, path)
    return tuple(_numbers(element)) if element is not None else ()


def _numbers(element: Any) -> Iterator[tuple[str, str]]:
    given: set[str] = getattr(element, "model_fields_set", set())
    for name in FORMULAS:
        value = getattr(element, name, None)
        if name in given and value is not None:
            yield name.replace("_", " "), _plain(value)
    for term, formula in (getattr(element, "utility", None) or {}).items():
        yield f"attraction, {term.replace('_', ' ')}", _plain(formula)
    for effect in getattr(element, "effects", ()):
        yield f"effect on {effect.on}", _effect(effect)


def _effect(effect: Any) -> str:
    size = "; ".join(f"{op} {_plain(v)}" for op in EFFECT if (v := getattr(effect, op)) is not None)
    how = [f"{name} {_plain(v)}" for name in OF_EFFECT if (v := getattr(effect, name)) is not None]
    return ", ".join([size, *how])


def _plain(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_plain(own)}" for key, own in value.items())
    if isinstance(value, tuple):
        return " to ".join(
            "any" if own is None else f"{own:g}" if isinstance(own, float) else str(own) for own in value
        )
    return " ".join(str(value).split())


def _element(document: ScenarioDocument, path: str) -> Any:
    """Find the element at a path; names of moves hold a dot of their own."""
    found: Any = document
    segments = path.split(".")
    while segments:
        if isinstance(found, Mapping):
            n = next((n for n in (2, 1) if ".".join(segments[:n]) in found), 0)
            if not n:
                return None
            found, segments = found[".".join(segments[:n])], segments[n:]
        elif isinstance(found, tuple):
            found, segments = found[int(segments[0])], segments[1:]
        else:
            found, segments = getattr(found, segments[0], None), segments[1:]
    return found
