"""Import ranks, cycles and fences hold, and each rule can fail."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.architecture import import_rules

RULES = [
    import_rules.rank_problems,
    import_rules.cycle_problems,
    import_rules.fence_problems,
    import_rules.undeclared_problems,
    import_rules.eager_problems,
    import_rules.private_problems,
]

# Rule, files of a planted tree, what the one problem must say.
PLANTED = [
    ("rank_problems", {"core/a.py": "from offramp.expr import parse"}, "`core` may not import `expr`"),
    ("rank_problems", {"expr/a.py": "import offramp.evidence.scale"}, "`expr` may not import `evidence`"),
    ("rank_problems", {"model/a.py": "def f():\n    import offramp.engine"}, "`model` may not import `engine`"),
    (
        "rank_problems",
        {"core/a.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from offramp.model import Model"},
        "`core` may not import `model`",
    ),
    ("rank_problems", {"model/a.py": "from ..engine import run"}, "`model` may not import `engine`"),
    ("rank_problems", {"record/a.py": "from offramp import load"}, "`record` may not import `offramp`"),
    (
        "rank_problems",
        {"core/a.py": "from offramp import record", "record/__init__.py": ""},
        "`core` may not import `record`",
    ),
    ("rank_problems", {"gadgets/a.py": "import json"}, "`gadgets` has no rank"),
    (
        "cycle_problems",
        {"core/a.py": "from offramp.core import b", "core/b.py": "def f():\n    import offramp.core.a"},
        "part of an import cycle",
    ),
    ("fence_problems", {"model/a.py": "import pydantic"}, "`pydantic` may only be imported in scenario/, web/"),
    ("fence_problems", {"scenario/check.py": "from ruamel.yaml import YAML"}, "scenario/load.py"),
    ("fence_problems", {"core/a.py": "import scipy.special"}, "`scipy` may only be imported in"),
    ("fence_problems", {"cli/a.py": "import pandas"}, "`pandas` is no agreed dependency"),
    ("undeclared_problems", {"cli/a.py": "import click"}, "`click` is not required by pyproject.toml"),
    ("eager_problems", {"ensemble/a.py": "import xarray as xr"}, "inside the function"),
    ("eager_problems", {"record/a.py": "from pyarrow import csv"}, "inside the function"),
    ("private_problems", {"model/a.py": "from offramp.expr._scan import tokens"}, "`_scan` is private to `expr`"),
    ("private_problems", {"model/a.py": "from offramp.expr.parse import _scan"}, "`_scan` is private to `expr`"),
]

ALLOWED = {
    "__init__.py": '__version__ = "0"\nfrom offramp.case import Case',
    "core/errors.py": "import numpy\nfrom offramp import __version__",
    "model/lower.py": "from offramp.core import errors\nfrom offramp.scenario.document import Scenario",
    "scenario/load.py": "from ruamel.yaml import YAML\nfrom ._scan import tokens",
    "ensemble/labels.py": "def label():\n    import xarray",
}


def plant(root: Path, files: dict[str, str]) -> Path:
    """Write a small package tree."""
    for place, text in files.items():
        path = root / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n")
    return root


@pytest.mark.parametrize("rule", RULES)
def test_the_package_keeps_the_rule(rule: Callable[[], list[str]]) -> None:
    assert rule() == []


@pytest.mark.parametrize(("rule", "files", "expected"), PLANTED)
def test_a_planted_violation_is_found(rule: str, files: dict[str, str], expected: str, tmp_path: Path) -> None:
    problems = getattr(import_rules, rule)(plant(tmp_path, files))
    assert problems
    assert all(expected in problem for problem in problems)


@pytest.mark.parametrize("rule", RULES)
def test_lawful_imports_pass(rule: Callable[[Path], list[str]], tmp_path: Path) -> None:
    assert rule(plant(tmp_path, ALLOWED)) == []
