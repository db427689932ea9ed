"""Numbers given to things as formulas mention them, in an order that mentioning does not decide.

Formulas hold indices, but which parameters, views and memories exist is known only after every formula has been
read, and their order must be that of their paths. So a scenario is lowered twice by the same code: the first time
to find the paths, the second time, from a registry that knows them all, to number them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Registry(Generic[Item]):
    """Items by path; the index of a path is its place among the sorted paths, once all are known.

    Parameters
    ----------
    paths : those found by an earlier pass; none on the first.
    """

    def __init__(self, paths: Iterable[str] = ()) -> None:
        self._index = {path: index for index, path in enumerate(sorted(paths))}
        self._items: dict[str, Item] = {}

    def index(self, path: str, make: Callable[[], Item]) -> int:
        """Give the index of a path; the first mention of it makes its item."""
        if path not in self._items:
            self._items[path] = make()
        return self._index.setdefault(path, len(self._index))

    @property
    def paths(self) -> tuple[str, ...]:
        """All paths, in order of index."""
        return tuple(sorted(self._index, key=self._index.__getitem__))

    def items(self, first: int = 0) -> tuple[Item, ...]:
        """All items from an index on, in order; every path of theirs must have been mentioned again."""
        return tuple(self._items[path] for path in self.paths[first:])
