"""The screen of drawn numbers: known shares are found, and nothing where nothing is, at the rate that is promised."""

import numpy as np
import pytest

from offramp.analyse.screen import FALSE_ALARM, Screen, screen

NAMES = [f"p{j}" for j in range(8)]


def screened(parameters: np.ndarray, *outcomes: np.ndarray, seed: int = 1) -> Screen:
    names = NAMES[: parameters.shape[1]], [f"y{k}" for k in range(len(outcomes))]
    found = screen(parameters.astype(np.float32), np.stack(outcomes, axis=1).astype(np.float32), names=names, seed=seed)
    assert found is not None
    return found


def test_a_known_share_is_found_with_its_sign() -> None:
    rng = np.random.default_rng(5)
    p = rng.normal(size=(4_000, 8))
    found = screened(p, -p[:, 2] + rng.normal(size=4_000))  # half of the variance; of ranks, a little less
    (top,) = found.influences
    assert (top.parameter, top.sign, top.is_bent) == ("p2", -1, False)
    rank_correlation = 6 / np.pi * np.arcsin(np.sqrt(0.5) / 2)  # of a Gaussian pair whose correlation is sqrt(1/2)
    assert top.share == pytest.approx(rank_correlation**2, abs=0.03)
    assert found.told["y0"] == top.share


def test_an_effect_with_no_direction_is_found_as_bent() -> None:
    rng = np.random.default_rng(6)
    p = rng.normal(size=(2_000, 8))
    (top,) = screened(p, p[:, 1] ** 2 + 0.5 * rng.normal(size=2_000)).influences
    assert (top.parameter, top.is_bent) == ("p1", True)
    assert top.share > 0.5


def test_a_switch_of_three_readings_is_seen_though_they_have_no_order() -> None:
    rng = np.random.default_rng(7)
    p = rng.normal(size=(2_000, 3))
    p[:, 0] = rng.integers(0, 3, size=2_000)
    happens = rng.random(2_000) < np.where(p[:, 0] == 1, 0.6, 0.3)
    assert [i.parameter for i in screened(p, happens).influences] == ["p0"]


def test_the_larger_influence_comes_first_and_shares_add_up() -> None:
    rng = np.random.default_rng(8)
    p = rng.normal(size=(3_000, 8))
    found = screened(p, 2 * p[:, 0] + p[:, 1], rng.normal(size=3_000))
    assert [i.parameter for i in found.influences] == ["p0", "p1"]
    assert found.told["y0"] == pytest.approx(0.97, abs=0.03)
    assert found.told["y1"] == 0.0


def test_where_nothing_matters_hardly_anything_is_shown() -> None:
    """Of 80 screens of nothing, some with rare events and ties, 4 may show something; 10 or more is one in 300."""
    alarms = 0
    for seed in range(80):
        rng = np.random.default_rng(100 + seed)
        p = rng.normal(size=(200, 8))
        p[:, 0] = rng.integers(0, 2, size=200)
        counts = rng.poisson(0.7, size=200)
        found = screened(p, counts + rng.normal(size=200), counts, rng.random(200) < 0.08, seed=seed)
        alarms += bool(found.influences)
    assert pytest.approx(0.05) == FALSE_ALARM
    assert alarms < 10


def test_the_floor_falls_as_runs_are_added() -> None:
    rng = np.random.default_rng(9)
    p, y = rng.normal(size=(4_000, 8)), rng.normal(size=4_000)
    few, many = screened(p[:400], y[:400]), screened(p, y)
    assert many.floor == pytest.approx(few.floor / 10, rel=0.4)


def test_what_hardly_varies_is_named_and_left_out() -> None:
    rng = np.random.default_rng(10)
    p = rng.normal(size=(500, 4))
    found = screened(p, rng.normal(size=500), np.arange(500) < 10, np.full(500, np.inf))
    assert (found.screened, found.skipped) == (("y0",), ("y1", "y2"))


def test_too_few_runs_or_nothing_drawn_are_not_screened() -> None:
    y = np.arange(50, dtype=np.float32)[:, None]
    assert screen(y, y, names=(["p"], ["y"]), seed=1) is None
    long = np.arange(200, dtype=np.float32)[:, None]
    assert screen(np.zeros((200, 1), np.float32), long, names=(["p"], ["y"]), seed=1) is None


def test_the_same_runs_give_the_same_screen() -> None:
    rng = np.random.default_rng(11)
    p, y = rng.normal(size=(300, 4)), rng.normal(size=300)
    assert screened(p, y) == screened(p, y)
