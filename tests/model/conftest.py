"""Fixtures that load and lower small scenarios."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from offramp.model.lower import lower
from offramp.model.model import Model
from offramp.scenario.load import LoadedScenario, load
from tests.model.small import value_of, written


@pytest.fixture
def loaded(tmp_path: Path) -> Callable[..., LoadedScenario]:
    """Load a scenario made of sections; `files` are further files of its folder."""

    def load_it(files: dict[str, str] | None = None, **sections: Any) -> LoadedScenario:
        for name, text in (files or {}).items():
            (tmp_path / name).write_text(text)
        (tmp_path / "scenario.yaml").write_text(json.dumps(written(**sections), indent=1))
        return load(tmp_path)

    return load_it


@pytest.fixture
def lowered(loaded: Callable[..., LoadedScenario]) -> Callable[..., Model]:
    """Lower a scenario made of sections."""

    def lower_it(start: Any = None, end: Any = None, record: Any = None, **sections: Any) -> Model:
        return lower(loaded(**sections), start=start, end=end, record=record)

    return lower_it


@pytest.fixture
def valued(lowered: Callable[..., Model]) -> Callable[..., Any]:
    """Lower a scenario with an outcome `final(FORMULA)` and find what the formula is worth at the start."""

    def value_it(formula: str, *, step: int = 0, theta: float = 0.0, **sections: Any) -> float:
        model = lowered(**sections, outcomes={"asked": f"final({formula})"})
        return value_of(model, model.outcomes[0].node, step=step, theta=theta)

    return value_it
