"""Random valid scenarios, as text, that use every construct of the language: for tests of the whole pipeline."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from tests.engines.sentences import COUNTS, DELAYS, DURATIONS, PRIORS, SHARES, SIZES, Sentences

Written = dict[str, Any]
START = date(2020, 1, 1)
ASSUMED = {"status": "assumed", "why": "a test"}
SOURCED = {"arrow": {"status": "sourced", "source": "book", "at": "p. 1", "says": "so it is"}, "size": ASSUMED}
RANGES = {"level": (-1.0, 2.0), "stock": (-5.0, 5.0), "tally": (0.0, 9.0), "flag": (0.0, 1.0), "belief": (0.0, 1.0)}


class Author:
    """Writes one random scenario; `size` is about the number of elements of each sort."""

    def __init__(self, size: int, seed: int) -> None:
        self.rng = Random(seed)
        self.size = size
        self.days = self.rng.randint(15, 25 + 10 * size)
        self.actors = ["blue", "red", "proxy"][: self.rng.randint(2, 3)]
        self.kinds = {f"q{k}": self.rng.choice(list(RANGES)) for k in range(self.rng.randint(2, 3 + size))}
        self.owners = {q: self.rng.choice(self.actors) for q, kind in self.kinds.items() if kind == "belief"}
        self.seen_by = {q: self.watchers() for q, kind in self.kinds.items() if kind != "belief"}
        self.moves = {a: [f"{a}.act{k}" for k in range(self.rng.randint(1, 1 + size))] for a in self.actors}
        self.chosen = {moves[0] for moves in self.moves.values()}
        self.chosen |= {name for moves in self.moves.values() for name in moves if self.chance(0.7)}
        self.variants = {name: self.rng.choice([[], [], ["a", "b"], ["a", "b", "c"]]) for name in sorted(self.chosen)}
        self.visible = {name: self.watchers() for moves in self.moves.values() for name in moves}
        self.has = {sort: self.chance(0.7) for sort in ("calendar", "inputs", "parameters", "switches", "pledges")}

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def watchers(self) -> list[str] | None:
        return None if self.chance(0.7) else self.rng.sample(self.actors, self.rng.randint(1, len(self.actors)))

    # What formulas may read.

    def sees(self, observer: str | None, quantity: str) -> bool:
        if observer is None:
            return True
        if self.kinds[quantity] == "belief":
            return self.owners[quantity] == observer
        seen_by = self.seen_by[quantity]
        return seen_by is None or observer in seen_by

    def day(self) -> str:
        return (START + timedelta(days=self.rng.randrange(self.days))).isoformat()

    def reading(self, observer: str | None = None) -> Sentences:
        """Give the formulas that an observer (None: nobody, so the truth) may write."""
        seen = [q for q in self.kinds if self.sees(observer, q)]
        numbers = [f"clip({q}, -9, 9)" for q in seen if self.kinds[q] not in {"flag"}]
        flags = [q for q in seen if self.kinds[q] == "flag"]
        when = "calendar.vote" if self.has["calendar"] else self.day()
        numbers += [f"(days_until({when}) / 10 d)", f"(days_since({when}) / 1 month)"]
        flags += [f"after({when})", f"before({self.day()})"]
        numbers += ["input.oil"] if self.has["inputs"] else []
        numbers += ["parameter.shared"] if self.has["parameters"] else []
        flags += ["switch.theory == a", "switch.theory != b"] if self.has["switches"] else []
        flags += ["pledge.truce.offered", "pledge.truce.active"] if self.has["pledges"] else []
        numbers += ["pledge.truce.cost"] if self.has["pledges"] else []
        numbers += ["directive.proxy"] if "proxy" in self.actors else []
        return Sentences(self.rng, numbers, flags, self.selectors(observer))

    def selectors(self, observer: str | None) -> list[str]:
        moves = [name for moves in self.moves.values() for name in moves if self.sees_move(observer, name)]
        variants = [f"{name}[{variant}]" for name in moves for variant in self.variants.get(name, [])]
        return [*moves, *variants, *sorted({f"{name.partition('.')[0]}.*" for name in moves})]

    def sees_move(self, observer: str | None, move: str) -> bool:
        watchers = self.visible[move]
        return observer is None or watchers is None or observer in watchers or move.startswith(f"{observer}.")

    # Sections.

    def actor(self, name: str) -> Written:
        written: Written = {"title": name, "kind": "state", "discount_half_life": "30 d"}
        channels = ["force", "words"] if self.chance(0.4) else ["force"]
        written["channels"] = {
            channel: {
                "opportunities": self.rng.choice(["0.6 / day", "Gamma(3, rate=4) / day", "4 / week"]),
                "max_per_day": self.rng.choice([1, 1, 2]),
                "evidence": ASSUMED,
            }
            for channel in channels
        }
        goals = [q for q in self.kinds if self.sees(name, q) and self.kinds[q] != "flag" and self.chance(0.5)]
        weights = [*PRIORS[:4], "-0.5", f"Normal(0.3, 0.1) * {self.reading(name).number(1)}"]
        shapes = ["linear", {"threshold": 0.4}, {"concave": 0.7}]
        written["goals"] = {
            q: {"weight": self.rng.choice(weights), "shape": self.rng.choice(shapes), "evidence": ASSUMED}
            for q in goals
        }
        if name == "proxy":
            bound = [move for move in self.moves[name] if move in self.chosen]
            written["sponsor"] = "red"
            word, control = self.rng.choice(["restrain", "allow", "order"]), self.rng.choice(["0.8", "Normal(1, 0.2)"])
            written["directive"] = {"start": word, "control": control, "moves": bound, "evidence": ASSUMED}
        return written

    def quantity(self, name: str) -> Written:
        kind, truth = self.kinds[name], self.reading()
        written: Written = {"kind": kind, "unit": "index", "evidence": ASSUMED}
        low, high = RANGES[kind]
        if kind == "level":
            written["range"] = [low, high]
        if kind == "stock" and self.chance(0.5):
            written["range"] = self.rng.choice([[low, None], [None, high], [low, high]])
        priors = ["Beta(2, 2)", "Uniform(0.2, 0.8)", "0.5"]
        written["start"] = self.rng.choice(
            {"tally": ["0", "2", "Poisson(1)"], "flag": ["0", "1", "Bernoulli(0.5)"]}.get(kind, priors)
        )
        if kind in {"level", "belief"}:
            written["half_life"] = self.rng.choice([*DURATIONS, f"5 d + 10 d * logistic({truth.number(1)})"])
            written |= {"rest": truth.within(low, high)} if self.chance(0.7) else {}
        if kind in {"level", "stock", "belief"}:
            written |= {
                "noise": self.rng.choice(["0.05", "Gamma(4, 40)", f"0.1 * abs(clip({truth.number(1)}, -1, 1))"])
            }
        if kind == "belief":
            return written | {"owner": self.owners[name], "updates": self.updates(self.owners[name])}
        return written | self.seen(name)

    def seen(self, name: str) -> Written:
        watchers = self.seen_by[name]
        if watchers is None:
            return {}
        if self.chance(0.4):
            return {"seen_by": watchers}
        seen = [None, {"lag": "2 d"}, {"error": 0.1}, {"lag": "1 week", "error": "Gamma(4, 40)"}]
        return {"seen_by": {actor: self.rng.choice(seen) for actor in watchers}}

    def updates(self, owner: str) -> list[Written]:
        selectors = self.selectors(owner)
        made = []
        for _ in range(self.rng.randint(1, 3)):
            on = self.rng.choice([self.rng.choice(selectors), self.rng.sample(selectors, min(2, len(selectors)))])
            delta = {"toward": self.rng.choice(SHARES), "rate": self.rng.choice(SHARES)}
            bayes = {"likelihood": {"if_true": self.rng.choice(SHARES), "if_false": self.rng.choice(SHARES)}}
            made.append({"on": on} | self.rng.choice([delta, bayes]))
        return made

    def effect(self, observer: str | None, *, is_believed: bool = False) -> Written:
        quantities = [q for q in self.kinds if not is_believed or self.sees(observer, q)]
        if not quantities:
            return {}
        on, reading = self.rng.choice(quantities), self.reading(observer)
        kind, (low, high) = self.kinds[on], RANGES[self.kinds[on]]
        ops = {"tally": ["add"], "flag": ["set"], "stock": ["add", "set"]}.get(kind, ["add", "set", "scale"])
        sizes = {
            "add": [*SIZES, reading.within(-0.5, 0.5)],
            "set": [reading.within(low, high)],
            "scale": [*SIZES, "0.8"],
        }
        sizes |= {"set": ["0", "1", "Bernoulli(0.6)"]} if kind == "flag" else {}
        sizes |= {"add": COUNTS} if kind == "tally" else {}
        op = self.rng.choice(ops)
        written: Written = {"on": on, op: self.rng.choice(sizes[op])}
        written |= {"probability": reading.share()} if self.chance(0.4) else {}
        written |= {"delay": self.rng.choice(DELAYS)} if self.chance(0.5) else {}
        return written | ({"condition": reading.condition()} if self.chance(0.4) else {})

    def effects(self, observer: str | None, *, is_believed: bool = False) -> list[Written]:
        made = [self.effect(observer, is_believed=is_believed) for _ in range(self.rng.randint(0, 1 + self.size))]
        return [effect for effect in made if effect]

    def utility(self, observer: str) -> Written:
        terms = self.rng.randint(1, 3)
        return {name: self.reading(observer).term() for name in ("base", "anger", "fear")[:terms]}

    def move(self, name: str, channels: list[str]) -> Written:
        actor = name.partition(".")[0]
        written: Written = {
            "title": name,
            "evidence": self.rng.choice([ASSUMED, SOURCED]),
            "code": "THREATEN",
            "rung": 3,
        }
        written |= {"visible_to": self.visible[name]} if self.visible[name] is not None else {}
        shares = self.rng.choice([self.reading().share(), {a: self.reading().share() for a in self.actors}])
        written |= {"attribution": shares} if self.chance(0.5) else {}
        written |= {"requires": self.availability()} if self.chance(0.4) else {}
        written["effects"] = self.effects(actor)
        if name not in self.chosen:
            rates = ["0.3 / day", "Gamma(2, 8) / day", f"exp(clip({self.reading().number()}, -3, 0.5))"]
            return written | {"rate": self.rng.choice(rates), "max_per_day": self.rng.choice([1, 3])}
        written |= {"channel": self.rng.choice(channels), "utility": self.utility(actor)}
        written |= {"cooldown": self.rng.choice(["1 d", "3 d", "1 week"])} if self.chance(0.4) else {}
        written |= {"target": self.rng.choice(self.actors)} if self.chance(0.3) else {}
        if self.variants[name]:
            written["variants"] = {variant: self.variant(actor) for variant in self.variants[name]}
        believed = self.effects(actor, is_believed=True)
        if believed and self.chance(0.4):
            written["believes"] = {self.rng.choice(["replace", "add"]): believed}
        if actor == "red" and "proxy" in self.actors and self.chance(0.6):
            written["directs"] = {"proxy": self.rng.choice(["restrain", "allow", "order"])}
        return written

    def variant(self, actor: str) -> Written:
        written: Written = {"utility": self.utility(actor), "effects": self.effects(actor)}
        return written | ({"requires": self.availability()} if self.chance(0.4) else {})

    def availability(self) -> str:
        """Make a condition of a move that is not impossible."""
        return f"{self.reading().condition()} or before({self.day()})"

    def pledge(self) -> Written:
        written: Written = {"kind": "truce", "by": "red", "to": "blue", "offer": "red.act0", "evidence": ASSUMED}
        written |= {"accept": "blue.act0"} if self.chance(0.5) else {}
        written |= {"condition": self.reading().condition()} if self.chance(0.5) else {}
        written |= {"fulfil": [self.moves["red"][-1]]} if len(self.moves["red"]) > 1 and self.chance(0.7) else {}
        written |= {"breach": ["red.act0"]} if not written.get("fulfil") and self.chance(0.5) else {}
        written |= {"within": "5 d"} if self.chance(0.5) else {}
        return written | {"until": "12 d", "cost": self.rng.choice(["0.7", "Gamma(2, 3)"]), "cost_half_life": "9 d"}

    def outcomes(self) -> dict[str, str]:
        truth = self.reading()
        forms = [
            f"any({truth.condition()}", f"first({truth.condition()}", f"count({self.rng.choice(truth.moves)}",
            f"max({truth.number()}", f"min({truth.number()}", f"mean({truth.number()}", f"sum({truth.number()}",
            f"final({truth.number()}",
        ]  # fmt: skip
        made = {}
        for k, form in enumerate(forms):
            first, last = sorted([self.day(), self.day()])
            made[f"outcome{k}"] = (
                form + self.rng.choice(["", f", by={self.day()}", f", between=({first}, {last})"]) + ")"
            )
        return made

    def mechanisms(self) -> Written:
        flowing = [q for q, kind in self.kinds.items() if kind in {"level", "stock", "belief"}]
        forms = [
            f"clip({self.reading().number()}, -0.1, 0.1)",
            "0.02 / day",
            "Normal(0, 0.05)",
            "Normal(0, 0.1) * logistic(1)",
        ]
        return {
            f"flow{k}": {"on": self.rng.choice(flowing), "per_day": self.rng.choice(forms), "evidence": ASSUMED}
            for k in range(self.rng.randint(0, self.size) if flowing else 0)
        }

    def document(self) -> Written:
        rng = self.rng
        actors = {name: self.actor(name) for name in self.actors}
        clock = {"start": START.isoformat(), "step": rng.choice(["1 d", "1 d", "2 d", "1 week", "1 month"])}
        last = START + timedelta(days=self.days - 1)
        clock |= rng.choice([{"days": self.days}, {"end": last.isoformat()}])
        header: Written = {"name": "random", "title": "Random", "clock": clock}
        if self.chance(0.4):
            header["default_run"] = {
                "start": (START + timedelta(days=rng.randint(0, 9))).isoformat(),
                "end": last.isoformat(),
            }
        written: Written = {
            "offramp": 1,
            "scenario": header,
            "sources": {"book": {"title": "A book"}},
            "actors": actors,
            "quantities": {name: self.quantity(name) for name in self.kinds},
            "moves": {
                name: self.move(name, list(actors[a]["channels"])) for a in self.actors for name in self.moves[a]
            },
            "mechanisms": self.mechanisms(),
            "outcomes": self.outcomes(),
            "ends": [self.reading().condition()] if self.chance(0.2) else [],
        }
        paid = [name for name, actor in actors.items() if actor["goals"]]
        written["outcomes"] |= {"worth": f"payoff({paid[0]})"} if paid else {}
        oil = {"file": "oil.csv", "unit": "dollars", "fill": rng.choice(["previous", "linear"]), "evidence": ASSUMED}
        sections: Written = {
            "calendar": {"vote": {"date": self.day()}},
            "inputs": {"oil": oil},
            "parameters": {"shared": {"prior": rng.choice(PRIORS), "evidence": ASSUMED}},
            "switches": {"theory": {"prior": "Categorical(a=0.3, b=0.5, c=0.2)", "evidence": ASSUMED}},
            "pledges": {"truce": self.pledge()},
        }
        written |= {sort: section for sort, section in sections.items() if self.has[sort]}
        return written | {"policies": {"restraint": ["forbid red.act0"]}}


def write_random_scenario(folder: Path, size: int, seed: int) -> Path:
    """Write the random scenario of this size and seed into a folder: two YAML files and an input series."""
    written = Author(size, seed).document()
    part = {section: written.pop(section) for section in ("quantities", "outcomes")}
    written["include"] = ["part.yaml"]
    for name, content in {"scenario.yaml": written, "part.yaml": part}.items():
        (folder / name).write_text(json.dumps(content, indent=1), encoding="utf-8")  # JSON is YAML
    days = [START + timedelta(days=3 + 5 * k) for k in range(8)]
    rows = [f"{day.isoformat()},{0.3 * k - 1:.2f}" for k, day in enumerate(days)]
    (folder / "oil.csv").write_text("date,value\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return folder
