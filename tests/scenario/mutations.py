"""Small damage to a scenario's text, of the sorts that people and editors do; each is a function of a seed."""

import random
import re
from collections.abc import Callable

FRAGMENTS = [
    "Normal(0, 1)", "recent(blue.strike, 10 d)", "1 / 0", "-1", "1e308", "null", "true", "[]", "{}",
    "2020-02-30", "10 d",
    "* &x", "!!str", '"', "'", "\t", "\x00", "é", "(((((", "any(x > 1)", "switch.R == a", "**", "if x else", "9" * 400,
    "pledge.x.active", "directive.us", "calendar.x", "<<",
    "- ", ": ", "#", "\n", "\u2028", "Categorical(a=1)", "inf", "nan",
]  # fmt: skip
_WORD = re.compile(r"[\w.]+")


def mutate(text: str, seed: int) -> str:
    """Damage a text one to three times."""
    chance = random.Random(seed)
    for _ in range(chance.randint(1, 3)):
        text = chance.choice(DAMAGE)(text, chance)
    return text


def _delete(text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text) + 1)
    return text[:at] + text[at + chance.randint(1, 5) :]


def _insert(text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text) + 1)
    return text[:at] + chance.choice(FRAGMENTS) + text[at:]


def _swap_words(text: str, chance: random.Random) -> str:
    words = list(_WORD.finditer(text))
    if len(words) < 2:
        return text
    target, other = chance.sample(words, 2)
    return text[: target.start()] + other[0] + text[target.end() :]


def _replace_word(text: str, chance: random.Random) -> str:
    words = list(_WORD.finditer(text))
    if not words:
        return text
    target = chance.choice(words)
    return text[: target.start()] + chance.choice(FRAGMENTS) + text[target.end() :]


def _of_lines(change: Callable[[list[str], int, random.Random], None]) -> Callable[[str, random.Random], str]:
    def damage(text: str, chance: random.Random) -> str:
        lines = text.split("\n")
        change(lines, chance.randrange(len(lines)), chance)
        return "\n".join(lines)

    return damage


def _drop(lines: list[str], at: int, _: random.Random) -> None:
    del lines[at]


def _double(lines: list[str], at: int, _: random.Random) -> None:
    lines.insert(at, lines[at])


def _indent(lines: list[str], at: int, chance: random.Random) -> None:
    lines[at] = " " * chance.randint(1, 4) + lines[at] if chance.random() < 0.5 else lines[at].lstrip()


def _move(lines: list[str], at: int, chance: random.Random) -> None:
    lines.insert(chance.randrange(len(lines)), lines.pop(at))


def _truncate(text: str, chance: random.Random) -> str:
    return text[: chance.randrange(len(text) + 1)]


DAMAGE: list[Callable[[str, random.Random], str]] = [
    _delete, _insert, _insert, _swap_words, _swap_words, _replace_word, _replace_word, _of_lines(_drop),
    _of_lines(_double), _of_lines(_indent), _of_lines(_move), _truncate,
]  # fmt: skip
