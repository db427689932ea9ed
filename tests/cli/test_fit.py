"""`fit`, end to end: shapes and refusals."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from tests.cli.test_condition import offramp
from tests.results.watched import crisis

pytestmark = pytest.mark.slow  # each command fits anew


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return crisis(tmp_path_factory.mktemp("crisis"))


def test_fit_prints_one_json_document_of_the_promised_shape(folder: Path) -> None:
    done = offramp("fit", folder, "--particles", "64", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert set(found) == {
        "manifest", "until", "health", "is_complete", "power", "particles", "log_evidence", "unique_vectors",
        "unique_origins", "accepted", "learnt_from", "parameters", "trade_offs", "words", "timing",
    }  # fmt: skip
    assert found["power"] == 1
    row = found["parameters"]["blue.raid.utility.base"]
    assert set(row) == {"prior", "posterior", "shift", "shift_error", "contraction", "contraction_error"}
    assert "compiles" in done.stderr
    text = offramp("fit", folder, "--particles", "64").stdout
    assert text.splitlines()[1].startswith("! Fit: Fewer than 200")
    assert "blue.force.opportunities" in text


def test_a_scenario_that_lists_nothing_is_refused() -> None:
    done = offramp("fit", "two-rivals")
    assert done.returncode == 1
    assert "does not say what to fit" in done.stderr


def test_runs_take_a_kept_fit(tmp_path: Path) -> None:
    clock = {"start": "2020-01-01", "days": 30}
    folder = crisis(tmp_path / "crisis", scenario={"name": f"own-{time.time_ns()}", "title": "Own", "clock": clock})
    refused = offramp("run", folder, "--posterior", "--runs", "20")
    assert refused.returncode == 1
    assert "`offramp fit`" in refused.stderr
    assert offramp("fit", folder).returncode == 0
    done = offramp("run", folder, "--posterior", "--runs", "20", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["fitted"]["draws"] == 1_000
    text = offramp("compare", folder, "--posterior", "--runs", "20", "--policy", "calm").stdout
    assert "Parameters given the record up to 2020-01-25" in text
