"""What stands out of many comparisons: clear after counting all, and not what changes in a handful of runs."""

import numpy as np

from offramp.analyse.alternatives import Alternative
from offramp.analyse.compare import Comparison, Divergence, OutcomeDifference
from offramp.analyse.intervals import mean_interval
from offramp.analyse.standouts import is_shown, n_changed, standouts

DAYS = np.arange(3)


def outcome(
    name: str, difference: float, half: float, *, changed: float = 0.5, kind: str = "count"
) -> OutcomeDifference:
    return OutcomeDifference(
        name, kind, "events", name, baseline=4.0, edited=4.0 + difference, difference=difference,
        interval=(difference - half, difference + half), q05=None, q95=None, spread=2.0, share_changed=changed,
        variance_ratio=None, n=100,
    )  # fmt: skip


def comparison(name: str, *outcomes: OutcomeDifference) -> Comparison:
    parted = Divergence(0.5, None, None, None, None, DAYS, DAYS)
    return Comparison(Alternative(name, name), 100, {o.name: o for o in outcomes}, parted, {}, {}, {}, {}, example=None)


def test_the_larger_one_in_standard_deviations_comes_first() -> None:
    found = standouts([comparison("a", outcome("small", -1.0, 0.1), outcome("large", 3.0, 0.5))])
    assert [(s.outcome.name, s.size) for s in found["a"]] == [("large", 1.5), ("small", -0.5)]


def test_an_interval_that_barely_leaves_zero_out_is_not_enough_among_many() -> None:
    alone = standouts([comparison("a", outcome("x", 1.0, 0.8))])  # 2.06 standard errors
    many = standouts([comparison("a", outcome("x", 1.0, 0.8), *(outcome(f"y{i}", 0.0, 1.0) for i in range(40)))])
    assert [s.outcome.name for s in alone["a"]] == ["x"]
    assert many["a"] == ()


def test_what_changes_in_fewer_than_five_runs_is_not_shown() -> None:
    few, enough = outcome("few", 1.0, 0.01, changed=0.04), outcome("enough", 1.0, 0.01, changed=0.05)
    assert [n_changed(o, 100) for o in (few, enough)] == [4, 5]
    assert [is_shown(o, 100) for o in (few, enough)] == [False, True]
    assert [s.outcome.name for s in standouts([comparison("a", few, enough)])["a"]] == ["enough"]


def test_of_differences_that_are_nothing_one_table_in_twenty_or_fewer_shows_any() -> None:
    """Of 200 tables of 40 outcomes each without any difference, 10 are expected; 20 or more are one in 500."""
    rng, alarms = np.random.default_rng(2), 0
    for _ in range(200):
        rows = []
        for i in range(40):
            values = rng.normal(size=200)
            mean, m2 = float(values.mean()), float(((values - values.mean()) ** 2).sum())
            interval = mean_interval(mean, m2, n=200, n_changed=200, spread=1.4)
            assert interval is not None
            rows.append(outcome(f"y{i}", mean, interval[1] - mean))
        alarms += bool(standouts([comparison("a", *rows)])["a"])
    assert alarms < 20
