"""Executable, evidence-linked models of coercive crises: rate x choice x effects x drift.

    import offramp
    case = offramp.load("us-iran-iraq")
    result = case.run(runs=1_000, seed=1)

The public API is what `__all__` lists; everything else may change. Names are looked up on first use,
so that `import offramp` stays instant and loads no compiler.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from offramp.case import Case, How, load
    from offramp.core.errors import (
        InputError,
        NumericsError,
        OfframpError,
        Problem,
        RecordError,
        ResourceError,
        ScenarioError,
    )
    from offramp.ensemble.ensemble import Band, Ensemble, OutcomeSummary
    from offramp.results import CompareResult, RunResult
    from offramp.results.condition import ConditionResult
    from offramp.results.fit import FitResult
    from offramp.scenario.load import scenario_names

__version__ = "0.1.0.dev0"

__all__ = [
    "Band",
    "Case",
    "CompareResult",
    "ConditionResult",
    "Ensemble",
    "FitResult",
    "How",
    "InputError",
    "NumericsError",
    "OfframpError",
    "OutcomeSummary",
    "Problem",
    "RecordError",
    "ResourceError",
    "RunResult",
    "ScenarioError",
    "__version__",
    "load",
    "scenario_names",
]

_HOMES = {
    "offramp.case": ("Case", "How", "load"),
    "offramp.core.errors": (
        "InputError", "NumericsError", "OfframpError", "Problem", "RecordError", "ResourceError", "ScenarioError",
    ),
    "offramp.ensemble.ensemble": ("Band", "Ensemble", "OutcomeSummary"),
    "offramp.results": ("CompareResult", "RunResult"),
    "offramp.results.condition": ("ConditionResult",),
    "offramp.results.fit": ("FitResult",),
    "offramp.scenario.load": ("scenario_names",),
}  # fmt: skip


def __getattr__(name: str) -> Any:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(home), name)
    raise AttributeError(f"module 'offramp' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
