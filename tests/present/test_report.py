"""The report: self-contained, safe against text from a scenario, nothing left out."""

import re
from datetime import date

import numpy as np
import pytest

from offramp.analyse.beside import HistoryPath, PanelResult
from offramp.core.manifest import Manifest
from offramp.ensemble.ensemble import Band, Ensemble, OutcomeSummary
from offramp.present.evidence_table import EvidenceRow
from offramp.present.narrative import NarratedEvent
from offramp.present.report import ReportContent, render, render_for_notebook

EVIL = '</script><script>alert("x")</script><img src=x onerror=alert(1)>'


def panel(title: str) -> PanelResult:
    days = np.arange(737_000, 737_003)
    low, middle, high = np.zeros(3), np.ones(3), np.full(3, 2.0)
    band = Band(title, "events", days, middle, low, middle, high)
    history = HistoryPath(days, np.array([0.0, 1.0, 4.0]), is_count=True)
    return PanelResult(title, "events", band, history, 737_002, 4.0, 1.0, 0.0, 1.0, 2.0, 1 / 3)


@pytest.fixture
def content() -> ReportContent:
    outcome = OutcomeSummary("war", "any", "", EVIL, 0.25, 0.01, 0.0, 0.0, 1.0, 100)
    ensemble = Ensemble(
        model=None, n_runs=100, requested=100, outcomes={"war": outcome},  # type: ignore[arg-type]
        moves={"a.act": {"mean_count": 1.5, "q05": 0.0, "q95": 4.0}}, quantities={}, counts={}, clips={}, cuts={},
    )  # fmt: skip
    manifest = Manifest("toy", "0", {"scenario.yaml": "ab"}, date(2019, 5, 1), date(2019, 5, 3), 1, 100)
    return ReportContent(
        title=EVIL, about=EVIL, basis="Priors only.", manifest=manifest, ensemble=ensemble, panels=[panel(EVIL)],
        move_titles={"a.act": EVIL}, narrated=[NarratedEvent("2019-05-01", EVIL, EVIL, EVIL)],
        n_events=7, arrows={"sourced": 2, "assumed": 1}, sizes={"sourced": 0, "assumed": 3},
        evidence=[EvidenceRow("a.act", "size", "assumed", EVIL, EVIL, EVIL)], health=["`x` is cut at its range."], sources=[EVIL],  # noqa: E501
    )  # fmt: skip


def without_library(page: str) -> str:
    return re.sub(r"<script>/\*\*\n\* plotly.js.*?</script>", "", page, flags=re.DOTALL)


def test_text_of_a_scenario_cannot_become_markup(content: ReportContent) -> None:
    page = without_library(render(content))
    assert "<img" not in page
    assert 'alert("x")' not in page
    assert page.count("<script>") == 1


def test_the_page_loads_nothing_from_elsewhere(content: ReportContent) -> None:
    page = without_library(render(content))
    assert not re.search(r"""(src|href)\s*=\s*["'](?!#)""", page)
    assert "@import" not in page


def test_record_manifest_and_health_are_all_shown(content: ReportContent) -> None:
    page = render(content)
    for piece in (
        "recorded: <strong>4</strong>",
        "outside</span> the band",
        "33 %",
        "&#34;seed&#34;: 1",
        "cut at its range",
        "Priors only.",
    ):
        assert piece in page


def test_every_chart_draws_the_record(content: ReportContent) -> None:
    assert '"name": "record"' in render(content)
    assert '"name": "record"' in render_for_notebook(content)


def test_the_notebook_says_what_the_report_says(content: ReportContent) -> None:
    fragment = render_for_notebook(content)
    for piece in ("Priors only.", "100 runs, seed 1", "outside", "33 %", "25 %"):
        assert piece in fragment
    assert "<img" not in fragment


def test_sizes_are_not_hidden_behind_arrows(content: ReportContent) -> None:
    assert "Of 3 sizes, 0 are sourced and 3 assumed." in render(content)


def test_a_story_that_is_cut_says_so(content: ReportContent) -> None:
    assert "The first 1 of its 7 events are told." in render(content)
