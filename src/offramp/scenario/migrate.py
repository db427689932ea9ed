"""Old versions of the language, brought up to date before anything else reads them.

A migration takes the written nodes of one version and changes them in place into those of the next, so that every
piece keeps the place where its author wrote it. Version 1 is the first: the table is empty until there is a second.
To add one: raise `CURRENT`, add `MIGRATIONS[old] = function`, and describe the change in the changelog.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as ReadOnly

from offramp.core.errors import Problem
from offramp.scenario.catalogue import problem
from offramp.scenario.written import Mapping, Scalar

Migration = Callable[[Mapping], None]

CURRENT = 1
MIGRATIONS: dict[int, Migration] = {}


def migrate(
    root: Mapping, *, current: int = CURRENT, migrations: ReadOnly[int, Migration] = MIGRATIONS
) -> list[Problem]:  # fmt: skip
    """Bring a document to the current version, in place; say so where its version is not one we know."""
    if "offramp" not in root.entries:
        return []  # the shape says that it is missing
    key, node = root.entries["offramp"]
    version = node.value if isinstance(node, Scalar) else None
    if not isinstance(version, int) or isinstance(version, bool) or not 1 <= version <= current:
        written = f"`{version}`" if isinstance(node, Scalar) else "a mapping or a list"
        found = problem("E118", node.place, f"`offramp` is {written}; this program reads versions 1 to {current}.")
        _set_version(root, key, current)
        return [found]
    for old in range(version, current):
        migrations[old](root)
    _set_version(root, key, current)
    return []


def _set_version(root: Mapping, key: Scalar, version: int) -> None:
    _, node = root.entries["offramp"]
    if isinstance(node, Scalar):
        root.entries["offramp"] = key, Scalar(version, node.place, node.file, node.start, node.end)
    else:
        root.entries["offramp"] = key, Scalar(version, key.place, key.file, key.start, key.end)


def rename_key(mapping: Mapping, old: str, new: str) -> None:
    """Rename a key where it stands, order and place kept."""
    mapping.entries = {new if name == old else name: entry for name, entry in mapping.entries.items()}
