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

from offramp.analyse.beside import PanelResult
from offramp.core.manifest import Manifest
from offramp.core.words import number, percent
from offramp.ensemble.ensemble import Ensemble
from offramp.present.evidence_table import EvidenceRow
from offramp.present.figures import Figure, panel_figure
from offramp.present.narrative import NarratedEvent


@dataclass(frozen=True)
class ReportContent:
    """All that a report shows.

    basis : what kind of numbers these are, in a sentence or two; shown on top.
    edits : what was done differently from the scenario as it is written.
    narrated, n_events : the first events of run 0, and how many it has in all.
    arrows, sizes : status -> number of arrows and of sizes with that evidence.
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
    n_events: int
    arrows: Mapping[str, int]
    sizes: Mapping[str, int]
    evidence: Sequence[EvidenceRow]
    health: Sequence[str]
    sources: Sequence[str]
    edits: Sequence[str] = ()


def render(content: ReportContent) -> str:
    """Return the report as one HTML document."""
    return _fill("report.html", content)


def render_for_notebook(content: ReportContent) -> str:
    """Return charts, captions and outcomes as an HTML fragment that carries the chart library with it."""
    return _fill("notebook.html", content)


def _fill(template: str, content: ReportContent) -> str:
    window = (content.manifest.start, content.manifest.end)
    return fill(template, content.manifest, [panel_figure(panel, window) for panel in content.panels], c=content)


def fill(template: str, manifest: Manifest, figures: Sequence[Figure], **shown: Any) -> str:
    """Fill a template with what it shows, its figures, the manifest and the chart library."""
    from jinja2 import Environment, PackageLoader, StrictUndefined  # only who writes a report waits for it

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, loader=PackageLoader("offramp.present")
    )
    environment.filters.update(number=number, percent=percent, date=lambda day: dt.date.fromordinal(day).isoformat())
    return environment.get_template(template).render(
        **shown,
        figures=_as_script_json(figures),
        manifest=json.dumps(manifest.as_json(), indent=2, sort_keys=True),
        plotly=resources.files("offramp.present").joinpath("vendor/plotly-basic.min.js").read_text(encoding="utf-8"),
    )


def _as_script_json(value: Any) -> str:
    """Serialise for a <script> element: no sequence in it can close the element or open a comment."""
    text = json.dumps(value, allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
