"""Commands that run the model: run, report, demo."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.markup import escape
from rich.table import Table

import offramp
from offramp.cli.options import (
    AsOf,
    Day,
    Do,
    EngineOption,
    Json,
    Posterior,
    Resume,
    Runs,
    Scenario,
    Seed,
    Workers,
    check_output,
    end_if_interrupted,
    engine_named,
    progress_shown,
)
from offramp.cli.printing import errors, faults_told, out, print_beginning, print_json
from offramp.core.words import number, percent

Policies = Annotated[
    list[str] | None, typer.Option("--policy", help="A policy of the scenario to run it with; may be repeated.")
]
DEMO = "us-iran-iraq"
DEMO_RUNS = 2_000
REPORT_RUNS = 2_000  # at fewer, numbers that matter drown in chance


def run(
    scenario: Scenario, runs: Runs = 1_000, seed: Seed = 1, do: Do = None, policy: Policies = None,
    start: Day = None, end: Day = None, as_of: AsOf = None, posterior: Posterior = False,
    engine: EngineOption = "compiled", workers: Workers = None, resume: Resume = False, json: Json = False,
) -> None:  # fmt: skip
    """Run a scenario many times, with edits if given, and print what happens, beside the record."""
    form = engine_named(engine)
    with faults_told(as_json=json), progress_shown(learns=as_of is not None) as shown:
        case = offramp.load(scenario)
        result = case.run(
            runs, seed, do=do or (), policy=policy or (), start=start and start.date(), end=end and end.date(),
            engine=form, as_of=as_of and as_of.date(),
            posterior=case.fit(only_kept=True) if posterior else None,
            how=offramp.How(workers=workers, progress=shown, resume=resume, stage=shown.stage),
        )  # fmt: skip
    if json:
        print_json(result.as_json())
    else:
        _print_result(result)
    _end(result)


def report(
    scenario: Scenario,
    output: Annotated[Path, typer.Option("--output", "-o", help="File to write.")] = Path("offramp-report.html"),
    runs: Runs = REPORT_RUNS, seed: Seed = 1, do: Do = None, policy: Policies = None, start: Day = None,
    end: Day = None, workers: Workers = None,
) -> None:  # fmt: skip
    """Run a scenario, with edits if given, and write a report: one HTML page that opens offline."""
    check_output(output)
    with faults_told(), progress_shown() as shown:
        case = offramp.load(scenario)
        how = offramp.How(workers=workers, progress=shown)
        result = case.run(
            runs, seed, do=do or (), policy=policy or (), start=start and start.date(), end=end and end.date(), how=how
        )
    _write_report(result, output)
    _end(result)


def demo(
    output: Annotated[Path, typer.Option("--output", "-o", help="Report to write.")] = Path("offramp-demo.html"),
    runs: Runs = DEMO_RUNS, seed: Seed = 1,
) -> None:  # fmt: skip
    """Run the US - Iran - Iraq crisis beside its record and write a report."""
    check_output(output)
    with faults_told(), progress_shown() as shown:
        case = offramp.load(DEMO)
        result = case.run(runs, seed, how=offramp.How(progress=shown))
    _print_result(result)
    _write_report(result, output)
    _end(result)


def _write_report(result: offramp.RunResult, output: Path) -> None:
    errors.print("Looking at single runs, policies and numbers that matter; this takes up to a minute.")
    with faults_told():
        written = result.report(output)
    errors.print(f"Report written to {written}: open it in a browser; it needs no network.", markup=False)


def _end(result: offramp.RunResult) -> None:
    end_if_interrupted("run", result.ensemble.n_runs, asked=result.ensemble.requested)


def _print_result(result: offramp.RunResult) -> None:
    manifest, ensemble = result.manifest, result.ensemble
    out.print(f"{result.case.document.scenario.title}", style="bold", markup=False)
    out.print(f"{manifest.start} to {manifest.end}, {ensemble.n_runs:,} runs, seed {manifest.seed}, "
              f"{result.timing.runs_per_s:,.0f} runs a second", style="dim")  # fmt: skip
    for said in result.health:
        out.print(f"! {said}", style="yellow", markup=False)
    if result.begins:
        print_beginning(result.begins, are_edited=bool(result.edits))
    for edit in result.edits:
        out.print(f"with: {edit}", markup=False)
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
