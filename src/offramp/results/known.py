"""What a run or a comparison that begins from the record says of that beginning."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, TypeVar

from offramp.core.words import number
from offramp.infer.health import Health

if TYPE_CHECKING:  # they bring the compiler with them
    from offramp.infer.drawn import Drawn
    from offramp.infer.foresight import Foresight
    from offramp.infer.hindsight import Hindsight
    from offramp.results.fit import FitResult

BASIS = (
    "From the priors, given what was known on {as_of} and nothing later; what actors would do instead is part of the "
    "model: the answer is no better than its assumptions."
)


FIT_BASIS = (
    "From the posterior given the record up to {until}: retrodiction, since what happened up to then has set the "
    "numbers; what actors would do instead is part of the model."
)


@dataclass(frozen=True)
class Fitted:
    """The fit that runs take their parameters from.

    until : the last day that was learnt from; health : what to distrust in it, empty if it is good
    draws : of the posterior, which runs take round and round; log_evidence, unique_vectors : of the fit
    """

    key: ClassVar[str] = "fitted"
    until: dt.date
    health: tuple[str, ...]
    draws: int
    log_evidence: float
    unique_vectors: int

    @property
    def basis(self) -> str:
        """What rests on it, in words."""
        return FIT_BASIS.format(until=self.until)

    def as_json(self) -> dict[str, object]:
        """Return the shape that `--json` promises."""
        return {**vars(self), "until": self.until.isoformat(), "health": list(self.health)}

    def __str__(self) -> str:
        return (
            f"parameters given the record up to {self.until}: {self.draws:,} draws, {self.unique_vectors:,} of them "
            "different"
        )


@dataclass(frozen=True)
class Known:
    """The conditioning that runs began from.

    as_of : the day; health : what to distrust in it, the gravest first, empty if it is good
    particles : how many, one for each run; log_evidence : log-probability of the record up to the day
    unique_ancestors, unique_vectors : different beginnings of history, and draws of parameters, that are left
    unique_origins : first draws that have descendants; moves make vectors differ, but bring no new families
    is_settled : the particles are those of a fit of the same days, and so is the log evidence
    """

    key: ClassVar[str] = "conditioned"
    as_of: dt.date
    health: tuple[str, ...]
    particles: int
    log_evidence: float
    unique_ancestors: int
    unique_vectors: int
    unique_origins: int
    is_settled: bool

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
            f"{self.unique_vectors:,} draws of parameters of {self.unique_origins:,} families"
        )


RECORD_BASIS = (
    "In hindsight, under the Gumbel coupling: the recorded world up to {as_of}, edited, with the noise that the record "
    "implies. From the priors, given the whole record; other couplings agree with the record as well, and what actors "
    "would do instead is part of the model."
)


@dataclass(frozen=True)
class Recorded(Known):
    """The conditioning on a whole record, whose histories are edited; as_of : its last day."""

    key: ClassVar[str] = "hindsight"
    coupling: ClassVar[str] = "gumbel"

    @property
    def basis(self) -> str:
        """What rests on it, in words."""
        return RECORD_BASIS.format(as_of=self.as_of)

    def as_json(self) -> dict[str, object]:
        """Return the shape that `--json` promises."""
        found = super().as_json()
        return {"coupling": self.coupling, "until": found.pop("as_of"), **found}

    def __str__(self) -> str:
        return f"{self.particles:,} histories {super().__str__()}".replace("what was known on", "the record up to")


Beginning = Known | Fitted | Recorded
Summed = TypeVar("Summed", bound=Known)


@dataclass(frozen=True, eq=False)
class Begun:
    """Where runs begin that do not begin from the priors: what simulates them, and what is said of it."""

    source: Foresight | Drawn | Hindsight
    told: Beginning


def fitted_of(posterior: FitResult) -> Fitted:
    """Sum up a fit."""
    fitted = posterior.learnt.fitted
    found = fitted.total_log_evidence, fitted.particles.unique_vectors
    return Fitted(posterior.until, posterior.health, fitted.particles.n, *found)


def summed_up(foresight: Foresight) -> Known:
    """Sum up a conditioning."""
    return _sum_up(Known, foresight)


def recorded_of(foresight: Foresight) -> Recorded:
    """Sum up a conditioning on a whole record."""
    return _sum_up(Recorded, foresight)


def _sum_up(kind: type[Summed], foresight: Foresight) -> Summed:
    found = foresight.conditioned
    health = tuple(f"Conditioning: {fault.value}" for fault in found.health if fault is not Health.GOOD)
    return kind(
        foresight.as_of, health, found.particles.n, found.total_log_evidence, found.particles.unique_ancestors,
        found.particles.unique_vectors, found.particles.unique_origins, found.is_settled,
    )  # fmt: skip
