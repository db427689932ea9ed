"""What is kept comes back, and is gone on from to the same bytes."""

from __future__ import annotations

from pathlib import Path

import pytest

from offramp.infer import temper
from offramp.infer.condition import Options, begin, condition, proceed
from offramp.infer.kept import keep, keep_fit, load, restore, restore_fit, save
from tests.infer import test_temper as tempering
from tests.infer import worlds
from tests.infer.test_condition import as_bytes, stopped_after

MANIFEST = {"scenario": "made up", "seed": 4}


@pytest.mark.parametrize("calls", [3, 24])
def test_an_interrupted_job_goes_on_from_its_file_to_the_same_bytes(calls: int, tmp_path: Path) -> None:
    world = worlds.linear_gaussian(20)
    save(tmp_path / "part.npz", keep(stopped_after(calls, world), MANIFEST))
    kept = load(tmp_path / "part.npz")
    assert kept is not None
    assert kept.manifest == MANIFEST
    assert as_bytes(proceed(world, restore(world, kept))) == as_bytes(condition(world, 150, seed=4))


def test_a_finished_one_comes_back_as_it_was(tmp_path: Path) -> None:
    world = worlds.linear_gaussian(20)
    found = condition(world, 150, seed=4)
    save(tmp_path / "a.npz", keep(found, MANIFEST))
    kept = load(tmp_path / "a.npz")
    assert kept is not None
    back = restore(world, kept)
    assert as_bytes(back) == as_bytes(found)
    assert (back.health, back.acceptance, back.spent) == (found.health, found.acceptance, found.spent)


def test_nothing_taken_in_yet_can_be_kept_too(tmp_path: Path) -> None:
    world = worlds.linear_gaussian(20)
    save(tmp_path / "a.npz", keep(begin(world, 150, seed=4), {}))
    kept = load(tmp_path / "a.npz")
    assert kept is not None
    done = proceed(world, restore(world, kept), options=Options())
    assert as_bytes(done) == as_bytes(condition(world, 150, seed=4))


def test_the_same_content_gives_the_same_file(tmp_path: Path) -> None:
    world = worlds.linear_gaussian(20)
    for name in ("a.npz", "b.npz"):
        save(tmp_path / name, keep(condition(world, 50, seed=4), MANIFEST))
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.npz", "b.npz"]


@pytest.mark.parametrize("place", [0.0, 0.3, 0.5, 0.7, 1.0])
def test_a_damaged_file_is_not_gone_on_from(place: float, tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    assert load(path) is None
    save(path, keep(condition(worlds.linear_gaussian(20), 50, seed=4), MANIFEST))
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert load(path) is None
    content = bytearray(whole)
    content[round(place * (len(whole) - 1))] ^= 0xFF
    path.write_bytes(bytes(content))
    kept = load(path)
    assert kept is None or kept.manifest == MANIFEST  # bytes of the archive that carry nothing may change
    if 0 < place < 1:  # among the numbers
        assert kept is None


def test_an_interrupted_fit_goes_on_from_its_file_to_the_same_bytes(tmp_path: Path) -> None:
    world, options = worlds.logit(), temper.FitOptions()

    def progress(what: str, done: int, of: int) -> None:
        if what.endswith("1") and done == of:
            options.stop.set()

    part = temper.fit(world, 200, seed=3, options=options, progress=progress)
    save(tmp_path / "fit.npz", keep_fit(part, MANIFEST))
    kept = load(tmp_path / "fit.npz")
    assert kept is not None
    whole = temper.fit(world, 200, seed=3)
    done = temper.proceed(world, restore_fit(world, kept))
    assert not part.is_complete
    assert tempering.as_bytes(done) == tempering.as_bytes(whole)
    assert done.health == whole.health
