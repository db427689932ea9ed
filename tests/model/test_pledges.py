"""The life of a pledge, lived by the reference interpreter with moves that happen on fixed days."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from offramp.expr.ir import Const
from offramp.model.desugar import PLEDGE_STATES
from offramp.model.model import QuantityModel
from tests.model.small import ALWAYS, paths_of, value_of

LETTERS = ".oaAkbe"  # one for each of PLEDGE_STATES


def _on(*days: int) -> dict[str, Any]:
    """A move that happens on some days of January and on no other."""
    dates = [f"2020-01-{day:02}" for day in days]
    today = " or ".join(f"days_since({date}) + days_until({date}) == 0" for date in dates) or "0"
    return {"title": "M", "utility": ALWAYS, "requires": today}


@pytest.fixture
def states(lowered) -> Any:
    """The state of a pledge at the end of each of ten days, with moves made on the days of January that are given."""

    def of(days: dict[str, list[int]], **pledge: Any) -> str:
        channels = {name: {"opportunities": "100 / day"} for name in ("offer", "accept", "keep", "break")}
        blue = {"title": "B", "kind": "state", "channels": channels}
        moves = {f"blue.{name}": _on(*days.get(name, ())) | {"channel": name} for name in channels}
        model = lowered(
            actors={"blue": blue},
            moves=moves,
            pledges={"p": {"kind": "promise", "by": "blue", "to": "blue", "offer": "blue.offer"} | pledge},
        )
        paths = paths_of(model, [f"pledge.p.{state}" for state in PLEDGE_STATES])
        by_day = list(zip(*paths.values(), strict=True))
        assert all(sum(flags) == 1 for flags in by_day)
        return "".join(LETTERS[flags.index(1)] for flags in by_day)

    return of


KEPT = {"accept": "blue.accept", "fulfil": ["blue.keep"], "breach": ["blue.break"]}


@pytest.mark.parametrize(
    ("days", "pledge", "life"),
    [
        pytest.param({"offer": [2], "accept": [4], "keep": [7]}, KEPT, ".ooaAAkkkk", id="kept"),
        pytest.param({"offer": [2], "accept": [4], "break": [6]}, KEPT, ".ooaAbbbbb", id="broken"),
        pytest.param({"accept": [4], "keep": [5], "break": [6]}, KEPT, "..........", id="never offered"),
        pytest.param({"offer": [2], "break": [3], "keep": [4]}, KEPT, ".ooooooooo", id="not accepted, not bound"),
        pytest.param({"offer": [2]}, {"fulfil": ["blue.keep"]}, ".aAAAAAAAA", id="stands at once without accept"),
        pytest.param({"offer": [2]}, {"until": "3 d"}, ".aaaaeeeee", id="a plain truce stands, then expires"),
        pytest.param(
            {"offer": [2], "break": [4]},
            {"breach": ["blue.break"], "condition": "0"},
            ".aabbbbbbb",
            id="broken before due",
        ),
        pytest.param({"offer": [2], "accept": [4]}, KEPT | {"within": "2 d"}, ".ooaAAAbbb", id="not fulfilled in time"),
        pytest.param({"offer": [2]}, KEPT | {"until": "3 d"}, ".ooooeeeee", id="expired as an offer"),
        pytest.param({"offer": [2]}, {"until": "3 d", "condition": "0"}, ".aaaaeeeee", id="expired while it stood"),
        pytest.param(
            {"offer": [2], "accept": [3, 9], "break": [5], "keep": [6]}, KEPT, ".oaAbbbbbb", id="broken is broken"
        ),
        pytest.param({"offer": [2, 7], "accept": [3, 9], "break": [5]}, KEPT, ".oaAbbooaA", id="offered again"),
        pytest.param({"offer": [2]}, {"condition": "after(2020-01-05)"}, ".aaaAAAAAA", id="called by a date"),
        pytest.param(
            {"offer": [2], "accept": [3], "keep": [5], "break": [5]}, KEPT, ".oaAkkkkkk", id="last transition of a day"
        ),
    ],
)
def test_the_life_of_a_pledge(states, days, pledge, life):
    assert states(days, **pledge) == life


def test_breaking_a_pledge_costs_and_the_cost_is_forgotten(lowered):
    blue = {"title": "B", "kind": "state", "channels": {"a": {"opportunities": 100}, "b": {"opportunities": 100}}}
    model = lowered(
        actors={"blue": blue},
        moves={"blue.offer": _on(1) | {"channel": "a"}, "blue.break": _on(3) | {"channel": "b"}},
        pledges={
            "p": {
                "kind": "truce", "by": "blue", "to": "blue", "offer": "blue.offer", "breach": ["blue.break"],
                "cost": 0.8, "cost_half_life": "1 d",
            }
        },
    )  # fmt: skip
    assert paths_of(model, ["pledge.p.cost"])["pledge.p.cost"][:5] == pytest.approx([0, 0, 0.4, 0.2, 0.1], rel=1e-5)


def test_a_goal_may_weigh_the_cost_of_breaking(lowered):
    blue = {
        "title": "B", "kind": "state", "goals": {"pledge.p.cost": {"weight": -2}},
        "channels": {"a": {"opportunities": 1}},
    }  # fmt: skip
    pledge = {
        "kind": "truce", "by": "blue", "to": "blue", "offer": "blue.offer", "breach": ["blue.break"],
        "cost": "Normal(1, 0.1)",
    }  # fmt: skip
    moves = {"blue.offer": {"title": "O"}, "blue.break": {"title": "B"}}
    model = lowered(actors={"blue": blue}, moves=moves, pledges={"p": pledge})
    assert [parameter.path for parameter in model.parameters] == ["pledge.p.cost"]
    standing = replace(model, quantities=tuple(_standing(quantity) for quantity in model.quantities))
    utility = model.moves[0].utility
    assert (value_of(model, utility, theta=3), value_of(standing, utility, theta=3)) == (0, -6)


def _standing(quantity: QuantityModel) -> QuantityModel:
    """A quantity on a day on which the pledge is active."""
    return replace(quantity, start=Const(1.0)) if quantity.path == "pledge.p.active" else quantity
