"""What is known of a scenario while it is lowered, and what its formulas have mentioned so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from offramp.core.errors import Problem, ScenarioError
from offramp.expr.ir import Node
from offramp.expr.tree import Tree
from offramp.model.desugar import Plain, write_out
from offramp.model.model import MemoryModel, Parameter, Sighting, ViewModel
from offramp.model.names import Names, name_all
from offramp.model.places import written_path
from offramp.model.registry import Registry
from offramp.model.steps import Steps
from offramp.record.record import Record
from offramp.scenario.document import Formula, ScenarioDocument
from offramp.scenario.load import LoadedScenario

Column = NDArray[np.float32]


@dataclass
class Lowering:
    """The scenario and its window, and the registries that number what formulas mention.

    inputs : by id of an input, its value on each step
    """

    loaded: LoadedScenario
    steps: Steps
    inputs: Mapping[str, Column]
    record: Record | None
    parameters: Registry[Parameter] = field(default_factory=Registry)
    views: Registry[ViewModel] = field(default_factory=Registry)
    columns: Registry[Column] = field(default_factory=Registry)
    sightings: Registry[Sighting] = field(default_factory=Registry)
    memories: Registry[MemoryModel] = field(default_factory=Registry)

    @property
    def document(self) -> ScenarioDocument:
        """The scenario as written."""
        return self.loaded.document

    @cached_property
    def plain(self) -> Plain:
        """The document without pledges and directives."""
        return write_out(self.document)

    @cached_property
    def names(self) -> Names:
        """Indices of what the scenario names."""
        return name_all(self.document, self.plain)

    def again(self) -> Lowering:
        """Prepare the second pass, in which each path found in this one has its final number."""
        return Lowering(
            self.loaded,
            self.steps,
            self.inputs,
            self.record,
            Registry(self.parameters.paths),
            Registry(self.views.paths),
            Registry(self.columns.paths),
            Registry(self.sightings.paths),
            Registry(self.memories.paths),
        )

    def refuse(self, code: str, path: str, *, message: str, hint: str) -> ScenarioError:
        """Say what in the scenario cannot be lowered, and where it is written.

        Parameters
        ----------
        path : of the model, such as `guard.raid.effects.tension.delay`
        """
        place = self.loaded.locate(written_path(self.document, self.plain, path=path))
        return ScenarioError([Problem(code, "error", place, message, hint)])


class Reading(Protocol):
    """How a formula is read where it stands (`offramp.model.formula.Reader`), as priors, views and memories know it."""

    @property
    def lowering(self) -> Lowering:
        """What is being lowered."""

    @property
    def path(self) -> str:
        """The path that names a prior of this formula."""

    @property
    def observer(self) -> str | None:
        """The actor that reads; None reads the truth."""

    def node(self, tree: Tree) -> Node:
        """Lower a tree."""

    def constant(self, tree: Tree) -> float:
        """Lower a tree that can only be a number."""

    def elsewhere(self, formula: Formula, path: str) -> Node:
        """Lower the formula that stands at another path, on the truth."""
