"""The doors end to end: exit codes, JSON shapes, what goes to which stream, kind answers to bad input."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

SKETCH = "two-rivals"


def offramp(*arguments: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "offramp", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder, timeout=300)


def assert_no_traceback(done: subprocess.CompletedProcess[str]) -> None:
    assert "Traceback" not in done.stderr + done.stdout


def test_list_names_the_packaged_scenarios() -> None:
    rows = json.loads(offramp("list", "--json").stdout)
    assert {"us-iran-iraq", SKETCH} <= {row["name"] for row in rows}


def test_run_prints_one_json_document_of_the_promised_shape() -> None:
    done = offramp("run", SKETCH, "--runs", "40", "--json")
    assert done.returncode == 0
    result = json.loads(done.stdout)
    assert set(result) == {"manifest", "outcomes", "moves", "health", "timing"}
    assert set(result["outcomes"]["war"]) == {"mean", "se", "q05", "q50", "q95", "n"}
    assert set(result["moves"]["guard.raid"]) == {"mean_count", "q05", "q95"}
    assert set(result["timing"]) == {"compile_s", "run_s", "runs_per_s"}
    assert result["manifest"]["seed"] == 1


@pytest.mark.parametrize("other", [["--engine", "reference"], ["--workers", "1"], ["--workers", "8"]])
def test_engine_and_workers_change_nothing_but_the_timing(other: list[str]) -> None:
    runs = "30" if "reference" in other else "1500"
    plain = json.loads(offramp("run", SKETCH, "--runs", runs, "--json").stdout)
    again = json.loads(offramp("run", SKETCH, "--runs", runs, "--json", *other).stdout)
    plain.pop("timing")
    again.pop("timing")
    assert plain == again


def test_a_window_inside_the_clock_is_run_and_one_outside_is_refused() -> None:
    inside = json.loads(
        offramp("run", SKETCH, "-n", "5", "--start", "2020-02-01", "--end", "2020-02-10", "--json").stdout
    )
    assert (inside["manifest"]["start"], inside["manifest"]["end"]) == ("2020-02-01", "2020-02-10")
    outside = offramp("run", SKETCH, "-n", "5", "--end", "2030-01-01")
    assert outside.returncode == 1
    assert "2030-01-01" in outside.stderr
    assert "2020-06-28" in outside.stderr
    assert_no_traceback(outside)


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["run", "no-such-scenario"], 1),
        (["check", "no-such-scenario"], 1),
        (["show", "no-such-scenario"], 1),
        (["run", SKETCH, "--runs", "0"], 2),
        (["run", SKETCH, "--runs", "many"], 2),
        (["run", SKETCH, "--seed", "-1"], 2),
        (["run", SKETCH, "--seed", str(2**64)], 1),
        (["run", SKETCH, "--engine", "steam"], 2),
        (["run", SKETCH, "--start", "yesterday"], 2),
        (["run", SKETCH, "--as-of", "soon"], 2),
        (["run", SKETCH, "--given-record"], 2),
        (["conjure", SKETCH], 2),
        (["report", SKETCH, "-n", "5", "-o", "/no/such/folder/report.html"], 1),
        (["report", SKETCH, "-o", "."], 1),
        (["show", SKETCH, "--section", "weather"], 2),
    ],
)
def test_bad_requests_get_their_status_and_no_traceback(arguments: list[str], status: int) -> None:
    done = offramp(*arguments)
    assert done.returncode == status
    assert done.stderr.strip()
    assert_no_traceback(done)


def test_a_misspelt_scenario_name_is_answered_with_the_nearest() -> None:
    assert "us-iran-iraq" in offramp("run", "us-iran-irak").stderr


def test_check_names_place_code_and_remedy_and_json_holds_the_same(tmp_path: Path) -> None:
    assert offramp("new", "my-crisis", folder=tmp_path).returncode == 0
    written = tmp_path / "my-crisis" / "scenario.yaml"
    assert offramp("check", "my-crisis", folder=tmp_path).returncode == 0
    text = written.read_text(encoding="utf-8")
    spoilt = re.sub(r"recent\((\w+)\.(\w+),", r"recent(\1.\2x,", text, count=1)
    assert spoilt != text
    written.write_text(spoilt, encoding="utf-8")
    done = offramp("check", "my-crisis", folder=tmp_path)
    assert done.returncode == 1
    assert re.search(r"scenario\.yaml:\d+:\d+: error E2\d\d", done.stderr)
    assert "^" in done.stderr
    told = json.loads(offramp("check", "my-crisis", "--json", folder=tmp_path).stdout)
    assert told["ok"] is False
    assert set(told["problems"][0]) == {"code", "file", "line", "column", "level", "message", "hint"}


def test_a_new_scenario_runs_at_once(tmp_path: Path) -> None:
    offramp("new", "my-crisis", folder=tmp_path)
    done = offramp("run", "my-crisis", "-n", "20", "--json", folder=tmp_path)
    assert json.loads(done.stdout)["outcomes"]


def test_new_does_not_overwrite(tmp_path: Path) -> None:
    offramp("new", "my-crisis", folder=tmp_path)
    (tmp_path / "my-crisis" / "scenario.yaml").write_text("mine", encoding="utf-8")
    done = offramp("new", "my-crisis", folder=tmp_path)
    assert done.returncode == 1
    assert (tmp_path / "my-crisis" / "scenario.yaml").read_text(encoding="utf-8") == "mine"
    assert_no_traceback(done)


def test_schema_is_a_json_schema() -> None:
    schema = json.loads(offramp("schema").stdout)
    assert schema["type"] == "object"
    assert "actors" in schema["properties"]


def test_show_and_cite_speak_of_the_scenario() -> None:
    assert "Border guard" in offramp("show", SKETCH).stdout
    assert "forbid blue.strike" in offramp("show", SKETCH, "--section", "policies").stdout
    assert "Border raids and reprisals" in offramp("cite", SKETCH).stdout


def test_show_generated_prints_source_with_the_scenarios_names() -> None:
    source = offramp("show", SKETCH, "--generated").stdout
    assert "guard.raid" in source
    assert "scenario.yaml:" in source
    compile(source, "generated", "exec")


def test_report_writes_one_page(tmp_path: Path) -> None:
    done = offramp("report", SKETCH, "-n", "20", "-o", "page.html", folder=tmp_path)
    assert done.returncode == 0
    assert "Two rivals and a border" in (tmp_path / "page.html").read_text(encoding="utf-8")
