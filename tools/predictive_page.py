"""Write the page of the prior predictive check: `make predictive`, or `python -m tools.predictive_page`.

All figures come from the check itself. The explanations of failures are written by hand in the file of notes beside the
page, which includes it; a failure whose name the notes do not mention is listed as not explained. The page ends with
the figures of a few runs, which a test makes again, so that a page of another model is noticed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from offramp.analyse.predictive import (
    GOAL_INSIDE,
    GOAL_WIDTH,
    WAR_SHARES,
    CountRow,
    KindRow,
    OutcomeRow,
    Position,
    PredictiveResult,
    SeriesRow,
    kinds_of,
    predictive,
    share_inside,
)
from offramp.case import Case, load
from offramp.core.words import number, percent
from offramp.engine import compiled
from offramp.engine.block import Block
from offramp.engine.program import build
from offramp.ensemble.run import Options
from offramp.infer.observation import observation_model
from offramp.scenario.observed import published

SCENARIO, START, END, WAR = "us-iran-iraq", dt.date(2019, 5, 1), dt.date(2020, 6, 30), "open_war"
RUNS, SEED, FEW = 4_000, 1, 256
FOLDER = Path(__file__).resolve().parents[1] / "docs" / "explanation"
PAGE, NOTES = FOLDER / "prior-predictive.md", FOLDER / "prior-predictive-notes.inc"

INTRODUCTION = """\
What the model says of {first} to {last} before it has seen any of it, beside what was recorded: {runs} runs, seed
{seed}, priors alone. Counts are *recorded* counts: true ones thinned by [the observation model](observation.md).
There are {n} positions: each month of each kind of event (and venue), each measurement of a quantity, each outcome
that the record can tell. History is inside where it lies between the 5 % and the 95 % quantile, both included.
Positions where nothing was recorded and hardly any run has anything are silent: they are easily right, and left out
of the second column.
"""


def main() -> None:
    """Run the check and write the page."""
    page = text(check(RUNS), notes=NOTES.read_text(encoding="utf-8"))
    PAGE.write_text(f"{page}\n{small_print(check(FEW))}\n", encoding="utf-8")


@cache
def _case() -> Case:
    return load(SCENARIO)


def check(runs: int) -> PredictiveResult:
    """Set the record beside some runs of the scenario."""
    case = _case()
    if case.record is None or case.document.record is None:
        raise SystemExit(f"{SCENARIO} has no record")
    model = case.model(START, END)
    observation = observation_model(published(case.loaded), case.record)
    named = {rule.candidates[0][0] for rule in case.document.record.event_map if rule.candidates}
    program = build(model)

    def simulate(first: int, n: int, steps: NDArray[np.int64]) -> Block:
        return compiled.simulate(program, seed=SEED, first_run=first, n_runs=n, sample_steps=steps)

    return predictive(
        model, case.record, simulate=simulate, kinds=kinds_of(model, named, observation),
        observation=observation, options=Options(runs), seed=SEED, war=WAR,
    )  # fmt: skip


def text(result: PredictiveResult, *, notes: str) -> str:
    """Write the page."""
    failed = failures(result)
    unexplained = sorted({name for name, _ in failed if f"`{name}`" not in notes})
    lines = [line for _, line in failed] or ["None."]
    loose = ", ".join(f"`{name}`" for name in unexplained)
    parts = [
        f"# Prior predictive check of `{SCENARIO}`\n",
        "<!-- Written by `make predictive`; do not edit. Explanations belong in prior-predictive-notes.inc. -->\n",
        _introduction(result),
        "## Goals\n",
        _goals(result),
        "## Failures\n",
        "For each: what was recorded, the model's central 90 % and median, the share of runs below (ties by half).\n",
        "\n".join(lines) + "\n",
        "## Explanations\n",
        f"Not explained yet: {loose}.\n" if unexplained else "Every failure is spoken of here.\n",
        f"```{{include}} {NOTES.name}\n```\n",
        "## Counts by kind\n",
        _kinds(result),
        "## Quantities\n",
        _series(result),
        "## Outcomes\n",
        _outcomes(result),
    ]
    return "\n".join(parts)


def failures(result: PredictiveResult) -> list[tuple[str, str]]:
    """List the name and the line of each position outside, then of each goal of shape that is missed."""
    found = [
        *((row.kind, _line(row.kind, f"{row.month:%Y-%m}", row.position)) for row in result.counts if _out(row)),
        *((row.quantity, _line(row.quantity, str(row.date), row.position)) for row in result.series if _out(row)),
        *((row.name, _line(row.name, "", row.position)) for row in result.outcomes if row.position and _out(row)),
    ]
    found += [
        (row.kind, f"- `{row.kind}`: intervals {number(row.width_ratio)} times as wide as the fitted ones")
        for row in result.too_wide
    ]
    found += [(f"{month:%Y-%m}", f"- `{month:%Y-%m}`: every run does the same") for month in result.frozen_months]
    if result.war is not None and not WAR_SHARES[0] <= result.war <= WAR_SHARES[1]:
        found.append((WAR, f"- `{WAR}`: in {percent(result.war)} of runs"))
    return found


def small_print(result: PredictiveResult) -> str:
    """Give the figures of a few runs, by which a test knows the page's model."""
    shares = f"{result.share_inside():.4f}, {result.share_inside(with_silent=False):.4f}"
    total = sum(row.position.mean for row in result.counts)
    return f"<!-- {result.runs} runs, seed {result.seed}: inside {shares}; {total:.3f} events recorded on average -->"


def _out(row: CountRow | SeriesRow | OutcomeRow) -> bool:
    return row.position is not None and not row.position.is_inside


def _line(name: str, when: str, position: Position) -> str:
    place = f"`{name}`, {when}" if when else f"`{name}`"
    return (
        f"- {place}: recorded {_value(position.recorded)}; model {_value(position.q05)} to {_value(position.q95)}, "
        f"median {_value(position.q50)}; {percent(position.percentile)} of runs below"
    )


def _introduction(result: PredictiveResult) -> str:
    return INTRODUCTION.format(
        first=result.window[0], last=result.window[1], runs=f"{result.runs:,}", seed=result.seed,
        n=len(result.positions()),
    )  # fmt: skip


def _goals(result: PredictiveResult) -> str:
    eventful = [row.position for row in result.counts if row.position.recorded > 0]
    spoken = [row.position for row in result.outcomes if row.position is not None]
    totals = [row.total for row in result.kinds]
    counts, series = [row.position for row in result.counts], [row.position for row in result.series]
    rows = [
        ("**all positions** inside (goal: at least " + percent(GOAL_INSIDE) + ")",
         percent(result.share_inside()), percent(result.share_inside(with_silent=False))),
        ("a right model would be inside",
         percent(result.nominal_share()), percent(result.nominal_share(with_silent=False))),
        *((f"{what} inside", percent(share_inside(found)), percent(share_inside(_seen(found))))
          for what, found in (("monthly counts", counts), ("measurements", series), ("outcomes", spoken))),
        ("monthly counts inside where something was recorded (a right model too puts a rare event's month outside)",
         percent(share_inside(eventful)), f"{len(eventful)} counts"),
        ("totals of a kind over the window inside (beside the goal)",
         percent(share_inside(totals)), percent(share_inside(_seen(totals)))),
    ]  # fmt: skip
    return "\n".join([_table(("", "all", "without silent ones"), rows), *_shapes(result)])


def _shapes(result: PredictiveResult) -> list[str]:
    """Say how wide the intervals are, how frequent war is, and what never varies."""
    widest = max(result.kinds, key=lambda row: row.width_ratio)
    median = number(float(np.median([row.width_ratio for row in result.kinds])))
    frozen = ", ".join(f"{month:%Y-%m}" for month in result.frozen_months) or "none"
    still = [f"`{row.kind}`" for row in result.kinds if all(p.is_constant for p in _of(result, row))]
    widths = (
        f"Intervals at most {number(GOAL_WIDTH)} times as wide as those of a negative binomial fitted to the same "
        f"months: {len(result.too_wide)} of {len(result.kinds)} kinds are wider; the widest is `{widest.kind}`, "
        f"{number(widest.width_ratio)} times, the median kind {median} times.\n"
    )
    low, high = map(percent, WAR_SHARES)
    war = f"All-out war neither impossible nor usual ({low} to {high} of runs): {percent(result.war)}.\n"
    same = (
        f"Months in which every run does the same thing: {frozen}. Kinds of which all runs have the same count in "
        f"every month: {', '.join(still) or 'none'}.\n"
    )
    return [widths, war, same]


def _seen(positions: Iterable[Position]) -> list[Position]:
    return [position for position in positions if not position.is_silent]


def _of(result: PredictiveResult, kind: KindRow) -> list[Position]:
    return [row.position for row in result.counts if row.kind == kind.kind]


def _kinds(result: PredictiveResult) -> str:
    rows = [
        (f"`{row.kind}`" + (" (thinned)" if row.is_thinned else ""), *_cells(row.total),
         f"{row.n_inside} of {row.n_months}", number(row.width_ratio))
        for row in sorted(result.kinds, key=lambda row: (-row.total.recorded, row.kind))
    ]  # fmt: skip
    return _table(
        ("kind", "recorded in all", "model's 90 %", "inside", "months inside", "width beside the fitted"), rows
    )


def _series(result: PredictiveResult) -> str:
    rows = [(f"`{row.quantity}`", str(row.date), *_cells(row.position)) for row in result.series]
    return _table(("quantity", "date", "measured", "model's 90 %", "inside"), rows)


def _outcomes(result: PredictiveResult) -> str:
    rows = [
        (f"`{row.name}`", row.unit, *(_cells(row.position) if row.position else ("not told", number(row.share), "")))
        for row in result.outcomes
    ]
    return _table(("outcome", "unit", "recorded", "model's 90 % (mean where not told)", "inside"), rows)


def _cells(position: Position) -> tuple[str, str, str]:
    interval = f"{_value(position.q05)} to {_value(position.q95)}"
    return _value(position.recorded), interval, "yes" if position.is_inside else "**no**"


def _value(value: float) -> str:
    return number(value) if np.isfinite(value) else "never"


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    columns = list(head)
    lines = [columns, ["---"] * len(columns), *map(list, rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


if __name__ == "__main__":
    main()
