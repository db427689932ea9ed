"""Pages as Jinja templates with autoescape, so that text from a scenario cannot become markup."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from importlib import resources
from typing import Any

from offramp.core.manifest import Manifest
from offramp.core.words import number, percent
from offramp.present.figures import Figure


def fill(template: str, manifest: Manifest, **shown: Any) -> str:
    """Fill a template with what it shows and the manifest."""
    from jinja2 import Environment, PackageLoader, StrictUndefined  # only who writes a report waits for it

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        loader=PackageLoader("offramp.present"),
    )  # fmt: skip
    environment.filters.update(number=number, percent=percent, date=lambda day: dt.date.fromordinal(day).isoformat())
    text = json.dumps(manifest.as_json(), indent=2, sort_keys=True)
    return environment.get_template(template).render(**shown, manifest=text)


def with_library(figures: Sequence[Figure]) -> dict[str, str]:
    """Return what a page with drawn figures needs: their specification, and the vendored library (plotly.js, MIT)."""
    library = resources.files("offramp.present").joinpath("vendor/plotly-basic.min.js").read_text(encoding="utf-8")
    return {"figures": _as_script_json(figures), "plotly": library}


def _as_script_json(value: Any) -> str:
    """Serialise for a <script> element: no sequence in it can close the element or open a comment."""
    text = json.dumps(value, allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
