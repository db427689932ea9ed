"""A job that is killed outright goes on, when asked to, to the same bytes as one that never stopped."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from offramp.ensemble import store
from offramp.ensemble.summary import State

JOB = [sys.executable, "-m", "offramp", "run", "two-rivals", "--end", "2020-01-30", "--json"]
OFTEN = """
import sys
import offramp.ensemble.run
from offramp.cli.main import app

sys.modules["offramp.ensemble.run"].CHECKPOINT_SECONDS = 0.2
app()
"""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache of these tests alone, in which all is compiled before the clock of the checkpoints runs."""
    made = tmp_path_factory.mktemp("cache")
    finish(made, "--runs", "300")
    return made


def without_timing(text: str) -> dict[str, object]:
    result: dict[str, object] = json.loads(text)
    result.pop("timing")
    return result


def checkpoints(cache: Path) -> list[Path]:
    return sorted((cache / "runs").glob("*.npz"))


def kill_after_a_checkpoint(command: list[str], cache: Path, *, n: int = 1) -> None:
    """Start a job, wait until it has kept a checkpoint, give it a moment to go on, and kill it."""
    job = subprocess.Popen(command, env=environment(cache), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 300
    seen: set[float] = set()
    while len(seen) < n:
        assert job.poll() is None, "the job ended before it could be killed"
        assert time.monotonic() < until
        seen |= {file.stat().st_mtime for file in checkpoints(cache)}
        time.sleep(0.02)
    time.sleep(0.05)
    job.send_signal(signal.SIGKILL)
    assert job.wait() == -signal.SIGKILL


def environment(cache: Path) -> dict[str, str]:
    return {**os.environ, "OFFRAMP_CACHE": str(cache)}


def finish(cache: Path, *arguments: str) -> dict[str, object]:
    done = subprocess.run([*JOB, *arguments], env=environment(cache), capture_output=True, text=True, check=True)
    return without_timing(done.stdout)


def test_a_job_killed_twice_resumes_to_the_same_bytes(cache: Path) -> None:
    runs = ("--runs", "600000")
    whole = finish(cache, *runs)
    often = [sys.executable, "-c", OFTEN, *JOB[3:], *runs]
    kill_after_a_checkpoint(often, cache)
    first = kept_runs(cache)
    kill_after_a_checkpoint([*often, "--resume"], cache, n=2)
    assert kept_runs(cache) > first > 0
    assert finish(cache, *runs, "--resume") == whole
    assert checkpoints(cache) == []


def test_a_million_runs_killed_in_the_middle_resume_to_the_same_bytes(cache: Path) -> None:
    runs = ("--runs", "1000000")
    kill_after_a_checkpoint([sys.executable, "-c", OFTEN, *JOB[3:], *runs], cache)  # else it may be done before one
    assert 0 < kept_runs(cache) < 1_000_000
    assert finish(cache, *runs, "--resume") == finish(cache, *runs)


def test_what_a_kill_leaves_half_written_is_never_read(cache: Path) -> None:
    """A kill in the middle of a checkpoint leaves a part file; the job goes on from the last whole one, or anew."""
    runs = ("--runs", "2000")
    whole = finish(cache, *runs)
    (cache / "runs" / "abc.part").write_bytes(b"PK\x03\x04 half")
    assert finish(cache, *runs, "--resume") == whole


def kept_runs(cache: Path) -> int:
    (checkpoint,) = checkpoints(cache)
    state: State | None = store.load(checkpoint)
    assert state is not None
    return int(state["n_runs"])
