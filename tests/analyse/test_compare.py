"""Comparisons of worlds whose every pair is known."""

import datetime as dt

import numpy as np
import pytest
from numpy.typing import NDArray

from offramp.analyse.alternatives import Alternative, preferences
from offramp.analyse.compare import Compared, Comparison, compare, typical_run
from offramp.analyse.intervals import share_interval
from offramp.core.errors import InputError
from offramp.engine.block import Block
from offramp.ensemble.pairs import Pairs, Wanted, run_pairs
from offramp.ensemble.run import Options, sample_steps
from tests.ensemble.worlds import EVER, HOW_MANY, N_STEPS, TOP, WHEN, World, baseline, edited, toy_model

RUNS = 1_500


def paired(*worlds: World, step_days: float = 1.0, better: dict[str, str] | None = None) -> Pairs:
    model = toy_model(step_days)
    wanted = Wanted((0,), preferences(model, better or {}))
    return run_pairs(model, (baseline, *worlds), options=Options(RUNS, groups={"acts": (0,)}), wanted=wanted)


def compared(*worlds: World, is_null: bool = False, **options: object) -> Compared:
    sides = worlds or (edited,)
    alternatives = [Alternative(f"edit {i}", "An edit", is_null=is_null) for i, _ in enumerate(sides)]
    return compare(paired(*sides, **options), alternatives=alternatives)  # type: ignore[arg-type]


def one(world: World = edited, **options: object) -> Comparison:
    return compared(world, **options).comparisons[0]  # type: ignore[arg-type]


def columns(o: int) -> tuple[np.ndarray, np.ndarray]:
    a, b = (world(0, RUNS, sample_steps(N_STEPS)).outcomes[:, o].astype(float) for world in (baseline, edited))
    return a, b


@pytest.mark.parametrize(("name", "o"), [("how_many", HOW_MANY), ("top", TOP), ("ever", EVER)])
def test_an_outcome_is_told_as_numpy_tells_it(name: str, o: int) -> None:
    found, (a, b) = one().outcomes[name], columns(o)
    assert found.baseline == pytest.approx(a.mean(), rel=1e-9)
    assert found.edited == pytest.approx(b.mean(), rel=1e-9)
    assert found.difference == pytest.approx((b - a).mean(), rel=1e-9)
    assert found.share_changed == (a != b).mean()
    assert found.variance_ratio == pytest.approx((a.var() + b.var()) / (b - a).var(), rel=1e-9)
    assert found.n == RUNS
    assert found.interval is not None
    assert found.interval[0] < found.difference < found.interval[1]


def test_a_share_gets_an_interval_for_paired_shares() -> None:
    a, b = columns(EVER)
    assert one().outcomes["ever"].interval == share_interval(RUNS, rose=int((b > a).sum()), fell=int((b < a).sum()))


def test_a_first_is_told_in_days_where_it_happens_on_both_sides_and_as_a_share() -> None:
    found, (a, b) = one(step_days=7.0).outcomes["when"], columns(WHEN)
    both = (a >= 0) & (b >= 0)
    assert found.difference == pytest.approx(7.0 * (b - a)[both].mean(), rel=1e-9)
    assert found.n == both.sum()
    assert found.share is not None
    assert (found.share.baseline, found.share.edited, found.share.both) == pytest.approx(
        ((a >= 0).mean(), (b >= 0).mean(), both.mean())
    )


def test_a_world_compared_with_itself_differs_by_exactly_zero() -> None:
    found = one(baseline)
    assert found.divergence.first is None
    assert found.divergence.share == 0
    assert found.example is None
    for outcome in found.outcomes.values():
        assert outcome.difference == 0
        assert outcome.share_changed == 0
        assert outcome.variance_ratio is None
    assert all(m["difference"] == 0 for m in found.moves.values())
    assert not np.any([band.mean for band in (*found.quantities.values(), *found.counts.values())])


def test_edits_that_changed_nothing_so_far_are_told_from_edits_that_cannot() -> None:
    for name, outcome in one(baseline).outcomes.items():
        assert outcome.interval is not None
        assert outcome.interval[0] < 0 < outcome.interval[1], name
    assert {outcome.interval for outcome in one(baseline, is_null=True).outcomes.values()} == {(0.0, 0.0)}


def test_the_first_divergence_is_the_earliest_over_runs() -> None:
    divergence = one().divergence
    assert divergence.first == dt.date.fromordinal(737_002)
    assert divergence.q50 == dt.date.fromordinal(737_004)
    assert divergence.share == pytest.approx(1 / 3)
    assert divergence.counts.sum() == RUNS / 3


def test_differences_over_time_have_mean_and_band() -> None:
    band = one().quantities["level"]
    assert band.q05[0] == 0
    assert band.q95[0] == pytest.approx(0.1, rel=0.05)
    assert 0 < band.mean[0] < 0.1


def test_the_run_that_is_told_lies_nearest_to_the_mean_change() -> None:
    """Of the first changed runs (every third) the typical one is found by hand, in standard deviations of each."""
    pairs = paired(edited)
    all_ends = [column for o in (EVER, HOW_MANY, TOP) for column in [columns(o)]]
    differences = np.stack([b - a for a, b in all_ends], axis=1)
    changed = np.arange(0, RUNS, 3)
    distance = (
        ((differences[changed] - differences[changed].mean(axis=0)) / differences.std(axis=0, ddof=1)) ** 2
    ).sum(axis=1)
    nearest = changed[:100][distance[:100] <= distance[:100].min() + 1e-9]
    assert typical_run(pairs.differences[0]) in nearest


def test_regret_names_each_side_once_and_the_baseline_first() -> None:
    rows = compared(edited, baseline, better={"top": "lower"}).regret
    assert [(row.outcome, row.better, row.side) for row in rows] == [("top", "lower", i) for i in range(3)]
    assert rows[0].mean == rows[2].mean == 0
    assert rows[1].mean > 0
    assert rows[0].best_share == 1.0
    assert rows[1].best_share < 1.0


@pytest.mark.parametrize(
    ("better", "said"),
    [({"tup": "lower"}, "`top`"), ({"top": "less"}, "`lower` or `higher`"), ({"when": "lower"}, "never happens")],
)
def test_a_preference_that_makes_no_sense_is_refused(better: dict[str, str], said: str) -> None:
    with pytest.raises(InputError, match="E714") as refused:
        preferences(toy_model(), better)
    assert said in str(refused.value)


def test_an_outcome_lost_in_every_pair_has_no_value_and_breaks_nothing() -> None:
    def runs_away(first: int, n: int, steps: NDArray[np.int64]) -> Block:
        block = edited(first, n, steps)
        block.outcomes[:, TOP] = np.inf
        return block

    found = one(runs_away).outcomes["top"]
    assert (found.n, found.difference, found.interval, found.variance_ratio) == (0, None, None, None)
    assert found.share_changed == 1.0
