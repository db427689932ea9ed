"""What is in a scenario, as rows of tables: for `show`, `list` and documentation."""

from __future__ import annotations

from collections.abc import Iterator

from offramp.core.distributions import Distribution
from offramp.model.model import Model
from offramp.scenario.document import ArrowAndSize, Evidence, Policy, ScenarioDocument
from offramp.scenario.window import clock_window

Row = dict[str, object]


def overview(document: ScenarioDocument) -> Row:
    """Return one row about a scenario: name, title, clock and how much is in it."""
    window = clock_window(document)
    return {
        "name": document.scenario.name,
        "title": document.scenario.title,
        "start": window.start.isoformat(),
        "end": window.end.isoformat(),
        "actors": len(document.actors),
        "moves": len(document.moves),
        "quantities": len(document.quantities),
        "mechanisms": len(document.mechanisms),
        "outcomes": len(document.outcomes),
    }


def contents(document: ScenarioDocument, model: Model) -> dict[str, list[Row]]:
    """Return the tables of a scenario's parts, in the order in which one would read them."""
    return {
        "actors": [
            {"actor": key, "title": a.title, "kind": a.kind, "channels": ", ".join(a.channels), "sponsor": a.sponsor}
            for key, a in document.actors.items()
        ],
        "quantities": [
            {"quantity": key, "title": q.title, "kind": q.kind, "unit": q.unit, "evidence": status(q.evidence)}
            for key, q in document.quantities.items()
        ],
        "moves": [
            {
                "move": key, "title": m.title, "target": m.target, "class": m.code, "rung": m.rung,
                "variants": ", ".join(m.variants), "evidence": status(m.evidence),
            }
            for key, m in document.moves.items()
        ],
        "pledges": [
            {"pledge": key, "kind": p.kind, "by": p.by, "to": p.to, "made by": p.offer}
            for key, p in document.pledges.items()
        ],
        "mechanisms": [
            {"mechanism": key, "title": m.title, "on": m.on, "per day": str(m.per_day), "evidence": status(m.evidence)}
            for key, m in document.mechanisms.items()
        ],
        "outcomes": [
            {"outcome": key, "measure": o} if isinstance(o, str) else {"outcome": key, "measure": o.measure}
            for key, o in document.outcomes.items()
        ],
        "policies": [{"policy": key, "title": title, "edits": edits} for key, title, edits in policies(document)],
        "switches": [{"switch": key, "title": s.title, "prior": s.prior} for key, s in document.switches.items()],
        "parameters": [{"parameter": p.path, "prior": prior_text(p.distribution)} for p in model.parameters],
    }  # fmt: skip


def policies(document: ScenarioDocument) -> Iterator[tuple[str, str | None, str]]:
    """Name, title and edits of each policy, however it is written."""
    for name, policy in document.policies.items():
        title, edits = (policy.title, policy.edits) if isinstance(policy, Policy) else (None, policy)
        yield name, title, "; ".join(edits)


def prior_text(prior: Distribution) -> str:
    """Write a prior as a scenario would; durations are in days."""
    bounds = (("low", prior.low), ("high", prior.high))
    arguments = [f"{value:g}" for value in prior.args] + [f"{k}={v:g}" for k, v in bounds if v is not None]
    return f"{prior.family}({', '.join(arguments)})"


def leaf_titles(document: ScenarioDocument) -> dict[str, str]:
    """Return the title of every move and variant by its path."""
    titles = {path: move.title for path, move in document.moves.items()}
    for path, move in document.moves.items():
        for name, variant in move.variants.items():
            titles[f"{path}[{name}]"] = f"{move.title}: {variant.title or name.replace('_', ' ')}"
    return titles


def status(evidence: Evidence | None) -> str:
    """Say in a word or two what an element rests on: the arrow's status, then the size's."""
    if evidence is None:
        return "none"
    if isinstance(evidence, ArrowAndSize):
        return f"{evidence.arrow.status}, size {evidence.size.status}"
    return evidence.status
