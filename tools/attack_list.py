"""Hold a list of attacks against the record, and tell what is missing: `python -m tools.attack_list FOLDER`.

FOLDER holds `attacks.csv` (`date, prec, type, place, source_url, note`, and others). The record is that of the scenario
`us-iran-iraq`. Rows are told to be the same happening by this rule:

1. **Kind.** The type of the list is one of the actions of the record (`KINDS`).
2. **Day.** A row dated to the day lies at most one day from a row of the record: attacks come at night, and papers date
   them by the evening or the morning. A row dated approximately lies at most `ABOUT` days away, one dated to a month in
   the same month.
3. **Place.** Pairs whose place agrees come before pairs whose place does not: a word of the list's place, or one that
   stands for it (`ALSO`), is in the row's summary. Where no place was given, any will do, last of all.
4. **One for one.** Each row of the list is one attack. A row of the record takes as many as it stands for: its
   `incidents`, or those of `bundles.csv`. Of pairs alike, the nearest in time come first, then the earliest.

Rows of the list that are wrong or count twice are named in `attacks-left-out.csv` beside the record, with the reason.
What is in neither is missing: it is printed, to be written into record.csv in one's own words, with the day from which
it was known and a mark of verification that is true of what was read.
"""

from __future__ import annotations

import csv
import datetime as dt
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from offramp.scenario.load import load

SCENARIO = "us-iran-iraq"
ABOUT = 7  # days, of an approximate date
ROCKET, BOMB = ("rocket_attack",), ("ied_attack", "ambush_or_clash")
KINDS = {
    "rocket": ROCKET, "mortar": ROCKET, "drone": ROCKET, "thwarted": ("foiled_attack",), "IED convoy": BOMB,
    "convoy attack": BOMB, "airstrike": ("airstrike", "targeted_killing"), "ballistic missile": ("missile_strike",),
    "embassy storming": ("storm_mission",), "raid": ("raid_or_arrest",), "truce": ("declare_truce",),
}  # fmt: skip
ALSO = {"zone": ("embassy", "jadriya"), "victory": ("airport",), "airport": ("victory",)}
NO_PLACE = {"", "unspecified", "iraq"}

Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Merge:
    """What became of a list: pairs of a row's number in it and a record id, rows left out, and rows missing."""

    matched: tuple[tuple[int, str], ...]
    left_out: tuple[int, ...]
    missing: tuple[int, ...]


def merge(
    listed: Sequence[Cells], record: Sequence[Cells], *, holds: Mapping[str, int], left_out: Iterable[Cells]
) -> Merge:
    """Match the rows of a list to those of the record; `holds` says of bundles how many attacks each stands for."""
    wrong = {(row["date"], row["type"], row["place"]) for row in left_out}
    aside = [n for n, row in enumerate(listed) if (row["date"], row["type"], row["place"]) in wrong]
    pairs = sorted(
        (_cost(row, known), n, known["id"])
        for n, row in enumerate(listed)
        if n not in aside
        for known in record
        if _may_be(row, known)
    )
    room = {known["id"]: holds.get(known["id"], int(known.get("incidents") or 1)) for known in record}
    found: dict[int, str] = {}
    for _, n, name in pairs:
        if n not in found and room[name] > 0:
            found[n] = name
            room[name] -= 1
    missing = (n for n in range(len(listed)) if n not in found and n not in aside)
    return Merge(tuple(sorted(found.items())), tuple(aside), tuple(missing))


def _may_be(row: Cells, known: Cells) -> bool:
    """Tell whether kind and day allow a row of the list to be one of the record."""
    if known["action"] not in KINDS[row["type"]]:
        return False
    if row["prec"] == "month" or known["date_precision"] == "month":
        return row["date"][:7] == known["date"][:7]
    return _days(row, known) <= (1 if row["prec"] == "day" else ABOUT)


def _days(row: Cells, known: Cells) -> int:
    return abs((dt.date.fromisoformat(row["date"]) - dt.date.fromisoformat(known["date"])).days)


def _cost(row: Cells, known: Cells) -> tuple[int, int]:
    """Order pairs: by whether their places agree (0), are not told (2) or differ (1), then by days apart."""
    place = row["place"].lower()
    if place in NO_PLACE:
        return 2, _days(row, known)
    words = {word for word in place.replace("-", " ").replace("/", " ").split() if len(word) > len("al")}
    words |= {other for word in words for other in ALSO.get(word, ())}
    summary = known["summary"].lower()
    return 0 if any(word in summary for word in words) else 1, _days(row, known)


def read(path: Path) -> list[dict[str, str]]:
    """Read the rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def main(folder: str) -> None:
    """Print what of a list is in the record and what is missing."""
    listed, here = read(Path(folder) / "attacks.csv"), load(SCENARIO).folder
    record = read(here / "record.csv")
    holds = {row["id"]: int(row["incidents"]) for row in read(here / "bundles.csv")}
    found = merge(listed, record, holds=holds, left_out=read(here / "attacks-left-out.csv"))
    print(f"{len(found.matched)} of {len(listed)} rows are in the record, {len(found.left_out)} are left out.")
    for n in found.missing:
        row = listed[n]
        print(
            f"missing: {row['date']} ({row['prec']}) {row['type']}, {row['place']}: {row['note']} {row['source_url']}"
        )


if __name__ == "__main__":
    if len(sys.argv) != 2:  # the program and its one argument
        raise SystemExit("Give the folder that holds attacks.csv.")
    main(sys.argv[1])
