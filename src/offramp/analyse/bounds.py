"""Bounds on what would have happened in this world, whatever joins the two worlds: *Frechet bounds*.

    P(edited | recorded) between max(0, (e + r - 1) / r) and min(1, e / r),   e, r = chances from the same past

where the past is that of each history up to the day on which edits begin, and chances are taken over fresh noise. They
hold under every coupling for one who knows of the record since that day *only whether it happened*. The whole record
says more, how and when, so that an answer given all of it may lie outside; given that, no coupling can be excluded, and
no bound but 0 and 1 holds.

Source : tian2000 (bounds on probabilities of causation)
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def frechet_bounds(recorded: NDArray[np.float64], chances: tuple[float, float]) -> tuple[float, float]:
    """Bound the share of histories in which something happens in the edited world, told only whether it did.

    Parameters
    ----------
    recorded : (history,) 1 where it happens as recorded, else 0
    chances : of its happening over fresh noise from the same pasts, unedited and edited
    """
    r, e = chances
    share = float(np.mean(recorded))
    happened, not_happened = _bounds(e, r), _bounds(e, 1 - r)
    low = share * happened[0] + (1 - share) * not_happened[0]
    high = share * happened[1] + (1 - share) * not_happened[1]
    return low, high


def _bounds(e: float, condition: float) -> tuple[float, float]:
    """Bound P(edited | something of probability `condition` in the recorded world)."""
    if condition <= 0:
        return 0.0, 1.0
    return min(1.0, max(0.0, (e + condition - 1) / condition)), min(1.0, e / condition)
