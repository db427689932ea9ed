"""The Model: a scenario with every name turned into an index and every formula into IR.

This is the contract between lowering and the engines. Tuples are in a stable order (sorted by
path), so that adding an element never changes the order of the others; order matters only where
float32 sums are formed (docs/reference/semantics.md). Everything here is right by construction:
engines do not validate. Time is counted in steps of the clock; rates and half-lives have already
been turned into per-step numbers, so engines never see a step length.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from offramp.core.distributions import Distribution
from offramp.core.errors import Place
from offramp.expr.ir import Node

QuantityKind = Literal["level", "stock", "tally", "flag", "belief"]
EffectOp = Literal["set", "scale", "add"]
MemoryKind = Literal["recent", "count", "since", "ever"]
OutcomeKind = Literal["any", "first", "count", "max", "min", "mean", "sum", "final"]
SINCE_NEVER = 100_000.0  # steps; the value of `since(move)` for a move that never happened
UNBOUNDED = 3.0e38  # stands for an infinite bound of a range (engines know no infinity)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number drawn once per run. `slot` keys its draw on core.noise.PARAMETER_DAY."""

    path: str
    distribution: Distribution
    slot: int


@dataclass(frozen=True, slots=True)
class QuantityModel:
    """A quantity. `start`, of parameters and constants only. Stage 7 formula in semantics.md.

    relax : fraction of the distance to `rest` covered in one step, 1 - 2**(-dt/half_life); or None.
    noise : standard deviation of the step's Gaussian (sd * sqrt(dt)); or None. `slot` keys it.
    flows : change per step, one node per mechanism, in order of mechanism path.
    """

    path: str
    kind: QuantityKind
    unit: str
    low: float
    high: float
    start: Node
    rest: Node | None
    relax: Node | None
    noise: Node | None
    flows: tuple[Node, ...]
    slot: int
    owner: int | None = None  # actor index, beliefs only


@dataclass(frozen=True, slots=True)
class ViewModel:
    """A quantity as an actor sees it: value `lag` mornings ago plus Gaussian error, clipped.

    Exists only where lag > 0 or error is given; otherwise nodes read the Quantity itself.
    """

    path: str  # "tension@iran"
    quantity: int
    actor: int
    lag: int  # steps
    error: Node | None  # standard deviation
    slot: int


@dataclass(frozen=True, slots=True)
class Sighting:
    """Events of a leaf that an actor may or may not see and attribute: one draw per event."""

    path: str  # "guard.raid@blue"
    leaf: int
    actor: int
    probability: Node  # of constants and parameters, or of the frozen morning
    slot: int  # keyed per occurrence


@dataclass(frozen=True, slots=True)
class MemoryModel:
    """A feature of past events: n(t) = sum of today's events of `leaves` and of seen `sightings`.

    recent: h <- h * decay + n (values below 1e-20 become 0); count: events of the last `window`
    steps; since: steps since the last event (SINCE_NEVER if none); ever: 1 after the first event.
    Updated in stage 8, so a morning reads what happened up to the day before.
    initial: value on the first morning; initial_window: events of steps -window..-1 (count only).
    """

    path: str  # "recent(blue.strike, 10 d)@guard"
    kind: MemoryKind
    leaves: tuple[int, ...]
    sightings: tuple[int, ...]
    decay: float = 0.0
    window: int = 0
    initial: float = 0.0
    initial_window: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class BeliefUpdate:
    """Stage 3: applied once if at least one of its events was seen yesterday.

    delta: b <- b + rate * (toward - b), args = (toward, rate).
    bayes: b <- b*p1 / (b*p1 + (1-b)*p0), args = (p1, p0) = probability of the event if true / false.
    """

    path: str
    quantity: int
    rule: Literal["delta", "bayes"]
    leaves: tuple[int, ...]
    sightings: tuple[int, ...]
    args: tuple[Node, Node]


@dataclass(frozen=True, slots=True)
class Rule:
    """Stage 4: where `condition` holds, each quantity of `sets` takes its value. In tuple order."""

    path: str
    condition: Node
    sets: tuple[tuple[int, Node], ...]


@dataclass(frozen=True, slots=True)
class Draw:
    """A size or delay: family "Constant" (args = the value) or a distribution drawn per event."""

    family: str
    args: tuple[Node, ...]
    low: Node | None = None
    high: Node | None = None


@dataclass(frozen=True, slots=True)
class EffectModel:
    """What one event does to one quantity. Condition, probability and arguments: frozen morning.

    delay is in steps, rounded to the nearest whole (half up) and capped at `max_delay`.
    Slots: keyed per occurrence of the event (core.noise.occurrence).
    """

    path: str  # "guard.raid.effects.tension"
    quantity: int
    op: EffectOp
    size: Draw
    delay: Draw
    max_delay: int
    probability: Node | None
    condition: Node | None
    probability_slot: int
    size_slot: int
    delay_slot: int


@dataclass(frozen=True, slots=True)
class LeafModel:
    """One thing that can happen: a move without variants, or one variant of a move.

    available and utility are the variant's own (None and Const(0) for a move without variants).
    slot keys the second-stage Gumbel, per channel slot.
    """

    path: str  # "us.airstrike[syria]"
    move: int
    available: Node | None
    utility: Node
    slot: int
    effects: tuple[EffectModel, ...]


@dataclass(frozen=True, slots=True)
class MoveModel:
    """A move chosen in a channel, or spontaneous (channel None, rate given).

    available : `requires`, on the truth; None if always. cooldown : steps, 0 = none.
    rate : expected events per step; max_count : cap on spontaneous events a step.
    slot : keys the Gumbel per channel slot, or the uniform of the spontaneous count.
    """

    path: str
    actor: int
    channel: int | None
    available: Node | None
    utility: Node
    cooldown: int
    leaves: tuple[int, ...]
    slot: int
    rate: Node | None = None
    max_count: int = 1


@dataclass(frozen=True, slots=True)
class ChannelModel:
    """A track on which an actor decides. probability: of an opportunity in each of its slots."""

    path: str  # "us.force"
    actor: int
    probability: Node
    n_slots: int
    moves: tuple[int, ...]
    slot: int  # keys the opportunity uniform, per slot
    hold_slot: int  # keys the Gumbel of `hold`, per slot


@dataclass(frozen=True, slots=True)
class OutcomeModel:
    """A reducer of one run over the steps first_step..last_step inclusive (stage 8 values).

    any, first: node is a condition; count: leaves; max, min, mean, sum, final: node is a value.
    first: step index counted from the run's first step as 0; -1 where it never happens.
    is_cut: whether its window holds days before or after the run, which are not in these steps.
    """

    name: str
    kind: OutcomeKind
    node: Node | None
    leaves: tuple[int, ...]
    first_step: int
    last_step: int
    unit: str = ""
    title: str = ""
    is_cut: bool = False


@dataclass(frozen=True, eq=False)  # two are the same only if they are one: it holds arrays
class Model:
    """A lowered scenario for one window of its clock."""

    name: str
    title: str
    first_day: int  # proleptic ordinal (date.toordinal) of step 0
    days: NDArray[np.int64]  # (step,) ordinal of the first day of each step; keys the noise
    step_days: float  # length of a step in days
    actors: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    quantities: tuple[QuantityModel, ...]
    views: tuple[ViewModel, ...]
    daily: NDArray[np.float32]  # (step, column)
    daily_names: tuple[str, ...]
    sightings: tuple[Sighting, ...]
    memories: tuple[MemoryModel, ...]
    belief_updates: tuple[BeliefUpdate, ...]
    rules: tuple[Rule, ...]
    channels: tuple[ChannelModel, ...]
    moves: tuple[MoveModel, ...]
    leaves: tuple[LeafModel, ...]
    outcomes: tuple[OutcomeModel, ...]
    ends: tuple[Node, ...]
    places: Mapping[str, Place] = field(default_factory=dict)  # path -> where it is written

    @property
    def n_steps(self) -> int:
        """Number of steps in the window."""
        return len(self.days)
