"""Long jobs through the command line: interrupted, resumed, and no hungrier for being longer."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

JOB = [sys.executable, "-m", "offramp", "run", "two-rivals", "--end", "2020-01-30", "--json"]
RUNS = 1_500_000
PEAK = (
    "import resource, sys, offramp; offramp.load('two-rivals').run(int(sys.argv[1]), how=offramp.How(workers=2)); "
    "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
)

pytestmark = pytest.mark.slow


def without_timing(text: str) -> dict[str, object]:
    result: dict[str, object] = json.loads(text)
    result.pop("timing")
    return result


def wait_for_checkpoint(folder: Path, job: subprocess.Popen[str]) -> None:
    until = time.monotonic() + 120
    while not list(folder.glob("*.npz")):
        assert job.poll() is None, "the job ended before its first checkpoint"
        assert time.monotonic() < until
        time.sleep(0.05)


def test_an_interrupted_run_says_so_keeps_its_prefix_and_resumes_to_the_same_bytes(tmp_path: Path) -> None:
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    environment.pop("OFFRAMP_CACHE", None)
    warm = subprocess.run([*JOB, "--runs", "300"], env=environment, capture_output=True, text=True, check=True)
    assert json.loads(warm.stdout)["manifest"]["runs_done"] == 300
    job = subprocess.Popen(
        [*JOB, "--runs", str(RUNS)], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    wait_for_checkpoint(tmp_path / "offramp" / "runs", job)
    job.send_signal(signal.SIGINT)
    printed, said = job.communicate(timeout=60)
    assert job.returncode == 3, said
    assert "Interrupted after" in said
    assert "Traceback" not in said
    done = without_timing(printed)["manifest"]["runs_done"]  # type: ignore[index]
    assert 0 < done < RUNS
    assert list((tmp_path / "offramp" / "runs").glob("*.npz"))
    resumed = subprocess.run(
        [*JOB, "--runs", str(RUNS), "--resume"], env=environment, capture_output=True, text=True, check=True
    )
    whole = subprocess.run([*JOB, "--runs", str(RUNS)], env=environment, capture_output=True, text=True, check=True)
    assert without_timing(resumed.stdout) == without_timing(whole.stdout)
    assert not list((tmp_path / "offramp" / "runs").glob("*.npz"))


def test_memory_does_not_grow_with_the_number_of_runs() -> None:
    """Twenty times the runs may cost at most 16 MiB more: one block's outcomes kept per block cost far more."""
    peaks = []
    for runs in (5_000, 100_000):
        done = subprocess.run([sys.executable, "-c", PEAK, str(runs)], capture_output=True, text=True, check=True)
        peaks.append(int(done.stdout))
    assert peaks[1] - peaks[0] < 16 * 1024
