"""`condition`, and `--as-of` on `run` and `compare`, end to end: shapes, exit codes, health first."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.results.watched import crisis

AS_OF = ("--as-of", "2020-01-20")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return crisis(tmp_path_factory.mktemp("crisis"))


def offramp(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "offramp", *map(str, arguments)]
    environment = {**os.environ, "COLUMNS": "300"}
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=600, env=environment)


def test_condition_prints_one_json_document_of_the_promised_shape(folder: Path) -> None:
    done = offramp("condition", folder, *AS_OF, "--particles", "70", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert set(found) == {
        "manifest", "as_of", "health", "particles", "log_evidence", "unique_ancestors", "unique_vectors",
        "unique_origins", "is_settled", "is_complete",
        "steps", "effective_sample_size", "accepted", "weeks", "surprises", "forbidden", "quantities", "unused",
        "timing",
    }  # fmt: skip
    assert found["manifest"]["options"] == {"as_of": "2020-01-20", "particles": 70}
    assert found["quantities"]["dead"]["recorded"] == 3
    assert found["forbidden"][0]["id"] == "r3"
    assert "compiles" in done.stderr


def test_health_comes_first(folder: Path) -> None:
    lines = offramp("condition", folder, *AS_OF, "--particles", "70").stdout.splitlines()
    assert lines[1].startswith("! Conditioning: Fewer than 200")
    text = "\n".join(lines)
    assert text.index("Log evidence") < text.index("`blue.raid` rests for 5 days") < text.index("The world on")
    assert "not known by 2020-01-20" in text


def test_run_and_compare_begin_from_the_day(folder: Path) -> None:
    shown = [
        json.loads(offramp(*command, folder, *AS_OF, "--runs", "70", "--json", *more).stdout)
        for command, more in ((["run"], []), (["compare"], ["--policy", "calm"]))
    ]
    assert shown[0]["conditioned"] == shown[1]["conditioned"]
    assert set(shown[0]["conditioned"]) == {
        "as_of", "health", "particles", "log_evidence", "unique_ancestors", "unique_vectors", "unique_origins",
        "is_settled",
    }  # fmt: skip
    assert shown[0]["outcomes"]["raids"]["mean"] == shown[1]["outcomes"]["raids"]["baseline"]
    assert shown[1]["first_divergence"] > "2020-01-20"
    text = offramp("compare", folder, *AS_OF, "--runs", "70", "--policy", "calm").stdout
    assert text.splitlines()[2].startswith("! Conditioning")
    assert "act from the day after" in text


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (["run", "two-rivals", "--as-of", "2020-02-01"], 1, "has no record"),
        (["condition", "two-rivals", "--as-of", "2020-02-01"], 1, "has no record"),
        (["condition", "two-rivals"], 2, "--as-of"),
        (["condition", "two-rivals", "--as-of", "then"], 2, "--as-of"),
        (["condition", "two-rivals", "--as-of", "2020-02-01", "--particles", "0"], 2, "--particles"),
        (["condition", "us-iran-iraq", "--as-of", "2020-02-01", "--particles", "1000000"], 1, "held in memory"),
    ],
)
def test_what_cannot_be_asked_is_refused(arguments: list[str], status: int, says: str) -> None:
    done = offramp(*arguments)
    assert done.returncode == status
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_edits_of_the_past_are_refused_with_the_day(folder: Path) -> None:
    done = offramp("compare", folder, *AS_OF, "--policy", "late", "--runs", "70")
    assert done.returncode == 1
    assert "E716" in done.stderr
    assert "Name a day after 2020-01-20" in done.stderr


@pytest.mark.slow
def test_an_interrupt_keeps_what_is_done(tmp_path: Path) -> None:
    """Of the packaged crisis: a minute of work, stopped within it and gone on from."""
    command = [sys.executable, "-m", "offramp", "condition", "us-iran-iraq", "--as-of", "2019-12-28", "--json"]
    command += ["--particles", "6000", "--seed", str(time.time_ns() % 1_000_000)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as job:
        assert job.stderr is not None
        job.stderr.readline()
        time.sleep(20)
        job.send_signal(signal.SIGINT)
        out, err = job.communicate(timeout=600)
    if job.returncode == 0:
        pytest.skip("this machine is too fast: it was done before the interrupt")
    assert job.returncode == 3, err
    assert "--resume" in err
    assert json.loads(out)["is_complete"] is False
    done = offramp(*command[3:], "--resume")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["is_complete"] is True


@pytest.mark.slow
def test_the_packaged_crisis_answers_on_the_eve_of_the_strikes() -> None:
    done = offramp("compare", "us-iran-iraq", "--as-of", "2019-12-28", "--policy", "syria_only_reprisal",
                   "--runs", "256", "--json")  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["conditioned"]["particles"] == 256
    assert found["first_divergence"] > "2019-12-28"
    assert any("Conditioning" in said for said in found["health"])
