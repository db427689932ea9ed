"""What a run or a comparison that begins from the record says of that beginning."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from offramp.core.words import number
from offramp.infer.health import Health

if TYPE_CHECKING:  # it brings the compiler with it
    from offramp.infer.foresight import Foresight

BASIS = (
    "From the priors, given what was known on {as_of} and nothing later; what actors would do instead is part of the "
    "model: the answer is no better than its assumptions."
)


@dataclass(frozen=True)
class Known:
    """The conditioning that runs began from.

    as_of : the day; health : what to distrust in it, the gravest first, empty if it is good
    particles : how many, one for each run; log_evidence : log-probability of the record up to the day
    unique_ancestors, unique_vectors : different beginnings of history, and draws of parameters, that are left
    """

    as_of: dt.date
    health: tuple[str, ...]
    particles: int
    log_evidence: float
    unique_ancestors: int
    unique_vectors: int

    @property
    def basis(self) -> str:
        """What rests on it, in words."""
        return BASIS.format(as_of=self.as_of)

    def as_json(self) -> dict[str, object]:
        """Return the shape that `--json` promises."""
        evidence = self.log_evidence if math.isfinite(self.log_evidence) else None
        return {**vars(self), "as_of": self.as_of.isoformat(), "health": list(self.health), "log_evidence": evidence}

    def __str__(self) -> str:
        return (
            f"given what was known on {self.as_of}: {self.particles:,} particles, log evidence "
            f"{number(self.log_evidence)}, {self.unique_ancestors:,} different beginnings of history, "
            f"{self.unique_vectors:,} draws of parameters"
        )


def known_of(foresight: Foresight | None) -> Known | None:
    """Sum up a conditioning; None if there is none."""
    return summed_up(foresight) if foresight is not None else None


def summed_up(foresight: Foresight) -> Known:
    """Sum up a conditioning."""
    found = foresight.conditioned
    health = tuple(f"Conditioning: {fault.value}" for fault in found.health if fault is not Health.GOOD)
    return Known(
        foresight.as_of, health, found.particles.n, found.total_log_evidence, found.particles.unique_ancestors,
        found.particles.unique_vectors,
    )  # fmt: skip
