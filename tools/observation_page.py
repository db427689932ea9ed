"""Write the tables of the page on the observation model: `python -m tools.observation_page`.

The prose is written by hand; what stands between the two marks is replaced by what the shipped totals give today. A
test refuses a page that is out of date.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from offramp.case import load
from offramp.core.words import number
from offramp.infer.observation import Share, TotalReading, observation_model
from offramp.record.record import Record
from offramp.record.totals import Published
from offramp.scenario.observed import published

PAGE = Path(__file__).resolve().parents[1] / "docs" / "explanation" / "observation.md"
SCENARIO = "us-iran-iraq"
FACTORS = (0.5, 1.0, 1.5)  # of what publishers miss
OPEN, CLOSE = "<!-- tables: python -m tools.observation_page -->", "<!-- end of tables -->"
SHARE_COLUMNS = ("kind", "from", "to", "prior", "r, with 90 % interval", "totals", "dispersion", "why this prior")
TOTAL_COLUMNS = ("total", "days", "kinds", "count", "in the record", "expected", "weight", "how it was mapped")


def main() -> None:
    """Bring the tables up to date."""
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


def renewed(text: str) -> str:
    """The text of the page with its tables as the shipped totals give them now."""
    before, _, rest = text.partition(OPEN)
    _, _, after = rest.partition(CLOSE)
    case = load(SCENARIO)
    return f"{before}{OPEN}\n\n{tables(published(case.loaded), case.record or Record())}\n{CLOSE}{after}"


def tables(given: Published, record: Record) -> str:
    """The shares recorded, what they would be of other publishers, and what was made of each total."""
    model = observation_model(given, record)
    shares = _table(SHARE_COLUMNS, map(_share, model.shares))
    totals = _table(TOTAL_COLUMNS, map(_total, model.readings))
    others = [observation_model(_missing(given, factor), record) for factor in FACTORS]
    rows = zip(*(other.shares for other in others), strict=True)
    means = [[f"{share.posterior.mean:.2f}" for share in row] for row in rows]
    leaning = _table(
        ("kind", "from", *(f"misses x {number(factor)}" for factor in FACTORS)),
        ((share.cell.kind, str(share.cell.first_day), *row) for share, row in zip(model.shares, means, strict=True)),
    )
    return (
        f"### Shares recorded in `{SCENARIO}`\n\n{shares}\n### What the level of r leans on\n\n"
        f"Mean of r if publishers missed half, once or one and a half times as much as is assumed of them.\n\n{leaning}"
        f"\n### What was made of each total\n\n{totals}"
    )


def _missing(given: Published, factor: float) -> Published:
    """The same totals by publishers that miss more or less, as surely as before."""
    changed = []
    for total in given.totals:
        a, b = total.completeness
        changed.append(replace(total, completeness=(a + b - factor * b, factor * b)))
    return replace(given, totals=tuple(changed))


def _share(share: Share) -> tuple[str, ...]:
    after = share.posterior
    return (
        share.cell.kind, str(share.cell.first_day), str(share.cell.last_day),
        f"Beta({number(share.prior.a)}, {number(share.prior.b)}), {share.cell.status}",
        f"{after.mean:.2f} ({after.quantile(0.05):.2f} to {after.quantile(0.95):.2f})",
        str(len(share.totals)), f"{share.dispersion:.2f}", share.cell.reason,
    )  # fmt: skip


def _total(reading: TotalReading) -> tuple[str, ...]:
    total, is_used = reading.total, reading.total.use == "evidence"
    return (
        total.id, f"{total.first_day} to {total.last_day}", " + ".join(total.kinds), str(total.count),
        " + ".join(map(str, reading.recorded)),
        number(reading.expected) if is_used else "", f"{reading.weight:.2f}" if is_used else total.use, total.reason,
    )  # fmt: skip


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    columns = list(head)
    lines = [columns, ["---"] * len(columns), *[[cell.replace("|", "\\|") for cell in row] for row in rows]]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


if __name__ == "__main__":
    main()
