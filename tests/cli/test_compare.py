"""`compare`, and `run` with edits, end to end: shapes, exit codes, exactness, kind answers."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from offramp.cli.main import app

SKETCH = "two-rivals"
SHORT = ("--end", "2020-03-31")


def offramp(*arguments: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "offramp", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder, timeout=300)


def compared(*arguments: str) -> dict[str, Any]:
    done = offramp("compare", SKETCH, "--runs", "600", *SHORT, "--json", *arguments)
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def test_compare_prints_one_json_document_of_the_promised_shape() -> None:
    result = compared("--do", "forbid blue.strike")
    assert set(result) == {
        "manifest", "outcomes", "first_divergence", "alternatives", "regret", "health", "timing",
    }  # fmt: skip
    war = result["outcomes"]["war"]
    assert {"baseline", "edited", "difference", "interval", "share_changed", "variance_ratio"} <= set(war)
    assert war["difference"] == pytest.approx(war["edited"] - war["baseline"])
    assert war["interval"][0] <= war["difference"] <= war["interval"][1]
    assert re.fullmatch(r"2020-0[1-3]-\d\d", result["first_divergence"])
    (alternative,) = result["alternatives"]
    assert alternative["outcomes"] == result["outcomes"]
    assert alternative["moves"]["blue.strike"]["edited"] == 0
    assert result["manifest"]["options"]["alternatives"] == [
        {"name": "forbid blue.strike", "edits": ["forbid blue.strike"]}
    ]


def test_an_edit_that_changes_nothing_differs_by_exactly_zero() -> None:
    result = compared("--do", "scale blue.force.opportunities by 1")
    assert result["first_divergence"] is None
    for outcome in result["outcomes"].values():
        assert outcome["difference"] == 0
        assert outcome["share_changed"] == 0
        assert outcome["variance_ratio"] is None
    assert all(move["difference"] == 0 for move in result["alternatives"][0]["moves"].values())


def test_nothing_differs_before_the_edit_is_in_force() -> None:
    assert compared("--do", "forbid guard.raid from 2020-03-01")["first_divergence"] >= "2020-03-01"


@pytest.mark.parametrize("workers", ["1", "8"])
def test_the_same_manifest_gives_the_same_bytes_on_any_number_of_workers(workers: str) -> None:
    plain, again = (compared("--policy", "restraint", *more) for more in ([], ["--workers", workers]))
    plain.pop("timing")
    again.pop("timing")
    assert plain == again


def test_policies_are_alternatives_beside_one_baseline_and_regret_is_measured_on_request() -> None:
    result = compared(
        "--policy", "restraint", "--do", "forbid guard.raid", "--name", "no raids", "--better", "war=lower"
    )
    assert [one["name"] for one in result["alternatives"]] == ["no raids", "restraint"]
    regret = result["regret"]["war"]
    assert regret["better"] == "lower"
    assert set(regret["sides"]) == {"baseline", "no raids", "restraint"}
    assert min(side["mean"] for side in regret["sides"].values()) >= 0


def test_run_takes_edits_and_gives_what_compare_calls_edited() -> None:
    edited = compared("--do", "forbid blue.strike")["outcomes"]["war"]["edited"]
    done = offramp("run", SKETCH, "--runs", "600", *SHORT, "--do", "forbid blue.strike", "--json")
    result = json.loads(done.stdout)
    assert result["outcomes"]["war"]["mean"] == edited
    assert result["manifest"]["options"] == {"edits": ["forbid blue.strike"]}
    by_policy = json.loads(offramp("run", SKETCH, "--runs", "600", *SHORT, "--policy", "restraint", "--json").stdout)
    assert by_policy["outcomes"] == result["outcomes"]  # the policy is that edit


def test_the_table_says_what_differs_and_fits_a_phone() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "offramp", "compare", SKETCH, "-n", "300", *SHORT, "--do", "forbid blue.strike"],
        capture_output=True, text=True, check=True, env={**os.environ, "COLUMNS": "40"},
    )  # fmt: skip
    assert "What if: forbid blue.strike" in done.stdout
    assert "Something differs in" in done.stdout
    assert max(len(line.rstrip()) for line in done.stdout.splitlines()) <= 40


def test_a_report_is_one_page_that_loads_nothing(tmp_path: Path) -> None:
    done = offramp(
        "compare", SKETCH, "-n", "40", *SHORT, "--do", "forbid blue.strike", "--report", "what-if.html", folder=tmp_path
    )
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "what-if.html").read_text(encoding="utf-8")
    assert "forbid blue.strike" in page
    page = re.sub(r"<script>/\*\*\n\* plotly.js.*?</script>", "", page, flags=re.DOTALL)
    assert not re.search(r"""(src|href)\s*=\s*["'](?!#)""", page)


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        ([], 2, "--do"),
        (["--do", "forbid blue.strike", "--as-of", "2020-02-01"], 1, "has no record"),
        (["--do", "forbid blue.strike", "--given-record"], 1, "has no record"),
        (["--do", "forbid blue.strike", "--given-record", "--as-of", "2020-02-01"], 2, "Leave out one of the two"),
        (["--do", "forbid blue.strike", "--better", "war"], 2, "OUTCOME=lower"),
        (["--do", "forbid blue.strike", "--better", "war=lower", "--better", "war=higher"], 2, "given twice"),
        (["--do", "forbid blue.strike", "--better", "wra=lower"], 1, "Did you mean `war`?"),
        (["--do", "forbid blue.stroke"], 1, "Did you mean `blue.strike`"),
        (["--do", "dance"], 1, "dance"),
        (["--policy", "restrain"], 1, "Did you mean `restraint`"),
        (["--do", "forbid blue.strike", "--name", "restraint", "--policy", "restraint"], 1, "E712"),
        (["--do", "forbid blue.strike", "--runs", "0"], 2, "--runs"),
        (["--do", "forbid blue.strike", "--report", "."], 1, "folder"),
        (["--do", "forbid blue.strike", "--engine", "steam"], 2, "reference"),
    ],
)
def test_bad_requests_get_their_status_and_a_remedy(arguments: list[str], status: int, said: str) -> None:
    done = CliRunner().invoke(app, ["compare", SKETCH, *arguments])  # in this process: a dozen starts take long
    assert done.exit_code == status, done.output
    assert isinstance(done.exception, SystemExit)
    assert said in " ".join(done.output.replace("│", " ").split())


def test_a_fault_is_told_as_json_where_json_is_asked_for() -> None:
    done = offramp("compare", SKETCH, "--do", "forbid blue.stroke", "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["problems"][0]["code"] == "E202"


def test_comparing_loads_no_library_of_tables() -> None:
    code = (
        "import sys, offramp; offramp.load('two-rivals').compare('forbid blue.strike', runs=5, end='2020-01-10'); "
        "print([name for name in ('xarray', 'pandas', 'pyarrow', 'plotly') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


RUNS = 1_000_000


@pytest.mark.slow
def test_an_interrupted_comparison_keeps_its_prefix_and_resumes_to_the_same_bytes(tmp_path: Path) -> None:
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    environment.pop("OFFRAMP_CACHE", None)
    job = [
        sys.executable, "-m", "offramp", "compare", SKETCH, "--do", "forbid blue.strike", "--json",
        "--end", "2020-01-30", "--runs",
    ]  # fmt: skip

    def finished(*more: str) -> dict[str, Any]:
        done = subprocess.run([*job, *more], env=environment, capture_output=True, text=True, check=True)
        result: dict[str, Any] = json.loads(done.stdout)
        result.pop("timing")
        return result

    finished("300")  # compiles
    running = subprocess.Popen(
        [*job, str(RUNS)], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    until = time.monotonic() + 120
    while not list((tmp_path / "offramp" / "runs").glob("*.npz")):
        assert running.poll() is None, "the job ended before its first checkpoint"
        assert time.monotonic() < until
        time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    printed, said = running.communicate(timeout=60)
    assert running.returncode == 3, said
    assert 0 < json.loads(printed)["manifest"]["runs_done"] < RUNS
    assert "`compare` with --resume" in said
    assert finished(str(RUNS), "--resume") == finished(str(RUNS))
