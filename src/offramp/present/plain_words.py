"""What the model says, in plain words: the first section of a report, made from what is counted further down.

Shares are told as shares of histories, in a few classes; words weigh nothing and take no side. Every phrase leads to
where its numbers stand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from offramp.analyse.beside import PanelResult
from offramp.analyse.rests import Rests
from offramp.analyse.single_runs import SingleRuns
from offramp.analyse.standing import Standing
from offramp.analyse.standouts import Standout
from offramp.core.words import number, percent
from offramp.ensemble.ensemble import Ensemble, OutcomeSummary
from offramp.present.evidence_table import anchor, chart_anchor
from offramp.present.number_names import number_in_words
from offramp.present.outcome_table import span_of
from offramp.present.policy_tables import policy_anchor, standout_words

CLASSES = (
    (0.9, "in at least nine histories of ten"),
    (0.5, "in half to nine tenths"),
    (0.1, "in a tenth to a half"),
    (0.01, "in one to ten of a hundred"),
    (0.0, "in fewer than one of a hundred"),
)
MOST_NUMBERS = 6
MOST_COUNTED = 5
OFTEN_OUTSIDE = 0.1
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
    panels: Sequence[PanelResult]
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
            lines.append(Line(f"{words[0].upper()}{words[1:]}:", tuple(_phrase(o, percent(o.mean)) for o in own)))
    never = [o for o in anys if o.mean == 0]
    if never:
        lines.append(Line("In none of them:", tuple(_phrase(o, "") for o in never)))
    counted = [o for o in said.ensemble.outcomes.values() if o.kind not in ("any", "first")][:MOST_COUNTED]
    return (*lines, *(_counted(said, o) for o in counted))


def _counted(said: Said, outcome: OutcomeSummary) -> Line:
    """Tell a number: where nine histories of ten lie, the middle one, and the record."""
    standing, span = said.standings.get(outcome.name), span_of(outcome)
    recorded = f"; recorded {number(standing.recorded)}" if standing is not None else ""
    unit = f" {outcome.unit}" if outcome.unit and outcome.unit != "index" else ""
    if span is None:
        return Line("", (_phrase(outcome, ""),), "– no value.")
    low, middle, high = span
    tail = f"– {low} to {high}{unit} in nine histories of ten, {middle} in the middle one{recorded}."
    return Line("", (_phrase(outcome, ""),), tail)


def _phrase(outcome: OutcomeSummary, figure: str) -> Phrase:
    text = outcome.title or outcome.name.replace("_", " ")
    return Phrase(f"{text} ({figure})" if figure else text, f"#o-{outcome.name}")


def _record(said: Said) -> tuple[Line, ...]:
    """Say where history lies among the runs, and where the model fails."""
    return (*_months(said), *_charts(said), *_numeric(said), *_rare(said))


def _months(said: Said) -> Iterator[Line]:
    rhythms = said.single.rhythms if said.single is not None else ()
    months = [r.inside for r in rhythms if r.inside is not None and r.inside[1]]
    if months:
        inside, of = (sum(pair[i] for pair in months) for i in (0, 1))
        lead = f"Of {of} monthly counts in {len(months)} charts, the record lies within the band of 90 % of runs in"
        yield Line(f"{lead} {inside} ({percent(inside / of)}); little praise where the band is wide.")


def _charts(said: Said) -> Iterator[Line]:
    beside = [p for p in said.panels if p.outside_share is not None]
    leaving = [p for p in beside if (p.outside_share or 0) > OFTEN_OUTSIDE]
    if leaving:
        phrases = tuple(Phrase(f"{p.title} ({percent(p.outside_share)})", f"#{chart_anchor(p.title)}") for p in leaving)
        lead = f"In {len(leaving)} of {len(beside)} charts over time, it is outside on more than a tenth of days:"
        yield Line(lead, phrases)


def _numeric(said: Said) -> Iterator[Line]:
    numeric = {name: s for name, s in said.standings.items() if s.is_inside is not None}
    outside = [said.ensemble.outcomes[name] for name, s in numeric.items() if not s.is_inside]
    if outside:
        tail = f"({len(outside)} of {len(numeric)} that the record can tell)."
        yield Line("Outcomes outside that band:", tuple(_phrase(o, "") for o in outside), tail)
    elif numeric:
        yield Line(f"All {len(numeric)} outcomes in numbers that the record can tell lie within that band.")


def _rare(said: Said) -> Iterator[Line]:
    rare = [said.ensemble.outcomes[name] for name, s in said.standings.items() if s.is_common is False]
    if rare:
        phrases = tuple(_phrase(o, f"{percent(o.mean)} of runs") for o in rare)
        yield Line("Where history went against most runs:", phrases)


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
    return Line(
        "", (phrase,), f"– goes with {percent(top.share)} of the variation of: {outcome.title or outcome.name}."
    )
