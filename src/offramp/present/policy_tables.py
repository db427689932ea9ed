"""Policies beside the baseline, outcome by outcome: difference, interval and picture, and what stands out of each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from offramp.analyse.compare import Comparison, OutcomeDifference
from offramp.analyse.rests import Rests
from offramp.analyse.standouts import FEWEST_CHANGED, Standout, is_shown, n_changed
from offramp.core.words import percent
from offramp.present.charts import difference_bar
from offramp.present.compare_rows import excludes_zero, readings_in_words, signed
from offramp.present.evidence_table import anchor, element_title
from offramp.present.precision import number_at, rounded
from offramp.present.svg import Picture
from offramp.scenario.document import Policy, ScenarioDocument

LEAST_POINTS = 0.05  # half a picture's span of shares: 5 percentage points
LEAST_SPREAD = 0.25  # half a picture's span of numbers, in standard deviations of the baseline's runs
MAIN_OUTCOMES = 8
STANDOUTS_TOLD = 4
EDITED = "The edits of this report"  # what a run's own edits are called beside policies
NAME = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*")


@dataclass(frozen=True)
class PolicyRow:
    """One policy in one outcome; texts are empty and `few` says why where too few runs change."""

    title: str
    anchor: str
    difference: str
    interval: str
    is_clear: bool
    picture: Picture
    few: str = ""


@dataclass(frozen=True)
class PolicyTable:
    """One outcome over all policies. span : in words, what either end of the pictures stands for."""

    title: str
    name: str
    unit: str
    baseline: str
    rows: tuple[PolicyRow, ...]
    span: str


@dataclass(frozen=True)
class PolicyCard:
    """What a policy does, why, what it rests on, and what it changes beyond doubt about the number of runs."""

    title: str
    anchor: str
    why: str
    edits: tuple[str, ...]
    evidence: tuple[tuple[str, str], ...]  # anchor, title
    stands_out: tuple[str, ...]
    n_standing_out: int
    hangs: tuple[str, ...]
    share_changed: str
    first: str


def policy_tables(comparisons: Sequence[Comparison]) -> tuple[PolicyTable, ...]:
    """Set all alternatives side by side, one table for each outcome that has a value in every run."""
    first = comparisons[0].outcomes
    return tuple(_table(name, comparisons) for name, outcome in first.items() if outcome.kind != "first")


def _table(name: str, comparisons: Sequence[Comparison]) -> PolicyTable:
    own = [comparison.outcomes[name] for comparison in comparisons]
    is_share = own[0].kind == "any"
    span = _span([o for o, c in zip(own, comparisons, strict=True) if is_shown(o, c.n_runs)], own[0])
    unit = "percentage points" if is_share else own[0].unit
    ends = signed(rounded(100 * span if is_share else span, 100 * span if is_share else span))
    return PolicyTable(
        own[0].title or name, name, unit, percent(own[0].baseline) if is_share else number_at(own[0].baseline, span),
        tuple(_row(outcome, comparison, span) for outcome, comparison in zip(own, comparisons, strict=True)),
        f"{ends.replace('+', '−')} to {ends}",
    )  # fmt: skip


def _span(shown: Sequence[OutcomeDifference], one: OutcomeDifference) -> float:
    """Find what half a picture's width stands for: the widest interval, but never so little that nothing looks much."""
    reach = [abs(bound) for outcome in shown for bound in outcome.interval or ()]
    least = LEAST_POINTS if one.kind == "any" else LEAST_SPREAD * (one.spread or 0.0)
    return max([*reach, least]) or 1.0


def _row(outcome: OutcomeDifference, comparison: Comparison, span: float) -> PolicyRow:
    title, address = comparison.alternative.title, policy_anchor(comparison.alternative.name)
    if outcome.difference is None or outcome.interval is None or not is_shown(outcome, comparison.n_runs):
        n = n_changed(outcome, comparison.n_runs)
        few = "the same in every run" if n == 0 else f"different in fewer than {FEWEST_CHANGED} runs"
        return PolicyRow(title, address, "", "", is_clear=False, picture=Picture(), few=few)
    is_clear = excludes_zero(outcome.interval)
    shown, between = _change(outcome)
    said = f"{title}: {shown}, 90 % interval {between}{'' if is_clear else ', which holds 0'}"
    picture = difference_bar(outcome.difference, outcome.interval, span=span, said=said)
    return PolicyRow(title, address, shown, between, is_clear, picture)


def policy_anchor(name: str) -> str:
    """Make the address on the page of a policy."""
    return f"p-{re.sub(r'[^A-Za-z0-9_.-]', '-', name)[:60]}"


def policy_cards(
    found: Rests, comparisons: Sequence[Comparison], *, standing_out: Mapping[str, Sequence[Standout]]
) -> tuple[PolicyCard, ...]:
    """Tell of each alternative what it does and what it changes."""
    return tuple(_card(found, comparison, standing_out[comparison.alternative.name]) for comparison in comparisons)


def _card(found: Rests, comparison: Comparison, own: Sequence[Standout]) -> PolicyCard:
    alternative, parted = comparison.alternative, comparison.divergence
    written = found.document.policies.get(alternative.name)
    return PolicyCard(
        title=alternative.title, anchor=policy_anchor(alternative.name),
        why=(written.why or "") if isinstance(written, Policy) else "", edits=alternative.edits,
        evidence=_evidence(found, alternative.edits), stands_out=tuple(map(standout_words, own[:STANDOUTS_TOLD])),
        n_standing_out=len(own),
        hangs=tuple(f"{c.title}: {readings_in_words(c)} ({c.question})" for c in comparison.contested[:STANDOUTS_TOLD]),
        share_changed=percent(parted.share), first=parted.first.isoformat() if parted.first else "",
    )  # fmt: skip


def standout_words(one: Standout) -> str:
    """Tell a difference: both sides, the change, its interval."""
    outcome = one.outcome
    is_share = outcome.kind == "any"
    unit = " points" if is_share else f" {outcome.unit}" if outcome.unit and outcome.unit != "index" else ""
    change, interval = _change(outcome)
    half = _half(outcome)
    sides = [percent(v) if is_share else number_at(v, half) for v in (outcome.baseline, outcome.edited)]
    return f"{outcome.title or outcome.name}: from {sides[0]} to {sides[1]} ({change}{unit}; interval {interval})"


def _change(outcome: OutcomeDifference) -> tuple[str, str]:
    """Print a difference and its interval, in percentage points for shares, no finer than the interval is wide."""
    assert outcome.difference is not None, "differences without a value are not shown"
    assert outcome.interval is not None, "nor are those without an interval"
    factor, half = 100.0 if outcome.kind == "any" else 1.0, _half(outcome)
    shown = [signed(rounded(factor * v, factor * half)) for v in (outcome.difference, *outcome.interval)]
    return shown[0], f"{shown[1]} to {shown[2]}"


def _half(outcome: OutcomeDifference) -> float:
    low, high = outcome.interval or (0.0, 0.0)
    return (high - low) / 2


def _evidence(found: Rests, edits: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Link what edits name to its evidence."""
    named = dict.fromkeys(name for edit in edits for name in NAME.findall(edit))
    paths = dict.fromkeys(path for name in named for path in _known(found, name))
    return tuple((anchor(path), element_title(found.document, path)) for path in paths)


def _known(found: Rests, name: str) -> list[str]:
    document = found.document
    move = ".".join(name.split(".")[:2])
    if move in document.moves:
        candidates = [f"moves.{name}", f"moves.{move}"]
    elif name in document.quantities:
        candidates = [f"quantities.{name}"]
    else:
        candidates = []
    entry = next((e for e in map(found.of_written, candidates) if e is not None), None)
    return [entry] if entry is not None else []


def named_policies(document: ScenarioDocument) -> tuple[str, ...]:
    """List the policies that change anything: one without edits is the baseline by another name."""
    return tuple(
        name for name, policy in document.policies.items() if (policy.edits if isinstance(policy, Policy) else policy)
    )
