"""Intervals of paired differences: against the definition, known limits, and how often they hold the truth."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, stats

from offramp.analyse.intervals import LEVEL, Z, mean_interval, share_interval


def score_by_maximisation(d: float, n: int, rose: int, fell: int) -> float:
    """Tango's statistic from its definition: likelihood maximised by search under the hypothesis."""

    def minus_log_likelihood(q: float) -> float:  # q: probability of falling; q + d of rising
        terms = ((rose, q + d), (fell, q), (n - rose - fell, 1 - 2 * q - d))
        return -sum(k * math.log(max(p, 1e-300)) for k, p in terms if k)

    low, high = max(0.0, -d), (1 - d) / 2
    q = optimize.minimize_scalar(minus_log_likelihood, bounds=(low, high), method="bounded", options={"xatol": 1e-12}).x
    return (rose - fell - n * d) / math.sqrt(n * (2 * q + d - d * d))


@given(st.integers(1, 30), st.integers(1, 30), st.integers(10, 300))
def test_the_ends_of_a_share_interval_are_where_the_score_reaches_its_quantile(rose: int, fell: int, same: int) -> None:
    n = rose + fell + same
    low, high = share_interval(n, rose=rose, fell=fell)
    assert score_by_maximisation(low, n, rose, fell) == pytest.approx(Z, rel=1e-3)
    assert score_by_maximisation(high, n, rose, fell) == pytest.approx(-Z, rel=1e-3)


@pytest.mark.parametrize("n", [1, 20, 2_000, 100_000])
def test_pairs_that_never_differ_leave_an_interval_of_the_known_width(n: int) -> None:
    low, high = share_interval(n, rose=0, fell=0)
    assert (low, high) == pytest.approx((-Z * Z / (n + Z * Z), Z * Z / (n + Z * Z)), rel=1e-9)


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 200))
def test_share_intervals_hold_the_found_difference_and_mirror(rose: int, fell: int, same: int) -> None:
    n = max(rose + fell + same, 1)
    low, high = share_interval(n, rose=rose, fell=fell)
    assert -1 <= low <= (rose - fell) / n <= high <= 1
    assert low < high
    assert share_interval(n, rose=fell, fell=rose) == pytest.approx((-high, -low), abs=1e-9)


def test_with_many_changes_a_mean_interval_is_students() -> None:
    differences = np.random.default_rng(4).normal(0.3, 2.0, 5_000)
    mean, m2 = differences.mean(), ((differences - differences.mean()) ** 2).sum()
    low, high = mean_interval(mean, m2, n=5_000, n_changed=5_000, spread=9.0)  # type: ignore[misc]
    assert (low, high) == pytest.approx(stats.t.interval(LEVEL, 4_999, mean, stats.sem(differences)), rel=1e-3)


def test_few_pairs_get_students_quantile() -> None:
    differences = np.array([1.0, 2.0, 4.0, 7.0])
    m2 = ((differences - differences.mean()) ** 2).sum()
    low, high = mean_interval(differences.mean(), m2, n=4, n_changed=4, spread=0.0)  # type: ignore[misc]
    plain = stats.t.interval(LEVEL, 3, differences.mean(), stats.sem(differences))
    assert low <= plain[0] + 0.01
    assert high >= plain[1] - 0.01


@pytest.mark.parametrize("n", [50, 1_000])
def test_a_mean_that_never_changed_has_a_width_and_one_that_cannot_has_none(n: int) -> None:
    low, high = mean_interval(0.0, 0.0, n=n, n_changed=0, spread=2.0)  # type: ignore[misc]
    assert high == pytest.approx(2.0 * Z * Z / n, rel=0.1)
    assert low == -high
    assert mean_interval(0.0, 0.0, n=n, n_changed=0, spread=0.0) == (0.0, 0.0)


def test_one_pair_has_no_interval_of_a_mean() -> None:
    assert mean_interval(1.0, 0.0, n=1, n_changed=1, spread=1.0) is None


TRIALS = 20_000
LIMIT = 6.0  # standard errors; each check fails by chance with probability 2e-9, and there are some ten


def assert_coverage(held: np.ndarray, at_least: float) -> None:
    """Hold that an interval contains the truth at least this often, give or take chance."""
    assert held.mean() > at_least - LIMIT * math.sqrt(at_least * (1 - at_least) / held.size)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rising", "falling", "n"),
    [(0.01, 0.0, 200), (0.01, 0.01, 200), (0.05, 0.02, 200), (0.2, 0.1, 100), (0.002, 0.0, 1_000)],
)
def test_share_intervals_hold_the_truth_about_as_often_as_they_say(rising: float, falling: float, n: int) -> None:
    """Score intervals hold their level on average, and fall short of it by at most 3 points at the worst places."""
    draws = np.random.default_rng(11).multinomial(n, [rising, falling, 1 - rising - falling], TRIALS)
    bounds = {(r, f): share_interval(n, rose=r, fell=f) for r, f, _ in {tuple(row) for row in draws.tolist()}}
    held = np.array([bounds[r, f][0] <= rising - falling <= bounds[r, f][1] for r, f, _ in draws.tolist()])
    assert_coverage(held, LEVEL - 0.03)


@pytest.mark.slow
@pytest.mark.parametrize(("share", "n"), [(1.0, 30), (0.3, 100), (0.05, 200), (0.02, 200), (0.01, 1_000)])
def test_mean_intervals_hold_the_truth_about_as_often_as_they_say(share: float, n: int) -> None:
    """Few pairs change, by a Gaussian amount: the level may be missed by at most 3 points."""
    random = np.random.default_rng(12)
    differences = np.where(random.random((TRIALS, n)) < share, random.normal(1.0, 1.0, (TRIALS, n)), 0.0)
    held = np.empty(TRIALS, bool)
    for i, row in enumerate(differences):
        mean = float(row.mean())
        m2 = float(((row - mean) ** 2).sum())
        low, high = mean_interval(mean, m2, n=n, n_changed=int((row != 0).sum()), spread=2.0)  # type: ignore[misc]
        held[i] = low <= share <= high
    assert_coverage(held, LEVEL - 0.03)
