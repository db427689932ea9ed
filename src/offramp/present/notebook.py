"""A run in a notebook: charts, captions and outcomes as an HTML fragment that carries the chart library with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from offramp.analyse.beside import PanelResult
from offramp.core.manifest import Manifest
from offramp.ensemble.ensemble import Ensemble
from offramp.present.figures import panel_figure
from offramp.present.page import fill, with_library


@dataclass(frozen=True)
class NotebookContent:
    """What a notebook shows of a run; basis : what kind of numbers these are; edits : what was done differently."""

    title: str
    basis: str
    manifest: Manifest
    ensemble: Ensemble
    panels: Sequence[PanelResult]
    edits: Sequence[str] = ()


def render_for_notebook(content: NotebookContent) -> str:
    """Return charts, captions and outcomes as an HTML fragment."""
    window = (content.manifest.start, content.manifest.end)
    figures = [panel_figure(panel, window) for panel in content.panels]
    return fill("notebook.html", content.manifest, c=content, **with_library(figures))
