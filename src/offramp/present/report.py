"""The report: one self-contained HTML page that opens without a network.

Everything that it shows is handed over in `ReportContent`; the page is a Jinja template with
autoescape, so text from a scenario cannot become markup. The chart library is vendored
(`vendor/plotly-basic.min.js`, MIT) and put into the page itself.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

from jinja2 import Environment, StrictUndefined, select_autoescape

from offramp.analyse.beside import PanelResult
from offramp.core.manifest import Manifest
from offramp.ensemble.ensemble import Ensemble
from offramp.present.figures import panel_figure
from offramp.present.words import number, percent


@dataclass(frozen=True)
class NarratedEvent:
    """One line of a narrated run."""

    date: str
    who: str
    what: str
    consequences: str


@dataclass(frozen=True)
class ReportContent:
    """All that a report shows.

    evidence : status -> number of evidence items with it.
    assumed : paths of the elements whose size is assumed.
    health : sentences on what to distrust; empty if all is well.
    sources : formatted references.
    """

    title: str
    about: str
    basis: str
    manifest: Manifest
    ensemble: Ensemble
    panels: Sequence[PanelResult]
    move_titles: Mapping[str, str]
    narrated: Sequence[NarratedEvent]
    evidence: Mapping[str, int]
    assumed: Sequence[str]
    health: Sequence[str]
    sources: Sequence[str]


def render(content: ReportContent) -> str:
    """Return the report as one HTML document."""
    environment = Environment(autoescape=select_autoescape(default=True), undefined=StrictUndefined, trim_blocks=True)
    environment.filters.update(number=number, percent=percent, date=lambda day: dt.date.fromordinal(day).isoformat())
    template = environment.from_string(_package_text("templates/report.html"))
    figures = [panel_figure(panel, (content.manifest.start, content.manifest.end)) for panel in content.panels]
    return template.render(
        c=content,
        figures=_as_script_json(figures),
        manifest=json.dumps(content.manifest.as_json(), indent=2, sort_keys=True),
        plotly=_package_text("vendor/plotly-basic.min.js"),
    )


def figures_fragment(panels: Sequence[PanelResult], window: tuple[dt.date, dt.date], *, width: str = "100%") -> str:
    """Return the charts alone as an HTML fragment with the chart library in it, for notebooks."""
    environment = Environment(autoescape=select_autoescape(default=True), undefined=StrictUndefined, trim_blocks=True)
    template = environment.from_string(_package_text("templates/figures.html"))
    figures = _as_script_json([panel_figure(panel, window) for panel in panels])
    titles = [panel.title for panel in panels]
    return template.render(
        titles=titles, figures=figures, width=width, plotly=_package_text("vendor/plotly-basic.min.js")
    )


def _package_text(name: str) -> str:
    return resources.files("offramp.present").joinpath(name).read_text(encoding="utf-8")


def _as_script_json(value: Any) -> str:
    """Serialise for a <script> element: no sequence in it can close the element or open a comment."""
    text = json.dumps(value, allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
