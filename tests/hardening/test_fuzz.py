"""A thousand seeded cases of the fuzzer, and signs that each of its alarms can ring."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.fuzz import guard, judge
from benchmarks.fuzz.cases import KINDS, Case, make, rich_files
from benchmarks.fuzz.summary import summary

ROOT = Path(__file__).parents[2]
SEED = 20_180_508


def fuzz(state: Path, cases: int) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-m",
        "benchmarks.fuzz",
        "--seed",
        str(SEED),
        "--cases",
        str(cases),
        "--state",
        str(state),
    ]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_a_thousand_inputs_are_answered_in_words(tmp_path: Path) -> None:
    done = fuzz(tmp_path / "state", 1_000)
    assert done.returncode == 0, done.stderr
    assert "1,000 cases were run" in done.stdout
    assert "0 faults" in done.stdout


@pytest.mark.slow
def test_it_goes_on_where_it_stopped_and_counts_no_case_twice(tmp_path: Path) -> None:
    assert "200 cases were run" in fuzz(tmp_path / "state", 200).stdout
    assert "400 cases were run" in fuzz(tmp_path / "state", 400).stdout
    firsts = [json.loads(line)["first"] for line in (tmp_path / "state").read_text().splitlines()]
    assert firsts == [0, 200]


def test_a_case_is_a_function_of_its_seed_and_number() -> None:
    assert [make(1, n) for n in range(60)] == [make(1, n) for n in range(60)]
    assert [make(1, n) for n in range(60)] != [make(2, n) for n in range(60)]


def test_every_kind_occurs() -> None:
    assert {make(3, n).kind for n in range(3_000)} == set(KINDS)


def test_the_undamaged_scenario_lowers_and_runs(tmp_path: Path) -> None:
    verdict = judge.judge(Case("tree", dict(rich_files())), 0, tmp_path / "case")
    assert (verdict.answer, verdict.fault) == ("run", "")


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Judge a case whose answer is given by a function."""

    def verdict_of(answer) -> judge.Verdict:
        monkeypatch.setitem(judge._BY_KIND, "formula", lambda case, number, folder: answer(folder))
        return judge.judge(Case("formula"), 1, tmp_path / "case")

    return verdict_of


def raise_it(error: BaseException) -> None:
    raise error


def burn(_: Path) -> str:
    total = 0
    for number in range(100_000_000):
        total += number
    return "told"


ALARMS = {
    "an exception": (lambda folder: raise_it(KeyError("x")), "KeyError"),
    "a warning": (lambda folder: __import__("warnings").warn("careful", stacklevel=1), "UserWarning"),
    "a file read elsewhere": (lambda folder: Path("/etc/hostname").read_text(), "is read"),
    "a file written elsewhere": (lambda folder: (folder.parent / "out").write_text(""), "opened for writing"),
    "a file removed elsewhere": (lambda folder: (folder.parent / "out").unlink(), "os.remove"),
    "code run": (lambda folder: exec("x = 1"), "is compiled"),
    "code evaluated": (lambda folder: eval("1 + 1"), "is compiled"),
    "a process": (lambda folder: subprocess.run(["true"], check=False), "subprocess.Popen"),
    "a shell": (lambda folder: os.system("true"), "os.system"),
    "a socket": (lambda folder: __import__("socket").socket(), "socket"),
    "a strange module": (lambda folder: __import__("no_such_module"), "imported"),
    "an unlawful answer": (lambda folder: judge._told_in_words(("no problem",), 1), "no problem"),
}


@pytest.mark.parametrize("name", ALARMS)
def test_each_alarm_rings(name: str, answers) -> None:
    answer, expected = ALARMS[name]
    assert expected in answers(answer).fault


def test_the_alarm_of_memory_rings(answers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judge, "MEMORY_MIB", 50)
    assert "MiB" in answers(lambda folder: str(len(bytes(bytearray(200 * 2**20))))).fault


def test_the_alarm_of_time_rings(answers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judge, "HANG_CPU_SECONDS", 0.3)
    assert answers(burn).answer == "hang"
    monkeypatch.setattr(judge, "HANG_CPU_SECONDS", 60.0)
    monkeypatch.setattr(judge, "CPU_SECONDS", -1.0)
    assert "processor time" in answers(lambda folder: "told").fault


def test_what_stands_in_the_folder_may_be_read_and_written(answers) -> None:
    def answer(folder: Path) -> str:
        (folder / "a").write_text("x")
        return (folder / "a").read_text()

    verdict = answers(answer)
    assert (verdict.answer, verdict.fault) == ("x", "")


def test_nothing_is_watched_outside_a_case(tmp_path: Path) -> None:
    with guard.watching(tmp_path):
        pass
    (tmp_path.parent / "elsewhere").write_text("")


def test_the_summary_counts_what_was_run() -> None:
    row = {
        "seed": 1, "first": 0, "n": 3, "version": "abc", "when": "2026-01-01", "cpu_s": 1.0,
        "answers": {"formula/told": 2, "edit/traceback": 1}, "worst_time": {"cpu_s": 0.5, "number": 1, "kind": "edit"},
        "worst_memory": {"peak_mib": 2.0, "number": 0, "kind": "edit"},
        "faults": [{"number": 2, "kind": "edit", "fault": "KeyError"}],
    }  # fmt: skip
    text = summary([row], 1)
    assert "3 cases were run, seed 1: 1 faults" in text
    assert "Case 2 (edit): KeyError" in text
    assert summary([], 1) == "No case was run.\n"
