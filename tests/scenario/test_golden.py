"""What check says of faulty scenarios, kept as text to be read in review.

`OFFRAMP_GOLDEN=write python -m pytest tests/scenario/test_golden.py` writes the texts anew.
"""

import os
from pathlib import Path

import pytest

from offramp.scenario.check import check_source

GOLDEN = Path(__file__).parents[1] / "golden" / "check"


@pytest.mark.parametrize("name", sorted(path.name for path in GOLDEN.iterdir() if path.is_dir()))
def test_check_says_what_it_said(name, monkeypatch):
    monkeypatch.chdir(GOLDEN)
    said = "\n".join(map(str, check_source(name))) + "\n"
    kept = GOLDEN / f"{name}.txt"
    if os.environ.get("OFFRAMP_GOLDEN") == "write":
        kept.write_text(said, encoding="utf-8")
    assert said == kept.read_text(encoding="utf-8")
