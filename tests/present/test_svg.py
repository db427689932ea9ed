"""Charts as SVG: round ticks, readable dates, words beside pictures, no markup from outside."""

import datetime as dt
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from offramp.present.charts import DayRow, day_chart, difference_bar
from offramp.present.precision import number_at, rounded
from offramp.present.svg import date_ticks, plot, round_values, wrapped

EVIL = '"><script>alert(1)</script>'
D = dt.date


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0, 10, [0, 5, 10]), (0, 1, [0, 0.5, 1]), (0, 3900, [0, 1000, 2000, 3000]), (-3, 3, [-2, 0, 2]), (2, 2, [2])],
)
def test_ticks_are_round(low: float, high: float, expected: list[float]) -> None:
    assert round_values(low, high) == pytest.approx(expected)


def test_dates_are_months_in_a_long_window_and_days_in_a_short_one() -> None:
    assert [label for _, label in date_ticks(D(2019, 5, 1), D(2021, 1, 20))] == [
        "Jul 2019", "Jan 2020", "Jul 2020", "Jan 2021",
    ]  # fmt: skip
    assert date_ticks(D(2020, 2, 1), D(2020, 2, 9))[0][1] == "1 Feb"
    assert len(date_ticks(D(1900, 1, 1), D(2020, 1, 1))) <= 15


def test_a_chart_is_well_formed_and_says_what_it_shows() -> None:
    drawn = plot((0, 10), (0, 5))
    drawn.y_axis("people <i>")
    drawn.line([0, 5, 10], [1, np.nan, 3], name="median")
    drawn.steps([0, 5, 10], [1, 2, 3], name="record")
    drawn.band([0, 10], [0, 1], [2, 3], name="outer")
    root = ET.fromstring(drawn.svg(f"A chart {EVIL}"))
    assert root.get("aria-label") == f"A chart {EVIL}"
    assert root.get("role") == "img"
    assert len([e for e in root if e.tag == "polyline"]) == 3  # the gap cuts the median in two


def test_words_of_a_scenario_cannot_become_markup() -> None:
    chart = day_chart([DayRow(EVIL, [(737_425, 2.0)])], (D(2020, 1, 1), D(2020, 3, 1)), whose=EVIL, name="lived")
    assert "<script" not in chart
    assert EVIL in " ".join(ET.fromstring(chart).itertext())


def test_a_difference_that_may_be_nothing_is_hollow_and_far_ones_stay_inside() -> None:
    clear = difference_bar(2.0, (1.0, 3.0), span=5.0, said="")
    unclear = difference_bar(2.0, (-1.0, 5.0), span=5.0, said="")
    assert 'class="clear"' in clear
    assert 'class="unclear"' in unclear
    beyond = difference_bar(50.0, (40.0, 60.0), span=5.0, said="")
    places = [float(x) for x in re.findall(r'(?:cx|x1|x2)="([\d.]+)"', beyond)]
    assert 0 <= min(places) <= max(places) <= 150


@pytest.mark.parametrize(
    ("value", "scale", "shown"),
    [(0.6623, 0.081, "0.662"), (0.6623, 0.81, "0.66"), (1.74e-05, 0.45, "0"), (3322.7, 57.0, "3,323"),
     (-0.001, 1.0, "0"), (2.0, 0.0, "2"), (2.5, None, "2.5"), (None, 1.0, "–")],
)  # fmt: skip
def test_numbers_are_no_finer_than_they_are_known(value: float | None, scale: float | None, shown: str) -> None:
    assert number_at(value, scale) == shown


def test_rounding_leaves_what_has_no_scale() -> None:
    assert rounded(float("inf"), 1.0) == float("inf")


def test_pictures_keep_their_size() -> None:
    assert 'viewBox="0 0 7 9"' in wrapped("", (7, 9), "x")
