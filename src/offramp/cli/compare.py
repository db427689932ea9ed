"""The command that asks what if: compare."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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

if TYPE_CHECKING:
    from offramp.analyse.compare import Comparison
    from offramp.analyse.hindsight import Coupled
    from offramp.present.compare_rows import DifferenceRow

NARROW = 60  # columns of a terminal below which a table shows only what it must
Policies = Annotated[
    list[str] | None,
    typer.Option("--policy", help="A policy of the scenario, as an alternative of its own; may be repeated."),
]
GivenRecord = Annotated[
    bool, typer.Option("--given-record", help="In hindsight: edit the recorded history itself, all else as it was.")
]
Better = Annotated[
    list[str] | None,
    typer.Option(help="Measure regret: an outcome and which way is better, as in us_deaths=lower; may be repeated."),
]


def compare(
    scenario: Scenario, do: Do = None, policy: Policies = None,
    name: Annotated[str | None, typer.Option(help="What to call the edits of --do.")] = None,
    better: Better = None, runs: Runs = 1_000, seed: Seed = 1, start: Day = None, end: Day = None,
    report: Annotated[Path | None, typer.Option(help="Write a report, one HTML page, to this file.")] = None,
    engine: EngineOption = "compiled", workers: Workers = None, resume: Resume = False, json: Json = False,
    as_of: AsOf = None, posterior: Posterior = False,
    given_record: GivenRecord = False,
) -> None:  # fmt: skip
    """Run a scenario without and with edits, run by run under the same randomness, and print what differs."""
    if not do and not policy:
        raise typer.BadParameter("Give an edit (--do 'forbid MOVE') or a policy.", param_hint="--do / --policy")
    if given_record and as_of is not None:
        message = (
            "--as-of asks what could have been known on a day, --given-record what would have been in this world. "
            "Leave out one of the two."
        )
        raise typer.BadParameter(message, param_hint="--as-of / --given-record")
    wanted = _preferences(better or ())
    form = engine_named(engine)
    if report is not None:
        check_output(report)
    with faults_told(as_json=json), progress_shown(learns=given_record or as_of is not None) as shown:
        case = offramp.load(scenario)
        result = case.compare(
            do or (), policy or (), runs=runs, seed=seed, name=name, better=wanted,
            start=start and start.date(), end=end and end.date(), engine=form,
            as_of=as_of and as_of.date(), posterior=case.fit(only_kept=True) if posterior else None,
            given_record=given_record,
            how=offramp.How(workers=workers, progress=shown, resume=resume, stage=shown.stage),
        )  # fmt: skip
    if json:
        print_json(result.as_json())
    else:
        _print_result(result)
    if report is not None:
        _write_report(result, report)
    end_if_interrupted("compare", result.baseline.n_runs, asked=result.baseline.requested)


def _preferences(texts: Sequence[str]) -> dict[str, str]:
    pairs = [_preference(text) for text in texts]
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise typer.BadParameter(f"`{name}` is given twice; one way of it is better.", param_hint="--better")
    return dict(pairs)


def _preference(text: str) -> tuple[str, str]:
    outcome, sign, way = text.partition("=")
    if not sign or way not in ("lower", "higher"):
        raise typer.BadParameter(f"`{text}`: write OUTCOME=lower or OUTCOME=higher.", param_hint="--better")
    return outcome, way


def _write_report(result: offramp.CompareResult, path: Path) -> None:
    if result.begins is None:
        errors.print("Telling one run twice by the reference interpreter; this takes seconds.")
    with faults_told():
        written = result.report(path)
    errors.print(f"Report written to {written}: open it in a browser; it needs no network.", markup=False)


def _print_result(result: offramp.CompareResult) -> None:
    manifest = result.manifest
    out.print(result.case.document.scenario.title, style="bold", markup=False)
    out.print(f"{manifest.start} to {manifest.end}, {result.baseline.n_runs:,} paired runs, seed {manifest.seed}, "
              f"{result.timing.runs_per_s:,.0f} runs a second", style="dim")  # fmt: skip
    for said in result.health:
        out.print(f"! {said}", style="yellow", markup=False)
    out.print(result.basis, style="dim", markup=False)
    if result.begins:
        print_beginning(result.begins, are_edited=True)
    beside = result.hindsight or ({},) * len(result.comparisons)
    for comparison, coupled in zip(result.comparisons.values(), beside, strict=True):
        _print_comparison(comparison, is_traceable=result.begins is None)
        _print_couplings(coupled.values())
    if result.compared.regret:
        out.print(_regret_table(result))


def _print_comparison(comparison: Comparison, *, is_traceable: bool) -> None:
    from offramp.present.compare_rows import difference_rows

    alternative, parted = comparison.alternative, comparison.divergence
    out.print(f"\nWhat if: {alternative.title}", style="bold", markup=False)
    for edit in alternative.edits:
        if edit != alternative.title:
            out.print(f"  {edit}", style="dim", markup=False)
    if parted.first is None:
        out.print(f"No run differs: all {comparison.n_runs:,} are the same to the last bit.")
        return
    out.print(f"Something differs in {percent(parted.share)} of runs, from {parted.first} on "
              f"(half of these part by {parted.q50}).")  # fmt: skip
    rows = difference_rows(comparison)
    changed = [row for row in rows if not row.is_unchanged]
    if changed:
        out.print(_table(changed))
    if len(changed) < len(rows):
        same = "; ".join(f"{row.title} ({row.baseline})" for row in rows if row.is_unchanged)
        out.print(f"The same in every run: {same}.", style="dim", markup=False)
    _print_contested(comparison)
    if comparison.example is not None and is_traceable:
        out.print(f"Run {comparison.example} is a typical one that changed: --report tells it both ways.", style="dim")


def _print_contested(comparison: Comparison) -> None:
    """Tell what hangs on a rival reading, with each of them: the table mixes them all."""
    from offramp.present.compare_rows import readings_in_words

    if comparison.contested:
        out.print("Hangs on the reading of a rival claim (difference, 90 % interval):", style="yellow")
    for contested in comparison.contested:
        out.print(f"  {contested.title} by {contested.switch}: {readings_in_words(contested)}", markup=False)


def _print_couplings(found: Iterable[Coupled]) -> None:
    """Print what differs in hindsight under either coupling, and between which bounds."""
    from offramp.present.coupled_rows import GUMBEL, LEGEND, coupled_rows

    rows = coupled_rows(found)
    if not rows:
        return
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column(GUMBEL.capitalize().replace("gumbel", "Gumbel"), overflow="fold")
    is_narrow = out.width < NARROW
    names = ("Difference", "90 % interval", "Independent", "Bounds")
    for name in ("Difference", "Independent") if is_narrow else names:
        table.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        title = f"{escape(row.title)} [dim]({escape(row.unit)})[/]" if row.unit else escape(row.title)
        difference = f"[bold]{row.difference}[/]" if row.is_clear else row.difference
        whole = (title, difference, row.interval, row.independent, row.bounds)
        table.add_row(*((title, difference, row.independent) if is_narrow else whole))
    table.caption = LEGEND
    out.print(table)


def _table(rows: Sequence[DifferenceRow]) -> Table:
    is_narrow = out.width < NARROW
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("Outcome", overflow="fold")
    names = ("Baseline", "Edited", "Difference", *(() if is_narrow else ("90 % interval", "Changed")))
    for name in names:
        table.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        title = f"{escape(row.title)} [dim]({escape(row.unit)})[/]" if row.unit else escape(row.title)
        difference = f"[bold]{row.difference}[/]" if row.is_clear else row.difference
        shown = (title, row.baseline, row.edited, difference)
        table.add_row(*(shown if is_narrow else (*shown, row.interval, row.changed)))
    table.caption = (
        "Difference: edited minus baseline, in percentage points where shares are shown; bold if its 90 % interval "
        "leaves out 0, as chance alone makes it do in about one row of ten."
    )
    if not is_narrow:
        table.caption += " Changed: share of runs in which this outcome differs."
    return table


def _regret_table(result: offramp.CompareResult) -> Table:
    titles = {name: o.title or name for name, o in result.baseline.outcomes.items()}
    sides = ("Baseline", *(c.alternative.title for c in result.comparisons.values()))
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("Regret", overflow="fold")
    for name in ("Mean", "95 %", "Best in"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in result.compared.regret:
        if row.side == 0:
            table.add_row(f"[bold]{escape(titles[row.outcome])}[/] ({row.better} is better)")
        table.add_row(f"  {escape(sides[row.side])}", number(row.mean), number(row.q95), percent(row.best_share))
    table.caption = "Regret: how far a side falls short of the best one in the same run."
    return table
