"""One narrated run of each packaged scenario, as text: a change of behaviour shows as a diff that a person can read.

Rewrite with ``OFFRAMP_GOLDEN=write python -m pytest tests/scenarios/test_narrated.py`` and read what changed; if it
changed on purpose, say so in CHANGELOG and raise ``core.manifest.ENGINE``.
"""

import datetime as dt
import os
from pathlib import Path

import pytest

import offramp

GOLDEN = Path(__file__).parents[1] / "golden" / "narrated"
DAYS = 60


def narrate(name: str) -> str:
    case = offramp.load(name)
    end = min(case.window.end, case.window.start + dt.timedelta(days=DAYS - 1))
    told = case.trace(0, 1, end=end)
    lines = [f"{name}: run 0, seed 1, {told.days.size} days"]
    for event in told.events:
        drawn = "; ".join(f"{e.quantity} {e.op} {e.size:.6g} on day {e.due_step}" for e in event.effects)
        lines.append(f"{event.date} {event.leaf} #{event.occurrence}: {drawn or 'nothing drawn'}")
    lines += ["at the end:", *(f"  {q} = {x:.6g}" for q, x in zip(told.quantities, told.states[-1], strict=True))]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("name", offramp.scenario_names())
def test_the_narrated_run_is_the_one_on_file(name: str) -> None:
    file = GOLDEN / f"{name}.txt"
    told = narrate(name)
    if os.environ.get("OFFRAMP_GOLDEN") == "write":
        file.write_text(told, encoding="utf-8")
    assert told == file.read_text(encoding="utf-8")
