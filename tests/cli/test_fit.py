"""`fit`, end to end: shapes and refusals."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.test_condition import offramp
from tests.results.watched import crisis


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
