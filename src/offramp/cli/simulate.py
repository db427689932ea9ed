"""Commands that run the model: run, report, demo."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

import offramp
from offramp.cli.printing import INTERRUPTED, errors, faults_told, out, print_json, refuse
from offramp.core.words import number, percent

Scenario = Annotated[str, typer.Argument(help="Name of a packaged scenario, or path of a folder or YAML file.")]
Runs = Annotated[int, typer.Option("--runs", "-n", min=1, help="Number of simulated histories.")]
Seed = Annotated[int, typer.Option(min=0, help="Seed of all randomness; the same seed gives the same bytes.")]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Default: the scenario's own.")]
Workers = Annotated[int | None, typer.Option(min=1, max=256, help="Threads; default: one per processor core.")]
EngineOption = Annotated[str, typer.Option("--engine", help="compiled, or reference (plain, slow, same bits).")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on standard output.")]
Resume = Annotated[bool, typer.Option("--resume", help="Go on from where the same job was interrupted.")]

DEMO = "us-iran-iraq"
DEMO_RUNS = 2_000


def run(
    scenario: Scenario, runs: Runs = 1_000, seed: Seed = 1, start: Day = None, end: Day = None,
    engine: EngineOption = "compiled", workers: Workers = None, resume: Resume = False, json: Json = False,
) -> None:  # fmt: skip
    """Run a scenario many times and print what happens, beside the record."""
    if engine not in ("compiled", "reference"):
        raise typer.BadParameter(f"`{engine}` is not an engine: compiled or reference.", param_hint="--engine")
    with faults_told(as_json=json), _progress() as shown:
        result = offramp.load(scenario).run(
            runs, seed, start=start and start.date(), end=end and end.date(),
            engine="compiled" if engine == "compiled" else "reference",
            how=offramp.How(workers=workers, progress=shown, resume=resume),
        )  # fmt: skip
    if json:
        print_json(result.as_json())
    else:
        _print_result(result)
    _end_if_interrupted(result)


def report(
    scenario: Scenario,
    output: Annotated[Path, typer.Option("--output", "-o", help="File to write.")] = Path("offramp-report.html"),
    runs: Runs = 1_000, seed: Seed = 1, start: Day = None, end: Day = None, workers: Workers = None,
) -> None:  # fmt: skip
    """Run a scenario and write a report: one HTML page that opens offline."""
    _check_output(output)
    with faults_told(), _progress() as shown:
        case = offramp.load(scenario)
        how = offramp.How(workers=workers, progress=shown)
        result = case.run(runs, seed, start=start and start.date(), end=end and end.date(), how=how)
    _write_report(result, output)
    _end_if_interrupted(result)


def demo(
    output: Annotated[Path, typer.Option("--output", "-o", help="Report to write.")] = Path("offramp-demo.html"),
    runs: Runs = DEMO_RUNS, seed: Seed = 1,
) -> None:  # fmt: skip
    """Run the US - Iran - Iraq crisis beside its record and write a report."""
    _check_output(output)
    with faults_told(), _progress() as shown:
        case = offramp.load(DEMO)
        result = case.run(runs, seed, how=offramp.How(progress=shown))
    _print_result(result)
    _write_report(result, output)
    _end_if_interrupted(result)


def _check_output(output: Path) -> None:
    """Refuse a place that cannot be written before the work, not after it."""
    if output.is_dir():
        refuse(f"{output} is a folder: name a file in it, such as {output / 'report.html'}.")
    if not output.absolute().parent.is_dir():
        refuse(f"The folder {output.absolute().parent} does not exist.")
    if not os.access(output if output.exists() else output.absolute().parent, os.W_OK):
        refuse(f"{output} cannot be written: permission is missing.")


def _write_report(result: offramp.RunResult, output: Path) -> None:
    with faults_told():
        written = result.report(output)
    errors.print(f"Report written to {written}: open it in a browser; it needs no network.", markup=False)


def _end_if_interrupted(result: offramp.RunResult) -> None:
    if not result.ensemble.is_complete:
        done, asked = result.ensemble.n_runs, result.ensemble.requested
        kept = "Repeat the command `run` with --resume to go on." if done else "Nothing could be kept."
        said = f"Interrupted after {done:,} of {asked:,} runs: the results above are of these. {kept}"
        errors.print(said, style="yellow")
        raise typer.Exit(INTERRUPTED)


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """Show a progress bar on standard error while runs are made."""
    if not errors.is_terminal:
        errors.print("Preparing; the first run after an installation compiles the engine, for up to a minute or so.")
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=errors, transient=True) as bar:
        task = bar.add_task("preparing", total=None)
        yield lambda done, total: bar.update(task, description="runs", completed=done, total=total)


def _print_result(result: offramp.RunResult) -> None:
    manifest, ensemble = result.manifest, result.ensemble
    out.print(f"{result.case.document.scenario.title}", style="bold", markup=False)
    out.print(f"{manifest.start} to {manifest.end}, {ensemble.n_runs:,} runs, seed {manifest.seed}, "
              f"{result.timing.runs_per_s:,.0f} runs a second", style="dim")  # fmt: skip
    for said in result.health:
        out.print(f"! {said}", style="yellow", markup=False)
    if result.panels:
        out.print(_panel_table(result))
    out.print(_outcome_table(result))


def _panel_table(result: offramp.RunResult) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("History beside the model", overflow="fold")
    for name in ("Recorded", "Median", "90 % of runs"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("Ends", no_wrap=True)
    table.add_column("Outside on", justify="right", no_wrap=True)
    for panel in result.panels:
        ends = {True: "inside", False: "[bold]outside[/bold]", None: ""}[panel.is_inside]
        band = f"{number(panel.model_q05)} to {number(panel.model_q95)}"
        day = date.fromordinal(panel.compared_on)
        title = panel.title if day == result.manifest.end else f"{panel.title} ({day})"
        recorded, median, outside = number(panel.recorded), number(panel.model_q50), percent(panel.outside_share)
        table.add_row(escape(title), recorded, median, band, ends, outside)
    table.caption = "Ends: where the record's last value lies. Outside on: share of dates on which it left the band."
    return table


def _outcome_table(result: offramp.RunResult) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("Outcome", overflow="fold")
    for name in ("Share of runs", "Mean", "90 % of runs"):
        table.add_column(name, justify="right", no_wrap=True)
    for name, outcome in result.outcomes.items():
        title = escape(outcome.title or name)
        band = f"{number(outcome.q05)} to {number(outcome.q95) if outcome.q95 is not None else 'never'}"
        if outcome.kind == "any":
            table.add_row(title, percent(outcome.mean), "", "")
        elif outcome.kind == "first":
            table.add_row(title, percent(outcome.share), "", f"day {band}")
        else:
            table.add_row(title, "", number(outcome.mean), band)
    return table
