"""Checks of a scenario by subject; `SUBJECTS` lists them in the order in which they run.

Formulas come first, as later subjects ask what they are worth and what they read; what nothing uses comes last.
"""

from __future__ import annotations

from collections.abc import Callable

from offramp.scenario.checks.actors import check_actors
from offramp.scenario.checks.believing import check_believing
from offramp.scenario.checks.claims import check_claims
from offramp.scenario.checks.clock import check_clock
from offramp.scenario.checks.context import Context
from offramp.scenario.checks.durations import check_durations
from offramp.scenario.checks.evidence import check_evidence
from offramp.scenario.checks.fitting import check_fitting
from offramp.scenario.checks.formulas import check_formulas
from offramp.scenario.checks.frequent import check_frequent
from offramp.scenario.checks.moves import check_moves
from offramp.scenario.checks.observed import check_observed
from offramp.scenario.checks.pledges import check_pledges
from offramp.scenario.checks.policies import check_policies
from offramp.scenario.checks.quantities import check_quantities
from offramp.scenario.checks.switches import check_switches
from offramp.scenario.checks.unused import check_unused

__all__ = ["SUBJECTS", "Context"]

SUBJECTS: tuple[Callable[[Context], None], ...] = (
    check_formulas,
    check_clock,
    check_durations,
    check_actors,
    check_quantities,
    check_moves,
    check_frequent,
    check_believing,
    check_switches,
    check_pledges,
    check_evidence,
    check_policies,
    check_claims,
    check_observed,
    check_fitting,
    check_unused,
)
