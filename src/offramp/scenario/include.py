"""`include`: parts of a scenario in files of the same folder, merged section by section.

A mapping gains the entries of the parts, a list their items; the same id twice is an error that names both places.
"""

from __future__ import annotations

from collections.abc import Callable

from offramp.core.errors import Place, Problem
from offramp.scenario.catalogue import problem
from offramp.scenario.written import Mapping, Node, Scalar, Sequence
from offramp.scenario.yaml_events import RefusedError

Reader = Callable[[str, Place | None], Mapping]


def merge_parts(main: str, read: Reader, problems: list[Problem]) -> Mapping:
    """Read the main file, then what it includes, then what those include; each file once."""
    merged = read(main, None)
    read_at: dict[str, Place | None] = {main: None}
    waiting = _includes(merged, problems)
    while waiting:
        name, place = waiting.pop(0)
        if name in read_at:
            first = read_at[name]
            where = f"already at {first}" if first else "the main file"
            problems.append(problem("E115", place, f"`{name}` is included twice: it is {where}."))
            continue
        read_at[name] = place
        try:
            part = read(name, place)
        except RefusedError as refused:
            problems.append(refused.problem)
            continue
        waiting.extend(_includes(part, problems))
        _merge(merged, part, problems)
    return merged


def _includes(root: Mapping, problems: list[Problem]) -> list[tuple[str, Place]]:
    """Take `include` out of a file and list the names in it."""
    _, node = root.entries.pop("include", (None, None))
    if node is None:
        return []
    items: list[Node] = node.items if isinstance(node, Sequence) else [node]
    names = []
    for item in items:
        if isinstance(item, Scalar) and isinstance(item.value, str):
            names.append((item.value, item.place))
        else:
            problems.append(problem("E119", item.place, "`include` is a list of file names."))
    return names


def _merge(into: Mapping, part: Mapping, problems: list[Problem]) -> None:
    for section, (key, node) in part.entries.items():
        if section not in into.entries:
            into.entries[section] = (key, node)
            continue
        first_key, first = into.entries[section]
        if isinstance(first, Mapping) and isinstance(node, Mapping) and section != "scenario":
            _merge_entries(section, first, node, problems)
        elif isinstance(first, Sequence) and isinstance(node, Sequence):
            first.items.extend(node.items)
        else:
            problems.append(_twice(section, key, first_key))


def _merge_entries(section: str, into: Mapping, part: Mapping, problems: list[Problem]) -> None:
    into.is_doubled |= part.is_doubled
    for name, (key, node) in part.entries.items():
        if name in into.entries:
            problems.append(_twice(f"{section}.{name}", key, into.entries[name][0]))
            into.is_doubled = True
        else:
            into.entries[name] = (key, node)


def _twice(path: str, second: Scalar, first: Scalar) -> Problem:
    return problem("E117", second.place, f"`{path}` is defined twice: it stands already at {first.place}.")
