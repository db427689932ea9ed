"""Write the tables of a packaged scenario's page from the scenario itself: `python -m tools.scenario_page`.

The prose of docs/scenarios/NAME.md is written by hand; everything between its two marks is replaced by what the
scenario and the notes beside it say today, so that the page cannot say anything else. A test refuses a page that is
out of date. What is too long for that page, every move with its reasons, is on the one of `tools.scenario_in_full`.
"""

from collections.abc import Iterator
from pathlib import Path

from offramp.evidence.kinds import STATUSES
from offramp.evidence.tally import tally
from offramp.present.contents import status
from offramp.scenario.document import Move, Outcome, Policy, QuantityDocument, ScenarioDocument
from offramp.scenario.load import LoadedScenario, load
from tools.markdown import code, plain, table
from tools.scenario_evidence import Evidence
from tools.scenario_notes import CONTESTED, LIMITS, LOG, section, sections

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "scenarios"
QUANTITY_COLUMNS = ("quantity", "kind", "unit", "range", "start", "by itself", "evidence")
MOVE_COLUMNS = ("move", "title", "rung", "effects on", "evidence")
OPEN, CLOSE = "<!-- tables: python -m tools.scenario_page -->", "<!-- end of tables -->"


def main() -> None:
    """Bring the generated part of every page in docs/scenarios up to date."""
    for page in sorted(FOLDER.glob("*.md")):
        page.write_text(renewed(page.read_text(encoding="utf-8"), page.stem), encoding="utf-8")


def renewed(text: str, name: str) -> str:
    """The text of a page with its generated part as the scenario has it now."""
    before, _, rest = text.partition(OPEN)
    _, _, after = rest.partition(CLOSE)
    return f"{before}{OPEN}\n\n{generated(load(name))}\n{CLOSE}{after}"


def generated(loaded: LoadedScenario) -> str:
    """All that a scenario and its notes say of themselves, as Markdown."""
    document, notes = loaded.document, sections(loaded.folder)
    evidence = Evidence(document)
    parts = {
        "In its own words": plain(document.scenario.about) + "\n",
        "Actors": _actors(document),
        "Quantities": table(QUANTITY_COLUMNS, map(_quantity, sorted(document.quantities.items()))),
        "Moves": _moves(document),
        "Mechanisms": "\n".join(_mechanism(name, document, evidence) for name in sorted(document.mechanisms)),
        "Switches": _switches(document, evidence),
        "Pledges": _pledges(document),
        "Outcomes": table(("outcome", "title", "unit", "measure"), map(_outcome, sorted(document.outcomes.items()))),
        "Policies": table(("policy", "title", "edits", "why"), map(_policy, sorted(document.policies.items()))),
        "What the numbers rest on": _shares(document),
        "What is contested": section(notes, CONTESTED) + "\n",
        "Limits": section(notes, LIMITS) + "\n",
        "Version history": f"This is version {document.scenario.version}.\n\n{section(notes, LOG)}\n",
    }
    return "\n".join(f"## {title}\n\n{text}" for title, text in parts.items() if text.strip())


def _actors(document: ScenarioDocument) -> str:
    rows = []
    for name, actor in document.actors.items():
        own, rivals = (actor.aims.own, actor.aims.rivals) if actor.aims else ("", "")
        rows.append((code(name), plain(actor.title), plain(own), plain(rivals)))
    return table(("actor", "title", "aims, in its own terms", "aims, as its rivals put them"), rows)


def _switches(document: ScenarioDocument, evidence: Evidence) -> str:
    rows = (
        (code(name), plain(switch.title), code(switch.prior), evidence.said(f"switches.{name}"))
        for name, switch in sorted(document.switches.items())
    )
    return table(("switch", "question", "odds", "why"), rows) if document.switches else ""


def _quantity(entry: tuple[str, QuantityDocument]) -> tuple[str, ...]:
    name, quantity = entry
    return (
        f"{code(name)}: {plain(quantity.title)}",
        f"belief of {quantity.owner}" if quantity.owner else quantity.kind,
        plain(quantity.unit),
        " to ".join("..." if bound is None else f"{bound:g}" for bound in quantity.range) if quantity.range else "",
        code(quantity.start),
        "; ".join(_drift(quantity)),
        status(quantity.evidence),
    )


def _drift(quantity: QuantityDocument) -> Iterator[str]:
    """Say where a quantity goes without any move or mechanism."""
    if quantity.half_life is not None:
        rest = quantity.start if quantity.rest is None else quantity.rest
        yield f"to {code(rest)}, half-life {code(quantity.half_life)}"
    if quantity.noise is not None:
        yield f"noise {code(quantity.noise)}"


def _moves(document: ScenarioDocument) -> str:
    full = f"../reference/generated/{document.scenario.name}.md"
    return f"What each needs, what makes it attractive and what it does: [in full]({full}).\n\n" + table(
        MOVE_COLUMNS, map(_move, sorted(document.moves.items()))
    )


def _move(entry: tuple[str, Move]) -> tuple[str, ...]:
    name, move = entry
    variants = [effect.on for variant in move.variants.values() for effect in variant.effects]
    touched = sorted({effect.on for effect in move.effects} | set(variants))
    words = [code(quantity) for quantity in touched] + [f"directive to {code(to)}" for to in move.directs]
    rung = "" if move.rung is None else str(move.rung)
    return code(name), plain(move.title), rung, ", ".join(words), status(move.evidence)


def _mechanism(name: str, document: ScenarioDocument, evidence: Evidence) -> str:
    mechanism = document.mechanisms[name]
    unit = plain(document.quantities[mechanism.on].unit)
    return (
        f"**{plain(mechanism.title or name)}** ({code(name)}). A day adds to {code(mechanism.on)}, in {unit}:\n\n"
        f"```text\n{' '.join(str(mechanism.per_day).split())}\n```\n\n{evidence.items(f'mechanisms.{name}')}"
    )


def _pledges(document: ScenarioDocument) -> str:
    rows = (
        (
            code(name), plain(pledge.title), pledge.kind, f"{pledge.by} to {pledge.to}", code(pledge.offer),
            ", ".join(map(code, pledge.fulfil)), ", ".join(map(code, pledge.breach)), status(pledge.evidence),
        )
        for name, pledge in sorted(document.pledges.items())
    )  # fmt: skip
    columns = ("pledge", "title", "kind", "by, to", "made by", "kept by", "broken by", "evidence")
    return table(columns, rows) if document.pledges else ""


def _outcome(entry: tuple[str, str | Outcome]) -> tuple[str, ...]:
    name, outcome = entry
    if isinstance(outcome, str):
        return code(name), "", "", code(outcome)
    return code(name), plain(outcome.title), plain(outcome.unit), code(outcome.measure)


def _policy(entry: tuple[str, tuple[str, ...] | Policy]) -> tuple[str, ...]:
    name, policy = entry
    written = policy if isinstance(policy, Policy) else Policy(edits=policy)
    edits = "; ".join(map(code, written.edits)) or "none"
    return code(name), plain(written.title), edits, plain(written.why)


def _shares(document: ScenarioDocument) -> str:
    counted = tally(document)
    n_arrows, n_sizes = sum(counted.arrows.values()), sum(counted.sizes.values())
    rows = [
        (name, *_share(counted.arrows[name], n_arrows), *_share(counted.sizes[name], n_sizes), STATUSES[name].meaning)
        for name in STATUSES
    ]
    return table(("status", "arrows", "share", "sizes", "share", "meaning"), rows)


def _share(count: int, total: int) -> tuple[str, str]:
    return str(count), f"{100 * count / total:.0f} %"


if __name__ == "__main__":
    main()
