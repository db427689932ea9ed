"""Differences by reading: what hangs on a switch is told, and what does not is not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import offramp
from offramp.scenario.load import load

READS = "revenge: Normal(1, 0.5) * log1p(recent(blue.strike, 10 d))"
SWITCHES = """switches:
  S: {title: Do strikes provoke?, prior: "Categorical(yes=0.5, no=0.5)", evidence: {status: assumed, why: even odds}}
  T: {title: Does it rain?, prior: "Categorical(often=0.5, seldom=0.5)", evidence: {status: assumed, why: even odds}}
outcomes:
  raids: count(guard.raid)
"""


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> offramp.CompareResult:
    """Two rivals, where strikes provoke raids or do not, and another switch bears on something else."""
    folder = tmp_path_factory.mktemp("rivals")
    text = (load("two-rivals").folder / "scenario.yaml").read_text(encoding="utf-8")
    provoked = "3 * (switch.S == yes) * log1p(recent(blue.strike, 10 d)) - 0.001 * (switch.T == often)"
    text = text.replace(READS, f"{READS}\n      reading: {provoked}").replace("outcomes:\n", SWITCHES)
    (folder / "scenario.yaml").write_text(text, encoding="utf-8")
    return offramp.load(folder).compare("forbid blue.strike", runs=2_000)


def test_an_outcome_that_hangs_on_a_reading_is_told_with_each_reading(result: offramp.CompareResult) -> None:
    (comparison,) = result.comparisons.values()
    raids = {told.switch: told for told in comparison.contested if told.outcome == "raids"}
    assert list(raids) == ["S"]
    yes, no = raids["S"].readings
    assert (yes.alternative, no.alternative) == ("yes", "no")
    assert yes.interval[1] < no.interval[0]  # without strikes, far fewer raids if they provoke
    mixed = np.average([yes.difference, no.difference], weights=[yes.n, no.n])
    assert mixed == pytest.approx(comparison.outcomes["raids"].difference, rel=1e-9)
    assert yes.n + no.n == 2_000


def test_readings_are_told_wherever_the_result_is(result: offramp.CompareResult, tmp_path: Path) -> None:
    (alternative,) = result.as_json()["alternatives"]  # type: ignore[misc]
    assert {"outcome", "switch", "readings"} == set(alternative["contested"][0])
    page = result.report(tmp_path / "report.html").read_text(encoding="utf-8")
    assert "Do strikes provoke?" in page
    assert "Does it rain?" not in page.split("<h2>Manifest")[0]
