"""Write the reference pages that are made from the code: docs/reference/generated/*.md.

Each page is a function from nothing to Markdown in the table `PAGES`. What a page says comes from the row, docstring or
option itself, so it cannot say anything else than the program does.
"""

import inspect
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import partial
from pathlib import Path
from typing import Any

import typer

import offramp
from offramp.cli.main import app
from offramp.expr.functions import FUNCTIONS
from offramp.scenario.catalogue import CATALOGUE
from offramp.scenario.codes.entry import BASE, Example
from tools.bibliography import read_references
from tools.markdown import table
from tools.pins import ROOT
from tools.scenario_in_full import page as scenario_page

FOLDER = ROOT / "docs" / "reference" / "generated"
LONGEST = 240  # characters of an example that a page shows
ROLES = {
    "arithmetic": "Arithmetic: in every formula",
    "memory": "Memories: in formulas of a run",
    "calendar": "Calendar: in every formula",
    "reducer": "Reducers: in outcomes, outermost",
    "distribution": "Distributions",
}


def function_page() -> str:
    """The functions of formulas, by where they may stand."""
    parts = ["# Functions of formulas\n"]
    for role, title in ROLES.items():
        rows = [(f"`{row.usage}`", row.meaning, ", ".join(row.keywords)) for row in FUNCTIONS if row.role == role]
        named = any(row[2] for row in rows)
        shown = rows if named else [row[:2] for row in rows]
        parts += [f"## {title}\n", table(("function", "meaning", "by name")[: 3 if named else 2], shown)]
    return "\n".join(parts)


def example_text(example: Example) -> str:
    """An example as a reader needs it: what it changes in the base scenario, or the whole of it."""
    if not example.has_scenario:
        return "A folder without `scenario.yaml`.\n"
    if example.text is None:
        changes = [
            mark + line
            for pair in example.edits
            for mark, part in zip("-+", pair, strict=True)
            for line in part.split("\n")
        ]
        shown, language = "\n".join(changes), "diff"
    elif isinstance(example.text, bytes):
        shown, language = repr(example.text[:LONGEST]), "text"
    else:
        shown, language = example.text.removeprefix(BASE), "text"
    shown = shown if len(shown) <= LONGEST else f"{shown[:LONGEST]} ... ({len(shown):,} characters)"
    files = [f"{name}:\n{content!r}" for name, content in example.files.items()]
    return f"```{language}\n{shown.rstrip()}\n```\n" + "".join(f"\n```text\n{text[:LONGEST]}\n```\n" for text in files)


def problem_page() -> str:
    """Every code with its meaning, remedy and smallest example."""
    parts = [
        "# Problems\n",
        "What `offramp check` can find. Codes are stable. Each example is the smallest input that raises its code, and",
        "a test runs them all; where it is a change, it is one to the scenario at the end of this page.\n",
    ]
    for entry in CATALOGUE.values():
        parts += [f"## {entry.code} {entry.title}\n", f"*{entry.level.capitalize()}.* {entry.meaning}\n"]
        parts += [f"{entry.hint}\n"] if entry.hint else []
        parts.append(example_text(entry.example))
    parts += ["## The scenario that the examples change\n", f"```yaml\n{BASE}```\n"]
    return "\n".join(parts)


def option_row(parameter: Any) -> tuple[str, str, str]:
    """Name, default and meaning of an option or argument, as Typer's parsed command holds them."""
    names = ", ".join(parameter.opts + parameter.secondary_opts)
    shown = parameter.default not in (None, False) and not callable(parameter.default)
    label = names.upper() if parameter.param_type_name == "argument" else names
    return f"`{label}`", f"`{parameter.default}`" if shown else "", str(parameter.help or "")


def command_page() -> str:
    """Every command of the program with its options."""
    group: Any = typer.main.get_command(app)
    parts = ["# Command line\n", f"{group.help}\n"]
    for name, command in sorted(group.commands.items()):
        parts += [f"## offramp {name}\n", f"{inspect.cleandoc(command.help or '')}\n"]
        parts.append(table(("option", "default", "meaning"), map(option_row, command.params)))
    return "\n".join(parts)


def signature(value: object) -> str:
    """A callable's signature, or nothing where Python cannot tell."""
    try:
        return str(inspect.signature(value))  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return ""


def describe(name: str, value: object, *, level: int) -> list[str]:
    """Heading, signature and docstring of a public name; for a class, its public methods too."""
    if not (inspect.isclass(value) or callable(value)):
        return [f"{'#' * level} {name}\n", f"`{value!r}`\n"]
    parts = [f"{'#' * level} {name}\n", f"```text\n{name}{signature(value)}\n\n{inspect.getdoc(value) or ''}\n```\n"]
    if inspect.isclass(value) and not issubclass(value, BaseException):
        names = {field.name for field in fields(value)} if is_dataclass(value) else set()
        for method, found in vars(value).items():
            if (
                not method.startswith("_")
                and method not in names
                and (inspect.isfunction(found) or isinstance(found, property))
            ):
                target = found.fget if isinstance(found, property) else found
                parts += describe(f"{name}.{method}", target, level=level + 1)
    return parts


def interface_page() -> str:
    """The public names of the package."""
    parts = ["# Python interface\n", f"{inspect.getdoc(offramp) or ''}\n"]
    for name in sorted(offramp.__all__):
        parts += describe(f"offramp.{name}", getattr(offramp, name), level=2)
    return "\n".join(parts)


def reference_page() -> str:
    """The methods that code and documentation rely on."""
    entries = read_references(ROOT / "docs" / "refs.bib").values()
    rows = [(f"`{entry.key}`", str(entry)) for entry in sorted(entries, key=lambda entry: entry.key)]
    return (
        "# References\n\nMethods that the code cites by key; scenarios cite their own sources (`offramp cite`).\n\n"
        + table(("key", "reference"), rows)
    )


PAGES: dict[str, Callable[[], str]] = {
    "functions.md": function_page,
    "problems.md": problem_page,
    "cli.md": command_page,
    "api.md": interface_page,
    "references.md": reference_page,
    "us-iran-iraq.md": partial(scenario_page, "us-iran-iraq"),
}


def write(folder: Path) -> None:
    """Write every page below a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        (folder / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    write(FOLDER)
