"""Nodes -> ScenarioDocument: faults of shape become Problems at their places, and the rest of the document stands.

Where an entry's shape is wrong, the entry is set aside and the document is read again without it, so that one
misspelt key does not hide everything else that `check` has to say.
"""

from __future__ import annotations

from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from offramp.core.errors import Place, Problem
from offramp.scenario.catalogue import problem
from offramp.scenario.document import ScenarioDocument
from offramp.scenario.nearest import did_you_mean
from offramp.scenario.schema import keys_at
from offramp.scenario.written import Mapping, Node, Scalar, Sequence, child, flatten, plain

Path = tuple[str | int, ...]
_ROUNDS = 20
_SHORT = 120  # characters of a value that a hint repeats
_FATAL = {"offramp", "scenario"}
_EXPECTED = {
    "string_type": "text",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "dict_type": "a mapping",
    "tuple_type": "a list",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
}
_LIMITS = {
    "greater_than": "more than {gt}",
    "greater_than_equal": "{ge} or more",
    "less_than_equal": "{le} or less",
    "less_than": "less than {lt}",
    "finite_number": "a finite number",
    "int_parsing_size": "a number of ordinary size",
}
_DATES = {"value_error", "date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"}


@dataclass(frozen=True, slots=True)
class Shape:
    """What could be read: None where the outline itself is wrong. `misspelt` are mappings with an unknown key."""

    document: ScenarioDocument | None
    problems: list[Problem]
    set_aside: frozenset[str]
    misspelt: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Fault:
    """One complaint of the validator: where, what, and the members of unions that it tried on the way."""

    path: Path
    tags: tuple[tuple[int, str], ...]  # depth of the union, member
    kind: str
    context: ReadOnly[str, Any]
    field: str | None = None  # the missing or unknown key


def read_document(root: Mapping) -> Shape:
    """Validate; set faulty entries aside (out of `root` too) and validate again until the rest is right."""
    problems: list[Problem] = []
    set_aside: set[str] = set()
    misspelt: set[str] = set()
    _refuse_truth_words(root, problems, set_aside)
    for _ in range(_ROUNDS):
        try:
            document = ScenarioDocument.model_validate(plain(root))
            return Shape(document, problems, frozenset(set_aside), frozenset(misspelt))
        except ValidationError as error:
            faults = [_fault(root, details) for details in error.errors(include_url=False)]
        doomed: set[Path] = set()
        for fault in _most_likely(faults, root):
            problems.append(_problem(fault, root))
            doomed.add(_doomed(fault))
        if any(not path or path[0] in _FATAL for path in doomed):
            break
        _remove(root, doomed)
        set_aside |= {".".join(map(str, path)) for path in doomed if len(path) <= 2}
        misspelt |= {".".join(map(str, fault.path)) for fault in faults if fault.kind == "extra_forbidden"}
    return Shape(None, problems, frozenset(set_aside), frozenset(misspelt))


def _refuse_truth_words(root: Mapping, problems: list[Problem], set_aside: set[str]) -> None:
    """No field holds true or false; a number or a formula would silently take them for 1 and 0."""
    wrong = [node for _, _, node in flatten(root) if isinstance(node, Scalar) and isinstance(node.value, bool)]
    if wrong:
        problems += [
            problem("E122", node.place, f"`{str(node.value).lower()}` stands where no truth value is wanted.",
                    hint="Truth is written 1, falsehood 0; put quotes around it if the word itself is meant.")
            for node in wrong
        ]  # fmt: skip
        doomed: set[Path] = set()
        for section, (_, entries) in root.entries.items():
            doomed |= {(section, name) for name, node in _children(entries) if any(_holds(node, one) for one in wrong)}
        _remove(root, doomed)
        set_aside |= {".".join(map(str, path)) for path in doomed}


def _children(node: Node) -> list[tuple[str | int, Node]]:
    if isinstance(node, Mapping):
        return [(name, value) for name, (_, value) in node.entries.items()]
    return list(enumerate(node.items)) if isinstance(node, Sequence) else []


def _holds(node: Node, wanted: Scalar) -> bool:
    return node is wanted or any(_holds(below, wanted) for _, below in _children(node))


def _fault(root: Mapping, details: Any) -> _Fault:
    """Walk the validator's location down the nodes; steps that are no keys are members of a union."""
    kind, location = details["type"], list(details["loc"])
    field = location.pop() if kind in {"missing", "extra_forbidden"} else None
    node: Node = root
    path: list[str | int] = []
    tags: list[tuple[int, str]] = []
    for step in location:
        below = child(node, step)
        if below is None:
            tags.append((len(path), str(step)))
        else:
            node = below
            path.append(step)
    return _Fault(tuple(path), tuple(tags), kind, details.get("ctx", {}), None if field is None else str(field))


def _most_likely(faults: list[_Fault], root: Mapping) -> list[_Fault]:
    """Of the members of a union keep the complaints of the one that was most likely meant."""
    chosen: list[_Fault] = []
    unions: dict[Path, dict[str, list[_Fault]]] = {}
    for fault in faults:
        tags = [(depth, tag) for depth, tag in fault.tags if tag != "[key]"]
        if not tags:
            chosen.append(fault)
            continue
        depth, tag = tags[0]
        rest = tuple(item for item in fault.tags if item != (depth, tag))
        stripped = _Fault(fault.path, rest, fault.kind, fault.context, fault.field)
        unions.setdefault(fault.path[:depth], {}).setdefault(tag, []).append(stripped)
    for path, members in unions.items():
        best = min(members.values(), key=lambda group: _misfit(group, path))
        if _misfit(best, path)[0]:  # the value is of no member's kind
            words = dict.fromkeys(_expected(fault) for group in members.values() for fault in group)
            chosen.append(_Fault(path, (), "union", {"expected": _or(list(words))}))
        else:
            chosen += _most_likely(best, root)
    return chosen


def _misfit(group: list[_Fault], path: Path) -> tuple[bool, int, int]:
    not_this_kind = any(fault.path == path and (fault.kind in _EXPECTED or "literal" in fault.kind) for fault in group)
    return not_this_kind, sum(fault.kind == "extra_forbidden" for fault in group), len(group)


def _expected(fault: _Fault) -> str:
    if fault.kind == "literal_error":
        return str(fault.context["expected"]).replace("'", "`")
    return _EXPECTED.get(fault.kind, "something else")


def _or(words: list[str]) -> str:
    if {"a whole number", "a number", "text"} <= set(words):
        words = ["a number", "a formula", *[w for w in words if w not in {"a whole number", "a number", "text"}]]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _problem(fault: _Fault, root: Mapping) -> Problem:
    place, written = _written(fault, root)
    name = f"`{'.'.join(map(str, fault.path))}`" if fault.path else "the scenario"
    match fault.kind:
        case "extra_forbidden":
            known = keys_at(fault.path)
            hint = f"{did_you_mean(str(fault.field), known)}Keys here: {', '.join(known)}."
            return problem("E120", place, f"`{fault.field}` is not a key of {name}.", hint=hint)
        case "missing":
            hint = "Begin with `offramp: 1`." if fault.field == "offramp" else f"Add `{fault.field}:` to it."
            return problem("E121", place, f"{name[0].upper()}{name[1:]} lacks `{fault.field}`.", hint=hint)
        case "literal_error":
            legal = str(fault.context["expected"]).replace("'", "`")
            near = did_you_mean(written, legal.replace("`", "").replace(" or ", ", ").split(", "))
            return problem("E123", place, f"`{written}` is not a value of {name}.", hint=f"{near}Write {legal}.")
        case "string_pattern_mismatch" | "string_too_long":
            return problem("E124", place, f"`{written[:80]}` is not a name as {name} wants it.")
        case kind if kind in _DATES:
            return problem("E125", place, f"`{written}` is not a date.")
        case kind if kind in _LIMITS:
            wanted = _LIMITS[kind].format(**fault.context)
            return problem("E126", place, f"`{written}` is out of bounds: {name} is {wanted}.")
        case _:
            wanted = str(fault.context.get("expected", _expected(fault)))
            message = f"{name[0].upper()}{name[1:]} is {written}; it has to be {wanted}."
            return problem("E122", place, message, hint=_mend(wanted, written))


def _mend(wanted: str, written: str) -> str | None:
    if wanted == "text" and written not in {"a mapping", "a list", "empty"}:
        return "Put quotes around it."
    if wanted == "a list" and written not in {"a mapping", "empty"} and len(written) <= _SHORT:
        return f"Write `[{written}]`."
    return "Give it a value or leave it out." if written == "empty" else None


def _written(fault: _Fault, root: Mapping) -> tuple[Place, str]:
    """Place of the piece at fault, and how to call what stands there."""
    node: Node = root
    key: Scalar | None = None
    for step in fault.path:
        if isinstance(node, Mapping):
            key, node = node.entries[str(step)]
        else:
            below = child(node, step)
            assert below is not None  # the path was walked before
            key, node = None, below
    if fault.kind == "extra_forbidden" and isinstance(node, Mapping) and fault.field in node.entries:
        return node.entries[fault.field][0].place, fault.field
    if key is not None and any(tag == "[key]" for _, tag in fault.tags):
        return key.place, str(key.value)
    if isinstance(node, Scalar):
        return node.place, "empty" if node.value is None else str(node.value)
    return (key or node).place, "a mapping" if isinstance(node, Mapping) else "a list"


def _doomed(fault: _Fault) -> Path:
    """What has to go so that the rest can be read: an unknown key alone, else the whole entry."""
    if fault.kind == "extra_forbidden" and fault.field is not None:
        return (*fault.path, fault.field)
    if fault.path and fault.path[0] == "record":
        return ("record",)
    return fault.path[:2]


def _remove(root: Mapping, doomed: set[Path]) -> None:
    for path in sorted(doomed, key=lambda one: [(isinstance(step, int), step) for step in one], reverse=True):
        node: Node | None = root
        for step in path[:-1]:
            node = child(node, step) if node is not None else None
        if isinstance(node, Mapping):
            node.entries.pop(str(path[-1]), None)
        elif isinstance(node, Sequence) and isinstance(path[-1], int) and path[-1] < len(node.items):
            del node.items[path[-1]]
