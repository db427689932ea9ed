"""The reference pages are made from the code and leave nothing out."""

import pytest
import typer

from offramp.cli.main import app
from offramp.expr.functions import FUNCTIONS
from offramp.scenario.catalogue import CATALOGUE
from tools import reference


@pytest.mark.parametrize("page", reference.PAGES.values(), ids=reference.PAGES.keys())
def test_each_page_begins_with_its_title(page) -> None:
    text = page()
    assert text.startswith("# ")
    assert text.count("\n# ") == 0


def test_every_function_is_on_its_page() -> None:
    text = reference.function_page()
    assert [row.name for row in FUNCTIONS if f"| `{row.usage}` | {row.meaning}" not in text] == []


def test_every_problem_is_on_its_page() -> None:
    text = reference.problem_page()
    assert [code for code in CATALOGUE if f"\n## {code} " not in text] == []


def test_every_command_is_on_its_page() -> None:
    text = reference.command_page()
    commands = typer.main.get_command(app).commands
    assert commands
    assert [name for name in commands if f"\n## offramp {name}\n" not in text] == []


def test_a_bar_in_a_cell_does_not_split_it() -> None:
    assert reference.table(["a"], [["x | y"]]) == "| a |\n| --- |\n| x \\| y |\n"
