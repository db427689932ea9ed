"""Effects that an actor believes in by default: it must be able to see what they depend on.

An actor weighs the declared effects of its own moves on its goals through its own eyes. Where an effect's condition,
probability or size reads what the actor cannot see, `believes: {replace: ...}` has to say what it expects instead.
"""

from __future__ import annotations

from collections.abc import Iterator

from offramp.expr.tree import Call, Name, Operation, Tree
from offramp.scenario.checks.context import Context

_KEYS = ("condition", "probability", "add", "set", "scale", "delay")


def check_believing(context: Context) -> None:
    """Check the effects on an actor's goals that it believes in as declared."""
    for path, effect in context.effects.items():
        actor, move = path.split(".")[1:3]
        told = context.document.actors.get(actor)
        written = context.document.moves[f"{actor}.{move}"]
        if told is None or effect.on not in told.goals or ".believes." in path:
            continue
        if written.rate is not None or (written.believes is not None and written.believes.replace is not None):
            continue
        for key in _KEYS:
            _check(context, f"{path}.{key}", actor)


def _check(context: Context, path: str, actor: str) -> None:
    tree = context.trees.get(path)
    for name in _quantities(tree) if tree is not None else ():
        if name.path in context.names.quantities and not context.names.sees(actor, name.path):
            context.report(
                "E350",
                path,
                f"`{actor}` cannot see `{name.path}`, and weighs this effect by its goals.",
                hint=f"Say what `{actor}` expects under `believes: {{replace: [...]}}`, or let it see `{name.path}`.",
                span=name.span,
            )


def _quantities(tree: Tree) -> Iterator[Name]:
    if isinstance(tree, Name):
        yield tree
    elif isinstance(tree, Operation):
        for arg in tree.args:
            yield from _quantities(arg)
    elif isinstance(tree, Call):
        for arg in (*tree.args, *(value for _, value in tree.keywords)):
            yield from _quantities(arg)
