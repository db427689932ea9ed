"""Random scenarios that pass `check`, using every construct of the language: a hypothesis strategy.

The text is generated piece by piece, as an author would write it; `scenarios()` yields whole documents. Everything
may be absent but two actors and their moves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from hypothesis import strategies as st

from offramp.scenario.document import ScenarioDocument

Item = TypeVar("Item")
Document = dict[str, Any]
ASSUMED = {"status": "assumed", "why": "generated"}
OIL = "date,value\n2020-01-01,60\n2020-01-05,75\n2020-01-09,40\n"
ACTORS = ("blue", "guard", "public")
MOVES = {
    "blue": ("blue.act", "blue.offer", "blue.rein"),
    "guard": ("guard.raid", "guard.accept", "guard.slip"),
    "public": ("public.march",),
}
ALL_MOVES = tuple(move for moves in MOVES.values() for move in moves)
HIDDEN = "guard.slip"  # not visible to the public


class Picker:
    """Draws choices for one scenario."""

    def __init__(self, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
        self._draw = draw

    def one(self, items: Sequence[Item]) -> Item:
        """Pick one."""
        return self._draw(st.sampled_from(items))

    def some(self, items: Sequence[Item], most: int = 3) -> list[Item]:
        """Pick some, each at most once, in any order."""
        picked = self._draw(st.lists(st.integers(0, len(items) - 1), max_size=most, unique=True))
        return [items[index] for index in picked]

    def maybe(self, **fields: Any) -> Document:
        """Keep all of some fields, or none."""
        return fields if self._draw(st.booleans()) else {}


@st.composite
def scenarios(draw: st.DrawFn) -> Document:
    """A document that passes `check`; it reads the input file `oil.csv` (`OIL`)."""
    pick = Picker(draw)
    clock = {"start": "2020-01-01", "days": 20, "step": pick.one(["1 d", "1 d", "2 d", "1 week"])}
    return {
        "offramp": 1,
        "scenario": {"name": "random", "title": "Random", "clock": clock, "payoff_horizon": "9 d"},
        "actors": {actor: _actor(pick, actor) for actor in ACTORS},
        "quantities": _quantities(pick),
        "moves": {move: _move(pick, move) for move in ALL_MOVES},
        "pledges": {"deal": _pledge(pick)},
        "mechanisms": {"flow": {"on": "wealth", "per_day": _scaled(pick, None), "evidence": ASSUMED}},
        "calendar": {"vote": {"date": "2020-01-08"}},
        "inputs": {
            "oil": {"file": "oil.csv", "unit": "usd", "fill": pick.one(["previous", "linear"]), "evidence": ASSUMED}
        },
        "parameters": {"heat": {"prior": _prior(pick), "evidence": ASSUMED}},
        "switches": {"S": {"prior": "Categorical(a=0.5, b=0.5)", "evidence": ASSUMED}},
        "outcomes": _outcomes(pick),
        **pick.maybe(ends=["tension > 0.97 or count(guard.raid, 4 d) > 3"]),
    }  # fmt: skip


def constructs_of(document: ScenarioDocument) -> dict[str, bool]:
    """Tell which optional constructs a document uses, so that a test can tell that all occur."""
    moves = list(document.moves.values())
    effects = [effect for move in moves for effect in move.effects]
    quantities = list(document.quantities.values())
    return {
        "variants": any(move.variants for move in moves),
        "believes": any(move.believes for move in moves),
        "directs": any(move.directs for move in moves),
        "attribution": any(move.attribution is not None for move in moves),
        "requires": any(move.requires for move in moves),
        "cooldown": any(move.cooldown for move in moves),
        "delay": any(effect.delay for effect in effects),
        "probability": any(effect.probability is not None for effect in effects),
        "condition": any(effect.condition for effect in effects),
        "set": any(effect.set is not None for effect in effects),
        "scale": any(effect.scale is not None for effect in effects),
        "noise": any(quantity.noise for quantity in quantities),
        "half_life": any(quantity.half_life for quantity in quantities),
        "seen_by": any(quantity.seen_by for quantity in quantities),
        "bayes": any(rule.likelihood for quantity in quantities for rule in quantity.updates),
        "told_by": any(quantity.told_by for quantity in quantities),
        "delta": any(rule.toward is not None for quantity in quantities for rule in quantity.updates),
        "goals": any(actor.goals for actor in document.actors.values()),
        "several slots": any(c.max_per_day > 1 for actor in document.actors.values() for c in actor.channels.values()),
        "within": document.pledges["deal"].within is not None,
        "accept": document.pledges["deal"].accept is not None,
        "ends": bool(document.ends),
        "weeks": document.scenario.clock.step == "1 week",
    }


def _prior(pick: Picker) -> str:
    return pick.one(
        ["Normal(-1, 0.5)", "LogNormal(1, 0.3)", "Gamma(3, rate=6)", "Beta(2, 3)", "Exponential(2)", "Uniform(-1, 1)",
         "Poisson(2)", "NegBinomial(2, 3)", "Bernoulli(0.4)", "Normal(0, 1, low=-1, high=2)"]
    )  # fmt: skip


def _seen_by(observer: str | None) -> list[str]:
    return [move for move in ALL_MOVES if not (move == HIDDEN and observer == "public")]


def _reading(pick: Picker, observer: str | None) -> str:
    """A number that an actor may read (None: anyone)."""
    move = pick.one([*_seen_by(observer), "blue.*", "guard.*"])
    belief = ["resolve"] if observer in {None, "guard"} else []
    return pick.one(
        ["tension", "0.01 * wealth", "log1p(dead)", "alarm", f"log1p(recent({move}, 5 d))", f"0.1 * count({move}, 7 d)",
         f"min(since({move}) / 10 d, 2)", f"ever({move})", "after(calendar.vote)",
         "exp(-days_until(calendar.vote) / 5 d)", "input.oil / 60", "parameter.heat", "(switch.S == a)",
         "(1 if switch.S != b else -1)", "pledge.deal.accepted", "pledge.deal.cost", "directive.guard",
         "(tension ** 2)", "clip(tension, 0.2, 0.4)", "sqrt(abs(tension - 0.4))", "logistic(0.1 * wealth)",
         "where(tension > 0.3, 1, parameter.heat)", *belief]
    )  # fmt: skip


def _scaled(pick: Picker, observer: str | None) -> str | float:
    """A number, a prior, or a coefficient times something that is read."""
    reading = _reading(pick, observer)
    products = [f"0.5 * {reading}", f"Normal(0.5, 1) * {reading}", f"Normal(1, 1) * {reading} / 2"]
    return pick.one([0.3, -0.5, _prior(pick), *products])


def _condition(pick: Picker, observer: str | None = None) -> str:
    """A condition that an actor may read (None: anyone); one of an effect is read by whoever weighs its move."""
    move = pick.one(_seen_by(observer))
    return pick.one(
        ["tension > 0.2", "0.1 < tension < 0.8", "alarm == 0", "before(calendar.vote)", f"not ever({move})",
         "wealth < 50 or dead < 3", f"since({move}) > 2 d and not alarm", "pledge.deal.none == 1"]
    )  # fmt: skip


def _actor(pick: Picker, name: str) -> Document:
    rate = pick.one(["0.8 / day", "Gamma(3, rate=3) / day", "5 / week"])
    channel = {"opportunities": rate, "max_per_day": pick.one([1, 1, 2]), "evidence": ASSUMED}
    goals = {
        quantity: {
            "weight": _scaled(pick, name),
            "shape": pick.one(["linear", {"threshold": 0.3}, {"concave": 2}]),
            "evidence": ASSUMED,
        }
        for quantity in pick.some(["tension", "wealth", "dead", "pledge.deal.cost"])
    }
    actor = {"title": name, "kind": "state", "channels": {"main": channel}, "goals": goals}
    if name == "guard":
        moves = pick.some(["guard.raid", "guard.accept"]) or ["guard.raid"]
        actor |= {"kind": "proxy", "sponsor": "blue"}
        actor["directive"] = {
            "start": pick.one(["restrain", "allow", "order"]), "control": _scaled(pick, name), "moves": moves,
            "evidence": ASSUMED,
        }  # fmt: skip
    return actor | pick.maybe(discount_half_life="15 d")


def _quantities(pick: Picker) -> Document:
    seen = {
        actor: pick.one([None, {"lag": "2 d"}, {"error": 0.1}, {"lag": "3 d", "error": "Gamma(2, 20)"}])
        for actor in ACTORS
    }
    rest = pick.maybe(rest=pick.one(["Beta(2, 4)", 0.2, "0.5 * pledge.deal.active"]))
    drift = pick.maybe(half_life=pick.one(["10 d", "LogNormal(10 d, 0.3)"]), **rest)
    noise = pick.maybe(noise=pick.one([0.02, "Gamma(2, 50)"]), seen_by=seen)
    quantities = {
        "tension": {"kind": "level", "unit": "index", "range": [0, 1], "start": 0.3, **drift, **noise},
        "wealth": {
            "kind": "stock", "unit": "usd", "start": pick.one([20, "Normal(20, 5)"]), **pick.maybe(noise=0.5),
        },
        "dead": {"kind": "tally", "unit": "people"},
        "alarm": {"kind": "flag", "unit": "1"},
        "resolve": {
            "kind": "belief", "unit": "probability", "owner": "guard", "start": 0.4, "updates": _updates(pick),
            **pick.maybe(half_life="30 d", rest=0.4),
            **pick.maybe(told_by={"blue.act": 0.1, "guard.*": "Beta(2, 3)", "tension": 0.8, "guard.slip.rate": 1}),
        },
    }  # fmt: skip
    return {name: quantity | {"evidence": ASSUMED} for name, quantity in quantities.items()}


def _updates(pick: Picker) -> list[Document]:
    learned = {
        "on": pick.one(["blue.act", ["blue.act", "public.march"], "blue.*"]),
        "toward": pick.one([0, 1]),
        "rate": pick.one([0.3, "Beta(2, 5)"]),
    }
    inferred = {"on": "public.march", "likelihood": {"if_true": pick.one([0.8, "Beta(4, 2)"]), "if_false": 0.4}}
    return pick.some([learned, inferred], 2) or [learned]


def _change(pick: Picker) -> Document:
    """What an effect does, and to what."""
    sizes = {
        ("tension", "add"): [0.1, "Normal(0.1, 0.05)", "Normal(Normal(0.1, 0.02), 0.05)", "0.1 * tension"],
        ("tension", "set"): [0.5, "Beta(2, 3)"],
        ("tension", "scale"): [0.8, "Uniform(0.5, 1)"],
        ("dead", "add"): [1, "Poisson(0.6)", "NegBinomial(1, 2)", "Bernoulli(0.5)"],
        ("wealth", "add"): [-1, "Normal(-1, 2)", "Exponential(0.5)", "LogNormal(1, 0.5, high=9)", "Gamma(2, 1)"],
        ("alarm", "set"): [0, 1],
    }
    (quantity, op), choices = pick.one(list(sizes.items()))
    return {"on": quantity, op: pick.one(choices)}


def _effect(pick: Picker, actor: str) -> Document:
    delay = pick.one(["3 d", "Exponential(1 / 2 d, high=10 d)", "LogNormal(3 d, 0.4, high=12 d)", "Uniform(0 d, 4 d)"])
    probability = pick.one([0.5, "Beta(2, 2)", "0.9 * tension"])
    return (
        _change(pick)
        | pick.maybe(delay=delay)
        | pick.maybe(probability=probability)
        | pick.maybe(condition=_condition(pick, actor))
    )


def _effects(pick: Picker, actor: str) -> list[Document]:
    return [_effect(pick, actor) for _ in range(pick.one([0, 1, 2, 3]))]


def _move(pick: Picker, name: str) -> Document:
    actor = name.partition(".")[0]
    move: Document = {"title": name, "effects": _effects(pick, actor), "evidence": ASSUMED}
    move |= pick.maybe(requires=_condition(pick))
    if name == HIDDEN:
        rate = pick.one(["0.3 / day", "Gamma(2, rate=6) / day"])
        return move | {"rate": rate, "max_per_day": pick.one([1, 3]), "visible_to": ["blue"]}
    move["utility"] = {term: _scaled(pick, actor) for term in pick.some(["base", "heat", "anger"])}
    move |= pick.maybe(cooldown=pick.one(["1 d", "4 d"]))
    move |= pick.maybe(attribution=pick.one([0.5, "Beta(3, 2)", {"public": 0.4}]))
    move |= pick.maybe(believes={pick.one(["add", "replace"]): _effects(pick, actor)})
    if name == "blue.rein":
        move["directs"] = {"guard": pick.one(["restrain", "allow", "order"])}
    variant = {"utility": {"base": _scaled(pick, actor)}, "effects": _effects(pick, actor)}
    variant |= pick.maybe(requires=_condition(pick))
    return move | pick.maybe(variants={"here": variant, "there": {}})


def _pledge(pick: Picker) -> Document:
    kind = pick.one(["threat", "promise", "truce", "timetable", "offer"])
    return {
        "kind": kind, "by": "blue", "to": "guard", "offer": "blue.offer", "fulfil": ["blue.rein"], "evidence": ASSUMED,
        "breach": pick.some(["blue.act", "guard.raid"]), "until": "6 d", "cost": pick.one([0.5, "Gamma(2, 3)"]),
        **pick.maybe(accept="guard.accept"), **pick.maybe(condition=_condition(pick)), **pick.maybe(within="4 d"),
    }  # fmt: skip


def _outcomes(pick: Picker) -> Document:
    window = pick.one(["", ", by=2020-01-10", ", between=(2020-01-04, calendar.vote)"])
    return {
        "any": f"any({_condition(pick)}{window})", "first": f"first({_condition(pick)}{window})",
        "count": f"count(guard.*{window})", "most": f"max(tension{window})",
        "least": f"min({_reading(pick, None)}{window})",
        "mean": f"mean({_reading(pick, None)}{window})", "sum": f"sum(dead{window})", "final": f"final(wealth{window})",
        **pick.maybe(hidden="count(guard.slip)"),
    }  # fmt: skip
