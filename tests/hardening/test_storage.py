"""What is to be kept is written whole or not at all; what is in the way of it is told."""

import errno
import os
import stat
import sys
from pathlib import Path

import numpy as np
import pytest

import offramp
from offramp.core import storage
from offramp.ensemble import store
from tests.scenario.folders import changed, write

DAYS = "clock: {start: 2020-01-01, days: 180}"
SHORT = "clock: {start: 2020-01-01, days: 3}"


def fill_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on text files take one letter, and then the disk is full."""
    written = Path.write_text

    def full(self: Path, text: str, **rest: str) -> None:
        written(self, text[:1], **rest)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(storage.Path, "write_text", full)


def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = tmp_path / "report.html"
    storage.write_whole(report, "old")
    fill_the_disk(monkeypatch)
    with pytest.raises(OSError, match="No space"):
        storage.write_whole(report, "new and longer")
    monkeypatch.undo()
    assert [file.name for file in tmp_path.iterdir()] == ["report.html"]
    assert report.read_text() == "old"


def test_a_report_that_finds_no_room_leaves_the_last_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = offramp.load(write(tmp_path / "s", changed((DAYS, SHORT)))).run(runs=2, engine="reference")
    report = result.report(tmp_path / "report.html")
    before = report.read_bytes()
    fill_the_disk(monkeypatch)
    with pytest.raises(OSError, match="No space"):
        result.report(report)
    assert report.read_bytes() == before


def test_a_file_has_the_rights_that_files_have(tmp_path: Path) -> None:
    storage.write_whole(tmp_path / "a", "x")
    (tmp_path / "b").write_text("x")
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == stat.S_IMODE((tmp_path / "b").stat().st_mode)


def test_a_link_is_followed_and_a_device_is_written_to(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "target")
    storage.write_whole(tmp_path / "link", "x")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_text() == "x"
    storage.write_whole(Path(os.devnull), "x")
    assert not Path(os.devnull).is_file()
    with pytest.raises(OSError, match="No space"):
        storage.write_whole(Path("/dev/full"), "x")


@pytest.mark.parametrize("place", ["/dev/null/cache", "/proc/offramp"])
def test_a_job_whose_checkpoints_cannot_be_kept_is_not_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    case = offramp.load(write(tmp_path / "s", changed((DAYS, SHORT))))
    usual = case.run(runs=3, engine="reference")
    monkeypatch.setenv("OFFRAMP_CACHE", place)
    for resume in (False, True):
        result = case.run(runs=3, engine="reference", how=offramp.How(resume=resume))
        assert result.outcomes == usual.outcomes


def test_a_full_disk_under_the_checkpoints_does_not_stop_a_job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setenv("OFFRAMP_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(sys.modules["offramp.ensemble.run"], "CHECKPOINT_SECONDS", -1.0)
    monkeypatch.setattr(store.Path, "replace", full)
    case = offramp.load(write(tmp_path / "s", changed((DAYS, SHORT))))
    result = case.run(runs=600, engine="reference")
    assert result.ensemble.is_complete
    assert list((tmp_path / "cache" / "runs").iterdir()) == []


def test_old_checkpoints_go_and_the_newest_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "KEEP_JOBS", 3)
    for number in range(6):
        store.save(tmp_path / f"{number}.npz", {"n_runs": np.array(number)})
        os.utime(tmp_path / f"{number}.npz", (1_000_000 + number, 1_000_000 + number))
    (tmp_path / "stray.part").write_text("half")
    (tmp_path / "mine.txt").write_text("mine")
    os.utime(tmp_path / "stray.part", (1, 1))
    store.save(tmp_path / "last.npz", {"n_runs": np.array(9)})
    assert sorted(file.name for file in tmp_path.iterdir()) == ["4.npz", "5.npz", "last.npz", "mine.txt"]
