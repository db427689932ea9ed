"""Write the tables of a packaged scenario's page from the scenario itself: `python -m tools.scenario_page`.

The prose of docs/scenarios/NAME.md is written by hand; everything between its two marks is replaced by what the
scenario says today, so that the page cannot say anything else. A test refuses a page that is out of date.
"""

from collections.abc import Iterable
from pathlib import Path

from offramp.evidence.kinds import STATUSES
from offramp.evidence.tally import tally
from offramp.scenario.document import (
    ArrowAndSize,
    Evidence,
    Mechanism,
    Move,
    QuantityDocument,
    ScenarioDocument,
)
from offramp.scenario.load import load

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "scenarios"
QUANTITY_COLUMNS = ("quantity", "kind", "unit", "range", "start", "evidence")
MOVE_COLUMNS = ("move", "title", "rung", "effects on", "evidence")
MECHANISM_COLUMNS = ("mechanism", "title", "change per day", "evidence")
OPEN, CLOSE = "<!-- tables: python -m tools.scenario_page -->", "<!-- end of tables -->"


def main() -> None:
    """Bring the tables of every page in docs/scenarios up to date."""
    for page in sorted(FOLDER.glob("*.md")):
        page.write_text(renewed(page.read_text(encoding="utf-8"), page.stem), encoding="utf-8")


def renewed(text: str, name: str) -> str:
    """The text of a page with its tables as the scenario has them now."""
    before, _, rest = text.partition(OPEN)
    _, _, after = rest.partition(CLOSE)
    return f"{before}{OPEN}\n\n{tables(load(name).document)}\n{CLOSE}{after}"


def tables(document: ScenarioDocument) -> str:
    """All tables of a scenario, as Markdown."""
    outcomes = ((f"`{name}`", f"`{_measure(outcome)}`") for name, outcome in sorted(document.outcomes.items()))
    sections = {
        "Actors": _actors(document),
        "Quantities": _table(QUANTITY_COLUMNS, map(_quantity, sorted(document.quantities.items()))),
        "Moves": _table(MOVE_COLUMNS, map(_move, sorted(document.moves.items()))),
        "Mechanisms": _table(MECHANISM_COLUMNS, map(_mechanism, sorted(document.mechanisms.items()))),
        "Outcomes": _table(("outcome", "measure"), outcomes),
        "What the numbers rest on": _shares(document),
    }
    return "\n".join(f"## {title}\n\n{table}" for title, table in sections.items())


def _actors(document: ScenarioDocument) -> str:
    rows = []
    for name, actor in document.actors.items():
        own, rivals = (actor.aims.own, actor.aims.rivals) if actor.aims else ("", "")
        rows.append((f"`{name}`", actor.title, own, rivals))
    return _table(("actor", "title", "aims, in its own terms", "aims, as its rivals put them"), rows)


def _quantity(entry: tuple[str, QuantityDocument]) -> tuple[str, ...]:
    name, quantity = entry
    return (
        f"`{name}`: {quantity.title or ''}",
        f"belief of {quantity.owner}" if quantity.owner else quantity.kind,
        quantity.unit,
        " to ".join("..." if bound is None else f"{bound:g}" for bound in quantity.range) if quantity.range else "",
        f"`{quantity.start}`",
        _status(quantity.evidence),
    )


def _move(entry: tuple[str, Move]) -> tuple[str, ...]:
    name, move = entry
    variants = [effect.on for variant in move.variants.values() for effect in variant.effects]
    touched = sorted({effect.on for effect in move.effects} | set(variants))
    words = [f"`{quantity}`" for quantity in touched] + [f"directive to `{to}`" for to in move.directs]
    rung = "" if move.rung is None else str(move.rung)
    return f"`{name}`", move.title, rung, ", ".join(words), _status(move.evidence)


def _mechanism(entry: tuple[str, Mechanism]) -> tuple[str, ...]:
    name, mechanism = entry
    flow = f"`{mechanism.on}` += `{str(mechanism.per_day).strip()}`"
    return f"`{name}`", mechanism.title or "", flow, _status(mechanism.evidence)


def _measure(outcome: object) -> str:
    return outcome if isinstance(outcome, str) else str(getattr(outcome, "measure", ""))


def _status(evidence: Evidence | None) -> str:
    if evidence is None:
        return ""
    if isinstance(evidence, ArrowAndSize):
        return f"arrow {evidence.arrow.status}, size {evidence.size.status}"
    return evidence.status


def _shares(document: ScenarioDocument) -> str:
    counted = tally(document)
    n_arrows, n_sizes = sum(counted.arrows.values()), sum(counted.sizes.values())
    rows = [
        (status, *_share(counted.arrows[status], n_arrows), *_share(counted.sizes[status], n_sizes))
        for status in STATUSES
    ]
    return _table(("status", "arrows", "share", "sizes", "share"), rows)


def _share(count: int, total: int) -> tuple[str, str]:
    return str(count), f"{100 * count / total:.0f} %"


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    columns = list(head)
    lines = [columns, ["---"] * len(columns), *[[cell.replace("|", "\\|") for cell in row] for row in rows]]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


if __name__ == "__main__":
    main()
