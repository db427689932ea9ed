"""The nearest valid name, for hints."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like this one; None where none is close."""
    close = difflib.get_close_matches(name[:120], list(known), n=1, cutoff=0.6)
    return close[0] if close else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`Did you mean ...?` with two blanks after it, or nothing."""
    near = nearest(name, known)
    return f"Did you mean `{near}`?  " if near else ""
