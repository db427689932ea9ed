"""A small crisis with a record on disk, for what is conditioned on it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.model.small import written

SAID = {"evidence": {"status": "assumed", "why": "invented"}}
ROWS = """\
id,date,date_precision,known_from,what,deaths
r1,2020-01-03,day,2020-01-03,raid,1
r2,2020-01-09,day,2020-01-09,raid,
r3,2020-01-10,day,2020-01-10,raid,2
r4,2020-01-12,day,2020-01-12,parade,
r5,2020-01-16,day,2020-01-25,raid,
"""
SERIES = """\
date,what,value,known_from
2020-01-08,x,0.6,2020-01-08
"""


def acting(opportunities: str) -> dict[str, Any]:
    """An actor with one channel."""
    return {"title": "State", "kind": "state", "channels": {"force": {"opportunities": opportunities} | SAID}}


def crisis(folder: Path, **changed: Any) -> Path:
    """Write a month of two actors: raids rest for five days, so that the row of the tenth is forbidden."""
    folder.mkdir(exist_ok=True)
    sections: dict[str, Any] = {
        "scenario": {"name": "small", "title": "Small", "clock": {"start": "2020-01-01", "days": 30}},
        "actors": {
            "blue": acting("LogNormal(0.3, 0.5) / day"),
            "red": acting("0.4 / day"),
        },
        "quantities": {
            "x": {"kind": "level", "unit": "index", "range": [0, 1], "start": 0.5, "noise": 0.05} | SAID,
            "dead": {"kind": "tally", "unit": "people", "title": "Dead"} | SAID,
        },
        "moves": {
            "blue.raid": {
                "title": "Raid", "cooldown": "5 d", "utility": {"base": "Normal(0, 1)"},
                "effects": [{"on": "dead", "add": "Poisson(1)"}],
            } | SAID,
            "red.talk": {"title": "Talk", "utility": {"base": "x"}} | SAID,
        },
        "outcomes": {"raids": "count(blue.raid)", "dead": "final(dead)"},
        "policies": {"calm": ["forbid blue.raid"], "late": ["forbid blue.raid from 2020-01-05"]},
        "panels": [{"title": "Raids", "moves": ["blue.raid"]}, {"title": "x", "quantity": "x"}],
        "record": {
            "events": "record.csv", "series": "series.csv", "marks": {"deaths": "dead"},
            "covers": {"start": "2020-01-01", "end": "2020-01-30"},
            "event_map": [{"where": {"what": "raid"}, "move": "blue.raid"}],
            "series_map": [{"where": {"what": "x"}, "quantity": "x", "error": 0.05}],
        },
        "fit": {"until": "2020-01-25", "parameters": ["blue.force.opportunities", "blue.raid.utility.base"]},
    }  # fmt: skip
    (folder / "scenario.yaml").write_text(json.dumps(written(**(sections | changed))))
    (folder / "record.csv").write_text(ROWS)
    (folder / "series.csv").write_text(SERIES)
    return folder
