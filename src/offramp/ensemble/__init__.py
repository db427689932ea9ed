"""Ensembles: many runs of one Model in fixed blocks, summarised as they stream by."""

from offramp.ensemble.ensemble import Band, Ensemble, OutcomeSummary
from offramp.ensemble.run import Options, run

__all__ = ["Band", "Ensemble", "Options", "OutcomeSummary", "run"]
