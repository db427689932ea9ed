"""The result in words: how many cases, of which kinds, how they were answered, and the worst of them."""

from __future__ import annotations

import sys
from collections import Counter
from typing import Any

from benchmarks.machine import machine


def summary(rows: list[dict[str, Any]], seed: int) -> str:
    """Say how many cases were run, of which kinds, and how the worst of them did."""
    if not rows:
        return "No case was run.\n"
    total = sum(row["n"] for row in rows)
    kinds: dict[str, Counter[str]] = {}
    for row in rows:
        for key, count in row["answers"].items():
            kind, _, answer = key.partition("/")
            kinds.setdefault(kind, Counter())[answer] += count
    faults = [fault for row in rows for fault in row["faults"]]
    again = {number: said for row in rows for number, said in row.get("again", {}).items()}
    versions = list(dict.fromkeys(row["version"] for row in rows if row["n"]))
    lines = [
        "# Fuzzing: the last run",
        "",
        f"{total:,} cases were run, seed {seed}: {len(faults)} faults.",
        "",
        f"- Machine: {machine()}; Python {sys.version.split()[0]}",
        f"- Days: {', '.join(dict.fromkeys(row['when'] for row in rows))}; commits: {', '.join(versions)}",
        f"- Processor time: {sum(row['cpu_s'] for row in rows):,.0f} s",
        f"- Slowest: {_worst(rows, 'worst_time', 'cpu_s')} s of processor time; limit 2 s",
        f"- Hungriest: {_worst(rows, 'worst_memory', 'peak_mib')} MiB above what the process held; limit 512 MiB",
        "",
        "| kind | cases | answers |",
        "|---|---|---|",
        *(
            f"| {kind} | {sum(c.values()):,} | {', '.join(f'{answer} {n:,}' for answer, n in c.most_common())} |"
            for kind, c in sorted(kinds.items())
        ),
        "",
        *(_fault(fault, again) for fault in faults[:100]),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _worst(rows: list[dict[str, Any]], key: str, what: str) -> str:
    worst = max((row[key] for row in rows), key=lambda found: float(found[what]))
    return f"{worst[what]:.2f} (case {worst.get('number')}, {worst.get('kind')})"


def _fault(fault: dict[str, Any], again: dict[str, str]) -> str:
    later = again.get(str(fault["number"]))
    now = f" Again {later}." if later else ""
    return f"- Case {fault['number']} ({fault['kind']}): {fault['fault']}.{now}"
