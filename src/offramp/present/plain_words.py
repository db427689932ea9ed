"""What the model says, in plain words: the first section of a report, made from what is counted further down.

Shares are told as shares of histories, in a few classes; words weigh nothing and take no side. Every phrase leads to
where its numbers stand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from offramp.analyse.rests import Rests
from offramp.analyse.single_runs import SingleRuns
from offramp.analyse.standing import Standing
from offramp.analyse.standouts import Standout
from offramp.core.words import percent
from offramp.ensemble.ensemble import Ensemble, OutcomeSummary
from offramp.present.evidence_table import anchor
from offramp.present.number_names import number_in_words
from offramp.present.policy_tables import policy_anchor, standout_words

CLASSES = (
    (0.9, "in at least nine histories of ten"),
    (0.5, "in half to nine tenths"),
    (0.1, "in a tenth to a half"),
    (0.01, "in one to ten of a hundred"),
    (0.0, "in fewer than one of a hundred"),
)
MOST_NUMBERS = 6
MOST_POLICIES = 12


@dataclass(frozen=True)
class Phrase:
    """A piece of a sentence and the address on the page to which it leads."""

    text: str
    href: str


@dataclass(frozen=True)
class Line:
    """A sentence: how it begins, its phrases, and how it ends."""

    lead: str
    phrases: tuple[Phrase, ...] = ()
    tail: str = ""


@dataclass(frozen=True)
class PlainWords:
    """The first section: what happens, how it stands to the record, what policies change, which numbers matter."""

    happens: tuple[Line, ...]
    record: tuple[Line, ...]
    policies: tuple[Line, ...]
    numbers: tuple[Line, ...]


@dataclass(frozen=True)
class Said:
    """What there is to put in words; `titles` of alternatives by name."""

    ensemble: Ensemble
    found: Rests
    standings: Mapping[str, Standing]
    single: SingleRuns | None
    standing_out: Mapping[str, Sequence[Standout]]
    titles: Mapping[str, str]


def plain_words(said: Said) -> PlainWords:
    """Put the main results in words."""
    return PlainWords(_happens(said), _record(said), _policies(said), _numbers(said))


def _happens(said: Said) -> tuple[Line, ...]:
    """Sort what may happen by how often it does; then the numbers of those that are counted."""
    anys = [o for o in said.ensemble.outcomes.values() if o.kind == "any" and o.mean is not None]
    lines = []
    taken: set[str] = set()
    for least, words in CLASSES:
        own = [o for o in anys if o.name not in taken and (o.mean or 0) >= least and (o.mean or 0) > 0]
        taken |= {o.name for o in own}
        if own:
            own.sort(key=lambda o: -(o.mean or 0))
            lines.append(Line(f"{words[0].upper()}{words[1:]}:", tuple(_phrase(said, o, percent(o.mean)) for o in own)))
    never = [o for o in anys if o.mean == 0]
    if never:
        lines.append(Line("In none of them:", tuple(_phrase(said, o, "") for o in never)))
    return tuple(lines)


def _phrase(said: Said, outcome: OutcomeSummary, figure: str) -> Phrase:
    text = outcome.title or outcome.name.replace("_", " ")
    return Phrase(f"{text} ({figure})" if figure else text, f"#o-{outcome.name}")


def _record(said: Said) -> tuple[Line, ...]:
    """Say where history lies among the runs, and where the model fails."""
    lines = []
    if said.single is not None:
        months = [r.inside for r in said.single.rhythms if r.inside is not None and r.inside[1]]
        if months:
            inside, of = (sum(pair[i] for pair in months) for i in (0, 1))
            lines.append(
                Line(
                    f"Of {of} monthly counts in {len(months)} charts, the record lies within the span of 90 % of runs "
                    f"in {inside} ({percent(inside / of)}); that is little praise where the span is wide."
                )
            )  # fmt: skip
    numeric = {name: s for name, s in said.standings.items() if s.is_inside is not None}
    outside = [said.ensemble.outcomes[name] for name, s in numeric.items() if not s.is_inside]
    if outside:
        tail = f"({len(outside)} of {len(numeric)} that the record can tell)"
        lines.append(Line("Outside that span lie:", tuple(_phrase(said, o, "") for o in outside), tail))
    elif numeric:
        lines.append(Line(f"All {len(numeric)} outcomes in numbers that the record can tell lie within that span."))
    rare = [said.ensemble.outcomes[name] for name, s in said.standings.items() if s.is_common is False]
    if rare:
        phrases = tuple(_phrase(said, o, f"{percent(o.mean)} of runs") for o in rare)
        lines.append(Line("Where history went against most runs:", phrases))
    return tuple(lines)


def _policies(said: Said) -> tuple[Line, ...]:
    lines = []
    for name, own in list(said.standing_out.items())[:MOST_POLICIES]:
        phrase = (Phrase(said.titles[name], f"#{policy_anchor(name)}"),)
        if own:
            others = f", and {len(own) - 1} more" if len(own) > 1 else ""
            lines.append(Line("", phrase, f"– {standout_words(own[0])}{others}."))
        else:
            lines.append(Line("", phrase, "– nothing that stands out of chance at this number of runs."))
    return tuple(lines)


def _numbers(said: Said) -> tuple[Line, ...]:
    """Name the drawn numbers with which results go most."""
    single = said.single
    if single is None or single.screen is None:
        return ()
    found = single.screen
    shown = list(dict.fromkeys(i.parameter for i in found.influences))
    statuses = [said.found.status(parameter) for parameter in shown]
    head = Line(
        f"Each run draws {found.n_parameters} numbers anew. {len(shown)} of them go visibly with some outcome; "
        f"{statuses.count('assumed')} of these are assumed. The strongest:"
    )  # fmt: skip
    return (head, *(_number_line(said, i) for i in range(min(MOST_NUMBERS, len(shown)))))


def _number_line(said: Said, rank: int) -> Line:
    assert said.single is not None
    assert said.single.screen is not None
    influences = said.single.screen.influences
    parameter = list(dict.fromkeys(i.parameter for i in influences))[rank]
    top = next(i for i in influences if i.parameter == parameter)
    outcome = said.ensemble.outcomes[top.outcome]
    entry, status = said.found.of(parameter), said.found.status(parameter)
    title = number_in_words(said.found.document, said.found.written(parameter))
    phrase = Phrase(f"{title} ({status})", f"#{anchor(entry)}" if entry else "#numbers")
    return Line("", (phrase,), f"– goes with {percent(top.share)} of the variation of: {outcome.title or outcome.name}.")


