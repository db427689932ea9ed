"""Pairs of runs: streamed statistics are those of all pairs at once, and their bytes depend on the runs alone."""

import dataclasses
import threading
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from offramp.engine.block import Block
from offramp.ensemble.differences import BASELINE, DIFFERENCE, EDITED, EXAMPLES
from offramp.ensemble.pairs import Pairs, Wanted, run_pairs
from offramp.ensemble.regret import Preference
from offramp.ensemble.run import Options, run, sample_steps
from offramp.ensemble.stream import BLOCK_RUNS
from tests.ensemble.worlds import EVER, HOW_MANY, N_STEPS, TOP, WHEN, World, baseline, edited, toy_model

RUNS = 1_500  # several blocks, the last one short
GROUPS = {"acts": (0,)}
WANTED = Wanted(quantities=(0,), preferences=(Preference(TOP, -1), Preference(HOW_MANY, 1)))


def pairs(*worlds: World, runs: int = RUNS, **options: object) -> Pairs:
    sides = (baseline, *(worlds or (edited,)))
    return run_pairs(toy_model(), sides, options=Options(runs, groups=GROUPS, **options), wanted=WANTED)  # type: ignore[arg-type]


def everything(world: World) -> Block:
    block = world(0, RUNS, sample_steps(N_STEPS))
    wide = {
        name: getattr(block, name).astype(np.float64) for name in ("outcomes", "counts", "samples", "sample_counts")
    }
    return dataclasses.replace(block, **wide)


def same(a: Pairs, b: Pairs) -> bool:
    states = zip((*a.differences, a.regret), (*b.differences, b.regret), strict=True)
    equal = all(
        np.array_equal(s[k], t[k], equal_nan=True) for s, t in ((x.state(), y.state()) for x, y in states) for k in s
    )
    return equal and all(x.outcomes == y.outcomes and x.moves == y.moves for x, y in zip(a.sides, b.sides, strict=True))


def test_moments_of_pairs_are_those_of_all_pairs_at_once() -> None:
    moments = pairs().differences[0].outcomes
    a, b = (everything(world).outcomes[:, TOP].astype(float) for world in (baseline, edited))
    for row, values in ((BASELINE, a), (EDITED, b), (DIFFERENCE, b - a)):
        assert moments.n[row, TOP] == RUNS
        assert moments.mean[row, TOP] == pytest.approx(values.mean(), rel=1e-12)
        assert moments.m2[row, TOP] == pytest.approx(((values - values.mean()) ** 2).sum(), rel=1e-9)


def test_the_moments_hold_the_covariance_of_the_two_sides() -> None:
    m2 = pairs().differences[0].outcomes.m2[:, TOP]
    sides = np.stack([everything(world).outcomes[:, TOP].astype(float) for world in (baseline, edited)])
    assert (m2[BASELINE] + m2[EDITED] - m2[DIFFERENCE]) / 2 / (RUNS - 1) == pytest.approx(np.cov(sides)[0, 1], rel=1e-9)


def test_changes_are_counted_by_their_direction() -> None:
    found = pairs().differences[0]
    a, b = everything(baseline).outcomes, everything(edited).outcomes
    for o in (EVER, HOW_MANY, TOP):
        assert (found.changed[o], found.rose[o], found.fell[o]) == (
            (a[:, o] != b[:, o]).sum(), (b[:, o] > a[:, o]).sum(), (b[:, o] < a[:, o]).sum(),
        )  # fmt: skip


def test_a_first_is_compared_where_it_happens_on_both_sides_and_counted_where_on_one() -> None:
    found = pairs().differences[0]
    a, b = (everything(world).outcomes[:, WHEN] for world in (baseline, edited))
    both = (a >= 0) & (b >= 0)
    assert found.outcomes.n[DIFFERENCE, WHEN] == both.sum()
    assert found.outcomes.mean[DIFFERENCE, WHEN] == pytest.approx((b - a)[both].mean(), rel=1e-12)
    assert found.only_edited[WHEN] == ((b >= 0) & (a < 0)).sum() > 0
    assert found.only_baseline[WHEN] == 0
    assert found.changed[WHEN] == (a != b).sum()


def test_paths_and_counts_are_those_of_all_pairs() -> None:
    found = pairs().differences[0]
    a, b = everything(baseline), everything(edited)
    assert found.levels.mean[:, 0] == pytest.approx((b.samples - a.samples)[:, 0].mean(axis=1), rel=1e-5)
    assert found.group_counts.mean[:, 0] == pytest.approx(
        (b.sample_counts - a.sample_counts)[:, 0].mean(axis=1), rel=1e-9
    )
    assert found.counts.mean[0] == pytest.approx((b.counts - a.counts).mean(), rel=1e-9)
    band = found.level_histograms[0].quantiles(0, (0.05, 0.95))
    assert band == pytest.approx([0.0, 0.1], rel=0.05)


def test_runs_part_on_the_first_step_on_which_their_digests_differ() -> None:
    k = np.arange(RUNS)
    steps = k[k % 3 == 0] % 5 + 2
    assert list(pairs().differences[0].diverged) == list(np.bincount(steps, minlength=N_STEPS))


def test_pairs_whose_outcomes_alone_differ_part_on_the_last_step() -> None:
    def judged_otherwise(first: int, n: int, steps: NDArray[np.int64]) -> Block:
        """Make the baseline's histories; in every other run `top` is another number."""
        block = baseline(first, n, steps)
        block.outcomes[::2, TOP] += 1.0
        return block

    found = pairs(judged_otherwise).differences[0]
    assert list(found.diverged) == [0] * (N_STEPS - 1) + [RUNS // 2]
    assert found.changed[TOP] == RUNS // 2
    assert list(found.example_runs[:3]) == [0, 2, 4]


def test_the_first_changed_runs_are_remembered_with_their_differences() -> None:
    found = pairs().differences[0]
    assert list(found.example_runs) == list(range(0, 3 * EXAMPLES, 3))
    a, b = (everything(world).outcomes[found.example_runs, TOP].astype(float) for world in (baseline, edited))
    assert list(found.example_values[:, TOP]) == list(b - a)


def test_a_world_compared_with_itself_differs_by_exactly_zero() -> None:
    found = pairs(baseline).differences[0]
    assert not found.diverged.any()
    assert not found.changed.any()
    for moments in (found.counts, found.levels, found.group_counts):
        assert not moments.mean.any()
        assert not moments.m2.any()
    assert not found.outcomes.mean[DIFFERENCE].any()


@pytest.mark.parametrize("workers", [1, 2, 8])
def test_the_number_of_workers_changes_no_bit(workers: int) -> None:
    assert same(pairs(edited, baseline), pairs(edited, baseline, workers=workers))


def test_each_side_is_what_it_would_be_alone() -> None:
    alone = run(toy_model(), edited, options=Options(RUNS, groups=GROUPS))
    side = pairs().sides[1]
    assert side.outcomes == alone.outcomes
    assert side.moves == alone.moves


def test_the_baseline_is_made_once_for_all_alternatives() -> None:
    made: list[int] = []

    def counting(first: int, n: int, steps: NDArray[np.int64]) -> Block:
        made.append(first)
        return baseline(first, n, steps)

    run_pairs(toy_model(), (counting, edited, edited), options=Options(RUNS), wanted=Wanted())
    assert sorted(made) == list(range(0, RUNS, BLOCK_RUNS))


def test_an_interrupted_comparison_keeps_its_prefix_and_resumes_to_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OFFRAMP_CACHE", str(tmp_path))
    stop = threading.Event()
    cut = pairs(
        identity={"a": 1}, on_progress=lambda done, _: stop.set() if done >= 2 * BLOCK_RUNS else None, stop=stop
    )
    assert cut.sides[0].n_runs == cut.differences[0].n_runs == 2 * BLOCK_RUNS
    assert not cut.sides[0].is_complete
    assert same(cut, pairs(runs=2 * BLOCK_RUNS))
    assert same(pairs(identity={"a": 1}, resume=True), pairs())


def test_a_checkpoint_of_other_alternatives_is_not_taken_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OFFRAMP_CACHE", str(tmp_path))
    stop = threading.Event()
    pairs(identity={"a": 1}, on_progress=lambda done, _: stop.set(), stop=stop)
    resumed = pairs(edited, edited, identity={"a": 1}, resume=True)
    assert same(resumed, pairs(edited, edited))


def test_values_that_are_no_numbers_are_left_out_of_differences() -> None:
    def runs_away(first: int, n: int, steps: NDArray[np.int64]) -> Block:
        block = edited(first, n, steps)
        if first == 0:
            block.outcomes[:5, TOP] = [np.inf, -np.inf, np.nan, np.inf, np.nan]
            block.samples[-1, 0, :5] = np.nan
        return block

    found = pairs(runs_away)
    assert found.differences[0].outcomes.n[DIFFERENCE, TOP] == RUNS - 5
    assert np.isfinite(found.differences[0].outcomes.mean).all()
    assert np.isfinite(found.differences[0].levels.mean).all()
    assert found.sides[1].lost == {"top": 5, "level": 5}


def test_regret_is_the_distance_from_the_best_side_of_the_same_run() -> None:
    regret = pairs().regret
    top, count = ([everything(w).outcomes[:, o].astype(float) for w in (baseline, edited)] for o in (TOP, HOW_MANY))
    lower = np.stack(top) - np.minimum(*top)
    higher = np.maximum(*count) - np.stack(count)
    assert regret.moments.mean[0] == pytest.approx(lower.mean(axis=1), rel=1e-6)
    assert regret.moments.mean[1] == pytest.approx(higher.mean(axis=1), rel=1e-9)
    assert list(regret.best[0]) == list((lower == 0).sum(axis=1))
    assert regret.best[1][1] == RUNS
