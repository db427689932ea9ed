"""The scenario document: one pydantic type for each mapping of the language.

This says what may be written (docs/reference/language.md); `check` says what is sensible. Formulas
stay text here (`Formula`), with their places kept by the loader under the same dotted path. Types
are frozen: a document is a value.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Formula = int | float | str
Real = Annotated[float, Field(ge=-3e38, le=3e38, allow_inf_nan=False)]  # what an engine can hold
Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
MoveName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$", max_length=120)]
ClaimName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", max_length=60)]


def _written_date(value: object) -> object:
    """Only year-month-day: a bare number would silently become a time stamp."""
    if isinstance(value, dt.date) or (isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value)):
        return value
    raise ValueError("not a date")


Date = Annotated[dt.date, BeforeValidator(_written_date)]
Status = Literal["sourced", "derived", "elicited", "recalled", "assumed", "fitted"]


class Written(BaseModel):
    """Base of all: unknown keys are errors, values are frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class EvidenceItem(Written):
    """Why a number or an arrow is believed."""

    status: Status
    source: str | None = None  # key of `sources` (sourced; optional otherwise)
    at: str | None = None  # locator: page, paragraph, table, row (required if sourced)
    says: str | None = None  # short paraphrase (required if sourced)
    why: str | None = None  # reason (required if assumed, elicited, recalled)
    computed: str | None = None  # computation kept (required if derived or fitted)
    known_from: Date | None = None
    contested: str | None = None  # who disputes it, and how
    represents: tuple[ClaimName, ...] = ()  # ids of the statements that this element makes executable


class ArrowAndSize(Written):
    """Evidence that there is an effect, and evidence of its size, apart."""

    arrow: EvidenceItem
    size: EvidenceItem


Evidence = EvidenceItem | ArrowAndSize


class Source(Written):
    """Something that evidence and claims cite."""

    title: str
    author: str | None = None
    publisher: str | None = None
    date: Date | None = None
    url: str | None = None
    note: str | None = None


class Clock(Written):
    """start and (days or end); step: `1 d` (default), `N d`, `1 week` or `1 month` (30.4375 d)."""

    start: Date
    end: Date | None = None  # last day, inclusive
    days: int | None = Field(default=None, ge=1)
    step: str = "1 d"


class Window(Written):
    """From a first to a last day, both inclusive."""

    start: Date
    end: Date


class Header(Written):
    """Name, title and clock."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=60)]
    title: str
    about: str | None = None
    version: str | None = None
    clock: Clock
    default_run: Window | None = None  # inside the clock; default: the whole clock
    payoff_horizon: str | None = None  # a duration


class Threshold(Written):
    """A goal that is met or not."""

    threshold: Real  # g(x) = 1 if x >= threshold else 0


class Concave(Written):
    """A goal of which more is worth ever less."""

    concave: Real = Field(gt=1e-30)  # g(x) = s * log1p(x / s), s > 0


class Goal(Written):
    """Weight, in logits per unit, on the change of a quantity that a move is believed to bring."""

    weight: Formula
    shape: Literal["linear"] | Threshold | Concave = "linear"
    title: str | None = None
    evidence: Evidence | None = None


class Channel(Written):
    """A track on which an actor decides, and how often it may."""

    opportunities: Formula  # a rate, `0.3 / day`
    max_per_day: int = Field(default=1, ge=1, le=8)
    title: str | None = None
    evidence: Evidence | None = None


class Directive(Written):
    """A sponsor's standing word to this actor: restrain -1, allow 0, order +1.

    Adds the quantity `directive.ACTOR` in [-1, 1] and the utility term `control * directive`
    to the moves listed.
    """

    start: Literal["restrain", "allow", "order"] = "allow"
    control: Formula
    moves: tuple[MoveName, ...]
    evidence: Evidence | None = None


class Aims(Written):
    """What an actor wants, told twice."""

    own: str  # as the actor itself would state it
    rivals: str  # as its rivals do


class Actor(Written):
    """A party that may choose."""

    title: str
    kind: Literal[
        "state", "proxy", "government", "public", "parliament", "organisation", "armed_group", "institution", "other"
    ]
    aims: Aims | None = None
    sponsor: str | None = None
    directive: Directive | None = None
    discount_half_life: str = "90 d"
    goals: dict[str, Goal] = {}
    channels: dict[Identifier, Channel] = {}


class Seen(Written):
    """How an observer sees a quantity: how late, and with which error."""

    lag: str = "0 d"
    error: Formula = 0


class Likelihood(Written):
    """Probability of the event if the belief is true, and if it is false."""

    if_true: Formula
    if_false: Formula


class BeliefRule(Written):
    """Delta rule (toward, rate) or Bayes' rule (likelihood) on events seen yesterday."""

    on: str | tuple[str, ...]  # moves or variants
    toward: Formula | None = None
    rate: Formula | None = None
    likelihood: Likelihood | None = None
    evidence: Evidence | None = None


class QuantityDocument(Written):
    """A number of the world."""

    kind: Literal["level", "stock", "tally", "flag", "belief"]
    unit: str
    title: str | None = None
    range: tuple[Real | None, Real | None] | None = None  # null = unbounded
    start: Formula = 0
    rest: Formula | None = None
    half_life: Formula | None = None
    noise: Formula | None = None  # sd per square root of a day
    owner: str | None = None  # beliefs: whose
    updates: tuple[BeliefRule, ...] = ()
    told_by: dict[str, Formula] = {}  # beliefs: value once an announced edit of this move, quantity, parameter or rate
    seen_by: tuple[str, ...] | dict[str, Seen | None] | None = None  # default: everybody, exactly
    evidence: Evidence | None = None


class Effect(Written):
    """One of add, set, scale. In `believes` the same shape states the expected change."""

    on: str
    add: Formula | None = None
    set: Formula | None = None
    scale: Formula | None = None
    probability: Formula | None = None
    delay: Formula | None = None  # a duration or a distribution of one
    condition: Formula | None = None
    evidence: Evidence | None = None


class Believes(Written):
    """What the actor expects of its move, in place of the declared effects or besides."""

    replace: tuple[Effect, ...] | None = None
    add: tuple[Effect, ...] | None = None


class Variant(Written):
    """The same move with another venue or target."""

    title: str | None = None
    requires: Formula | None = None
    utility: dict[Identifier, Formula] = {}
    effects: tuple[Effect, ...] = ()
    evidence: Evidence | None = None


class Move(Written):
    """What an actor can do, or (with `rate`) what happens by itself."""

    title: str
    channel: str | None = None
    target: str | None = None
    code: str | None = None  # PLOVER event class
    rung: int | None = Field(default=None, ge=0, le=20)
    requires: Formula | None = None
    cooldown: str | None = None  # duration
    utility: dict[Identifier, Formula] = {}
    rate: Formula | None = None  # spontaneous: events per day, in place of utility and channel
    max_per_day: int = Field(default=1, ge=1, le=8)
    variants: dict[Identifier, Variant] = {}
    effects: tuple[Effect, ...] = ()
    believes: Believes | None = None
    directs: dict[str, Literal["restrain", "allow", "order"]] = {}
    visible_to: tuple[str, ...] | None = None  # default: everybody
    attribution: Formula | dict[str, Formula] | None = None  # probability, per observer if a mapping
    evidence: Evidence | None = None


class Pledge(Written):
    """A threat, promise, truce, timetable or conditional offer; lowers to flags, rules, effects."""

    kind: Literal["threat", "promise", "truce", "timetable", "offer"]
    by: str
    to: str
    title: str | None = None
    offer: MoveName  # the move that makes it
    accept: MoveName | None = None  # without it the pledge stands as soon as it is offered
    condition: Formula | None = None  # when it calls for action; without it: at once
    fulfil: tuple[MoveName, ...] = ()  # moves that keep it once it is active
    breach: tuple[MoveName, ...] = ()  # moves that break it while it stands
    within: str | None = None  # time to fulfil once active; then it is broken
    until: str = "90 d"  # how long it stands; then it expires
    cost: Formula = 0  # value that `pledge.NAME.cost` takes when it is broken
    cost_half_life: str = "60 d"
    evidence: Evidence | None = None


class Mechanism(Written):
    """A flow into a quantity without any move."""

    on: str
    per_day: Formula
    title: str | None = None
    evidence: Evidence | None = None


class CalendarDate(Written):
    """A dated fact."""

    date: Date
    title: str | None = None
    evidence: Evidence | None = None


class InputSeries(Written):
    """An observed exogenous series. Before its first row: the first value."""

    file: str
    column: str = "value"
    unit: str
    fill: Literal["previous", "linear"] = "previous"
    where: dict[str, str] = {}  # column -> value, to pick rows
    title: str | None = None
    evidence: Evidence | None = None


class SharedParameter(Written):
    """A number that several formulas share: `parameter.NAME`."""

    prior: Formula
    title: str | None = None
    evidence: Evidence | None = None


class Switch(Written):
    """A structural alternative: `prior: Categorical(a=0.5, b=0.5)`; use `switch.NAME == a`."""

    prior: str
    title: str | None = None
    evidence: Evidence | None = None


class Outcome(Written):
    """What is taken from each run."""

    measure: str
    title: str | None = None
    unit: str | None = None


class Policy(Written):
    """A named bundle of edits."""

    title: str | None = None
    why: str | None = None  # what is done instead, and whose idea it is
    represents: tuple[ClaimName, ...] = ()  # ids of the statements that this policy tries out
    edits: tuple[str, ...]


class Claim(Written):
    """A sentence of a source, made executable."""

    kind: Literal["fact", "mechanism", "counterfactual", "forecast", "untestable"]
    source: str
    at: str
    who: str | None = None
    says: str | None = None
    edit: str | None = None  # a policy or an edit
    outcome: str | None = None
    expects: Literal["lower", "higher", "no_change", "true", "false"] | None = None
    parameter: str | None = None
    probability: str | None = None  # verbal, as the source words it
    reason: str | None = None  # untestable: why


class EventMap(Written):
    """Rows of the record whose columns match `where` are events of `move`; first match wins.

    move : a move; or several that come in question, each with the probability that such an event, if it is recorded,
        is recorded in such words; null: knowingly not modelled
    """

    where: dict[str, str | tuple[str, ...]]
    move: str | dict[str, Real] | None = None

    @property
    def candidates(self) -> tuple[tuple[str, float], ...]:
        """What such a row may be, the likeliest first; nothing where it is left out."""
        if self.move is None:
            return ()
        weights = {self.move: 1.0} if isinstance(self.move, str) else self.move
        return tuple(sorted(weights.items(), key=lambda item: -item[1]))


class SeriesMap(Written):
    """Rows of the series file that measure a quantity."""

    where: dict[str, str]
    quantity: str
    scale: Real = 1.0
    # Standard deviation of the measurement, in the quantity's unit.
    error: Annotated[float, Field(ge=0, le=3e38, allow_inf_nan=False)] = 0.0
    left_out: Annotated[float, Field(ge=0, le=3e38, allow_inf_nan=False)] = 0.0


class RecordDocument(Written):
    """What was observed, and what its rows mean."""

    events: str | None = None  # CSV file
    event_map: tuple[EventMap, ...] = ()
    marks: dict[str, str] = {}  # column of the event file -> tally it adds to
    series: str | None = None
    series_map: tuple[SeriesMap, ...] = ()
    recording: str | None = None  # CSV file: what share of some kinds of event the record is thought to hold
    totals: str | None = None  # CSV file: published totals, evidence on that share
    covers: Window | None = None  # between these days silence means that nothing was seen; default: first to last event
    replies: dict[str, str] = {}  # row -> row of the same day that it answers: a likelihood reads it on the next step


class Panel(Written):
    """A chart of the report: a quantity, or the running count of moves, beside the record."""

    title: str
    quantity: str | None = None
    moves: tuple[str, ...] = ()


class FitDocument(Written):
    """What is learnt from the record.

    until : the last day whose rows are learnt from; parameters : those whose posterior is reported
    """

    until: Date
    parameters: tuple[str, ...] = Field(min_length=1)


class ScenarioDocument(Written):
    """The whole, after includes are merged."""

    offramp: Literal[1]
    scenario: Header
    sources: dict[str, Source] = {}
    actors: dict[Identifier, Actor] = {}
    quantities: dict[Identifier, QuantityDocument] = {}
    moves: dict[MoveName, Move] = {}
    pledges: dict[Identifier, Pledge] = {}
    mechanisms: dict[Identifier, Mechanism] = {}
    calendar: dict[Identifier, CalendarDate] = {}
    inputs: dict[Identifier, InputSeries] = {}
    parameters: dict[Identifier, SharedParameter] = {}
    switches: dict[Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")], Switch] = {}
    outcomes: dict[Identifier, str | Outcome] = {}
    ends: tuple[str, ...] = ()
    policies: dict[Identifier, tuple[str, ...] | Policy] = {}
    claims: dict[ClaimName, Claim] = {}
    record: RecordDocument | None = None
    panels: tuple[Panel, ...] = ()
    fit: FitDocument | None = None
