"""E3xx: kinds and units of formulas, and what may stand where."""

from __future__ import annotations

from offramp.scenario.codes.entry import Entry, Example, add, edit

_BASE = 'utility: {base: "Normal(-3, 1)"}'
_EVIDENCE = "evidence: {status: assumed, why: a sketch}"
_RAID = '      - {on: tension, add: "Normal(0.10, 0.03)"}\n'
_TALLY = "    unit: people\n    kind: tally\n"
_OWNER = "    owner: guard\n"
_RULE = "      - {on: blue.strike, toward: 1, rate: 0.3}\n"
_CHANNEL = "      force: {opportunities: 0.3 / day,"


def _term(text: str) -> Example:
    return edit(_BASE, f'utility: {{base: "{text}"}}')


def _pledge(**changes: str) -> Example:
    fields = {"kind": "truce", "by": "blue", "to": "guard", "offer": "blue.strike", **changes}
    return add(f"pledges:\n  truce: {{{', '.join(f'{k}: {v}' for k, v in fields.items())}, {_EVIDENCE}}}\n")


_FORMULAS: tuple[Entry, ...] = (
    Entry("E301", "different units", "Values in different units are added, compared or assigned.",
          "Bring them to one unit, or multiply one by a coefficient.", _term("1 if tension > blue_deaths else 0")),
    Entry("E302", "length of time or number", "A length of time stands where a number is wanted, or the reverse.",
          "A length of time has a unit: `10 d`; divided by one it is a number.",
          _term("1 if since(guard.raid) > 10 else 0")),
    Entry("E303", "rate or number", "A rate stands where another kind is wanted, or the reverse.",
          "A rate ends in `/ day`.", edit("opportunities: 0.3 / day", "opportunities: 0.3")),
    Entry("E304", "not a condition", "A number stands where something true or false is wanted.",
          "Compare it: `tension > 0.5`.", edit("requires: tension > 0.1", "requires: tension + 0.1")),
    Entry("E306", "wrong number of arguments", "A function has too few or too many arguments.",
          "See its row in the reference.", _term("log1p(tension, 2)")),
    Entry("E307", "unknown argument", "A function has no argument of that name, or is given it twice.",
          "See its row in the reference.", _term("log1p(recent(guard.raid, decay=10 d))")),
    Entry("E308", "not a value", "A move or an actor stands where a number is wanted.",
          "Read what is remembered of a move: `log1p(recent(blue.strike, 10 d))`.", _term("1 * guard.raid")),
    Entry("E309", "not a move", "Something else stands where a move or an actor is wanted.",
          "Name a move: `blue.strike`, `us.airstrike[syria]`, `blue.*`.", _term("log1p(recent(1 + 1, 10 d))")),
    Entry("E310", "date out of place", "A date stands where a value is wanted, or the reverse.",
          "Dates stand in `after`, `before`, `days_until`, `days_since` and windows.", _term("1 * after(tension)")),
    Entry("E311", "not known before the run", "A start, or another number settled before the run, reads the run.",
          "Use numbers, priors and parameters.", edit("    start: 0.5\n", "    start: 0.5 * tension\n")),
    Entry("E312", "not a reducer", "An outcome does not say what to take from a whole run.",
          "Write `any(...)`, `count(move)`, `max(x)` or another reducer, outermost.",
          edit("war: any(tension > 0.95)", "war: tension > 0.95")),
    Entry("E313", "reducer out of place", "A function that looks back on a whole run stands within a run.",
          "Reducers stand in outcomes, outermost.", _term("1 * final(tension)")),
    Entry("E314", "prior out of place", "A prior is not the first factor of a product, or stands where none may.",
          "Write `Normal(1, 0.5) * rest`, or name it under `parameters`.", _term("1 + Normal(0, 1)")),
    Entry("E315", "second prior", "A formula has two priors, which would have one name.",
          "Name one under `parameters`, or split the utility into two terms.",
          _term("Normal(1, 1) * tension * Normal(1, 1)")),
    Entry("E316", "distribution of an event not alone", "What is drawn for each event is part of a larger formula.",
          "Let it stand alone; its arguments may be formulas.",
          edit(_RAID, '      - {on: tension, add: "2 * Normal(0.10, 0.03)"}\n')),
    Entry("E317", "argument of a prior", "An argument of a prior is not a number.",
          "A prior is drawn before the run, from numbers.", _term("Normal(tension, 1)")),
    Entry("E318", "malformed window", "The window of an outcome is not one of `by=DATE` and `between=(DATE, DATE)`.",
          "Write one of the two.", edit("any(tension > 0.95)", "any(tension > 0.95, between=2020-02-01)")),
    Entry("E319", "switch out of place", "A switch is used otherwise than compared with an alternative.",
          "Write `switch.NAME == alternative`.", Example(edits=(
                  ("sources:\n", f'switches:\n  R1: {{prior: "Categorical(a=0.5, b=0.5)", {_EVIDENCE}}}\nsources:\n'),
                  (_BASE, 'utility: {base: "1 * switch.R1"}')))),
    Entry("E322", "pair out of place", "Two values in parentheses stand where one is wanted.",
          "Only windows are pairs.", _term("1 * (2, 3)")),
    Entry("E323", "Categorical and switches", "A switch is not a `Categorical`, or a `Categorical` is no switch.",
          "Write `Categorical(a=0.5, b=0.5)` as the prior of a switch.", _term("Categorical(a=0.5, b=0.5)")),
    Entry("E324", "malformed length of time", "A field wants a length of time, and has something else.",
          "Write a number, a blank and a unit: `10 d`.", edit("    rung: 6\n", "    cooldown: 3 dayz\n")),
)  # fmt: skip

_QUANTITIES: tuple[Entry, ...] = (
    Entry("E325", "level without range", "A level has no range.", "Write `range: [0, 1]`, with null where it is open.",
          edit("    range: [0, 1]\n", "")),
    Entry("E326", "empty range", "The lower end of a range is not below its upper end.", "Exchange the two.",
          edit("range: [0, 1]", "range: [1, 0]")),
    Entry("E327", "range of a kind", "A tally, flag or belief has a range wider than its kind allows.",
          "Leave `range` out.", edit(_TALLY, f"{_TALLY}    range: [-1, null]\n")),
    Entry("E328", "kind that does not relax", "A stock, tally or flag has `rest` or `half_life`.",
          "Only levels and beliefs relax.", edit(_TALLY, f"{_TALLY}    half_life: 10 d\n")),
    Entry("E329", "rest without half-life", "A quantity has somewhere to relax to, and no speed.",
          "Add `half_life: 30 d`.", edit("    half_life: 20 d\n", "")),
    Entry("E330", "kind without noise", "A tally or flag has noise.", "Only levels, stocks and beliefs have.",
          edit(_TALLY, f"{_TALLY}    noise: 0.1\n")),
    Entry("E331", "flow into a count", "A mechanism acts on a tally or a flag.",
          "Mechanisms act on levels, stocks and beliefs.",
          add(f"mechanisms:\n  drip: {{on: blue_deaths, per_day: 1, {_EVIDENCE}}}\n")),
    Entry("E332", "belief without owner", "A belief does not say whose it is.", "Add `owner: ACTOR`.",
          Example(edits=((_OWNER, ""), ('      fear: "Normal(-1, 0.5) * resolve"\n', ""),
                         ("any(tension > 0.95)", "any(tension > 0.95 or resolve > 0.9)")))),
    Entry("E333", "not a belief", "A quantity that is no belief has an `owner` or `updates`.", "Remove them.",
          edit(_TALLY, f"{_TALLY}    owner: blue\n")),
    Entry("E334", "belief seen by others", "A belief has `seen_by`.", "Its owner alone sees it.",
          edit(_OWNER, f"{_OWNER}    seen_by: [guard]\n")),
    Entry("E335", "belief rule", "A rule is neither `toward` with `rate` nor `likelihood`, or names no move.",
          "Write one of the two forms.", edit(_RULE, "      - {on: blue.strike, toward: 1}\n")),
)  # fmt: skip

_MOVES: tuple[Entry, ...] = (
    Entry("E336", "effect without one size", "An effect has none, or several, of `add`, `set` and `scale`.",
          "Write one of the three.", edit("{on: tension, add: 0.2}", "{on: tension, add: 0.2, scale: 2}")),
    Entry("E337", "effect of the wrong sort", "Tallies take only `add`, flags only `set`.", "Use the one that fits.",
          edit("{on: tension, add: 0.2}", "{on: blue_deaths, set: 2}")),
    Entry("E338", "effect on a pledge or directive", "An effect acts on what a pledge or directive keeps itself.",
          "Use `directs`, or the moves of the pledge.",
          edit("{on: tension, add: 0.2}", "{on: directive.guard, set: 1}")),
    Entry("E340", "which channel", "A move names no channel, and its actor has several.", "Add `channel: NAME`.",
          edit(_CHANNEL, f"      words: {{opportunities: 1 / day, {_EVIDENCE}}}\n{_CHANNEL}")),
    Entry("E341", "no channel", "A move is chosen, but its actor has no channel.",
          "Give the actor a channel, or the move a `rate`.",
          Example(edits=(("actors:\n", "actors:\n  green: {title: Green, kind: state}\n"),
                         ("moves:\n", f"moves:\n  green.appeal: {{title: Appeal, {_EVIDENCE}}}\n")))),
    Entry("E342", "max_per_day of a chosen move", "`max_per_day` of a chosen move belongs to its channel.",
          "Move it to the channel.", edit("    rung: 6\n", "    max_per_day: 2\n")),
    Entry("E343", "spontaneous and chosen", "A move has both a `rate` and what only chosen moves have.",
          "Remove one of the two.", edit(
              "moves:\n", f"moves:\n  blue.panic: {{title: Panic, rate: 0.1 / day, cooldown: 3 d, {_EVIDENCE}}}\n")),
    Entry("E344", "pledge to itself", "An actor gives a pledge to itself.", "`by` and `to` are two actors.",
          _pledge(to="blue")),
    Entry("E345", "moves of a pledge", "A move of a pledge is not the right actor's, or stands on both sides.",
          "The offer and what keeps it are moves of `by`; `accept` is one of `to`.", _pledge(offer="guard.raid")),
    Entry("W301", "deadline that never runs",
          "A pledge has `within` and neither `condition` nor `fulfil`: nothing calls it in, so its time never runs.",
          "Say when it calls for action (`condition`) or what keeps it (`fulfil`), or leave `within` out.",
          _pledge(within="5 d"), "warning"),
    Entry("E346", "circle of sponsors", "An actor is, in the end, its own sponsor.", "Remove one sponsor.",
          Example(edits=(("sponsor: blue", "sponsor: guard"), ("    directs: {guard: restrain}\n", "")))),
    Entry("E347", "directive without sponsor", "An actor has a directive, and nobody to give it.", "Add `sponsor:`.",
          Example(edits=(("    sponsor: blue\n", ""), ("    directs: {guard: restrain}\n", "")))),
    Entry("E348", "move that a directive cannot bind",
          "A directive lists a move of another actor, or one that is not chosen.",
          "List chosen moves of the actor.", edit("moves: [guard.raid]", "moves: [blue.strike]")),
    Entry("E349", "direction without right",
          "A move directs an actor of which its own is not the sponsor, or that has no directive.",
          "Only a sponsor directs.", Example(edits=(
              ("    sponsor: blue\n", "    sponsor: green\n"),
              ("actors:\n", "actors:\n  green: {title: Green, kind: state}\n")))),
    Entry("E350", "unseen quantity", "An actor's utility, goal or expectation reads a quantity that it cannot see.",
          "Add the actor to `seen_by`, or read what it sees.", _term("1 * resolve")),
    Entry("E351", "goal on something unseen", "An actor has a goal on a quantity that it cannot see.",
          "Add the actor to `seen_by`.",
          edit('      tension: {weight: "Normal(-1, 0.5)"', '      resolve: {weight: "Normal(-1, 0.5)"')),
    Entry("E352", "unseen move", "An actor's utility remembers a move that it never sees.",
          "Add the actor to `visible_to`.", Example(edits=(
              ("    rung: 6\n", "    visible_to: []\n"), (_RULE, "      - {on: guard.raid, toward: 1, rate: 0.3}\n")))),
    Entry("E353", "learning from something unseen", "A belief is moved by a move that its owner never sees.",
          "Add the owner to `visible_to`.", Example(edits=(
              ("    rung: 6\n", "    visible_to: []\n"),
              ('      revenge: "Normal(1, 0.5) * log1p(recent(blue.strike, 10 d))"\n', "")))),
)  # fmt: skip

_OTHERS: tuple[Entry, ...] = (
    Entry("E354", "parameter that is a formula", "A shared parameter is neither a distribution nor a number.",
          "Write the formula where it is used.",
          Example(edits=(("sources:\n", f"parameters:\n  a: {{prior: log1p(2), {_EVIDENCE}}}\nsources:\n"),
                         (_BASE, "utility: {base: parameter.a}")))),
    Entry("E355", "payoff without goals", "The payoff of an actor without goals is always 0.", "Give the actor goals.",
          edit("war: any(tension > 0.95)", "war: payoff(guard)")),
    Entry("E356", "panel", "A panel shows neither a quantity nor moves, or both.", "Write one of the two.",
          add("panels: [{title: Nothing}]\n")),
    Entry("E357", "not an edit", "A line of a policy is not an edit.", "See the edits of the reference.",
          edit("[forbid blue.strike]", "[prohibit blue.strike]")),
    Entry("E358", "replaced by another actor's move", "A move is replaced by a move of another actor.",
          "Name a move of the same actor.", edit("[forbid blue.strike]", "[replace blue.strike with guard.raid]")),
    Entry("E359", "incomplete claim", "A claim lacks what its kind needs.", "Add it.", edit("outcome: war, ", "")),
    Entry("E360", "two panels of one title", "Two panels have the same title, which names them.",
          "Rename one of the two.",
          add("panels: [{title: Border, quantity: tension}, {title: Border, moves: [guard.raid]}]\n")),
    Entry("E361", "nobody is told", "An edit is announced, and no belief lists what it is about under `told_by`.",
          "Add `told_by` to a belief, or leave out `announced`.",
          edit("[forbid blue.strike]", "[forbid blue.strike announced]")),
    Entry("E362", "policies without end", "Policies take in each other in a circle, too deep, or too many edits.",
          "Remove one of the lines `policy NAME`.", edit("[forbid blue.strike]", "[policy restraint]")),
)  # fmt: skip

ROWS: tuple[Entry, ...] = _FORMULAS + _QUANTITIES + _MOVES + _OTHERS
