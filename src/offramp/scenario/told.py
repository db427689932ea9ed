"""Who is told of an announced edit: the beliefs that list its subject under `told_by`."""

from __future__ import annotations

from collections.abc import Iterator

from offramp.scenario.document import ScenarioDocument
from offramp.scenario.edits import Edit, Forbid, Force, Hold, If, Replace, Scale, Set, Shift


def subject_of(edit: Edit) -> str:
    """Name what an edit is about: a move, variant, quantity, parameter or rate; of a replacement, what is given up."""
    match edit.action:
        case Forbid(move=piece) | Replace(move=piece) | Force(move=piece):
            return piece.text
        case Set(quantity=piece) | Hold(quantity=piece) | Shift(parameter=piece) | Scale(rate=piece):
            return piece.text
        case If(then=then):
            return subject_of(then)


def is_announced(edit: Edit) -> bool:
    """Tell whether others are told, wherever in the line it says so."""
    return edit.is_announced or (isinstance(edit.action, If) and is_announced(edit.action.then))


def told(document: ScenarioDocument, edit: Edit) -> Iterator[tuple[str, str]]:
    """List what is told: (belief, subject), by name; of several subjects of one belief the edit's own comes last.

    A belief told of a move is told too where the edit names more than that: all its variants, or all of its actor's.
    """
    subject = subject_of(edit)
    for name, quantity in sorted(document.quantities.items()):
        for listed in sorted(quantity.told_by, key=lambda listed: (listed == subject, listed)):
            is_move = listed.partition("[")[0] in document.moves
            if listed == subject or (is_move and _holds(subject, listed)):
                yield name, listed


def _holds(subject: str, move: str) -> bool:
    return move.startswith(f"{subject}[") or (subject.endswith(".*") and move.startswith(subject[:-1]))
