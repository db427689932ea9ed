"""Pledges: two actors, and moves of theirs that make, accept, keep and break it."""

from __future__ import annotations

from offramp.scenario.checks.context import Context
from offramp.scenario.document import Pledge


def check_pledges(context: Context) -> None:
    """Check every pledge."""
    for name, pledge in context.document.pledges.items():
        path = f"pledges.{name}"
        known = [
            context.known(f"{path}.{role}", getattr(pledge, role), sort="actor", section="actors")
            for role in ("by", "to")
        ]
        if all(known) and pledge.by == pledge.to:
            context.report("E344", f"{path}.to", f"`{pledge.by}` gives the pledge to itself.")
        _check_moves(context, path, pledge)
        _check_deadline(context, path, pledge)


def _check_moves(context: Context, path: str, pledge: Pledge) -> None:
    _check_owner(context, f"{path}.offer", pledge.offer, (pledge.by,))
    if pledge.accept is not None:
        _check_owner(context, f"{path}.accept", pledge.accept, (pledge.to,))
    for index, move in enumerate(pledge.fulfil):
        _check_owner(context, f"{path}.fulfil.{index}", move, (pledge.by,))
    for index, move in enumerate(pledge.breach):
        _check_owner(context, f"{path}.breach.{index}", move, (pledge.by, pledge.to))
    for index, move in enumerate(pledge.breach):
        if move in pledge.fulfil:
            context.report(
                "E345",
                f"{path}.breach.{index}",
                f"`{move}` both keeps and breaks the pledge.",
                hint="Leave it in one of the two lists.",
            )


def _check_deadline(context: Context, path: str, pledge: Pledge) -> None:
    """Warn of a time to fulfil what nothing calls for; not where the key that would is merely misspelt."""
    is_called = pledge.condition is not None or pledge.fulfil
    if pledge.within is not None and not is_called and path not in context.loaded.misspelt:
        context.report("W301", f"{path}.within", f"The {pledge.within} of `{path}` never begin: nothing calls it in.")


def _check_owner(context: Context, path: str, move: str, owners: tuple[str, ...]) -> None:
    if not context.known(path, move, sort="move", section="moves"):
        return
    if move.partition(".")[0] not in owners:
        role = path.split(".")[2]
        whose = " or ".join(f"`{owner}`" for owner in owners)
        context.report(
            "E345",
            path,
            f"`{move}` is not a move of {whose}, as `{role}` has to be.",
            hint="The offer and what keeps it are moves of `by`; `accept` is one of `to`.",
        )
