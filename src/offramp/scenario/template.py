"""`offramp new`: a small scenario with comments to start from. It passes `check`."""

from __future__ import annotations

import re
from pathlib import Path

from offramp.core.errors import InputError, Problem

_NAME = re.compile(r"[a-z][a-z0-9-]{0,59}")

TEMPLATE = """\
# {title}: a scenario of Offramp. The language: docs/reference/language.md.
# A crisis is rate x choice x effects x drift: actors get opportunities at a rate, choose a move, moves have effects
# on quantities, and quantities drift. Every number says why it is believed; what is merely chosen is `assumed`.
offramp: 1 # version of the language
scenario:
  name: "{name}"
  title: "{title}"
  about: Do reprisals at the border end in war? # for the reader of `show` and of the report
  clock: {{start: 2020-01-01, days: 180}} # daily steps unless `step:` says otherwise

sources: # what evidence cites; this one is invented, as the whole example is
  border_report:
    {{title: Border raids and reprisals, author: An invented author, date: 2020-03-01}}

actors:
  blue:
    title: Blue Kingdom
    kind: state
    goals: # weight in logits per unit: what blue believes a move will do to tension counts this much
      tension: {{weight: "Normal(-1, 0.5)", evidence: {{status: assumed, why: "blue says that it wants calm"}}}}
    channels: # tracks on which blue decides, with opportunities at a rate; if several, moves name theirs (`channel:`)
      force: {{opportunities: 0.3 / day, evidence: {{status: assumed, why: "a decision every few days"}}}}
  guard: # what happens by itself (`rate:` in place of `utility:`) belongs to an actor too, such as `nature`
    title: Border guard
    kind: armed_group
    channels:
      # A distribution is a prior: drawn once for each run, and named by its path.
      force: {{opportunities: "Gamma(3, rate=6) / day", evidence: {{status: assumed, why: "every other day"}}}}

quantities:
  tension: # a level relaxes to its rest
    title: Tension at the border
    kind: level
    unit: index
    range: [0, 1]
    start: 0.2
    rest: 0.15
    half_life: 20 d
    noise: 0.01 # standard deviation per square root of a day
    evidence: {{status: assumed, why: "an index: its scale is a convention"}}
  deaths: # a tally only counts
    title: People killed
    kind: tally
    unit: people
    evidence: {{status: derived, computed: "sum of what the moves draw"}}
  resolve: # a belief has an owner, who alone sees it and learns from what it sees
    title: The guard's belief that blue will answer
    kind: belief
    owner: guard
    unit: probability
    start: 0.5
    updates:
      - {{on: blue.strike, toward: 1, rate: 0.3}}
      - {{on: blue.appeal, toward: 0, rate: 0.1}}
    evidence: {{status: assumed, why: "even odds at first; a strike convinces more than words do"}}

moves:
  guard.raid:
    title: Cross-border raid
    target: blue
    code: ASSAULT # class of event, so that event data can be matched
    requires: tension > 0.05
    utility: # in logits against doing nothing; the terms are added up
      base: "Normal(-2, 0.5)"
      revenge: "Normal(1, 0.5) * log1p(recent(blue.strike, 10 d))"
      fear: "Normal(-1, 0.5) * resolve"
    effects: # in an effect a distribution is drawn for each event
      - {{on: tension, add: "Normal(0.1, 0.03)"}}
      - {{on: deaths, add: "Poisson(0.4)"}}
    evidence: # that there is an effect, and how large it is, are believed for different reasons
      arrow: {{status: sourced, source: border_report, at: p. 3, says: "raids follow strikes within days"}}
      size: {{status: assumed, why: "order of magnitude from the same page"}}
  blue.strike:
    title: Air strike
    target: guard
    code: ASSAULT
    cooldown: 3 d
    utility:
      base: "Normal(-3, 0.5)"
      answer: "Normal(1.5, 0.5) * log1p(recent(guard.raid, 7 d))"
    effects:
      - {{on: tension, add: 0.2}}
      - {{on: deaths, add: "Poisson(1.5)"}}
    evidence: {{status: assumed, why: "an example"}}
  blue.appeal:
    title: Appeal for calm
    target: guard
    code: REQUEST
    utility: {{base: "Normal(-1, 0.5)"}}
    effects:
      - {{on: tension, scale: 0.9, delay: 2 d}}
    evidence: {{status: assumed, why: "an example"}}

outcomes: # what is taken from each run
  war: any(tension > 0.95)
  raids: {{measure: count(guard.raid), title: Raids, unit: raids}} # the same at length
  first_raid: first(ever(guard.raid)) # a day
  worst_tension: max(tension)

panels: # charts of the report
  - {{title: Tension, quantity: tension}}
  - {{title: Raids, moves: [guard.raid]}}

policies: # named bundles of edits
  restraint: [forbid blue.strike]

claims: # sentences of a source, made executable
  restraint-calms:
    {{kind: counterfactual, edit: restraint, outcome: raids, expects: lower, source: border_report, at: p. 5}}
"""


def write_new(name: str, folder: Path) -> Path:
    """Write a small commented scenario as `scenario.yaml` in a folder, which is made if need be.

    Returns
    -------
    The path of the file.

    Raises
    ------
    InputError : a name that is none, a file that is there already (E704), or a folder that cannot be written (E705).
    """
    if not _NAME.fullmatch(name):
        raise _refusal("E704", f"`{name}` is not a name for a scenario.", "Use small letters, digits and `-`.")
    path = Path(folder) / "scenario.yaml"
    title = name.replace("-", " ").capitalize()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as stream:
            stream.write(TEMPLATE.format(name=name, title=title))
    except FileExistsError:
        raise _refusal("E704", f"`{path}` is there already.", "Choose another name or folder.") from None
    except OSError as error:
        raise _refusal("E705", f"`{path}` cannot be written: {error.strerror}.", "Choose another folder.") from None
    return path


def _refusal(code: str, message: str, hint: str) -> InputError:
    return InputError([Problem(code, "error", None, message, hint)])
