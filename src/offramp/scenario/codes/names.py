"""E2xx: names that stand for nothing, or that may not be used; W2xx: names that nobody uses."""

from __future__ import annotations

from offramp.scenario.codes.entry import Entry, Example, add, edit

_BASE = 'utility: {base: "Normal(-3, 1)"}'
_EVIDENCE = "evidence: {status: assumed, why: a sketch}"
_TRUCE = f"{{kind: truce, by: blue, to: guard, offer: blue.strike, {_EVIDENCE}}}"


def _term(text: str) -> Example:
    return edit(_BASE, f'utility: {{base: "{text}"}}')


def _unknown(code: str, what: str, hint: str, example: Example) -> Entry:
    return Entry(
        code, f"unknown {what}", f"A name stands where a {what} is wanted, and none has that name.", hint, example
    )


ROWS: tuple[Entry, ...] = (
    _unknown("E201", "quantity", "Define it under `quantities`, or correct the name.", _term("1 * tensoin")),
    _unknown("E202", "move", "Define it under `moves`, or correct the name.", _term("log1p(recent(guard.riad, 10 d))")),
    _unknown("E203", "actor", "Define it under `actors`, or correct the name.", edit("target: guard", "target: gaurd")),
    _unknown("E204", "variant", "Define it under `variants` of the move.",
        _term("log1p(recent(guard.raid[north], 10 d))")),
    _unknown("E205", "calendar entry", "Define it under `calendar`.", _term("1 * after(calendar.election)")),
    _unknown("E206", "input", "Define it under `inputs`.", _term("1 * input.oil_price")),
    _unknown("E207", "parameter", "Define it under `parameters`.", _term("parameter.anger * tension")),
    _unknown("E208", "switch", "Define it under `switches`.", _term("1 if switch.R1 == a else 0")),
    _unknown(
        "E209", "alternative", "Write one of the switch's alternatives.",
        Example(
            edits=(
                ("sources:\n", f'switches:\n  R1: {{prior: "Categorical(a=0.5, b=0.5)", {_EVIDENCE}}}\nsources:\n'),
                (_BASE, 'utility: {base: "1 if switch.R1 == c else 0"}'),
            )
        ),
    ),
    _unknown("E210", "pledge", "Define it under `pledges`.", _term("1 * pledge.truce.active")),
    _unknown("E211", "directive", "Give the actor a `directive`.", _term("1 * directive.blue")),
    _unknown("E212", "channel", "Define it under `channels` of the actor.",
        edit("    rung: 6\n", "    channel: words\n")),
    _unknown("E213", "function", "See the functions of the reference.", _term("log2(tension)")),
    _unknown("E214", "outcome", "Define it under `outcomes`.", edit("outcome: war", "outcome: peace")),
    _unknown("E215", "policy", "Define it under `policies`, or write an edit.",
        edit("edit: restraint", "edit: restrain")),
    _unknown(
        "E216", "state of a pledge", "States: none, offered, accepted, active, kept, broken, expired; and cost.",
        Example(
            edits=(
                (
                    "sources:\n",
                    f"pledges:\n  truce: {_TRUCE}\nsources:\n",
                ),
                (_BASE, 'utility: {base: "1 * pledge.truce.done"}'),
            )
        ),
    ),
    _unknown("E217", "dotted name", "Names with a dot begin with a section or an actor.", _term("1 * green.tension")),
    Entry(
        "E219", "reserved word", "An id is a word of the language: formulas could not tell the two apart.",
        "Choose another name.", add(
            f"pledges:\n  week: {_TRUCE}\n"
        ),
    ),
    Entry(
        "E220", "unknown event class", "The `code` of a move is not a PLOVER event class.",
        "Write a class of the reference, or NONE.",
        edit("    target: guard\n    code: ASSAULT\n", "    target: guard\n    code: ATTACK\n"),
    ),
    Entry(
        "W201", "quantity that nothing reads", "A quantity changes, and no formula, goal, outcome or panel reads it.",
        "Read it somewhere, show it in a panel, or remove it.",
        edit('      fear: "Normal(-1, 0.5) * resolve"\n', ""), "warning",
    ),
    Entry(
        "W202", "quantity that nothing changes", "No effect, mechanism, noise or relaxation moves a quantity.",
        "Add what changes it, or write the number where it is read.",
        edit("      - {on: blue_deaths, add: \"Poisson(0.4)\"}\n", ""), "warning",
    ),
    Entry(
        "W203", "entry that nothing reads", "A parameter, calendar entry, input or switch plays no part.",
        "Read it in a formula, or remove it.", add("calendar: {election: {date: 2020-03-03}}\n"), "warning",
    ),
    Entry(
        "W204", "channel without moves", "No move of the actor uses the channel.", "Add a move, or remove the channel.",
        Example(
            edits=(
                ("      force: {opportunities: 0.3 / day,",
                 "      words: {opportunities: 1 / day, " + _EVIDENCE + "}\n      force: {opportunities: 0.3 / day,"),
                ("    rung: 6\n", "    channel: force\n"),
            )
        ),
        "warning",
    ),
    Entry(
        "W205", "date outside the clock", "A calendar entry lies before the clock's start or after its end.",
        "Correct the date, or the clock.",
        Example(
            edits=(
                ("sources:\n", "calendar: {election: {date: 2021-03-03}}\nsources:\n"),
                (_BASE, 'utility: {base: "-1 * before(calendar.election)"}'),
            )
        ),
        "warning",
    ),
    Entry(
        "W206", "actor that plays no part", "An actor has no move, and nothing refers to it.",
        "Give it a move, or remove it.",
        edit("actors:\n", "actors:\n  green: {title: Green, kind: state}\n"), "warning",
    ),
)  # fmt: skip
