"""The command that looks at the world of a day: condition."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer
from rich import box
from rich.markup import escape
from rich.table import Table

import offramp
from offramp.cli.options import Day, Json, Resume, Scenario, Seed, Workers, progress_shown
from offramp.cli.printing import FAULT, INTERRUPTED, errors, faults_told, out, print_json
from offramp.core.words import number

AsOf = Annotated[datetime, typer.Option("--as-of", formats=["%Y-%m-%d"], help="The day, the last that is lived.")]
Particles = Annotated[int, typer.Option("--particles", "-n", min=1, help="Number of histories that are carried.")]
ROWS = 12  # of a list, before the rest is counted


def condition(
    scenario: Scenario, as_of: AsOf, particles: Particles = 2_000, seed: Seed = 1, start: Day = None, end: Day = None,
    workers: Workers = None, resume: Resume = False, json: Json = False,
) -> None:  # fmt: skip
    """Find where the world stood on a day, given what was known by then; kept, and used again by --as-of."""
    with faults_told(as_json=json), progress_shown(learns=True) as shown:
        result = offramp.load(scenario).condition(
            as_of.date(), particles=particles, seed=seed, start=start and start.date(), end=end and end.date(),
            how=offramp.How(workers=workers, resume=resume, stage=shown.stage),
        )  # fmt: skip
        if json:
            print_json(result.as_json())
    if not json:
        _print_result(result)
    _end(result)


def _end(result: offramp.ConditionResult) -> None:
    """Say that the record was not taken in to its end, and exit with the status of the reason."""
    if result.is_complete:
        return
    done, asked = result.steps
    if result.foresight.conditioned.is_impossible:
        errors.print(f"No particle can explain step {done + 1} of {asked} of the record.", style="red")
        raise typer.Exit(FAULT)
    kept = "Repeat the command with --resume to go on." if done else "Nothing could be kept."
    where = f"after {done:,} of {asked:,} steps of the record" if done < asked else "while particles were moved"
    errors.print(f"Interrupted {where}. {kept}", style="yellow")
    raise typer.Exit(INTERRUPTED)


def _print_result(result: offramp.ConditionResult) -> None:
    manifest, known = result.manifest, result.known
    out.print(result.case.document.scenario.title, style="bold", markup=False)
    for said in result.health:
        out.print(f"! {said}", style="bold yellow", markup=False)
    done, asked = result.steps
    out.print(f"The evening of {result.as_of}, given what was known by then: {done:,} of {asked:,} steps from "
              f"{manifest.start} on, {known.particles:,} particles, seed {manifest.seed}", style="dim")  # fmt: skip
    out.print(
        f"Log evidence {number(known.log_evidence)}; effective sample size at least "
        f"{number(result.least_effective)} before moves; {known.unique_ancestors:,} different beginnings of history, "
        f"{known.unique_vectors:,} draws of parameters, of {known.unique_origins:,} families."
    )
    if result.foresight.conditioned.is_settled:
        out.print("The particles and the log evidence are those of a fit of the same days; sample size and weeks are "
                  "of a filter beside it.", style="dim")  # fmt: skip
    _print_surprises(result)
    _print_rows("Rows that the model forbade on their day", [str(row) for row in result.forbidden])
    if result.quantities:
        out.print(_quantity_table(result))
    unused = [f"{row.n:>5} {row.part}{'s' if row.n > 1 else ''}: {row.reason}" for row in result.unused]
    _print_rows("Of the record, no data", unused)
    identity = f"version {manifest.version}, engine {manifest.engine}, {len(manifest.files)} files"
    out.print(f"Made from {manifest.scenario}, {identity}; --json has the whole manifest.", style="dim", markup=False)


def _print_surprises(result: offramp.ConditionResult) -> None:
    _print_rows("Weeks that the model least expected", [str(week) for week in result.surprises])
    if result.surprises:
        out.print(f"Of {len(result.counts):,} counts that were looked at, chance alone makes about one in a hundred "
                  "as rare as 1 in 100.", style="dim", markup=False)  # fmt: skip


def _print_rows(title: str, rows: list[str]) -> None:
    if not rows:
        return
    out.print(f"\n{title}", style="bold", markup=False)
    for row in rows[:ROWS]:
        out.print(f"  {row}", markup=False)
    if len(rows) > ROWS:
        out.print(f"  and {len(rows) - ROWS} more: --json lists them all", style="dim")


def _quantity_table(result: offramp.ConditionResult) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column(f"The world on {result.as_of}", overflow="fold")
    for name in ("Median", "90 % of particles", "Last recorded"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in sorted(result.quantities, key=lambda row: row.recorded is None):
        title = f"{escape(row.title)} [dim]({escape(row.unit)})[/]" if row.unit else escape(row.title)
        last = f"{number(row.recorded)} ({row.recorded_on})" if row.recorded is not None else ""
        table.add_row(title, number(row.q50), f"{number(row.q05)} to {number(row.q95)}", last)
    return table
