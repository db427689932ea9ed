"""E4xx: evidence that is missing or dangles; W4xx: evidence that says little."""

from __future__ import annotations

from offramp.scenario.codes.entry import Entry, edit

ROWS: tuple[Entry, ...] = (
    Entry(
        "E401",
        "no evidence",
        "Every quantity, channel, goal, directive, move, mechanism, pledge, input, parameter and switch has evidence.",
        'Say why: `evidence: {status: assumed, why: "..."}`, or `sourced` with source, at and says.',
        edit("    evidence: {status: derived, why: counts what the moves draw}\n", ""),
    ),
    Entry(
        "E402",
        "incomplete evidence",
        "Evidence lacks what its status asks for: source, at and says if `sourced`; else why, or how computed.",
        "Add the field; if the source does not say it, the status is not `sourced`.",
        edit("{status: assumed, why: an index by convention}", "{status: assumed}"),
    ),
    Entry(
        "E403",
        "unknown source",
        "Evidence or a claim names a source that `sources` does not define.",
        "Define it under `sources`, or correct the key.",
        edit("source: smith2020, at: p. 3", "source: smith2021, at: p. 3"),
    ),
    Entry(
        "W401",
        "placeholder",
        "A field of evidence holds a word that stands for something to come.",
        "Write what is known; `assumed` with an honest reason is no shame.",
        edit("why: an index by convention", "why: TODO"),
        "warning",
    ),
    Entry(
        "W402",
        "source that nothing cites",
        "A source is listed, and neither evidence nor a claim leans on it.",
        "Cite it, or remove it.",
        edit("sources:\n", "sources:\n  jones2021: {title: Another view}\n"),
        "warning",
    ),
)
