"""What surrounds a command changes nothing of its answer, and what fails around it is told in a sentence."""

import functools
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = [sys.executable, "-m", "offramp"]
RUN = ("run", "two-rivals", "--engine", "reference", "--runs", "2", "--end", "2020-01-05", "--json")

pytestmark = pytest.mark.slow


def offramp(*arguments: str, shell: str = "", **environment: str | None) -> subprocess.CompletedProcess[str]:
    """Run the program; `shell` is what a shell adds behind the command, None takes a variable away."""
    everything = {name: value for name, value in {**os.environ, **environment}.items() if value is not None}
    command = ["bash", "-c", f'"$@" {shell}', "bash", *PROGRAM, *arguments]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, env=everything)


def answer(text: str) -> str:
    """The whole answer of a run but its timing, as written."""
    document = json.loads(text)
    document.pop("timing")
    return json.dumps(document)


@functools.cache
def usual() -> str:
    return answer(offramp(*RUN).stdout)


@pytest.mark.parametrize(
    "environment",
    [
        {"TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "7"},
        {"TZ": "America/St_Johns"},
        {"LC_ALL": "de_DE.UTF-8"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"HOME": None},
        {"OFFRAMP_CACHE": "/dev/null/x"},
        {"PYTHONOPTIMIZE": "2"},
    ],
    ids=str,
)
def test_the_answer_is_the_same_bytes_wherever_it_is_asked_for(environment: dict[str, str | None]) -> None:
    done = offramp(*RUN, **environment)
    assert done.returncode == 0, done.stderr
    assert answer(done.stdout) == usual()


@pytest.mark.parametrize("locale", ["C", "de_DE.UTF-8"])
def test_numbers_and_dates_are_written_the_same_in_every_locale(locale: str) -> None:
    printed = offramp(*RUN[:-1], LC_ALL=locale).stdout
    assert "2020-01-01 to 2020-01-05" in printed
    assert "0.0 %" in printed
    assert "0,0" not in printed


@pytest.mark.parametrize("shell", ["<&- 2>&-"])
def test_a_closed_stream_that_is_not_needed_is_not_missed(shell: str) -> None:
    done = offramp(*RUN, shell=shell)
    assert done.returncode == 0
    assert answer(done.stdout) == usual()


@pytest.mark.parametrize("arguments", [RUN, RUN[:-1], ("schema",)])
def test_output_that_nobody_takes_is_no_fault(arguments: tuple[str, ...]) -> None:
    done = offramp(*arguments, shell=">&-")
    assert done.returncode == 0
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", [RUN, ("schema",), ("show", "two-rivals")])
def test_a_full_disk_under_the_output_is_told_in_a_sentence(arguments: tuple[str, ...]) -> None:
    done = offramp(*arguments, shell="> /dev/full")
    assert done.returncode == 3
    assert done.stderr.endswith("The output cannot be written: No space left on device.\n")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "reader"),
    [(("schema",), "true"), (("show", "us-iran-iraq"), "head -1"), (("show", "us-iran-iraq", "--json"), "head -c 1")],
)
def test_a_reader_that_leaves_early_sees_no_traceback(arguments: tuple[str, ...], reader: str) -> None:
    assert offramp(*arguments, shell=f"| {reader}").stderr == ""


@pytest.mark.parametrize("place", ["/proc/report.html", "/dev/full", "missing/report.html"])
def test_a_report_that_cannot_be_written_is_told_in_a_sentence(tmp_path: Path, place: str) -> None:
    target = place if place.startswith("/") else str(tmp_path / place)
    done = offramp("report", "two-rivals", "--runs", "1", "--end", "2020-01-03", "--output", target)
    assert done.returncode in (1, 3)
    assert "Traceback" not in done.stderr
    assert done.stderr.strip().splitlines()[-1]


def test_a_record_or_scenario_that_cannot_be_read_is_told_in_words(tmp_path: Path) -> None:
    for name in ("/proc/self/mem", "/dev/zero", str(tmp_path)):
        done = offramp("check", name, "--json")
        assert done.returncode == 1
        assert not json.loads(done.stdout)["ok"]
