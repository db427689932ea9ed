"""Commands that run the model: run, report, demo."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

import offramp
from offramp.cli.printing import INTERRUPTED, errors, faults_told, out, print_json
from offramp.present.words import number, percent

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
    with faults_told(), _progress() as shown:
        case = offramp.load(DEMO)
        result = case.run(runs, seed, how=offramp.How(progress=shown))
    _print_result(result)
    _write_report(result, output)
    _end_if_interrupted(result)


def _write_report(result: offramp.RunResult, output: Path) -> None:
    with faults_told():
        written = result.report(output)
    errors.print(f"Report written to {written}: open it in a browser; it needs no network.", markup=False)


def _end_if_interrupted(result: offramp.RunResult) -> None:
    if not result.ensemble.is_complete:
        done, asked = result.ensemble.n_runs, result.ensemble.requested
        errors.print(f"Interrupted after {done:,} of {asked:,} runs: the results above are of these. "
                     "Repeat the command `run` with --resume to go on.", style="yellow")  # fmt: skip
        raise typer.Exit(INTERRUPTED)


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """Show a progress bar on standard error while runs are made."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=errors, transient=True) as bar:
        task = bar.add_task("preparing", total=None)
        yield lambda done, total: bar.update(task, description="runs", completed=done, total=total)


def _print_result(result: offramp.RunResult) -> None:
    manifest, ensemble = result.manifest, result.ensemble
    out.print(f"{result.case.document.scenario.title}", style="bold", markup=False)
    out.print(f"{manifest.start} to {manifest.end}, {ensemble.n_runs:,} runs, seed {manifest.seed}, "
              f"{result.timing.runs_per_s:,.0f} runs a second", style="dim")  # fmt: skip
    if result.panels:
        out.print(_panel_table(result))
    out.print(_outcome_table(result))


def _panel_table(result: offramp.RunResult) -> Table:
    table = Table("History beside the model", "Recorded", "Model, median", "90 % of runs", "", title_justify="left")
    for column in table.columns[1:4]:
        column.justify = "right"
    for panel in result.panels:
        verdict = {True: "inside", False: "[bold]outside[/bold]", None: ""}[panel.is_inside]
        band = f"{number(panel.model_q05)} to {number(panel.model_q95)}"
        table.add_row(panel.title, number(panel.recorded), number(panel.model_q50), band, verdict)
    return table


def _outcome_table(result: offramp.RunResult) -> Table:
    table = Table("Outcome", "Mean or share", "90 % of runs")
    for column in table.columns[1:]:
        column.justify = "right"
    for name, outcome in result.outcomes.items():
        title = outcome.title or name
        if outcome.kind == "any":
            table.add_row(title, percent(outcome.mean), "")
        elif outcome.kind == "first":
            days = f"day {number(outcome.q05)} to {number(outcome.q95)}"
            table.add_row(title, f"{percent(outcome.share)} of runs", days)
        else:
            table.add_row(title, number(outcome.mean), f"{number(outcome.q05)} to {number(outcome.q95)}")
    return table
