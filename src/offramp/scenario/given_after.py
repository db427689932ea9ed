"""Edits of a world that is known up to a day: they act from the day after, and none may reach into the past."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace

from offramp.core.errors import InputError, Problem
from offramp.scenario.edits import Edit, Force, If, Set
from offramp.scenario.given import GivenEdit


def edits_after(edits: Sequence[GivenEdit], day: dt.date | None) -> tuple[GivenEdit, ...]:
    """Let edits without a first day begin on the day after `day`; without a day, leave them as they are.

    Raises
    ------
    InputError : E716, an edit that names a day up to `day` as its first or only one.
    """
    if day is None:
        return tuple(edits)
    problems = [problem for given in edits for problem in _too_early(given, day)]
    if problems:
        raise InputError(problems)
    return tuple(replace(given, edit=_begun(given.edit, day + dt.timedelta(days=1))) for given in edits)


def _begun(edit: Edit, first: dt.date) -> Edit:
    return edit if edit.window.first is not None else replace(edit, window=replace(edit.window, first=first))


def _too_early(given: GivenEdit, day: dt.date) -> Iterator[Problem]:
    for named in _days(given.edit):
        if named <= day:
            message = f"`{given.text.strip()}` acts on {named}, and the record is taken as known up to {day}."
            hint = f"Name a day after {day}, or none: the edit then acts from the day after."
            yield Problem("E716", "error", given.place, message, hint)


def _days(edit: Edit) -> Iterator[dt.date]:
    """Name the days on which an edit begins."""
    action = edit.action
    if isinstance(action, Force | Set) and action.on is not None:
        yield action.on
    elif edit.window.first is not None:
        yield edit.window.first
    if isinstance(action, If):
        yield from _days(action.then)
