"""JSON Schema of the scenario language, for editors; and the keys that a mapping may have, for hints."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from offramp.scenario.document import ScenarioDocument


@cache
def _schema() -> dict[str, Any]:
    return ScenarioDocument.model_json_schema()


def json_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of `scenario.yaml`; parts that are included have the same sections."""
    schema = dict(_schema())
    include = {"title": "Include", "type": "array", "items": {"type": "string"}, "description": "files of this folder"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "Offramp scenario",
        "properties": {**schema["properties"], "include": include},
    }


def keys_at(path: tuple[str | int, ...]) -> list[str]:
    """Keys that the mapping at a path of the document may have, in the order of the reference."""
    levels: list[Any] = [_schema()]
    for step in path:
        levels = [below for level in levels for member in _members(level) for below in _below(member, step)]
    found = [key for level in levels for member in _members(level) for key in member.get("properties", {})]
    if not path:
        found.append("include")
    return list(dict.fromkeys(found))


def _members(level: Any) -> Iterator[Any]:
    """A schema with references followed and unions spread."""
    if "$ref" in level:
        yield from _members(_schema()["$defs"][level["$ref"].rpartition("/")[2]])
    elif "anyOf" in level:
        for member in level["anyOf"]:
            yield from _members(member)
    else:
        yield level


def _below(member: Any, step: str | int) -> Iterator[Any]:
    if isinstance(step, int):
        items = member.get("prefixItems", [])
        if step < len(items):
            yield items[step]
        elif isinstance(member.get("items"), dict):
            yield member["items"]
    elif step in member.get("properties", {}):
        yield member["properties"][step]
    else:
        further = member.get("additionalProperties")
        if isinstance(further, dict):
            yield further
        yield from member.get("patternProperties", {}).values()
