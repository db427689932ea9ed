"""Commands that look at scenarios without running them: list, show, check, new, schema, cite."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

import offramp
from offramp.cli.printing import FAULT, errors, faults_told, out, print_json, print_problems, problem_json

Scenario = Annotated[str, typer.Argument(help="Name of a packaged scenario, or path of a folder or YAML file.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on standard output.")]


def list_(json: Json = False) -> None:
    """List the packaged scenarios."""
    with faults_told(as_json=json):
        cases = [offramp.load(name) for name in offramp.scenario_names()]
    if json:
        print_json([case.overview() for case in cases])
        return
    table = Table("Name", "Title", "Clock", "Actors", "Moves", "Quantities")
    for case in cases:
        view = case.overview()
        clock = f"{view['start']} to {view['end']}"
        counts = (str(view[key]) for key in ("actors", "moves", "quantities"))
        table.add_row(case.name, str(view["title"]), clock, *counts)
    out.print(table)


def show(
    scenario: Scenario,
    generated: Annotated[bool, typer.Option("--generated", help="Print the source that the engine compiles.")] = False,
    section: Annotated[str | None, typer.Option(help="Show one section alone, such as moves or parameters.")] = None,
    json: Json = False,
) -> None:
    """Show what is in a scenario: actors, quantities, moves, pledges, mechanisms, outcomes, policies, parameters."""
    with faults_told(as_json=json):
        case = offramp.load(scenario)
        if generated:
            typer.echo(case.generated_source())
            return
        contents = case.contents()
    if section is not None and section not in contents:
        raise typer.BadParameter(f"`{section}` is not one of {', '.join(contents)}.", param_hint="--section")
    contents = contents if section is None else {section: contents[section]}
    if json:
        print_json(contents)
        return
    out.print(case.document.scenario.title, style="bold", markup=False)
    if case.document.scenario.about:
        out.print(case.document.scenario.about, markup=False)
    for name, rows in contents.items():
        if rows:
            _print_section(name, rows)


def _print_section(section: str, rows: list[dict[str, object]]) -> None:
    table = Table(title=section, title_justify="left", title_style="bold")
    for number, name in enumerate(rows[0]):
        table.add_column(name, no_wrap=number == 0, overflow="fold")  # ids stay whole: they are there to be copied
    for row in rows:
        table.add_row(*("" if value is None else escape(str(value)) for value in row.values()))
    out.print(table)


def check(scenario: Scenario, json: Json = False) -> None:
    """Check a scenario and print every problem with its place and how to mend it."""
    from offramp.scenario.check import check_source

    with faults_told(as_json=json):
        problems = check_source(scenario)
    has_errors = any(problem.level == "error" for problem in problems)
    if json:
        print_json({"ok": not has_errors, "problems": [problem_json(problem) for problem in problems]})
    else:
        print_problems(problems)
        counts = {level: sum(p.level == level for p in problems) for level in ("error", "warning", "note")}
        said = ", ".join(f"{n} {level}{'s' if n > 1 else ''}" for level, n in counts.items() if n)
        errors.print(f"{scenario}: {said or 'no problems'}", markup=False)
    if has_errors:
        raise typer.Exit(FAULT)


def new(
    name: Annotated[str, typer.Argument(help="Name of the scenario: small letters, digits and hyphens.")],
    folder: Annotated[Path | None, typer.Option(help="Where to write it; default: a folder of that name here.")] = None,
) -> None:
    """Write a small commented scenario to start from."""
    from offramp.scenario.template import write_new

    with faults_told():
        written = write_new(name, folder or Path(name))
    folder = written.parent
    errors.print(f"Written: {written}\nNext: offramp check {folder}; offramp run {folder}", markup=False)


def schema() -> None:
    """Print the JSON Schema of the scenario language, for editors."""
    from offramp.scenario.schema import json_schema

    print_json(json_schema())


def cite(scenario: Scenario, json: Json = False) -> None:
    """List the sources that a scenario's evidence cites."""
    with faults_told(as_json=json):
        sources = offramp.load(scenario).cite()
    if json:
        print_json(list(sources))
        return
    for source in sources:
        out.print(f"- {source}", markup=False, soft_wrap=True)
