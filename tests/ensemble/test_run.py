"""Running in blocks: the bytes depend on the runs alone, not on workers, pauses or interrupts."""

import dataclasses
import os
import signal
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from offramp.engine.block import Block
from offramp.ensemble import Ensemble, Options, run, store
from offramp.ensemble.health import health
from offramp.ensemble.run import BLOCK_RUNS, sample_steps
from offramp.expr.ir import Const, Quantity
from offramp.model.model import LeafModel, Model, MoveModel, OutcomeModel, QuantityModel

LEVEL = QuantityModel("level", "level", "index", 0.0, 1.0, Const(0.5), None, None, None, (), 1)
MOVE = MoveModel("a.act", 0, None, None, Const(0.0), 0, (0,), 2, rate=Const(0.1))
LEAF = LeafModel("a.act", 0, None, Const(0.0), 3, ())
OUTCOMES = (
    OutcomeModel("ever", "any", Quantity(0), (), 0, 9),
    OutcomeModel("when", "first", Quantity(0), (), 0, 9),
    OutcomeModel("how_many", "count", None, (0,), 0, 9),
    OutcomeModel("top", "max", Quantity(0), (), 0, 9),
)


@pytest.fixture
def model() -> Model:
    return Model(
        name="toy", title="Toy", first_day=737_000, days=np.arange(737_000, 737_010), step_days=1.0, actors=("a",),
        parameters=(), quantities=(LEVEL,), views=(), daily=np.zeros((10, 0), np.float32), daily_names=(), sightings=(),
        memories=(), belief_updates=(), rules=(), channels=(), moves=(MOVE,), leaves=(LEAF,), outcomes=OUTCOMES, ends=(),  # noqa: E501
    )  # fmt: skip


def fake_simulate(first: int, n: int, steps: NDArray[np.int64]) -> Block:
    """Make runs that are a pure function of their numbers."""
    k = np.arange(first, first + n, dtype=np.float64)
    level = ((k * 0.618034) % 1.0).astype(np.float32)
    count = (k % 7).astype(np.float32)
    when = np.where(level > 0.7, np.floor(level * 10), -1).astype(np.float32)
    shape = (len(steps), 1, n)
    return Block(
        first_run=first,
        outcomes=np.stack([(level > 0.7).astype(np.float32), when, count, level], axis=1),
        counts=count[:, None],
        samples=np.broadcast_to(level, shape).copy(),
        sample_counts=np.broadcast_to(count, shape).copy(),
        clips=np.zeros((n, 1), np.float32), cuts=np.zeros((n, 1), np.float32), last_step=np.full(n, 9, np.float32),
        parameters=np.zeros((n, 0), np.float32),
    )  # fmt: skip


def same(a: Ensemble, b: Ensemble) -> bool:
    arrays = all(
        np.array_equal(getattr(x, s), getattr(y, s))
        for bands in ("quantities", "counts")
        for x, y in zip(getattr(a, bands).values(), getattr(b, bands).values(), strict=True)
        for s in ("mean", "q05", "q50", "q95")
    )
    return arrays and a.outcomes == b.outcomes and a.moves == b.moves and a.clips == b.clips


GROUPS = {"acts": (0,)}


@pytest.mark.parametrize("workers", [2, 8])
def test_the_number_of_workers_changes_no_bit(model: Model, workers: int) -> None:
    alone = run(model, fake_simulate, options=Options(3_000, workers=1, groups=GROUPS))
    assert same(alone, run(model, fake_simulate, options=Options(3_000, workers=workers, groups=GROUPS)))


def test_summaries_agree_with_all_runs_at_once(model: Model) -> None:
    result = run(model, fake_simulate, options=Options(3_000, groups=GROUPS))
    everything = fake_simulate(0, 3_000, sample_steps(10))
    top, when = everything.outcomes[:, 3].astype(float), everything.outcomes[:, 1].astype(float)
    assert result.outcomes["top"].mean == pytest.approx(top.mean(), rel=1e-12)
    assert result.outcomes["top"].se == pytest.approx(top.std(ddof=1) / 3_000**0.5, rel=1e-9)
    assert result.outcomes["when"].share == np.mean(when >= 0)
    assert result.outcomes["when"].mean == pytest.approx(when[when >= 0].mean(), rel=1e-12)
    assert result.moves["a.act"]["mean_count"] == pytest.approx(everything.counts.mean(), rel=1e-12)


def test_a_first_that_mostly_never_happens_has_no_median(model: Model) -> None:
    when = run(model, fake_simulate, options=Options(2_000)).outcomes["when"]
    assert when.q05 is not None
    assert when.q50 is None
    assert when.q95 is None


def test_an_interrupted_job_resumes_to_the_same_bytes(
    model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OFFRAMP_CACHE", str(tmp_path))
    stop = threading.Event()

    def stop_after_three_blocks(done: int, total: int) -> None:
        if done >= 3 * BLOCK_RUNS:
            stop.set()

    cut = run(
        model,
        fake_simulate,
        options=Options(5_000, groups=GROUPS, identity={"a": 1}, on_progress=stop_after_three_blocks, stop=stop),
    )
    assert cut.n_runs == 3 * BLOCK_RUNS
    assert not cut.is_complete
    assert same(cut, run(model, fake_simulate, options=Options(3 * BLOCK_RUNS, groups=GROUPS)))
    calls: list[int] = []

    def counting(first: int, n: int, steps: NDArray[np.int64]) -> Block:
        calls.append(first)
        return fake_simulate(first, n, steps)

    resumed = run(model, counting, options=Options(5_000, groups=GROUPS, identity={"a": 1}, resume=True))
    assert min(calls) == 3 * BLOCK_RUNS
    assert same(resumed, run(model, fake_simulate, options=Options(5_000, groups=GROUPS)))
    assert not store.checkpoint_path({"a": 1}).exists()


def test_ctrl_c_keeps_the_completed_prefix(model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OFFRAMP_CACHE", str(tmp_path))

    def slow(first: int, n: int, steps: NDArray[np.int64]) -> Block:
        time.sleep(0.02)
        return fake_simulate(first, n, steps)

    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
    cut = run(model, slow, options=Options(1_000_000, identity={"b": 1}))
    assert 0 < cut.n_runs < 1_000_000
    assert cut.n_runs % BLOCK_RUNS == 0
    assert store.checkpoint_path({"b": 1}).exists()


def test_a_damaged_checkpoint_is_ignored(model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OFFRAMP_CACHE", str(tmp_path))
    path = store.checkpoint_path({"c": 1})
    path.parent.mkdir(parents=True)
    path.write_bytes(b"PK\x03\x04 not an archive")
    result = run(model, fake_simulate, options=Options(1_000, identity={"c": 1}, resume=True))
    assert same(result, run(model, fake_simulate, options=Options(1_000)))


def test_a_checkpoint_of_another_shape_is_ignored(
    model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OFFRAMP_CACHE", str(tmp_path))
    store.save(store.checkpoint_path({"d": 1}), {"n_runs": np.array(256)})
    result = run(model, fake_simulate, options=Options(1_000, identity={"d": 1}, resume=True))
    assert same(result, run(model, fake_simulate, options=Options(1_000)))


def test_a_block_that_was_cut_short_is_not_counted(
    model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OFFRAMP_CACHE", str(tmp_path))

    def stops_within_the_third(first: int, n: int, steps: NDArray[np.int64]) -> Block:
        return fake_simulate(first, n if first < 2 * BLOCK_RUNS else 7, steps)

    cut = run(model, stops_within_the_third, options=Options(5_000, identity={"e": 1}))
    assert cut.n_runs == 2 * BLOCK_RUNS
    resumed = run(model, fake_simulate, options=Options(5_000, identity={"e": 1}, resume=True))
    assert same(resumed, run(model, fake_simulate, options=Options(5_000)))


def test_values_that_are_no_numbers_are_left_out_counted_and_told(model: Model) -> None:
    def runs_away(first: int, n: int, steps: NDArray[np.int64]) -> Block:
        block = fake_simulate(first, n, steps)
        block.outcomes[:5, 3] = np.inf
        block.samples[-1, 0, :5] = np.nan
        return block

    result = run(model, runs_away, options=Options(BLOCK_RUNS))
    sound = fake_simulate(0, BLOCK_RUNS, sample_steps(10)).outcomes[5:, 3].astype(float)
    assert result.outcomes["top"].mean == pytest.approx(sound.mean(), rel=1e-12)
    assert result.lost == {"top": 5, "level": 5}
    assert sum("beyond any number" in said for said in health(result)) == 2


def test_an_outcome_of_other_days_has_no_value(model: Model) -> None:
    elsewhere = dataclasses.replace(
        model, outcomes=(OutcomeModel("late", "any", Quantity(0), (), 0, -1), *OUTCOMES[1:])
    )
    result = run(elsewhere, fake_simulate, options=Options(BLOCK_RUNS))
    assert result.outcomes["late"].mean is None
    assert "`late`" in health(result)[0]


def test_a_failed_write_leaves_the_old_checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.npz"
    store.save(path, {"n": np.array(1)})

    def full(*args: object, **kwargs: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store.np, "savez", full)
    with pytest.raises(OSError, match="No space"):
        store.save(path, {"n": np.array(2)})
    monkeypatch.undo()
    kept = store.load(path)
    assert kept is not None
    assert int(kept["n"]) == 1
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("n_steps", [1, 2, 47, 48, 49, 400, 630])
def test_sampled_steps_are_few_even_and_end_at_the_end(n_steps: int) -> None:
    steps = sample_steps(n_steps)
    assert steps[-1] == n_steps - 1
    assert len(steps) <= 49
    assert len(set(np.diff(steps)[:-1])) <= 1
