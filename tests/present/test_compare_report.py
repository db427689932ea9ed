"""The report of a comparison and the story of a run told twice: self-contained, safe, and true to what differs."""

import datetime as dt
import re
from dataclasses import replace

import numpy as np
import pytest

from offramp.analyse.alternatives import Alternative
from offramp.analyse.compare import Comparison, Divergence, OutcomeDifference, RegretRow, ShareDifference
from offramp.core.manifest import Manifest
from offramp.engine.trace import Trace, TracedEffect, TracedEvent
from offramp.ensemble.ensemble import Band
from offramp.present.compare_figures import PairPanel, divergence_figure, pair_figure, share_figure, size_figure
from offramp.present.compare_report import (
    AlternativeContent,
    CompareContent,
    render_comparison,
    render_comparison_for_notebook,
)
from offramp.present.compare_rows import difference_rows, points, signed
from offramp.present.narrative import NarratedEvent
from offramp.present.pair_story import PairStory, StoryRow, parting, tell_pair
from offramp.scenario.load import load

EVIL = '</script><script>alert("x")</script><img src=x onerror=alert(1)>'
START, DAYS = dt.date(2020, 1, 1), np.arange(dt.date(2020, 1, 1).toordinal(), dt.date(2020, 1, 4).toordinal())
WINDOW = (START, dt.date(2020, 1, 3))


def outcome(name: str, kind: str = "count", **changed: object) -> OutcomeDifference:
    told = {
        "name": name, "kind": kind, "unit": "events", "title": name, "baseline": 4.0, "edited": 3.0, "difference": -1.0,
        "interval": (-1.5, -0.5), "q05": -3.0, "q95": 0.0, "spread": 2.0, "share_changed": 0.4, "variance_ratio": 12.0,
        "n": 100,
    }  # fmt: skip
    return OutcomeDifference(**{**told, **changed})  # type: ignore[arg-type]


OUTCOMES = {
    "war": outcome("war", "any", baseline=0.3, edited=0.2, difference=-0.1, interval=(-0.15, -0.05)),
    "raids": outcome("raids"),
    "calm": outcome("calm", difference=0.0, interval=(-0.1, 0.1), share_changed=0.0, variance_ratio=None),
    "when": outcome("when", "first", share=ShareDifference(0.5, 0.4, -0.1, (-0.2, 0.01), 0.35)),
}


def band(low: float, middle: float, high: float) -> Band:
    return Band("x", "events", DAYS, *(np.full(3, value) for value in (middle, low, middle, high)))


def comparison(name: str, title: str = EVIL) -> Comparison:
    parted = Divergence(0.4, START, START, START, START, DAYS, np.array([30, 10, 0]))
    moves = {"a.act": {"baseline": 2.0, "edited": 1.0, "difference": -1.0}}
    return Comparison(Alternative(name, title), 100, OUTCOMES, parted, moves, {}, {}, {}, example=3)


@pytest.fixture
def content() -> CompareContent:
    event = NarratedEvent("2020-01-01", EVIL, "Air strike", "")
    story = PairStory(
        3, START, 1, (event,), (StoryRow("2020-01-02", event, None), StoryRow("2020-01-03", event, event)), 9
    )
    panels = [PairPanel(EVIL, "events", band(0, 1, 2), band(0, 1, 1), band(-1, 0, 0), None)]
    panels.append(PairPanel("Flat", "events", band(0, 1, 2), band(0, 1, 2), band(0, 0, 0), None))
    manifest = Manifest(
        "toy", "0", {"scenario.yaml": "ab"}, *WINDOW, 1, 100, options={"alternatives": ["forbid a.act"]}
    )
    return CompareContent(
        title=EVIL, basis="Priors only.", manifest=manifest, n_runs=100,
        alternatives=[
            AlternativeContent(comparison("one"), panels, story), AlternativeContent(comparison("two"), [], None),
        ],
        sides=("Baseline", "one", "two"), regret=[RegretRow("war", "lower", 1, 0.25, 0.0, 1.0, 0.75, 100)],
        outcome_titles={name: name for name in OUTCOMES}, move_titles={"a.act": EVIL},
        health=["`x` is cut at its range."], sizes={"sourced": 0, "assumed": 3},
    )  # fmt: skip


def without_library(page: str) -> str:
    return re.sub(r"<script>/\*\*\n\* plotly.js.*?</script>", "", page, flags=re.DOTALL)


def test_text_of_a_scenario_cannot_become_markup(content: CompareContent) -> None:
    page = without_library(render_comparison(content))
    assert "<img" not in page
    assert 'alert("x")' not in page
    assert page.count("<script>") == 1
    assert "<img" not in render_comparison_for_notebook(content)


def test_the_page_loads_nothing_from_elsewhere(content: CompareContent) -> None:
    page = without_library(render_comparison(content))
    assert not re.search(r"""(src|href)\s*=\s*["'](?!#)""", page)
    assert "@import" not in page


def test_answer_health_story_regret_and_manifest_are_all_shown(content: CompareContent) -> None:
    page = render_comparison(content)
    for piece in (
        "<strong>40 %</strong> of 100 runs", "−15 to −5", "12 ×", "The same in every run: calm (", "cut at its range",
        "first 2 of 9 rows", "Run number 3", "in both", "75 %", "forbid a.act", "Alternatives side by side",
        "No pair differs on the days shown in: Flat.",
    ):  # fmt: skip
        assert piece in page, piece


def test_every_figure_of_the_page_has_its_place(content: CompareContent) -> None:
    page = without_library(render_comparison(content))
    places = re.findall(r'id="figure-(\d+)"', page)
    assert len(places) == len(set(places)) == page.count('{"data": ')


def test_rows_say_points_for_shares_and_units_for_numbers() -> None:
    rows = {row.title: row for row in difference_rows(comparison("one"))}
    assert (rows["war"].baseline, rows["war"].difference, rows["war"].interval) == ("30 %", "−10", "−15 to −5")
    assert (rows["raids"].difference, rows["raids"].unit, rows["raids"].is_clear) == ("−1", "events", True)
    assert rows["when: it happens at all"].is_clear is False
    assert rows["when: day, where it happens on both sides"].unit == "days"
    assert rows["calm"].is_unchanged


@pytest.mark.parametrize(("value", "said"), [(0.0, "0"), (None, "–"), (1.25, "+1.25"), (-3.0, "−3")])
def test_a_difference_has_its_sign_and_zero_has_none(value: float | None, said: str) -> None:
    assert signed(value) == said


def test_points_do_not_show_digits_that_no_run_can_settle() -> None:
    assert points(0.00123456) == "+0.12"


def test_figures_draw_both_sides_the_difference_and_the_record_behind() -> None:
    panel = PairPanel("p", "events", band(0, 1, 2), band(0, 1, 1), band(-1, 0, 0), None)
    names = [trace["name"] for trace in pair_figure(panel, WINDOW)["data"]]
    assert {"baseline, median", "edited, median", "mean difference"} <= set(names)
    shares, sizes = share_figure(list(OUTCOMES.values())), size_figure(list(OUTCOMES.values()))
    assert shares is not None
    assert sizes is not None
    assert shares["data"][0]["x"] == [-10.0, -10.0]
    assert sizes["data"][0]["x"] == [-0.5, 0.0, -0.5]
    assert share_figure([OUTCOMES["raids"]]) is None
    assert divergence_figure(comparison("one").divergence, WINDOW)["data"][0]["y"] == [30.0, 40.0, 40.0]


def event(step: int, leaf: str, size: float = 1.0) -> TracedEvent:
    effects = (TracedEffect(f"{leaf}.effects.blue_deaths", "blue_deaths", "add", size, step),)
    return TracedEvent(step, START + dt.timedelta(days=step), leaf, 0, (), effects)


def told(*events: TracedEvent, states: list[float] | None = None) -> Trace:
    column = np.array(states or [0.0, 0.0, 0.0], np.float32)[:, None]
    days = np.arange(START.toordinal(), START.toordinal() + len(column))
    return Trace("two-rivals", 1, 7, days, ("tension",), column, events, {}, {})


def test_a_run_told_twice_is_the_same_until_it_parts_and_side_by_side_from_then_on() -> None:
    raid, strike, late = event(0, "guard.raid"), event(1, "blue.strike"), event(2, "guard.raid")
    story = tell_pair(load("two-rivals").document, told(raid, strike, late), edited=told(raid, late), limit=10)
    assert (story.run, story.n_shared, story.parted) == (7, 1, START + dt.timedelta(days=1))
    assert [said.what for said in story.before] == ["Cross-border raid"]
    assert [(row.date, row.baseline is not None, row.edited is not None) for row in story.rows] == [
        ("2020-01-02", True, False), ("2020-01-03", True, True),
    ]  # fmt: skip


def test_events_that_differ_in_their_marks_alone_stand_side_by_side() -> None:
    story = tell_pair(
        load("two-rivals").document,
        told(event(0, "guard.raid", 1.0)),
        edited=told(event(0, "guard.raid", 3.0)),
        limit=10,
    )
    (row,) = story.rows
    assert not row.is_shared
    assert row.baseline is not None
    assert row.edited is not None
    assert row.edited.consequences.endswith(": 3")


def test_what_is_the_same_for_long_is_told_in_one_line() -> None:
    raids = [event(step, "guard.raid") for step in range(1, 3) for _ in range(2)]
    story = tell_pair(load("two-rivals").document, told(event(0, "blue.strike"), *raids), edited=told(*raids), limit=9)
    assert [(row.date, row.n_skipped, row.until) for row in story.rows] == [
        ("2020-01-01", 0, ""), ("2020-01-02", 4, "2020-01-03"),
    ]  # fmt: skip


def test_histories_part_where_a_quantity_does_though_no_event_differs() -> None:
    raid = event(2, "guard.raid")
    assert parting(told(raid), told(raid, states=[0.0, 0.5, 0.5])) == START + dt.timedelta(days=1)
    assert parting(told(raid), told(raid)) is None


def test_histories_part_where_one_of_them_ends() -> None:
    assert parting(told(states=[0.0, 0.0, 0.0]), told(states=[0.0, 0.0])) == START + dt.timedelta(days=2)


def test_a_long_story_is_cut_and_says_how_long_it_is() -> None:
    strikes = [event(step, "blue.strike") for step in range(3)]
    story = tell_pair(load("two-rivals").document, told(*strikes), edited=told(), limit=2)
    assert (len(story.rows), story.n_rows) == (2, 3)


def test_what_changes_in_fewer_than_five_runs_is_named_not_drawn() -> None:
    rare = outcome("rare", "any", difference=0.5, interval=(0.4, 0.6), share_changed=0.04)
    few = replace(comparison("a"), outcomes={"raids": OUTCOMES["raids"], "rare": rare})
    moved = {"a.few": {"baseline": 0.0, "edited": 0.04, "difference": 0.04}, "a.act": few.moves["a.act"]}
    content = CompareContent(
        "toy", "Priors only.", Manifest("toy", "0", {}, START, WINDOW[1], 1, 100), 100,
        [AlternativeContent(replace(few, moves=moved), [], None)], ("Baseline", "a"), [], {},
        {"a.few": "Few", "a.act": "Act"}, [], {"sourced": 1, "assumed": 2},
    )  # fmt: skip
    page = render_comparison(content)
    assert "too few to show: rare" in page
    assert "Few <code" not in page
    assert "Act <code" in page
    assert "What happens, in percentage points" not in page


def test_small_differences_do_not_fill_their_charts() -> None:
    quiet = PairPanel("x", "events", band(0.0, 50.0, 100.0), band(0.0, 50.0, 100.0), band(-0.01, 0.0, 0.01), None)
    axis = pair_figure(quiet, WINDOW)["layout"]["yaxis2"]
    assert axis["range"] == [-10.0, 10.0]
    assert axis["title"]["text"] == "difference (events)"
    shares = share_figure([outcome("war", "any", difference=-0.001, interval=(-0.002, 0.0))])
    assert shares is not None
    low, high = shares["layout"]["xaxis"]["range"]
    assert low == -high
    assert high >= 5
