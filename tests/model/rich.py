"""A scenario with at least one of everything that lowering numbers."""

from __future__ import annotations

from typing import Any

_CHANNELS = {"force": {"opportunities": "Gamma(2, 4) / day"}, "words": {"opportunities": 0.5}}


def rich() -> dict[str, Any]:
    """A new copy of the scenario."""
    return {
        "offramp": 1,
        "scenario": {"name": "rich", "title": "Rich", "clock": {"start": "2020-01-01", "days": 30}},
        "actors": _actors(),
        "quantities": _quantities(),
        "moves": _moves(),
        "pledges": {
            "truce": {
                "kind": "truce", "by": "blue", "to": "red", "offer": "blue.talk", "breach": ["blue.raid"],
                "within": "5 d",
            },
            "a": {"kind": "promise", "by": "red", "to": "blue", "offer": "red.rein"},
        },
        "mechanisms": {
            "n": {"on": "x", "per_day": "0.01 * after(calendar.vote)"},
            "m": {"on": "x", "per_day": "0.001 * days_until(calendar.vote)"},
        },
        "calendar": {"vote": {"date": "2020-01-20"}},
        "parameters": {"p": {"prior": "Normal(0, 1)"}, "a": {"prior": "Normal(0, 1)"}},
        "switches": {"S": {"prior": "Categorical(a=1, b=1)"}, "R": {"prior": "Categorical(a=1, b=1)"}},
        "outcomes": {"w": "any(x > 0.9)", "c": "count(blue.raid)", "v": "payoff(red)"},
    }  # fmt: skip


def _actors() -> dict[str, Any]:
    goals = {"x": {"weight": "Normal(1, 1)"}, "b": {"weight": 1}}
    directive = {"control": 1, "moves": ["blue.raid"]}
    return {
        "red": {"title": "R", "kind": "state", "channels": dict(_CHANNELS), "goals": goals},
        "blue": {
            "title": "B", "kind": "proxy", "sponsor": "red", "channels": dict(_CHANNELS), "directive": directive,
        },
    }  # fmt: skip


def _quantities() -> dict[str, Any]:
    update = {"on": "blue.raid", "toward": 1, "rate": 0.2}
    return {
        "x": {"kind": "level", "unit": "1", "range": [0, 1], "seen_by": {"red": {"lag": "2 d"}}},
        "b": {"kind": "belief", "unit": "1", "owner": "red", "updates": [update]},
        "dead": {"kind": "tally", "unit": "people"},
    }


def _moves() -> dict[str, Any]:
    return {
        "blue.raid": {
            "title": "Raid",
            "channel": "force",
            "attribution": 0.5,
            "utility": {"hot": "x", "base": "Normal(-1, 1)"},
            "variants": {"south": {"effects": [{"on": "dead", "add": "Poisson(2)"}]}, "north": {}},
            "effects": [
                {"on": "x", "add": "Normal(0.1, 0.05)"},
                {"on": "dead", "add": "Poisson(1)", "probability": 0.5},
            ],
        },
        "blue.talk": {"title": "Talk", "channel": "words"},
        "red.reply": {
            "title": "Reply",
            "channel": "force",
            "utility": {"tit": "recent(blue.raid, 5 d)", "tat": "ever(blue.talk)"},
            "effects": [{"on": "x", "add": 0.1, "delay": "Exponential(1 / 5 d, high=20 d)"}],
        },
        "red.slip": {"title": "Slip", "rate": "0.01 / day"},
        "red.rein": {"title": "Rein", "channel": "words", "directs": {"blue": "restrain"}},
    }
