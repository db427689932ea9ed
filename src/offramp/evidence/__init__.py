"""Why a number or an arrow is believed: statuses and their rules, what a scenario leans on, and its sources."""

from offramp.evidence.citation import cite
from offramp.evidence.kinds import STATUSES, Fault, Status, faults
from offramp.evidence.tally import Cited, Tally, evidence_items, tally

__all__ = ["STATUSES", "Cited", "Fault", "Status", "Tally", "cite", "evidence_items", "faults", "tally"]
