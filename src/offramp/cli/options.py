"""Options that commands share, and what they do alike: progress, places to write, the end of a job."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from offramp.cli.printing import INTERRUPTED, errors, refuse

Scenario = Annotated[str, typer.Argument(help="Name of a packaged scenario, or path of a folder or YAML file.")]
Runs = Annotated[int, typer.Option("--runs", "-n", min=1, help="Number of simulated histories.")]
Seed = Annotated[int, typer.Option(min=0, help="Seed of all randomness; the same seed gives the same bytes.")]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Default: the scenario's own.")]
Workers = Annotated[int | None, typer.Option(min=1, max=256, help="Threads; default: one per processor core.")]
EngineOption = Annotated[str, typer.Option("--engine", help="compiled, or reference (plain, slow, same bits).")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on standard output.")]
Resume = Annotated[bool, typer.Option("--resume", help="Go on from where the same job was interrupted.")]
AsOf = Annotated[
    datetime | None,
    typer.Option("--as-of", formats=["%Y-%m-%d"], help="Begin from what was known on this day, by the record."),
]
Posterior = Annotated[
    bool, typer.Option("--posterior", help="Take parameters from the kept result of `fit`, not from the priors.")
]
Do = Annotated[list[str] | None, typer.Option("--do", help="An edit, such as 'forbid us.airstrike'; may be repeated.")]


def engine_named(name: str) -> Literal["compiled", "reference"]:
    """Read the name of an engine."""
    if name not in ("compiled", "reference"):
        raise typer.BadParameter(f"`{name}` is not an engine: compiled or reference.", param_hint="--engine")
    return "compiled" if name == "compiled" else "reference"


def check_output(output: Path) -> None:
    """Refuse a place that cannot be written before the work, not after it."""
    if output.is_dir():
        refuse(f"{output} is a folder: name a file in it, such as {output / 'report.html'}.")
    if not output.absolute().parent.is_dir():
        refuse(f"The folder {output.absolute().parent} does not exist.")
    if not os.access(output if output.exists() else output.absolute().parent, os.W_OK):
        refuse(f"{output} cannot be written: permission is missing.")


def end_if_interrupted(command: str, done: int, *, asked: int) -> None:
    """Say that a job was interrupted, and exit with its status, unless all runs were made."""
    if done == asked:
        return
    kept = f"Repeat the command `{command}` with --resume to go on." if done else "Nothing could be kept."
    said = f"Interrupted after {done:,} of {asked:,} runs: the results above are of these. {kept}"
    errors.print(said, style="yellow")
    raise typer.Exit(INTERRUPTED)


@dataclass(frozen=True)
class Shown:
    """A progress bar: called with (runs done, runs requested)."""

    bar: Progress
    task: TaskID

    def __call__(self, done: int, total: int) -> None:
        """Show how many runs are made."""
        self.stage("runs", done, total)

    def stage(self, what: str, done: int, total: int) -> None:
        """Show how far a stage of the work is."""
        self.bar.update(self.task, description=what, completed=done, total=total)


@contextmanager
def progress_shown(*, learns: bool = False) -> Iterator[Shown]:
    """Show a progress bar on standard error while runs are made; `learns` if a record is taken in first."""
    if learns:
        errors.print("Taking in the record; the first time after an installation this compiles for up to two minutes.")
    elif not errors.is_terminal:
        errors.print("Preparing; the first run after an installation compiles the engine, for up to a minute or so.")
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=errors, transient=True) as bar:
        yield Shown(bar, bar.add_task("preparing", total=None))
