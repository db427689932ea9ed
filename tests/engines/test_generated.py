"""The generated source: readable, the same each time, and right (the same bits are proved in test_same_bits)."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from pathlib import Path

import pytest

from offramp.core.errors import Place
from offramp.engine.generate import source
from offramp.engine.generate.names import distinct, identifier
from tests.engines.constructs import CONSTRUCTS
from tests.engines.models import random_model

GOLDEN = Path(__file__).parents[1] / "golden"
SHOWN = ("variants", "belief-by-bayes-rule", "flows-between-quantities", "memory-recent")


def golden(name: str) -> Path:
    return GOLDEN / f"generated-{name}.txt"


@pytest.mark.parametrize("name", SHOWN)
def test_generated_source_is_what_was_last_reviewed(name: str) -> None:
    """`python -m tests.engines.test_generated` writes it anew; read the difference before you commit it."""
    assert source(CONSTRUCTS[name]()) == golden(name).read_text(encoding="utf-8")


@pytest.mark.parametrize("number", range(8))
def test_source_is_python_and_the_same_each_time(number: int) -> None:
    text = source(random_model(4, number))
    ast.parse(text)
    assert text == source(random_model(4, number))


@pytest.mark.parametrize("number", range(8))
def test_every_function_and_row_has_a_name_of_its_own(number: int) -> None:
    tree = ast.parse(source(random_model(4, number)))
    names = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    names += [target.id for node in tree.body if isinstance(node, ast.Assign) for target in node.targets]  # type: ignore[attr-defined]
    assert len(names) == len(set(names))


def test_source_says_where_each_formula_is_written() -> None:
    model = CONSTRUCTS["flows-between-quantities"]()
    path = model.quantities[0].path
    text = source(replace(model, places={path: Place("scenario.yaml", 31, 5)}))
    assert f"# {path}  (scenario.yaml:31)" in text


def test_each_channel_has_a_function_of_its_own() -> None:
    model = CONSTRUCTS["availability"]()
    assert f"def do_morning_{identifier(model.channels[0].path)}(rows):" in source(model)


def test_nothing_of_the_seed_or_of_the_number_of_runs_is_printed() -> None:
    assert not re.search(r"seed|n_runs|first_run", source(random_model(4, 3)))


def test_paths_stay_readable_as_names() -> None:
    assert identifier("us.airstrike[syria]") == "us_airstrike_syria"
    assert identifier("tension@iran") == "tension_at_iran"
    assert identifier("2020.class") == "_2020_class"


def test_names_that_would_be_the_same_are_numbered() -> None:
    assert distinct(["a.b", "a_b", "rows", "part1"]) == ["a_b", "a_b_2", "rows_2", "part1_2"]


if __name__ == "__main__":
    for shown in SHOWN:
        golden(shown).write_text(source(CONSTRUCTS[shown]()), encoding="utf-8")
