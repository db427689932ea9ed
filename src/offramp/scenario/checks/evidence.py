"""Evidence: everything that needs it has it, and it says what its status asks for."""

from __future__ import annotations

from collections.abc import Iterator

from offramp.evidence import evidence_items, faults
from offramp.scenario.checks.context import Context

_CODES = {"missing": "E402", "unknown source": "E403", "placeholder": "W401"}


def check_evidence(context: Context) -> None:
    """Check all evidence of the document."""
    for path, what, evidence in _owners(context):
        if evidence is None:
            context.report_key(
                "E401",
                path,
                f"The {what} `{path.rpartition('.')[2]}` has no evidence."
                if what != "move"
                else f"The move `{path.partition('.')[2]}` has no evidence.",
            )
    sources = context.document.sources
    for cited in evidence_items(context.document):
        path = f"{cited.path}.evidence" + (f".{cited.part}" if cited.part else "")
        for fault in faults(cited.item, sources):
            place = f"{path}.{fault.field}"
            if fault.kind == "unknown source" and f"sources.{cited.item.source}" in context.loaded.set_aside:
                continue
            if fault.kind == "unknown source":
                near = context.nearest_hint(str(cited.item.source), sources, "sources")
                context.report(_CODES[fault.kind], place, fault.message, hint=near)
            else:
                context.report(_CODES[fault.kind], place, fault.message)
    _warn_uncited(context)


def _owners(context: Context) -> Iterator[tuple[str, str, object]]:
    """Everything that needs evidence: its path, what it is, and the evidence it has."""
    document = context.document
    for name, actor in document.actors.items():
        for goal, told in actor.goals.items():
            yield f"actors.{name}.goals.{goal}", "goal", told.evidence
        for channel, opened in actor.channels.items():
            yield f"actors.{name}.channels.{channel}", "channel", opened.evidence
        if actor.directive is not None:
            yield f"actors.{name}.directive", "directive", actor.directive.evidence
    sections = {
        "quantities": "quantity",
        "moves": "move",
        "pledges": "pledge",
        "mechanisms": "mechanism",
        "inputs": "input",
        "parameters": "parameter",
        "switches": "switch",
    }
    for section, what in sections.items():
        for name, entry in getattr(document, section).items():
            yield f"{section}.{name}", what, entry.evidence


def _warn_uncited(context: Context) -> None:
    if context.is_partial:
        return
    cited = {found.item.source for found in evidence_items(context.document)}
    cited |= {claim.source for claim in context.document.claims.values()}
    for source in context.document.sources:
        if source not in cited:
            context.report_key("W402", f"sources.{source}", f"Nothing cites the source `{source}`.")
