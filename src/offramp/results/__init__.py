"""Results that users hold: what the verbs of `Case` return. They show themselves, write reports and print as JSON."""

from offramp.results.compare import CompareResult
from offramp.results.opened import Timing
from offramp.results.run import RunResult

__all__ = ["CompareResult", "RunResult", "Timing"]
