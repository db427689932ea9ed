"""The nearest valid name, for hints."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_LISTED = 8


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like this one; None where none is close."""
    close = difflib.get_close_matches(name[:120], list(known), n=1, cutoff=0.6)
    return close[0] if close else None


def listing(name: str, known: Iterable[str]) -> str:
    """The known names for a hint; of many, the few most like this one, nearest first."""
    names = list(known)
    if len(names) <= _LISTED:
        return ", ".join(names)
    matcher = difflib.SequenceMatcher(b=name[:120], autojunk=False)

    def unlikeness(other: str) -> float:
        matcher.set_seq1(other)
        return -matcher.ratio()

    return f"{', '.join(sorted(names, key=unlikeness)[:_LISTED])} and {len(names) - _LISTED} more"


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`Did you mean ...?` with two blanks after it, or nothing."""
    near = nearest(name, known)
    return f"Did you mean `{near}`?  " if near else ""
