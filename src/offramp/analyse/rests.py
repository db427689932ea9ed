"""What each number rests on: from the parts of a model to the entries of evidence that stand nearest above them.

Evidence is written at an element (a move, a variant, a quantity, a goal); the numbers inside it have it in common. An
entry is everything that is written at one path: arrow and size together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from offramp.evidence import Cited, evidence_items
from offramp.expr.ir import Apply, Memory, Node, Quantity, View
from offramp.model.desugar import Plain, write_out
from offramp.model.model import Model, OutcomeModel
from offramp.model.places import written_path
from offramp.scenario.document import ScenarioDocument

NO_EVIDENCE = "none"


@dataclass(frozen=True)
class Entry:
    """All items of evidence at one path, arrow before size."""

    path: str
    items: tuple[Cited, ...]

    @property
    def size_status(self) -> str:
        """What the number itself rests on."""
        return str(self.items[-1].item.status)


@dataclass(frozen=True)
class Rests:
    """Finds the evidence of anything in a scenario."""

    document: ScenarioDocument
    entries: Mapping[str, Entry]

    @cached_property
    def _plain(self) -> Plain:
        return write_out(self.document)

    def written(self, model_path: str) -> str:
        """Find where in the document a path of the model is written."""
        return written_path(self.document, self._plain, path=model_path)

    def of_written(self, path: str) -> str | None:
        """Find the nearest entry at or above a path of the document; None if nothing is said."""
        while path:
            if path in self.entries:
                return path
            path = path.rpartition(".")[0]
        return None

    def of(self, model_path: str) -> str | None:
        """Find the nearest entry at or above a path of the model."""
        return self.of_written(self.written(model_path))

    def status(self, model_path: str) -> str:
        """Tell what a drawn number rests on, in a word."""
        found = self.of(model_path)
        return NO_EVIDENCE if found is None else self.entries[found].size_status

    def of_outcome(self, model: Model, outcome: OutcomeModel) -> tuple[str, ...]:
        """List the entries of the quantities and moves that an outcome reads, each once, in order."""
        paths = [f"{model.leaves[leaf].path.partition('[')[0]}" for leaf in outcome.leaves]
        paths += list(_read(model, outcome.node)) if outcome.node is not None else []
        found = (self.of(path) for path in paths)
        return tuple(dict.fromkeys(path for path in found if path is not None))


def rests(document: ScenarioDocument) -> Rests:
    """Gather the entries of a scenario, in the order in which they are written."""
    grouped = groupby(evidence_items(document), key=lambda cited: cited.path)
    return Rests(document, {path: Entry(path, tuple(items)) for path, items in grouped})


def _read(model: Model, node: Node) -> Iterator[str]:
    """Name the quantities and moves that a formula reads."""
    match node:
        case Quantity(index):
            yield model.quantities[index].path
        case View(index):
            yield model.quantities[model.views[index].quantity].path
        case Memory(index):
            memory = model.memories[index]
            leaves = [*memory.leaves, *(model.sightings[s].leaf for s in memory.sightings)]
            yield from (model.leaves[leaf].path.partition("[")[0] for leaf in leaves)
        case Apply(_, args):
            for argument in args:
                yield from _read(model, argument)
        case _:
            return
