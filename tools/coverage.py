"""Write docs/coverage.md from the scenario: `python -m tools.coverage`.

`levers-and-mechanisms.csv` beside the scenario lists, in our own words, every lever and mechanism that the three
articles assert, and what the model must be able to express across them. Each item of evidence, and each policy, names
under `represents` those that it stands for; `out-of-scope.csv` names the rest with the reason. A test refuses an id in
neither list or in both, an id that does not exist, and a page that is out of date.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from offramp.evidence.tally import evidence_items
from offramp.scenario.document import EvidenceItem, Policy, ScenarioDocument
from offramp.scenario.load import load
from tools.pins import ROOT
from tools.reference import table

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
class Coverage:
    """What is asked, what answers it, and what is knowingly left out."""

    statements: tuple[Statement, ...]
    elements: Mapping[str, tuple[str, ...]]  # id -> dotted paths of the elements that represent it
    out_of_scope: Mapping[str, str]  # id -> reason

    def faults(self) -> list[str]:
        """Say what does not add up; empty if every id is in one list and only one."""
        asked = {statement.id for statement in self.statements}
        named, left_out = set(self.elements), set(self.out_of_scope)
        return [
            *(f"{name} is neither represented nor out of scope" for name in sorted(asked - named - left_out)),
            *(f"{name} is represented and out of scope" for name in sorted(named & left_out)),
            *(f"{name} is in no list of statements" for name in sorted((named | left_out) - asked)),
            *(f"{name} is out of scope without a reason" for name in sorted(left_out) if not self.out_of_scope[name]),
        ]


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
    reasons = {row["id"]: row["reason"].strip() for row in _rows(loaded.folder / "out-of-scope.csv")}
    return Coverage(statements, {one: tuple(paths) for one, paths in elements.items()}, reasons)


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
    counted = " ".join(
        f"{sum(s.kind == kind for s in asked)} {kind}s," for kind in ("lever", "mechanism", "requirement")
    ).rstrip(",")
    parts = [
        "# What the scenario covers of the articles\n",
        "Written by `python -m tools.coverage` from the scenario's own evidence; a test refuses a page that is out of date.\n"
        "\n"
        f"Three articles of 2020 assert levers (what somebody can do) and mechanisms (what raises or lowers what). This page\n"
        f"lists all of them in our own words, {counted}, with the elements of `{SCENARIO}` that make each executable. That an\n"
        "element stands for a statement says that the model can express it, not that it is true, nor that the model's\n"
        "numbers say so: many priors allow the opposite sign, and rival readings are switches.\n"
        "\n"
        f"**{len(covered.elements)} represented, {len(covered.out_of_scope)} out of scope.**\n",
    ]
    for kind, heading in HEADINGS.items():
        rows = (_row(covered, s) for s in asked if s.kind == kind and s.id not in covered.out_of_scope)
        parts.append(f"## {heading}\n\n{table(COLUMNS, rows)}")
    left = ((s.id, s.says, covered.out_of_scope[s.id]) for s in asked if s.id in covered.out_of_scope)
    parts.append(f"## Out of scope\n\n{table(('id', 'statement', 'reason'), left)}")
    return "\n".join(parts)


def _row(covered: Coverage, statement: Statement) -> tuple[str, ...]:
    says = f"{statement.says} ({statement.sign})" if statement.sign else statement.says
    where = ", ".join(filter(None, (statement.who, statement.source, statement.at)))
    return statement.id, says, where, ", ".join(f"`{path}`" for path in covered.elements.get(statement.id, ()))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


if __name__ == "__main__":
    main()
