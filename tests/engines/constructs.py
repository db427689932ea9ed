"""Small Models by hand, each about one construct: what fails here says what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

import numpy as np

from offramp.expr.ir import OPERATIONS, Const, Daily, Memory, Param, Quantity, View
from offramp.model import model as m
from tests.engines import builders as b
from tests.engines.models import Formulas, family_arguments, priors

N_STEPS = 30
CONSTRUCTS: dict[str, Callable[[], m.Model]] = {}


def construct(make: Callable[[], m.Model]) -> Callable[[], m.Model]:
    CONSTRUCTS[make.__name__.replace("_", "-")] = make
    return make


def wandering(path: str = "weather", **how: float) -> m.QuantityModel:
    """Make a quantity that changes every step, for others to depend on."""
    return b.quantity(path, 0.3, **({"rest": 0.2, "relax": 0.1, "noise": 0.4} | how))


def one_actor(
    leaves: Sequence[m.LeafModel],
    *,
    probability: float = 0.8,
    n_slots: int = 1,
    cooldown: int = 0,
    available: b.Formula | None = None,
    **parts: object,
) -> m.Model:
    """Make a Model of one channel with one move for each leaf."""
    moves = [
        b.chosen(f"move{k}", [k], 0.5 * k, cooldown=cooldown, available=available if k == 0 else None)
        for k in range(len(leaves))
    ]
    channels = (b.channel("channel", probability, range(len(moves)), n_slots),)
    return b.model(N_STEPS, moves=tuple(moves), leaves=tuple(leaves), channels=channels, **parts)


def one_move(effects: Sequence[m.EffectModel], *quantities: m.QuantityModel, **parts: object) -> m.Model:
    """Make a Model of one move that happens often."""
    return one_actor([b.leaf("move0", 0, effects)], quantities=quantities, **parts)


@construct
def nothing() -> m.Model:
    return b.model(3)


@construct
def operations() -> m.Model:
    def use(op: str) -> m.QuantityModel:
        args = [Quantity(0), Quantity(1), Const(0.25)][: OPERATIONS[op][0]]
        return b.quantity(f"by.{op}", 0.0, low=-1e6, high=1e6, rest=0.0, relax=0.5, flows=[b.apply(op, *args)])

    parts = [wandering(), wandering("wind", low=0.0, high=0.5), *map(use, OPERATIONS)]
    return b.model(N_STEPS, quantities=tuple(parts))


@construct
def parameters_of_every_family() -> m.Model:
    families = priors(Random(1))
    parameters = [b.parameter(f"{name}.whole", name, *given) for name, (given, _) in families.items()]
    cuts = {name: (given, bounds) for name, (given, bounds) in families.items() if bounds}
    parameters += [
        b.parameter(f"{name}.cut", name, *given, low=cut[0], high=cut[1]) for name, (given, cut) in cuts.items()
    ]
    quantities = [b.quantity(p.path, Param(k)) for k, p in enumerate(parameters)]
    return b.model(2, parameters=tuple(parameters), quantities=tuple(quantities))


@construct
def starts_outside_the_range() -> m.Model:
    parameters = (b.parameter("start", "Normal", 0.5, 1.0),)
    return b.model(2, parameters=parameters, quantities=(b.quantity("level", Param(0), low=0.0, high=1.0),))


@construct
def relaxation() -> m.Model:
    return b.model(N_STEPS, quantities=(b.quantity("level", 1.0, rest=0.25, relax=0.1), b.quantity("still", 0.7)))


@construct
def flows_between_quantities() -> m.Model:
    exchange = b.apply("mul", 0.05, b.apply("sub", Quantity(1), Quantity(0)))
    first = b.quantity("first", 0.0, flows=[exchange, 0.01])
    second = b.quantity("second", 1.0, flows=[b.apply("neg", exchange)], rest=0.5, relax=0.05, noise=0.1)
    return b.model(N_STEPS, quantities=(first, second))


@construct
def noise_cut_at_the_range() -> m.Model:
    return b.model(N_STEPS, quantities=(wandering(low=0.0, high=0.5), wandering("wind", low=-0.1)))


@construct
def dates() -> m.Model:
    columns = np.linspace(-1, 1, 2 * N_STEPS, dtype=np.float32).reshape(N_STEPS, 2)
    quantities = (b.quantity("level", 0.0, flows=[Daily(1), b.apply("mul", Daily(0), Daily(0))]),)
    return b.model(N_STEPS, quantities=quantities, daily=columns, daily_names=("trend", "oil"))


@construct
def long_steps() -> m.Model:
    effects = [b.effect("effect", 0, "add", 1.0, delay=b.size("Gamma", 2.0, 0.03), max_delay=6)]
    return one_move(effects, wandering(), step_days=30.4)


def told(*views: m.ViewModel) -> m.Model:
    """Make a Model whose move is chosen by what the actor sees."""
    leaves = [b.leaf("move0", 0, [b.effect("effect", 0, "add", -0.3)])]
    model = one_actor(leaves, quantities=(wandering(low=-1.0, high=1.0),), views=views)
    utility = b.apply("mul", 3.0, View(len(views) - 1))
    return b.model(N_STEPS, **parts_of(model) | {"moves": (b.chosen("move0", [0], utility),)})


def parts_of(model: m.Model) -> dict[str, object]:
    """Take a Model apart, to change some of its parts."""
    left_alone = "name", "title", "first_day", "days", "step_days", "actors", "places"
    return {name: getattr(model, name) for name in m.Model.__dataclass_fields__ if name not in left_alone}


@construct
def seen_late() -> m.Model:
    return told(b.view("weather@blue", 0, lag=3))


@construct
def seen_with_error() -> m.Model:
    return told(b.view("weather@blue", 0, error=b.apply("add", 0.2, b.apply("abs", Quantity(0)))))


@construct
def seen_late_and_with_error() -> m.Model:
    return told(b.view("weather@blue", 0, lag=1), b.view("weather@red", 0, lag=2, error=0.5))


def remembered(**memory: object) -> m.Model:
    """Make a Model of two moves, the second chosen by a memory of the first, and seen by chance."""
    model = one_actor([b.leaf("move0", 0), b.leaf("move1", 1)], probability=0.4, quantities=(b.quantity("record"),))
    utility = b.apply("add", -1.0, b.apply("log1p", Memory(0)))
    record = b.quantity("record", 0.0, rest=Memory(0), relax=1.0)
    kept = m.MemoryModel("memory", leaves=(0,), sightings=(0,), **memory)  # type: ignore[arg-type]
    changes = {"moves": (b.chosen("move0", [0], -1.0), b.chosen("move1", [1], utility))}
    changes |= {"sightings": (b.sighting("move1@blue", 1, 0.5),), "memories": (kept,), "quantities": (record,)}
    return b.model(N_STEPS, **parts_of(model) | changes)


@construct
def memory_recent() -> m.Model:
    return remembered(kind="recent", decay=0.8, initial=2.5)


@construct
def memory_count() -> m.Model:
    return remembered(kind="count", window=3, initial=3.0, initial_window=(2.0, 0.0, 1.0))


@construct
def memory_since() -> m.Model:
    return remembered(kind="since", initial=m.SINCE_NEVER - 2)


@construct
def memory_ever() -> m.Model:
    return remembered(kind="ever")


@construct
def memory_fades_to_nothing() -> m.Model:
    return remembered(kind="recent", decay=0.01, initial=1.0)


def believed(*updates: tuple[str, float, float]) -> m.Model:
    belief = b.quantity("belief", 0.4, low=0.0, high=1.0, kind="belief", owner=0, rest=0.5, relax=0.02)
    made = tuple(
        m.BeliefUpdate(f"update{k}", 0, rule, (0,) if k else (), (0,), (Const(one), Const(two)))  # type: ignore[arg-type]
        for k, (rule, one, two) in enumerate(updates)
    )
    seen = (b.sighting("move0@blue", 0, 0.6),)
    return one_actor([b.leaf("move0")], quantities=(belief,), belief_updates=made, sightings=seen, probability=0.3)


@construct
def belief_by_delta_rule() -> m.Model:
    return believed(("delta", 0.9, 0.3))


@construct
def belief_by_bayes_rule() -> m.Model:
    return believed(("bayes", 0.6, 0.4))


@construct
def belief_certain_of_the_impossible() -> m.Model:
    return believed(("bayes", 0.0, 0.0), ("delta", 1.4, 0.7), ("bayes", 0.9, 0.5))


@construct
def rules_in_turn() -> m.Model:
    flag = b.quantity("flag", 0.0, low=0.0, high=1.0, kind="flag")
    raised = m.Rule("raise", b.apply("gt", Quantity(0), 0.4), ((1, Const(1.0)),))
    follows = m.Rule("follow", b.apply("eq", Quantity(1), 1.0), ((0, Const(9.0)), (1, b.apply("gt", Quantity(0), 5.0))))
    return b.model(N_STEPS, quantities=(wandering(low=-1.0, high=2.0), flag), rules=(raised, follows))


@construct
def choice_among_moves() -> m.Model:
    return one_actor([b.leaf(f"move{k}", k) for k in range(4)])


@construct
def several_slots_and_cooldown() -> m.Model:
    return one_actor([b.leaf(f"move{k}", k) for k in range(3)], n_slots=3, cooldown=2)


@construct
def availability() -> m.Model:
    return one_actor([b.leaf("move0")], available=b.apply("gt", Quantity(0), 0.2), quantities=(wandering(),))


@construct
def variants() -> m.Model:
    choosy = b.apply("gt", Quantity(0), 0.2)
    effects = [b.effect(f"effect{k}", 1, "add", float(k)) for k in range(3)]
    leaves = (
        b.leaf("move[a]", 0, effects[:1], utility=Quantity(0), available=choosy),
        b.leaf("move[b]", 0, effects[1:2], utility=0.3),
        b.leaf("move[c]", 0, effects[2:], utility=0.1, available=b.apply("lt", Quantity(0), 0.5)),
        b.leaf("other[a]", 1, available=choosy),
        b.leaf("other[b]", 1, available=0.0),
    )
    moves = b.chosen("move", [0, 1, 2], 0.5), b.chosen("other", [3, 4], 1.0)
    channels = (b.channel("channel", 0.9, [0, 1], 2),)
    quantities = wandering(), b.quantity("tally", 0.0, low=0.0, kind="tally")
    return b.model(N_STEPS, quantities=quantities, moves=moves, leaves=leaves, channels=channels)


@construct
def variants_worth_no_number() -> m.Model:
    """Let utilities of variants be infinite either way, or no number: one of those available happens all the same."""
    boundless = b.apply("mul", -1e38, b.apply("mul", 1e10, Quantity(0)))
    leaves = (
        b.leaf("move[a]", 0, utility=boundless, available=b.apply("lt", Quantity(0), 0.6)),
        b.leaf("move[b]", 0, utility=b.apply("sub", boundless, boundless)),
        b.leaf("move[c]", 0, utility=b.apply("min", boundless, 1.0), available=b.apply("gt", Quantity(0), 0.1)),
        b.leaf("other", 1),
    )
    moves = b.chosen("move", [0, 1, 2], 1.0), b.chosen("other", [3], 0.0)
    channels = (b.channel("channel", 0.9, [0, 1]),)
    return b.model(N_STEPS, quantities=(wandering(),), moves=moves, leaves=leaves, channels=channels)


@construct
def spontaneous_moves() -> m.Model:
    effects = [b.effect("effect", 1, "add", b.size("Poisson", 2.0), probability=0.5)]
    leaves = b.leaf("accident", 0, effects), b.leaf("storm", 1, available=b.apply("gt", Quantity(0), 0.0))
    rate = b.apply("exp", b.apply("min", Quantity(0), 1.0))
    moves = b.spontaneous("accident", [0], rate, max_count=3), b.spontaneous("storm", [1], 1.0, max_count=1)
    quantities = wandering(), b.quantity("deaths", 0.0, low=0.0, kind="tally")
    return b.model(N_STEPS, quantities=quantities, moves=moves, leaves=leaves)


@construct
def set_scale_and_add_on_one_day() -> m.Model:
    level = b.quantity("level", 1.0, low=-50.0, high=50.0)
    effects = [
        b.effect("scale", 0, "scale", 1.5, probability=0.8),
        b.effect("add", 0, "add", 0.3, probability=0.8),
        b.effect("set", 0, "set", b.size("Normal", 0.0, 5.0), probability=0.3, delay=1.0),
        b.effect("late", 0, "scale", b.size("Uniform", -1.0, 1.0), delay=2.0),
        b.effect("later", 0, "add", b.size("Normal", 0.0, 1.0), delay=2.0),
        b.effect("too", 0, "add", 0.1, delay=9.0, max_delay=3),
    ]
    return one_move(effects, level, n_slots=3)


@construct
def sizes_of_every_family() -> m.Model:
    families = family_arguments(Formulas(Random(4), [Param(0), Quantity(0)]))
    sizes = {name: b.size(name, *arguments) for name, (arguments, _) in families.items()}
    sizes |= {f"{name}.cut": b.size(name, *of, low=cut[0], high=cut[1]) for name, (of, cut) in families.items() if cut}
    quantities = [b.quantity(name) for name in sizes]
    effects = [b.effect(name, k + 1, "add", by) for k, (name, by) in enumerate(sizes.items())]
    parameters = (b.parameter("theta", "Normal", 0.0, 1.0),)
    return one_move(effects, wandering(), *quantities, parameters=parameters)


@construct
def delays_of_every_family() -> m.Model:
    families = family_arguments(Formulas(Random(6), [Quantity(0)]))
    delays = [b.size(name, *arguments) for name, (arguments, _) in families.items()]
    quantities = [b.quantity(f"after.{delay.family}") for delay in delays]
    effects = [b.effect(f"effect{k}", k + 1, "add", 1.0, delay=by, max_delay=4) for k, by in enumerate(delays)]
    return one_move(effects, wandering(), *quantities, n_slots=2)


@construct
def effects_on_condition() -> m.Model:
    condition = b.apply("gt", Quantity(0), 0.2)
    return one_move([b.effect("effect", 1, condition=condition, probability=0.7)], wandering(), b.quantity("tally"))


@construct
def outcomes_with_windows() -> m.Model:
    condition = b.apply("gt", Quantity(0), 0.8)
    values: list[m.OutcomeKind] = ["max", "min", "mean", "sum", "final"]
    windows = {"whole": (0, N_STEPS - 1), "part": (5, 12), "never": (N_STEPS + 3, N_STEPS + 9)}
    made = []
    for name, (first_step, last_step) in windows.items():
        window = {"first_step": first_step, "last_step": last_step}
        made += [b.outcome(f"{kind}.{name}", kind, condition, **window) for kind in ("any", "first")]
        made += [b.outcome(f"{kind}.{name}", kind, Quantity(0), **window) for kind in values]
        made += [b.outcome(f"count.{name}", "count", leaves=[0, 1], **window)]
    leaves = [b.leaf("move0"), b.leaf("move1", 1)]
    return one_actor(leaves, quantities=(wandering(),), outcomes=tuple(made))


@construct
def runs_that_end() -> m.Model:
    ends = b.apply("gt", Quantity(0), 1.0), b.apply("ge", Memory(0), 3.0)
    memory = m.MemoryModel("memory", "count", (0,), (), window=10)
    final = b.outcome("final", "final", Quantity(0)), b.outcome("late", "any", 1.0, first_step=20)
    parts = {"ends": ends, "memories": (memory,), "outcomes": final, "quantities": (wandering(),)}
    return one_actor([b.leaf("move0")], probability=0.4, **parts)
