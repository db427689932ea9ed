"""Everything that is wrong with a scenario, found in one pass and sorted by place.

Each file of `checks/` looks at one subject; none stops at its first find, and none needs another to have passed.
"""

from __future__ import annotations

from pathlib import Path

from offramp.core.errors import Problem, sort_problems
from offramp.scenario.checks import SUBJECTS
from offramp.scenario.checks.context import Context
from offramp.scenario.load import LoadedScenario, read_scenario


def check(loaded: LoadedScenario) -> tuple[Problem, ...]:
    """Find every problem of a scenario that could be read, those found while reading it included."""
    context = Context(loaded)
    for subject in SUBJECTS:
        subject(context)
    return sort_problems({*loaded.problems, *context.problems})


def check_source(path_or_name: str | Path) -> tuple[Problem, ...]:
    """Read and check: faults of files and shape together with all that can be said of the rest. Never raises."""
    loaded, problems = read_scenario(path_or_name)
    return problems if loaded is None else check(loaded)
