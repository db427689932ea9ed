"""Verdicts are worked out, lines are fitted and drawn as they should be, and the plain peers run the same model."""

from __future__ import annotations

from pathlib import Path
from random import Random
from xml.etree import ElementTree

import numpy as np
import pytest

import offramp
from benchmarks.goals import GOALS, Goal, Measured, goals_table
from benchmarks.measures.cost import Point, Series
from benchmarks.measures.pairing import EDITS, Ratio, least, pairing_table
from benchmarks.peers.numbers import draw_theta, load
from benchmarks.peers.plain.model import Crisis
from benchmarks.plot import cost_plot
from benchmarks.reference_model import REFERENCE, Size, make
from benchmarks.reference_scenario import scenario_text


@pytest.mark.parametrize(
    ("goal", "measured", "verdict"),
    [
        (Goal("a", "a", "s", 3, 1.5), 1.5, "aim met"),
        (Goal("a", "a", "s", 3, 1.5), 3.0, "met"),
        (Goal("a", "a", "s", 3, 1.5), 3.01, "missed"),
        (Goal("a", "a", "x", 4, 6, is_more_better=True), 5.0, "met"),
        (Goal("a", "a", "x", 4, 6, is_more_better=True), 3.9, "missed"),
        (Goal("a", "a", "x", 5, is_more_better=True), 50.0, "met"),
        (Goal("a", "a", "x"), 1.0, ""),
        (Goal("a", "a", "s", 3, 1.5), None, "not measured"),
    ],
)
def test_a_verdict_follows_from_the_measurement(goal: Goal, measured: float | None, verdict: str) -> None:
    assert goal.verdict(measured) == verdict


def test_the_table_judges_medians_and_shows_what_was_not_measured() -> None:
    text = goals_table({"cached": Measured((1.0, 2.0, 9.0), "a remark")})
    rows = {line.split(" | ")[0].strip("| "): line for line in text.splitlines() if line.startswith("|")}
    cached = next(goal.what for goal in GOALS if goal.key == "cached")
    assert rows[cached].endswith("| 2 (1 to 9) | met |")
    assert sum("not measured" in line for line in rows.values()) == len(GOALS) - 1
    assert f"- {cached}: a remark" in text


def _series(seconds: list[float]) -> Series:
    return Series("moves", [Point(n, 1, REFERENCE, [s, s, s]) for n, s in zip((10, 20, 40), seconds, strict=True)])


def test_points_on_a_line_have_no_residual() -> None:
    start, slope = _series([2.0, 3.0, 5.0]).line
    assert (start, slope) == pytest.approx((1.0, 0.1))
    assert _series([2.0, 3.0, 5.0]).residual == pytest.approx(0.0, abs=1e-9)


def test_a_cost_that_grows_with_the_square_is_far_from_its_line() -> None:
    assert _series([1.0, 4.0, 16.0]).residual > 0.15


def test_the_plot_is_a_picture_with_a_dot_for_each_point() -> None:
    root = ElementTree.fromstring(cost_plot([_series([2.0, 3.0, 5.0]), _series([1.0, 1.5, 2.0])]))
    assert len(root.findall(".//{http://www.w3.org/2000/svg}circle")) == 6


def test_the_least_ratio_is_that_of_a_continuous_outcome_that_changes() -> None:
    ratios = [Ratio("e", "a", "continuous", None, 0.0), Ratio("e", "b", "yes or no", 1.0, 0.1),
              Ratio("e", "c", "continuous", 7.0, 0.1), Ratio("e", "d", "continuous", 9.0, 0.1)]  # fmt: skip
    assert least(ratios).outcome == "c"
    assert "7 (c) | 8 " in pairing_table(ratios)


def test_the_edits_of_the_pairing_gate_are_edits_of_the_flagship() -> None:
    result = offramp.load("us-iran-iraq").compare(do=EDITS, runs=1, end="2019-06-30", engine="reference")
    assert not result.compared.comparisons[0].alternative.is_null


@pytest.mark.parametrize("size", [Size(n_moves=24), Size(n_actors=5), Size(n_actors=40, n_days=10)])
def test_a_model_of_another_size_is_sound(size: Size, tmp_path: Path) -> None:
    path = tmp_path / "sized.yaml"
    path.write_text(scenario_text(make(size=size)), encoding="utf-8")
    row = offramp.load(path).overview()
    assert (row["actors"], row["moves"], row["quantities"]) == (size.n_actors, size.n_moves, size.n_quantities)


def test_the_plain_peer_draws_coefficients_from_the_same_priors(tmp_path: Path) -> None:
    """64 draws of 1,034 coefficients: mean and spread of the standardised draws, each within 6 standard errors."""
    make().save(tmp_path / "reference.npz")
    numbers = load(tmp_path / "reference.npz")
    draws = np.array([Crisis(numbers).draw(Random(seed)) for seed in range(64)])
    centre, sd, is_positive = (numbers[f"theta_{name}"] for name in ("centre", "sd", "positive"))
    z = np.where(is_positive, np.log(np.where(is_positive, draws / centre, 1)), draws - centre) / sd
    n = z.size
    assert abs(z.mean()) < 6 / n**0.5
    assert abs(z.var() - 1) < 6 * (2 / n) ** 0.5
    assert set(draw_theta(numbers, np.zeros(len(centre)))) == set(Crisis(numbers).blocks)
