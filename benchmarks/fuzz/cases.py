"""Cases: a pure function of (seed, number) gives the kind of a case and the files, line or arguments that it is."""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from benchmarks.fuzz import damage, formulas, hostile
from offramp.scenario.codes.entry import BASE
from offramp.scenario.template import TEMPLATE

RICH = Path(__file__).parent / "rich"
PACKAGED = Path(str(files("offramp"))) / "scenarios"


@dataclass(frozen=True)
class Link:
    """A symbolic link in a case's folder."""

    target: str


@dataclass(frozen=True)
class Odd:
    """Something that is no file: a `pipe` or a `folder`."""

    what: str


Content = bytes | Link | Odd


@dataclass(frozen=True)
class Case:
    """One input.

    kind : see `KINDS`; files : name -> content, written into an empty folder
    line : a formula or an edit; arguments : of the command line, run in that folder
    """

    kind: str
    files: dict[str, Content] = field(default_factory=dict)
    line: str = ""
    arguments: tuple[str, ...] = ()


def make(seed: int, number: int) -> Case:
    """Make one case."""
    chance = random.Random(f"{seed}/{number}")
    kind = chance.choices(list(KINDS), [share for share, _ in KINDS.values()])[0]
    return KINDS[kind][1](chance)


@cache
def rich_files() -> dict[str, bytes]:
    """Return the scenario with one of everything: name -> content."""
    return {path.name: path.read_bytes() for path in sorted(RICH.iterdir())}


@cache
def _flagship_files() -> dict[str, bytes]:
    return {
        path.name: path.read_bytes()
        for path in sorted((PACKAGED / "us-iran-iraq").iterdir())
        if path.suffix in {".yaml", ".csv"}
    }


@cache
def _texts() -> tuple[str, ...]:
    return (
        BASE,
        TEMPLATE.format(name="a", title="A"),
        (PACKAGED / "two-rivals" / "scenario.yaml").read_text(encoding="utf-8"),
    )


@cache
def _trees() -> tuple[dict[str, Any], ...]:
    reader = YAML(typ="safe", pure=True)
    rich: dict[str, Any] = reader.load(rich_files()["scenario.yaml"])
    del rich["include"]
    rich |= reader.load(rich_files()["moves.yaml"])
    return reader.load(BASE), reader.load(BASE), rich


def _damage(chance: random.Random) -> Case:
    if chance.random() < 0.8:
        return Case("damage", {"scenario.yaml": _utf8(damage.damaged_text(chance.choice(_texts()), chance))})
    return Case(
        "damage", _one_part(rich_files(), chance, lambda text: _utf8(damage.damaged_text(text.decode(), chance)))
    )


def _bytes(chance: random.Random) -> Case:
    return Case("bytes", {"scenario.yaml": damage.damaged_bytes(chance.choice(_texts()).encode(), chance)})


def _flagship(chance: random.Random) -> Case:
    return Case(
        "flagship", _one_part(_flagship_files(), chance, lambda text: _utf8(damage.damaged_text(text.decode(), chance)))
    )


def _one_part(parts: dict[str, bytes], chance: random.Random, change: Callable[[bytes], bytes]) -> dict[str, Content]:
    name = chance.choice(list(parts))
    return {**parts, name: change(parts[name])}


def _tree(chance: random.Random) -> Case:
    tree = copy.deepcopy(chance.choice(_trees()))
    raw: list[str] = []
    for _ in range(chance.randint(1, 2)):
        _CHANGES[chance.randrange(len(_CHANGES))](tree, raw, chance)
    return Case("tree", _with_data(_written(tree, raw, chance)))


def _put_value(tree: damage.Tree, raw: list[str], chance: random.Random) -> None:
    value = chance.choice([*damage.FRAGMENTS, *hostile.NUMBERS])
    if chance.random() < 0.5:  # as it stands, not as a quoted text
        raw.append(value)
        value = f"@@{len(raw) - 1}@@"
    damage.replace_leaf(tree, value, chance)


def _put_structure(tree: damage.Tree, _: list[str], chance: random.Random) -> None:
    value: Any = chance.choice(
        [None, True, False, [], {}, [[]], {"a": 1}, [1, 2, 3], {"base": {"base": 1}}, 0, -1, 10**30, 0.1, ["a"] * 300]
    )
    for _ in range(chance.choice([0, 0, 1, 5, 30])):
        value = [value] if chance.random() < 0.5 else {"a": value}
    damage.replace_leaf(tree, value, chance)


def _rename(tree: damage.Tree, _: list[str], chance: random.Random) -> None:
    damage.rename_key(
        tree, chance.choice([*hostile.TEXTS, "base", "evidence", "title", "add", "blue.act", "tension"]), chance
    )


_CHANGES: list[Callable[[damage.Tree, list[str], random.Random], None]] = [
    _put_value,
    _put_value,
    _put_value,
    _put_structure,
    _rename,
    lambda tree, _, chance: damage.move_piece(tree, chance),
    lambda tree, _, chance: damage.drop_piece(tree, chance),
]


def _written(tree: Any, raw: list[str], chance: random.Random) -> bytes:
    """Write a tree as JSON, which is YAML, with raw pieces unquoted."""
    text = json.dumps(tree, ensure_ascii=chance.random() < 0.2, indent=chance.choice([None, 1, 2]), default=str)
    for number, piece in enumerate(raw):
        text = text.replace(f'"@@{number}@@"', piece)
    return _utf8(text)


def _with_data(scenario: bytes) -> dict[str, Content]:
    return {
        **{name: content for name, content in rich_files().items() if name.endswith(".csv")},
        "scenario.yaml": scenario,
    }


_NUMBER = re.compile(r"(?<![\w.-])[0-9]+(\.[0-9]+)?(?![\w.-])")
_SIZES = [
    "0",
    "1",
    "2",
    "3",
    "7",
    "8",
    "0.5",
    "0.001",
    "1e-9",
    "1e-30",
    "10",
    "59",
    "60",
    "100",
    "1000",
    "1e6",
    "1e9",
    "1e20",
    "1e38",
    "3e38",
    "1e39",
    "-1",
    "-0.5",
    "-100",
    "-1e38",
]
_CONDITIONS, _MEASURES = {"requires", "condition"}, {"measure"}
_FORMULAS = {
    "add",
    "set",
    "scale",
    "probability",
    "delay",
    "opportunities",
    "weight",
    "start",
    "rest",
    "half_life",
    "noise",
    "rate",
    "toward",
    "per_day",
    "prior",
    "cost",
    "attribution",
    "control",
    "base",
    "anger",
    "fear",
    "near",
    "if_true",
    "if_false",
    "error",
    "within",
    "until",
    "lag",
    "cooldown",
}


def _grammar(chance: random.Random) -> Case:
    tree = copy.deepcopy(_trees()[2])
    places = [(holder, key) for holder, key in damage._places(tree) if key in _CONDITIONS | _MEASURES | _FORMULAS]
    if chance.random() < 0.6:
        _twist(tree, chance)
        return Case("grammar", _with_data(_written(tree, [], chance)))
    for _ in range(chance.choice([1, 1, 1, 2, 4])):
        holder, key = chance.choice(places)
        if isinstance(holder[key], dict):
            continue
        holder[key] = _fitting(key, chance)
    if chance.random() < 0.3:
        tree["outcomes"]["war"] = formulas.outcome(chance)
    if chance.random() < 0.3:
        tree["policies"]["calm"] = [formulas.edit(chance) for _ in range(chance.randint(1, 3))]
    return Case("grammar", _with_data(_written(tree, [], chance)))


def _twist(tree: damage.Tree, chance: random.Random) -> None:
    """Change a few numbers, anywhere in the document: most of what comes out is right and means something else."""
    places = [
        (holder, key)
        for holder, key in damage._places(tree)
        if _NUMBER.search(str(holder[key])) and isinstance(holder[key], str | int | float)
    ]
    for _ in range(chance.choice([1, 1, 2, 3])):
        holder, key = chance.choice(places)
        if isinstance(holder[key], str):
            match = chance.choice(list(_NUMBER.finditer(holder[key])) or [None])
            if match is not None:
                holder[key] = holder[key][: match.start()] + chance.choice(_SIZES) + holder[key][match.end() :]
        elif not isinstance(holder[key], bool):
            holder[key] = json.loads(chance.choice(_SIZES))


def _fitting(key: str, chance: random.Random) -> str:
    if chance.random() < 0.2:
        return formulas.formula(chance)
    if key in _CONDITIONS:
        return formulas.condition(chance, 3)
    if key in _MEASURES:
        return formulas.outcome(chance)
    if chance.random() < 0.3:
        return formulas.distribution(chance)
    return formulas.number(chance, chance.choice([0, 1, 2, 3]))


def _formula(chance: random.Random) -> Case:
    return Case("formula", line=formulas.formula(chance))


def _edit(chance: random.Random) -> Case:
    return Case("edit", line=formulas.edit(chance))


def _table(chance: random.Random) -> Case:
    name = chance.choice(["record.csv", "series.csv", "oil.csv"])
    content = rich_files()[name]
    how = chance.random()
    if how < 0.3:
        content = damage.damaged_bytes(content, chance)
    elif how < 0.6:
        content = _utf8(damage.damaged_text(content.decode(), chance))
    else:
        rows = [line.split(",") for line in content.decode().splitlines()]
        for _ in range(chance.randint(1, 3)):
            row = chance.choice(rows)
            row[chance.randrange(len(row))] = chance.choice(
                [*hostile.CELLS, *hostile.NUMBERS, *hostile.DATES, *hostile.TEXTS]
            )
        content = _utf8("\n".join(",".join(row) for row in rows * chance.choice([1, 1, 1, 50])))
    return Case("table", {**rich_files(), name: content})


def _include(chance: random.Random) -> Case:
    name = chance.choice(
        [
            "../scenario.yaml",
            "..",
            ".",
            "",
            "/etc/passwd",
            "/dev/zero",
            "/dev/stdin",
            "link.yaml",
            "pipe.yaml",
            "folder",
            "folder/a.yaml",
            "moves.yaml\x00",
            "MOVES.YAML",
            "./moves.yaml",
            "loop.yaml",
            "scenario.yaml",
            "a" * 300 + ".yaml",
            "~/x.yaml",
            "$HOME/x.yaml",
            "file:///etc/passwd",
            "moves.yaml ",
            "..\\x",
            "C:\\x",
            "moves.yaml",
        ]
    )
    target = chance.choice(
        [
            "/etc/passwd",
            "../outside.yaml",
            "moves.yaml",
            "link.yaml",
            "/dev/zero",
            "pipe.yaml",
            "/proc/self/mem",
            "nowhere",
        ]
    )
    odd: dict[str, Content] = {
        "link.yaml": Link(target),
        "pipe.yaml": Odd("pipe"),
        "folder": Odd("folder"),
        "loop.yaml": Link("loop.yaml"),
    }
    parts: dict[str, Content] = {**rich_files(), **odd}
    if chance.random() < 0.5:
        parts["scenario.yaml"] = rich_files()["scenario.yaml"].replace(
            b"[moves.yaml]", _utf8(json.dumps([name, "moves.yaml"]))
        )
    elif chance.random() < 0.7:
        old = chance.choice([b"record.csv", b"series.csv", b"oil.csv"])
        parts["scenario.yaml"] = rich_files()["scenario.yaml"].replace(old, _utf8(json.dumps(name)))
    else:
        parts[chance.choice(["scenario.yaml", "record.csv", "oil.csv"])] = chance.choice(
            [Link(target), Odd("pipe"), Odd("folder")]
        )
    return Case("include", parts)


def _command(chance: random.Random) -> Case:
    command = chance.choice(hostile.COMMANDS if chance.random() < 0.3 else ["check", "show", "cite", "run", "compare"])
    arguments = [command, *([chance.choice([".", "scenario.yaml", "two-rivals"])] if chance.random() < 0.8 else [])]
    arguments += chance.sample(hostile.ARGUMENTS, chance.choice([0, 1, 1, 2, 4]))
    if command in ("run", "report", "compare"):  # so that whatever is asked for stays short
        arguments += ["--runs=1", "--end=2020-01-07", *(["--engine=reference"] if command != "report" else [])]
    if command in ("run", "compare") and chance.random() < 0.6:
        arguments.append(f"--do={formulas.edit(chance)}")
    if command == "report":
        arguments.append("--nothing")  # its engine is compiled: only its arguments are read here
    if chance.random() < 0.15:
        arguments[chance.randrange(len(arguments))] = chance.choice(hostile.TEXTS)
    return Case("command", dict(rich_files()), arguments=tuple(arguments))


def _large(chance: random.Random) -> Case:
    n = chance.choice([2_000, 20_000, 200_000, 1_000_000])
    move = "  blue.m{0}: {{title: M, utility: {{base: tension + {0}}}, evidence: {{status: assumed, why: x}}}}\n"
    text = chance.choice(
        [
            "[" * n,
            "{" * n,
            "a: " * n,
            "- " * n,
            "? " * n,
            "#" * n,
            " " * n,
            "\n" * n,
            "'" + "x" * n,
            '"' + "\\" * n,
            "a: " + "x" * n,
            "x" * n + ": 1",
            "a: |\n" + "  x\n" * (n // 4),
            "a: [" + "1, " * (n // 3) + "]",
            "".join(f"a{i}: 1\n" for i in range(n // 8)),
            "a: [" + "[], " * (n // 4) + "]",
            "{a: " * (n // 4),
            "!" * n,
            "&" * n,
            "%" * n,
            "-\n" * (n // 2),
            "a:\n" * (n // 3),
            ": " * (n // 2),
            "a: >\n" + "\n" * n,
            "- a\n" * (n // 4),
            "\t" * n,
            "a: 'b' " * (n // 7),
            ", " * (n // 2),
            "é" * (n // 2),
            "a: b\n" * (n // 5),
        ]
    )
    if chance.random() < 0.4:
        count = min(n, 2_000)
        text = BASE.replace("moves:\n", "moves:\n" + "".join(move.format(i) for i in range(count)))
    elif chance.random() < 0.4:
        text = BASE.replace(
            "outcomes:\n",
            "outcomes:\n" + "".join(f"  o{i}: max({' + '.join(['tension'] * 90)})\n" for i in range(min(n, 900))),
        )
    return Case("large", {"scenario.yaml": _utf8(text)})


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


KINDS: dict[str, tuple[float, Callable[[random.Random], Case]]] = {
    "damage": (26, _damage),  # text of small scenarios, broken
    "bytes": (8, _bytes),  # their bytes, line ends and encodings
    "tree": (18, _tree),  # documents whose YAML is right and whose values, keys or pieces are not
    "grammar": (12, _grammar),  # a scenario with one of everything, with random formulas, outcomes and edits
    "formula": (17, _formula),
    "edit": (10, _edit),
    "table": (5, _table),  # record, series and input files
    "include": (2, _include),  # names that lead elsewhere, links, pipes, devices
    "command": (1.2, _command),  # arguments of the command line
    "flagship": (0.6, _flagship),  # the main packaged scenario, one file of it broken
    "large": (0.2, _large),  # up to 1 MiB of one thing
}
