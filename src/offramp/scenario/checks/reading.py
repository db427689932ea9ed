"""A formula being read: the scenario, the field in which it stands, and where its problems go."""

from __future__ import annotations

from offramp.expr.tree import Tree
from offramp.scenario.checks.context import Context
from offramp.scenario.checks.fields import Field


class Reading:
    """What lookups and walks share."""

    def __init__(self, context: Context, field: Field) -> None:
        self.context = context
        self.names = context.names
        self.field = field

    def report(self, code: str, tree: Tree, message: str, *, hint: str | None = None) -> None:
        """Report a problem at a piece of the formula."""
        self.context.report(code, self.field.path, message, hint=hint, span=tree.span)

    def refuse_run(self, tree: Tree, why: str) -> None:
        """Report what changes in a run where the field is settled before it."""
        if not self.field.reads_run:
            self.report("E311", tree, f"{why}, and `{self.field.path.rpartition('.')[2]}` is settled before it.")
