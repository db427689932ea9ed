"""What `fit` returns: what the record has taught of the declared parameters, and what it cannot tell."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from offramp.core.manifest import Manifest
from offramp.core.words import number
from offramp.infer.health import Health
from offramp.results.opened import OpenedCase

if TYPE_CHECKING:  # they bring the compiler with them
    from offramp.infer.learnt import Learnt
    from offramp.infer.posterior import Posterior
    from offramp.model.model import Model


@dataclass(frozen=True, slots=True)
class FittedParameter:
    """One parameter before and after the record.

    prior, posterior : its 5 %, 50 % and 95 % quantiles
    shift : in prior standard deviations; contraction : 1 - posterior sd / prior sd, both of its normal quantile;
    errors : Monte Carlo standard errors, None where too few first draws have descendants to tell them
    """

    name: str
    prior: tuple[float, float, float]
    posterior: tuple[float, float, float]
    shift: float
    shift_error: float | None
    contraction: float
    contraction_error: float | None


@dataclass(frozen=True)
class FitTiming:
    """Seconds to fit, or to take it from its file."""

    fit_s: float


# budget(lines): a result with its readings
@dataclass(frozen=True, eq=False)
class FitResult:
    """The posterior of a scenario given its record up to a day.

    until : the last day learnt from; n_reports, n_readings : rows and measurements learnt from
    """

    case: OpenedCase
    manifest: Manifest
    model: Model
    learnt: Learnt
    until: dt.date
    n_reports: int
    n_readings: int
    timing: FitTiming

    @property
    def health(self) -> tuple[str, ...]:
        """What to distrust in it, the gravest first, in sentences; empty if all is well."""
        return tuple(f"Fit: {fault.value}" for fault in self.learnt.fitted.health if fault is not Health.GOOD)

    @property
    def is_complete(self) -> bool:
        """Whether the likelihood counts in full."""
        return self.learnt.fitted.is_complete

    @property
    def names(self) -> tuple[str, ...]:
        """The declared parameters."""
        return self.case.document.fit.parameters if self.case.document.fit else ()

    @property
    def _places(self) -> list[int]:
        at = {parameter.path: place for place, parameter in enumerate(self.model.parameters)}
        return [at[name] for name in self.names]

    @cached_property
    def posterior(self) -> Posterior:
        """The draws of the declared parameters."""
        from offramp.infer.posterior import posterior

        fitted = self.learnt.fitted
        return posterior(fitted.particles, self.names, subset=self._places, log_evidence=fitted.total_log_evidence)

    @cached_property
    def parameters(self) -> tuple[FittedParameter, ...]:
        """The declared parameters, the ones that the record tells most about first."""
        found = self.posterior
        has_errors = found.has_errors
        shift_error, contraction_error = found.shift_error, found.contraction_error
        rows = [
            FittedParameter(
                name, _quantiles(self.learnt.prior[:, place]), _quantiles(self.learnt.posterior[:, place]),
                float(found.shift[i]), float(shift_error[i]) if has_errors else None, float(found.contraction[i]),
                float(contraction_error[i]) if has_errors else None,
            )
            for i, (name, place) in enumerate(zip(self.names, self._places, strict=True))
        ]  # fmt: skip
        return tuple(sorted(rows, key=lambda row: (-row.contraction, row.name)))

    @property
    def words(self) -> tuple[str, ...]:
        """What the record has told and what it cannot tell, in sentences."""
        return self.posterior.words()

    def as_json(self) -> dict[str, object]:
        """Return the JSON shape that other programs may rely on (docs/reference/json.md)."""
        fitted, evidence = self.learnt.fitted, self.learnt.fitted.total_log_evidence
        moves, noise = fitted.ladder.acceptance
        return {
            "manifest": self.manifest.as_json(),
            "until": self.until.isoformat(),
            "health": list(self.health),
            "is_complete": self.is_complete,
            "power": fitted.power,
            "particles": fitted.particles.n,
            "log_evidence": evidence if math.isfinite(evidence) else None,
            "unique_vectors": fitted.particles.unique_vectors,
            "unique_origins": fitted.particles.unique_origins,
            "accepted": {"parameters": moves, "noise": noise},
            "learnt_from": {"reports": self.n_reports, "readings": self.n_readings},
            "parameters": {row.name: _row_json(row) for row in self.parameters},
            "trade_offs": [
                {"first": pair.first, "second": pair.second, "correlation": pair.correlation}
                for pair in self.posterior.trade_offs
            ],
            "words": list(self.words),
            "timing": vars(self.timing),
        }

    def __repr__(self) -> str:
        title = self.case.document.scenario.title
        lines = [f"{title}: {len(self.names)} parameters given the record up to {self.until}"]
        lines += [f"  ! {said}" for said in self.health]
        lines += [f"  {said}" for said in self.words]
        lines += [
            f"  {row.name}: {number(row.posterior[1])} ({number(row.posterior[0])} to {number(row.posterior[2])}), "
            f"before {number(row.prior[1])}; contraction {row.contraction:.2f}"
            for row in self.parameters
        ]
        return "\n".join(lines)


def _row_json(row: FittedParameter) -> dict[str, object]:
    names = ("shift", "shift_error", "contraction", "contraction_error")
    quantiles = {
        name: dict(zip(("q05", "q50", "q95"), getattr(row, name), strict=True)) for name in ("prior", "posterior")
    }
    return {**quantiles, **{name: getattr(row, name) for name in names}}


def _quantiles(values: NDArray[np.float32]) -> tuple[float, float, float]:
    low, middle, high = (float(np.quantile(values, p, method="inverted_cdf")) for p in (0.05, 0.5, 0.95))
    return low, middle, high
