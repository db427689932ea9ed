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
    slowest = max((row["worst_time"] for row in rows), key=lambda worst: worst["cpu_s"])
    hungriest = max((row["worst_memory"] for row in rows), key=lambda worst: worst["peak_mib"])
    faults = [fault for row in rows for fault in row["faults"]]
    versions = list(dict.fromkeys(row["version"] for row in rows))
    lines = [
        "# Fuzzing: the last run",
        "",
        f"{total:,} cases were run, seed {seed}: {len(faults)} faults.",
        "",
        f"- Machine: {machine()}; Python {sys.version.split()[0]}",
        f"- Days: {', '.join(dict.fromkeys(row['when'] for row in rows))}; commits: {', '.join(versions)}",
        f"- Processor time: {sum(row['cpu_s'] for row in rows):,.0f} s",
        f"- Slowest: {slowest['cpu_s']:.2f} s of processor time (case {slowest.get('number')}, {slowest.get('kind')}; limit 2 s)",
        f"- Hungriest: {hungriest['peak_mib']:.0f} MiB above what the process held before (case {hungriest.get('number')}, {hungriest.get('kind')}; limit 512 MiB)",
        "",
        "| kind | cases | answers |",
        "|---|---|---|",
        *(
            f"| {kind} | {sum(c.values()):,} | {', '.join(f'{answer} {n:,}' for answer, n in c.most_common())} |"
            for kind, c in sorted(kinds.items())
        ),
        "",
        *(f"- Fault: case {fault['number']} ({fault['kind']}): {fault['fault']}" for fault in faults[:100]),
    ]
    return "\n".join(lines).rstrip() + "\n"
