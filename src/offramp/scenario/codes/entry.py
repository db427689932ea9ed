"""A row of the catalogue, and the small scenario that its example changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from offramp.core.errors import Level

BASE = """\
offramp: 1
scenario:
  name: two-rivals
  title: Two rivals and a border
  clock: {start: 2020-01-01, days: 180}
sources:
  smith2020: {title: Border raids and reprisals, author: Smith, date: 2020-03-01}
actors:
  blue:
    title: Blue Kingdom
    kind: state
    goals:
      tension: {weight: "Normal(-1, 0.5)", evidence: {status: elicited, why: stated aim since 2015}}
    channels:
      force: {opportunities: 0.3 / day, evidence: {status: assumed, why: a decision every few days}}
  guard:
    title: Border guard
    kind: proxy
    sponsor: blue
    directive: {control: 1.0, moves: [guard.raid], evidence: {status: assumed, why: a sketch}}
    channels:
      force: {opportunities: "Gamma(3, rate=6) / day", evidence: {status: assumed, why: every other day}}
quantities:
  tension:
    unit: index
    kind: level
    range: [0, 1]
    start: 0.2
    rest: 0.15
    half_life: 20 d
    noise: 0.01
    evidence: {status: assumed, why: an index by convention}
  blue_deaths:
    unit: people
    kind: tally
    evidence: {status: derived, why: counts what the moves draw}
  resolve:
    unit: probability
    kind: belief
    owner: guard
    start: 0.5
    updates:
      - {on: blue.strike, toward: 1, rate: 0.3}
    evidence: {status: assumed, why: a sketch}
moves:
  guard.raid:
    title: Cross-border raid
    target: blue
    code: ASSAULT
    rung: 4
    requires: tension > 0.1
    utility:
      base: "Normal(-2, 1)"
      revenge: "Normal(1, 0.5) * log1p(recent(blue.strike, 10 d))"
      fear: "Normal(-1, 0.5) * resolve"
    effects:
      - {on: tension, add: "Normal(0.10, 0.03)"}
      - {on: blue_deaths, add: "Poisson(0.4)"}
    evidence:
      arrow: {status: sourced, source: smith2020, at: p. 3, says: raids follow strikes within days}
      size: {status: assumed, why: order of magnitude from the same page}
  blue.strike:
    title: Air strike
    target: guard
    code: ASSAULT
    rung: 6
    utility: {base: "Normal(-3, 1)"}
    directs: {guard: restrain}
    effects:
      - {on: tension, add: 0.2}
    evidence: {status: assumed, why: a sketch}
outcomes:
  war: any(tension > 0.95)
policies:
  restraint: [forbid blue.strike]
claims:
  restraint-calms:
    {kind: counterfactual, edit: restraint, outcome: war, expects: lower, source: smith2020, at: p. 5}
"""


@dataclass(frozen=True, slots=True)
class Example:
    """The smallest input that raises a code.

    Attributes
    ----------
    edits : pairs (old, new) of text, applied to `BASE`; each old text occurs in it once
    text : the whole of `scenario.yaml`, in place of `BASE` and edits; bytes where it is not text
    files : further files of the folder
    has_scenario : False for a folder that holds no `scenario.yaml`
    """

    edits: tuple[tuple[str, str], ...] = ()
    text: str | bytes | None = None
    files: Mapping[str, str | bytes] = field(default_factory=dict)
    has_scenario: bool = True

    def written(self) -> bytes:
        """`scenario.yaml` as it stands on disk."""
        text: str | bytes = BASE if self.text is None else self.text
        if isinstance(text, str):
            for old, new in self.edits:
                text = text.replace(old, new)
            return text.encode()
        return text


@dataclass(frozen=True, slots=True)
class Entry:
    """One code: what it means in general, how it is mended, and its smallest example."""

    code: str
    title: str
    meaning: str
    hint: str
    example: Example
    level: Level = "error"


def edit(old: str, new: str, **files: str) -> Example:
    """Make an example that changes one place of `BASE`."""
    return Example(edits=((old, new),), files=files)


def add(text: str) -> Example:
    """Make an example that adds sections at the end of `BASE`."""
    return Example(text=BASE + text)
