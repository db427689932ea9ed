"""The table of contestants: who is how fast, against whom, and do they agree."""

from __future__ import annotations

import numpy as np

from benchmarks.agreement import z_scores
from benchmarks.contestants import LOCKSTEP, MESA_3, OFFRAMP, SCALAR
from benchmarks.rounds import Timing

HEAD = (
    "| contestant | time / lockstep C | speed / scalar C | speed / Mesa 3 | ns a run-day (range) "
    "| million run-days a second and core | largest \\|z\\| |"
)


def table(timings: dict[str, Timing]) -> str:
    """Return the table in Markdown, versions under it."""
    rule = "|---|" + "---:|" * (HEAD.count(" | "))
    return "\n".join(
        [
            HEAD,
            rule,
            *(_row(timing, timings) for timing in timings.values()),
            "",
            "Processor time, all threads added up.",
            "",
            *(f"- {t.name}: {_versions(t)}" for t in timings.values()),
        ]
    )


def _row(timing: Timing, timings: dict[str, Timing]) -> str:
    reference = timings.get(OFFRAMP)
    z = np.abs(z_scores(timing, reference)).max() if reference and reference is not timing else None
    cells = [
        timing.name,
        _quotient(timing, timings.get(LOCKSTEP)),
        _quotient(timing, timings.get(SCALAR), inverse=True),
        _quotient(timing, timings.get(MESA_3), inverse=True),
        f"{timing.median_ns:,.0f} ({min(timing.ns):,.0f} to {max(timing.ns):,.0f})",
        f"{1e3 / timing.median_ns:.3g}",
        "" if z is None else f"{z:.1f}",
    ]
    return f"| {' | '.join(cells)} |"


def _quotient(timing: Timing, other: Timing | None, *, inverse: bool = False) -> str:
    if other is None:
        return ""
    return f"{other.ratio(timing) if inverse else timing.ratio(other):.3g}"


def _versions(timing: Timing) -> str:
    shown = ", ".join(f"{name} {version}" for name, version in timing.versions.items())
    return f"{shown}; {timing.runs:,} runs a round; first call {timing.first_seconds:.1f} s"
