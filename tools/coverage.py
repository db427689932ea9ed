"""Write docs/coverage.md from the scenario: `python -m tools.coverage`.

`levers-and-mechanisms.csv` beside the scenario lists, in our own words, every lever and mechanism that the three
articles assert, and what the model must be able to express across them. Each item of evidence, and each policy, names
under `represents` those that it stands for; `out-of-scope.csv` names what is left out, a statement as a whole or a part
of one, with the reason. A test refuses an id that is in neither, one that is represented and wholly left out, one that
does not exist, and a page that is out of date.
"""

import csv
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from offramp.evidence.tally import evidence_items
from offramp.scenario.document import EvidenceItem, Policy, ScenarioDocument
from offramp.scenario.load import load
from tools.markdown import table
from tools.pins import ROOT

SCENARIO = "us-iran-iraq"
PAGE = ROOT / "docs" / "coverage.md"
HEADINGS = {
    "requirement": "What the articles together ask of a model",
    "lever": "Levers",
    "mechanism": "Mechanisms",
}
COLUMNS = ("id", "statement", "who, where", "expressed by")


@dataclass(frozen=True)
class Statement:
    """One line of the list: a lever, a mechanism or a requirement; `sign` is + or - where it has one."""

    id: str
    kind: str
    source: str
    at: str
    who: str
    says: str
    sign: str


@dataclass(frozen=True)
class LeftOut:
    """What the model does not hold of a statement, as a whole or in part, and why."""

    id: str
    extent: str  # "whole" or "part"
    reason: str


@dataclass(frozen=True)
class Coverage:
    """What is asked, what answers it, and what is knowingly left out."""

    statements: tuple[Statement, ...]
    elements: Mapping[str, tuple[str, ...]]  # id -> dotted paths of the elements that represent it
    left_out: Mapping[str, LeftOut]

    def faults(self) -> list[str]:
        """Say what does not add up; empty if every statement is represented, in part or whole, or wholly left out."""
        asked = {statement.id for statement in self.statements}
        named, whole, part = set(self.elements), self.of_extent("whole"), self.of_extent("part")
        lacking = {one.id for one in self.left_out.values() if not one.reason or one.id not in whole | part}
        return [
            *(f"{name} is neither represented nor out of scope" for name in sorted(asked - named - whole)),
            *(f"{name} is represented and out of scope" for name in sorted(named & whole)),
            *(f"{name} is in no list of statements" for name in sorted((named | set(self.left_out)) - asked)),
            *(f"{name} is out of scope without an extent or a reason" for name in sorted(lacking)),
        ]

    def of_extent(self, extent: str) -> set[str]:
        """The ids that are left out to this extent."""
        return {one.id for one in self.left_out.values() if one.extent == extent}


def main() -> None:
    """Bring the page up to date."""
    PAGE.write_text(page(coverage()), encoding="utf-8")


def coverage(name: str = SCENARIO) -> Coverage:
    """Read what a packaged scenario covers."""
    loaded = load(name)
    elements: dict[str, list[str]] = {}
    for path, ids in represented(loaded.document):
        for one in ids:
            elements.setdefault(one, []).append(path)
    statements = tuple(Statement(**row) for row in _rows(loaded.folder / "levers-and-mechanisms.csv"))
    left_out = {row["id"]: LeftOut(**row) for row in _rows(loaded.folder / "out-of-scope.csv")}
    return Coverage(statements, {one: tuple(paths) for one, paths in elements.items()}, left_out)


def represented(document: ScenarioDocument) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the path of each element, policies last, with the ids that it stands for."""
    for cited in evidence_items(document):
        if isinstance(cited.item, EvidenceItem) and cited.item.represents:
            yield cited.path, cited.item.represents
    for name, policy in document.policies.items():
        if isinstance(policy, Policy):
            yield f"policies.{name}", policy.represents


def page(covered: Coverage) -> str:
    """The page, as Markdown."""
    asked = covered.statements
    parts = [_head(covered)]
    for kind, heading in HEADINGS.items():
        rows = (_row(covered, s) for s in asked if s.kind == kind and s.id in covered.elements)
        parts.append(f"## {heading}\n\n{table(COLUMNS, rows)}")
    for extent, heading in (("part", "Left out in part"), ("whole", "Out of scope")):
        left = [(s.id, s.says, covered.left_out[s.id].reason) for s in asked if s.id in covered.of_extent(extent)]
        if left:
            parts.append(f"## {heading}\n\n{table(('id', 'statement', 'what is left out, and why'), left)}")
    return "\n".join(parts)


def _head(covered: Coverage) -> str:
    numbers = Counter(statement.kind for statement in covered.statements)
    asked = ", ".join(f"{numbers[kind]} {kind}s" for kind in ("lever", "mechanism", "requirement"))
    all_, some = len(covered.statements), len(covered.elements)
    part, whole = len(covered.of_extent("part")), len(covered.of_extent("whole"))
    return f"""# What the scenario covers of the articles

Written by `python -m tools.coverage` from the scenario's own evidence; a test refuses a page that is out of date.

Three articles of 2020 assert levers (what somebody can do) and mechanisms (what raises or lowers what). This page lists
all of them in our own words ({asked}) with the elements of `{SCENARIO}` that make each executable. That an element
stands for a statement says that the model can express it, not that it is true, nor that the model's numbers say so:
many priors allow the opposite sign, and rival readings are switches.

**{some} of {all_} are represented, {part} of them in part; {whole} are out of scope.**
"""


def _row(covered: Coverage, statement: Statement) -> tuple[str, ...]:
    says = f"{statement.says} ({statement.sign})" if statement.sign else statement.says
    where = ", ".join(filter(None, (statement.who, statement.source, statement.at)))
    return statement.id, says, where, ", ".join(f"`{path}`" for path in covered.elements.get(statement.id, ()))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


if __name__ == "__main__":
    main()
