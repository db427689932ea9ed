"""Whether to trust a set of particles: sentences that say what is wrong and what helps."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

ENOUGH = 200  # unique ancestors and unique vectors that are called good
FAMILIES = 30  # origins below which errors cannot be estimated from them
REMEMBERED = 0.5  # correlation of where particles stand before and after the last moves, above which these were too few
FORGOTTEN = 0.3  # the same, below which it matters little how few families are left
MOVED_RARELY = 0.005  # share of accepted moves


class Health(Enum):
    """What is wrong with a set of particles, the gravest first, or that nothing is."""

    IMPOSSIBLE = (
        "No particle can explain the next step of the record: what it holds has probability 0 there. Look at the rows "
        "of that step, or raise the misfit probability."
    )
    INTERRUPTED = "Interrupted: the record was taken in only in part. Resume to go on from here."
    NUMBERS_LOST = (
        "Some likelihoods were no numbers, and their particles were dropped: feedback without a bound, most likely. "
        "Give its quantity a range."
    )
    FEW_VECTORS = (
        f"Fewer than {ENOUGH} different parameter vectors are left: intervals of parameters are too narrow. "
        "Use more particles or a larger budget of moves."
    )
    FEW_ANCESTORS = (
        f"Fewer than {ENOUGH} different beginnings of history are left: what depends on early days is too sure. "
        "Use more particles or a larger budget of moves."
    )
    FEW_NOISES = (
        f"Some days are told in fewer than {ENOUGH} ways: what happened unseen on them is too sure. "
        "Use more particles or a larger budget of moves."
    )
    FEW_ORIGINS = (
        f"Fewer than {FAMILIES} of the first draws have descendants: the whole may lean to one side, and its error "
        "cannot be told. Use more particles, or more moves."
    )
    SHARED_CHAINS = (
        "There are more particles than chains that were fitted, so some are the same chain a round later: intervals "
        "count runs as independent and are too narrow."
    )
    RARELY_MOVED = (
        f"Hardly any move was accepted (under {100 * MOVED_RARELY:.1f} %): what was lost by resampling is not made "
        "good. Use more particles."
    )
    SLOW = (
        "Some parameters hardly moved during the last moves: they may still remember where they came from. "
        "Allow more rounds."
    )
    GOOD = "good"


def find_health(found: Iterable[Health]) -> tuple[Health, ...]:
    """Sort what was found, the gravest first; `good` if there is nothing."""
    order = list(Health)
    return tuple(sorted(set(found), key=order.index)) or (Health.GOOD,)
