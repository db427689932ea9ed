"""Who answers words, and how (ICBe 1.1): labels of the next act of an addressee, or of the sender itself.

An act is an agreed event of a known type with a kind of deed or of speech. Its label: escalate, else de-escalate, else
cooperate, else uncooperative, by what is done or spoken of; else verbal. Those who act in it are its doers and its
speakers, and those addressed are whom it is done to or spoken to. Events stand in the order of the sentences of the
crisis' narrative; the *next* act is the first in a later sentence in which one of the wanted parties acts.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

FILE = "icbe_events_agreed.parquet"
WORDS = {  # the first that fits is the kind of speech
    "ultimatum": {"ultimatum"}, "threat": {"threaten"}, "demand": {"demand"},
    "offer": {"offer", "offer - without conditions"}, "promise": {"promise"}, "accusation": {"accuse", "disapprove"},
    "refusal": {"reject"}, "appeal": {"appeal"},
}  # fmt: skip
LABELS = (("escalatory", "escalate"), ("deescalatory", "de-escalate"), ("cooperative", "cooperate"),
          ("uncooperative", "uncooperative"))  # fmt: skip

Cells = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Act:
    """One coded event of a crisis; kinds : what it counts as, `any` always among them."""

    sentence: int
    actors: frozenset[str]
    addressed: frozenset[str]
    label: str
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Next:
    """Shares of labels among the next acts after `n` acts of a kind."""

    shares: Mapping[str, float]
    n: int


def read(folder: Path) -> dict[int, list[Act]]:
    """Read the acts of each crisis, in order."""
    table = pq.read_table(folder / FILE).to_pydict()
    found: dict[int, list[Act]] = defaultdict(list)
    for values in zip(*table.values(), strict=True):
        row = dict(zip(table, values, strict=True))
        if row["event_type"] and (row["do_kind"] or row["do_interact_kind"] or row["sayintkind"]):
            found[int(row["crisno"])].append(act(row, sentence=int(row["sentence_number_int_aligned"])))
    return {crisis: sorted(acts, key=lambda one: one.sentence) for crisis, acts in found.items()}


def act(row: Cells, *, sentence: int) -> Act:
    """Make an act of a row."""
    done = _words(row["do_kind"]) | _words(row["do_interact_kind"])
    said = _words(row["sayintkind"])
    kinds = ["any"]
    kinds += [name for name, words in WORDS.items() if said & words][:1]
    kinds += ["mediation"] if "mediation" in _words(row["interact_increasecoop"]) else []
    return Act(
        sentence,
        _words(row["do_actor_a"]) | _words(row["say_actor_a"]),
        _words(row["do_actor_b"]) | _words(row["say_actor_b"]),
        next((label for kind, label in LABELS if kind in done), "verbal"),
        tuple(kinds),
    )


def next_act(crises: Mapping[int, Sequence[Act]], kind: str, *, by_sender: bool) -> Next:
    """Count the labels of what the addressee, or the sender, does next after acts of a kind."""
    counts: Counter[str] = Counter()
    for acts in crises.values():
        for place, one in enumerate(acts):
            if kind in one.kinds:
                wanted = one.actors if by_sender else one.addressed
                later = (other for other in acts[place + 1 :] if other.sentence > one.sentence)
                answer = next((other.label for other in later if other.actors & wanted), None)
                counts.update([answer] if answer else [])
    n = sum(counts.values())
    return Next({label: count / n for label, count in counts.items()}, n)


def _words(cell: str | None) -> frozenset[str]:
    return frozenset(word.strip() for word in (cell or "").split(";") if word.strip())
