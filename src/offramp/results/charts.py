"""The charts that a scenario asks for."""

from __future__ import annotations

from offramp.analyse.beside import PanelRequest
from offramp.scenario.document import ScenarioDocument


def panel_requests(document: ScenarioDocument) -> tuple[PanelRequest, ...]:
    """List the charts that a scenario asks for."""
    tallies = {path for path, quantity in document.quantities.items() if quantity.kind == "tally"}
    return tuple(PanelRequest(p.title, p.quantity, p.moves, p.quantity in tallies) for p in document.panels)


def chart_requests(document: ScenarioDocument) -> tuple[PanelRequest, ...]:
    """List the charts of a comparison: those that the scenario asks for, or its quantities if it asks for none."""
    if document.panels:
        return panel_requests(document)
    return tuple(PanelRequest(q.title or path, path, (), q.kind == "tally") for path, q in document.quantities.items())
