"""The command that learns from the record: fit."""

from __future__ import annotations

from typing import Annotated

import typer
from rich import box
from rich.markup import escape
from rich.table import Table

import offramp
from offramp.cli.options import Day, Json, Resume, Scenario, Seed, Workers, progress_shown
from offramp.cli.printing import FAULT, INTERRUPTED, errors, faults_told, out, print_json
from offramp.core.words import number, percent

Particles = Annotated[int, typer.Option("--particles", "-n", min=1, help="Draws of the posterior.")]


def fit(
    scenario: Scenario, until: Day = None, particles: Particles = 1_000, seed: Seed = 1, start: Day = None,
    workers: Workers = None, resume: Resume = False, json: Json = False,
) -> None:  # fmt: skip
    """Learn from the record up to a day: the posterior of the parameters that the scenario lists; minutes; kept."""
    with faults_told(as_json=json), progress_shown(learns=True) as shown:
        result = offramp.load(scenario).fit(
            until and until.date(), particles=particles, seed=seed, start=start and start.date(),
            how=offramp.How(workers=workers, resume=resume, stage=shown.stage),
        )  # fmt: skip
    if json:
        print_json(result.as_json())
    else:
        _print_result(result)
    _end(result)


def _end(result: offramp.FitResult) -> None:
    """Say that the likelihood does not count in full, and exit with the status of the reason."""
    if result.is_complete:
        return
    if result.learnt.fitted.is_impossible:
        errors.print("No draw can explain the record at all.", style="red")
        raise typer.Exit(FAULT)
    errors.print(f"Interrupted with the likelihood to the power of {result.learnt.fitted.power:.3g}: what is above is "
                 "no posterior. Repeat the command with --resume to go on.", style="yellow")  # fmt: skip
    raise typer.Exit(INTERRUPTED)


def _print_result(result: offramp.FitResult) -> None:
    manifest, fitted = result.manifest, result.learnt.fitted
    out.print(result.case.document.scenario.title, style="bold", markup=False)
    for said in result.health:
        out.print(f"! {said}", style="bold yellow", markup=False)
    out.print(f"{len(result.names)} parameters given the record from {manifest.start} to {result.until}: "
              f"{result.n_reports} events, {result.n_readings} measurements; {fitted.particles.n:,} draws, "
              f"seed {manifest.seed}", style="dim")  # fmt: skip
    accepted, noise = fitted.ladder.acceptance
    out.print(
        f"Log evidence {number(fitted.total_log_evidence)}; {fitted.particles.unique_vectors:,} different draws, of "
        f"{fitted.particles.unique_origins:,} first ones; moves accepted: {percent(accepted)} of parameters, "
        f"{percent(noise)} of noise."
    )
    for said in result.words:
        out.print(said, markup=False)
    out.print(_table(result))


def _table(result: offramp.FitResult) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("Parameter", overflow="fold")
    for name in ("Before", "After", "90 % after", "Shift", "Contraction"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in result.parameters:
        band = f"{number(row.posterior[0])} to {number(row.posterior[2])}"
        shift, contraction = (
            _with_error(row.shift, row.shift_error),
            _with_error(row.contraction, row.contraction_error),
        )
        table.add_row(escape(row.name), number(row.prior[1]), number(row.posterior[1]), band, shift, contraction)
    table.caption = (
        "Medians. Shift: of the mean, in prior standard deviations. Contraction: 0 where the record tells nothing, 1 "
        "where it tells all; ± is Monte Carlo error."
    )
    return table


def _with_error(value: float, error: float | None) -> str:
    return f"{value:+.2f}" if error is None else f"{value:+.2f} ± {error:.2f}"
