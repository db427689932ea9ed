"""The table of docs/explanation/base-rates.md, from base-rates.csv: `python -m tools.base_rates.page`."""

from __future__ import annotations

import csv

from offramp.scenario.load import load
from tools.markdown import code, plain, table
from tools.pins import ROOT

SCENARIO = "us-iran-iraq"
PAGE = ROOT / "docs" / "explanation" / "base-rates.md"
BEGIN = "<!-- table: python -m tools.base_rates.page -->\n"
END = "<!-- end of table -->\n"
HEAD = ("aggregate", "data", "cited", "found", "moves with the lot by", "agrees", "cited by")


def renewed(text: str) -> str:
    """Put the present table into the page."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{_table()}\n{END}{after}"


def _table() -> str:
    with (load(SCENARIO).folder / "base-rates.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return table(
        HEAD,
        (
            (
                plain(row["what"]), row["data"], row["cited"], f"{float(row['value']):.3f}",
                f"{float(row['spread']):.3f}" if float(row["spread"]) else "", row["agrees"],
                ", ".join(code(path) for path in row["used_by"].split(";")),
            )
            for row in rows
        ),
    )  # fmt: skip


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
