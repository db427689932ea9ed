"""The reference interpreter against values worked out by hand, stage by stage of docs/reference/semantics.md."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from offramp.core.noise import day_key, draw_word, gumbel, normal, occurrence, run_key, uniform
from offramp.engine.block import Block
from offramp.engine.reference import simulate
from offramp.expr.ir import Const, Daily, Memory, Node, Param, Quantity, View
from offramp.model import model as m
from tests.engines import builders as b

SEED = 20200103
ALWAYS = 2.0  # a probability that every uniform is below
NEVER = -1.0
EAGER = 100.0  # a utility that beats any Gumbel of `hold`


def run_once(model: m.Model, run: int = 0) -> Block:
    return simulate(model, seed=SEED, first_run=run, n_runs=1, sample_steps=range(model.n_steps))


def path_of(model: m.Model, quantity: int = 0) -> list[float]:
    """Give the value of a quantity at the end of each step."""
    return [float(value) for value in run_once(model).samples[:, quantity, 0]]


def words_on(step: int, slot: int, j: int = 0, run: int = 0) -> int:
    """Draw the word that a step of a run has at a slot."""
    d0, d1 = day_key(*run_key(SEED, run), b.FIRST_DAY + step)
    return draw_word(d0, d1, occurrence(slot, j))


def acting(*effects: m.EffectModel, n_slots: int = 1, cooldown: int = 0, **more: Any) -> dict[str, Any]:
    """Give the parts of a Model with one move, made at every opportunity, of which every slot is one."""
    return {
        "moves": (b.chosen("act", [0], EAGER, cooldown=cooldown),),
        "leaves": (b.leaf("act", 0, effects),),
        "channels": (b.channel("channel", ALWAYS, [0], n_slots),),
    } | more


def single(*parts: float) -> list[float]:
    return [float(np.float32(part)) for part in parts]


# Stages 1 and 7: dates, drift.


def test_relaxation_covers_its_share_of_the_distance_each_step() -> None:
    assert path_of(b.model(3, quantities=(b.quantity("level", 1.0, rest=0.0, relax=0.5),))) == [0.5, 0.25, 0.125]


def test_flows_follow_relaxation_and_all_read_one_snapshot() -> None:
    first = b.quantity("first", 4.0, rest=0.0, relax=0.5, flows=[1.0, Quantity(1)])
    second = b.quantity("second", 8.0, flows=[Quantity(0)])
    model = b.model(2, quantities=(first, second))
    assert path_of(model, 0) == [11.0, 5.5 + 1 + 12]
    assert path_of(model, 1) == [12.0, 23.0]


def test_noise_is_the_gaussian_at_the_address_of_the_quantity_and_day() -> None:
    quantity = b.quantity("level", 0.0, noise=0.5)
    shocks = [np.float32(0.5) * normal(words_on(step, quantity.slot)) for step in range(2)]
    assert path_of(b.model(2, quantities=(quantity,))) == single(shocks[0], shocks[0] + shocks[1])


def test_dates_are_read_from_the_row_of_the_step() -> None:
    quantity = b.quantity("level", 0.0, flows=[Daily(1)])
    daily = np.array([[9, 1], [9, 2], [9, 4]], np.float32)
    assert path_of(b.model(3, quantities=(quantity,), daily=daily, daily_names=("a", "b"))) == [1.0, 3.0, 7.0]


def test_a_cut_at_the_range_is_counted() -> None:
    block = run_once(b.model(3, quantities=(b.quantity("level", 0.0, high=1.5, flows=[1.0]),)))
    assert block.samples[:, 0, 0].tolist() == [1.0, 1.5, 1.5]
    assert block.clips.tolist() == [[2.0]]


def test_start_reads_the_parameters_of_the_run() -> None:
    parameter = b.parameter("theta", "Uniform", 2.0, 3.0)
    block = run_once(b.model(1, parameters=(parameter,), quantities=(b.quantity("level", Param(0)),)))
    d0, d1 = day_key(*run_key(SEED, 0), 0xFFFFFFFF)
    u = uniform(draw_word(d0, d1, parameter.slot))
    assert block.parameters[0, 0] == block.samples[0, 0, 0] == np.float32(2) + u


# Stages 2 and 6: effects.


def test_effects_of_a_day_are_set_then_scale_then_add() -> None:
    effects = [b.effect("add", 0, "add", 1.0), b.effect("scale", 0, "scale", 3.0), b.effect("set", 0, "set", 5.0)]
    assert path_of(b.model(2, quantities=(b.quantity("level", 2.0),), **acting(*effects))) == [16.0, 16.0]


def test_scales_multiply_and_the_last_set_wins() -> None:
    effects = [
        b.effect(f"effect{k}", 0, op, by) for k, (op, by) in enumerate([("set", 7.0), ("scale", 2.0), ("set", 3.0)])
    ]
    assert path_of(b.model(1, quantities=(b.quantity("level"),), **acting(*effects, n_slots=3))) == [24.0]


@pytest.mark.parametrize(("days", "steps"), [(0.0, 0), (2.49, 2), (2.5, 3), (9.0, 4), (-3.0, 0)])
def test_delays_round_to_the_nearest_step_and_keep_their_limits(days: float, steps: int) -> None:
    delay = b.size("Uniform", days, days)
    effect = b.effect("effect", 0, "add", 1.0, delay=delay, max_delay=4)
    model = b.model(6, quantities=(b.quantity("level"),), **acting(effect, cooldown=99))
    assert path_of(model) == [0.0] * steps + [1.0] * (6 - steps)


def test_a_drawn_delay_is_in_days_and_a_constant_one_in_steps() -> None:
    drawn = b.effect("drawn", 0, "add", 1.0, delay=b.size("Uniform", 14.0, 14.0))
    constant = b.effect("constant", 0, "add", 10.0, delay=1.0)
    model = b.model(4, step_days=7.0, quantities=(b.quantity("level"),), **acting(drawn, constant, cooldown=99))
    assert path_of(model) == [0.0, 10.0, 11.0, 11.0]


def test_conditions_of_effects_are_settled_on_the_morning_of_the_move() -> None:
    late = b.effect("late", 1, "add", 1.0, delay=2.0, condition=b.apply("eq", Quantity(0), 0.0))
    quantities = b.quantity("clock", 0.0, flows=[1.0]), b.quantity("level")
    assert path_of(b.model(5, quantities=quantities, **acting(late)), 1) == [0.0, 0.0, 1.0, 1.0, 1.0]


def test_an_effect_happens_where_its_uniform_is_below_its_probability() -> None:
    effect = b.effect("effect", 0, "add", 1.0, probability=0.4)
    model = b.model(12, quantities=(b.quantity("level"),), **acting(effect, n_slots=2))
    uniforms = [[uniform(words_on(step, effect.probability_slot, j)) for j in range(2)] for step in range(12)]
    assert path_of(model)[-1] == sum(u < 0.4 for day in uniforms for u in day)


def test_delayed_effects_come_in_the_order_of_their_events_before_the_choices_of_the_day() -> None:
    due = b.effect("due", 0, "set", b.size("Constant", Quantity(1)), delay=1.0)
    quantities = b.quantity("level"), b.quantity("clock", 0.0, flows=[1.0])
    available = {"moves": (b.chosen("act", [0], EAGER, available=b.apply("lt", Quantity(0), 1.0)),)}
    model = b.model(5, quantities=quantities, **acting(due) | available)
    # Acts on steps 0 and 1 (sizes 0 and 1); on step 2 the second is felt before it could choose again.
    assert path_of(model) == [0.0, 0.0, 1.0, 1.0, 1.0]
    assert run_once(model).counts.tolist() == [[2.0]]


# Stage 3: beliefs.


def belief(*updates: tuple[str, float, float]) -> m.Model:
    made = tuple(
        m.BeliefUpdate(f"update{k}", 0, rule, (0,), (), (Const(one), Const(two)))  # type: ignore[arg-type]
        for k, (rule, one, two) in enumerate(updates)
    )
    quantity = b.quantity("belief", 0.5, low=0.0, high=1.0, kind="belief", owner=0)
    return b.model(3, quantities=(quantity,), belief_updates=made, **acting())


def test_beliefs_move_on_the_day_after_the_event() -> None:
    assert path_of(belief(("delta", 1.0, 0.5))) == [0.5, 0.75, 0.875]


def test_bayes_rule_multiplies_the_odds() -> None:
    assert path_of(belief(("bayes", 0.75, 0.25)))[:2] == [0.5, 0.75]


def test_bayes_rule_leaves_a_belief_alone_where_the_event_was_impossible() -> None:
    assert path_of(belief(("bayes", 0.0, 0.0))) == [0.5, 0.5, 0.5]


def test_a_belief_is_cut_once_after_all_its_updates() -> None:
    model = belief(("delta", 2.0, 1.0), ("delta", 0.0, 0.75))
    assert path_of(model) == [0.5, 0.5, 0.5]
    assert run_once(model).clips.tolist() == [[0.0]]


# Stage 4: rules.


def test_a_rule_sees_what_earlier_rules_did() -> None:
    first = m.Rule("first", b.apply("eq", Quantity(0), 0.0), ((0, Const(1.0)),))
    second = m.Rule("second", b.apply("eq", Quantity(0), 1.0), ((0, Const(4.0)), (1, Quantity(0))))
    third = m.Rule("third", b.apply("eq", Quantity(0), 1.0), ((1, Const(9.0)),))
    model = b.model(2, quantities=(b.quantity("one"), b.quantity("two", high=3.0)), rules=(first, second, third))
    assert path_of(model, 0) == [4.0, 4.0]
    assert path_of(model, 1) == [3.0, 3.0]
    assert run_once(model).clips.tolist() == [[0.0, 1.0]]


# Stage 5: what is seen, and what is chosen.


def acts_when(condition: Node, n_steps: int, **parts: Any) -> list[float]:
    """Tell on which steps a move whose condition is given happens."""
    moves = {"moves": (b.chosen("act", [0], EAGER, available=condition),)}
    block = run_once(b.model(n_steps, **acting() | moves | parts))
    return np.diff(block.sample_counts[:, 0, 0], prepend=0).tolist()


def test_a_late_view_shows_the_morning_some_steps_ago_and_the_start_before_that() -> None:
    clock = b.quantity("clock", 0.0, flows=[1.0])
    views = (b.view("clock@blue", 0, lag=2),)
    assert acts_when(b.apply("eq", View(0), 0.0), 6, quantities=(clock,), views=views) == [1, 1, 1, 0, 0, 0]
    assert acts_when(b.apply("eq", View(0), 3.0), 6, quantities=(clock,), views=views) == [0, 0, 0, 0, 0, 1]


def test_the_error_of_a_view_stays_in_range_and_is_not_counted_as_a_cut() -> None:
    quantity, view = b.quantity("level", 0.5, low=0.0, high=1.0), b.view("level@blue", 0, error=100.0)
    model = b.model(20, quantities=(quantity,), views=(view,), **acting())
    inside = b.apply("and", b.apply("ge", View(0), 0.0), b.apply("le", View(0), 1.0))
    assert acts_when(inside, 20, quantities=(quantity,), views=(view,)) == [1] * 20
    above = [float(normal(words_on(step, view.slot)) > 0.004) for step in range(20)]
    assert acts_when(b.apply("gt", View(0), 0.9), 20, quantities=(quantity,), views=(view,)) == above
    assert run_once(model).clips.tolist() == [[0.0]]


def test_the_choice_is_the_largest_utility_plus_gumbel_and_hold_has_no_utility() -> None:
    utilities = [0.3, -0.2, 0.8]
    moves = [b.chosen(f"move{k}", [k], utility) for k, utility in enumerate(utilities)]
    channel = b.channel("channel", 0.7, [0, 1, 2], 2)
    leaves = [b.leaf(f"move{k}", k) for k in range(3)]
    model = b.model(15, moves=tuple(moves), leaves=tuple(leaves), channels=(channel,))
    expected = np.zeros(4)
    for step in range(15):
        for s in range(2):
            if uniform(words_on(step, channel.slot, s)) < np.float32(0.7):
                values = [
                    np.float32(v) + gumbel(words_on(step, move.slot, s))
                    for v, move in zip(utilities, moves, strict=True)
                ]
                expected[np.argmax([*values, gumbel(words_on(step, channel.hold_slot, s))])] += 1
    assert run_once(model).counts[0].tolist() == expected[:3].tolist()
    assert expected.min() > 0


def test_the_variant_is_the_available_one_with_the_largest_utility_plus_gumbel() -> None:
    leaves = [
        b.leaf("act[a]", 0, utility=1.0),
        b.leaf("act[b]", 0, utility=0.5),
        b.leaf("act[c]", 0, utility=EAGER, available=0.0),
    ]
    parts = acting() | {"leaves": tuple(leaves), "moves": (b.chosen("act", [0, 1, 2], EAGER),)}
    expected = [0.0, 0.0, 0.0]
    for step in range(12):
        values = [
            np.float32(v) + gumbel(words_on(step, leaf.slot)) for v, leaf in zip([1.0, 0.5], leaves, strict=False)
        ]
        expected[int(np.argmax(values))] += 1
    assert run_once(b.model(12, **parts)).counts[0].tolist() == expected


def test_a_move_without_an_available_variant_is_not_available() -> None:
    parts = acting() | {"leaves": (b.leaf("act[a]", 0, available=0.0),)}
    assert run_once(b.model(3, **parts)).counts.tolist() == [[0.0]]


@pytest.mark.parametrize(("cooldown", "per_day"), [(0, [3, 3, 3, 3]), (1, [1, 1, 1, 1]), (2, [1, 0, 1, 0])])
def test_a_cooldown_takes_the_rest_of_the_day_and_the_days_up_to_its_end(cooldown: int, per_day: list[int]) -> None:
    block = run_once(b.model(4, **acting(n_slots=3, cooldown=cooldown)))
    assert np.diff(block.sample_counts[:, 0, 0], prepend=0).tolist() == per_day


def test_spontaneous_counts_invert_the_poisson_distribution_and_count_their_cuts() -> None:
    move = b.spontaneous("accident", [0], 1.5, max_count=2)
    block = run_once(b.model(40, moves=(move,), leaves=(b.leaf("accident"),)))
    thresholds = np.cumsum([np.exp(-1.5) * term for term in (1, 1.5, 1.5**2 / 2)])
    counts = [int(np.searchsorted(thresholds, float(uniform(words_on(step, move.slot))))) for step in range(40)]
    assert np.diff(block.sample_counts[:, 0, 0], prepend=0).tolist() == [min(n, 2) for n in counts]
    assert block.cuts.tolist() == [[float(counts.count(3))]]
    assert counts.count(3) > 0


def test_a_spontaneous_move_that_is_not_available_neither_happens_nor_is_cut() -> None:
    move = b.spontaneous("accident", [0], 9.0, max_count=1, available=0.0)
    block = run_once(b.model(5, moves=(move,), leaves=(b.leaf("accident"),)))
    assert block.counts.tolist() == block.cuts.tolist() == [[0.0]]


def test_each_event_is_seen_by_a_draw_of_its_own() -> None:
    sighting = b.sighting("act@blue", 0, 0.5)
    memory = m.MemoryModel("memory", "recent", (), (0,), decay=1.0)
    record = b.quantity("record", 0.0, rest=Memory(0), relax=1.0)
    parts = {"sightings": (sighting,), "memories": (memory,), "quantities": (record,)}
    seen = [sum(uniform(words_on(step, sighting.slot, j)) < 0.5 for j in range(3)) for step in range(6)]
    # The drift of a step reads the memory of its morning: what was seen up to the day before.
    assert path_of(b.model(6, **acting(n_slots=3) | parts)) == [0.0, *np.cumsum(seen[:-1]).tolist()]


# Stage 8: memories, outcomes, ends.


def mornings_of(memory: m.MemoryModel, acts: list[int]) -> list[float]:
    """Give the value of a memory on each morning, where a move happens on the steps given as 1."""
    daily = np.array([acts], np.float32).T
    copy = m.Rule("copy", Const(1.0), ((0, Memory(0)),))
    moves = (b.chosen("act", [0], EAGER, available=Daily(0)),)
    parts = acting() | {"moves": moves, "daily": daily, "daily_names": ("acts",), "rules": (copy,)}
    return path_of(b.model(len(acts), quantities=(b.quantity("record"),), memories=(memory,), **parts))


def test_recent_decays_by_its_factor_each_step() -> None:
    memory = m.MemoryModel("recent", "recent", (0,), (), decay=0.5, initial=4.0)
    assert mornings_of(memory, [1, 0, 0, 1, 0]) == [4.0, 3.0, 1.5, 0.75, 1.375]


def test_recent_forgets_what_is_smaller_than_its_limit() -> None:
    memory = m.MemoryModel("recent", "recent", (0,), (), decay=1e-12, initial=1.0)
    assert mornings_of(memory, [0, 0, 0]) == single(1.0, 1e-12, 0.0)


def test_count_covers_the_last_steps_and_those_before_the_start() -> None:
    memory = m.MemoryModel("count", "count", (0,), (), window=3, initial=6.0, initial_window=(3.0, 1.0, 2.0))
    assert mornings_of(memory, [1, 0, 0, 1, 1]) == [6.0, 4.0, 3.0, 1.0, 1.0]


def test_since_is_one_on_the_morning_after_and_stops_at_its_limit() -> None:
    memory = m.MemoryModel("since", "since", (0,), (), initial=m.SINCE_NEVER - 1)
    never = m.SINCE_NEVER
    assert mornings_of(memory, [0, 0, 1, 0, 0]) == [never - 1, never, never, 1.0, 2.0]


def test_ever_stays_true() -> None:
    memory = m.MemoryModel("ever", "ever", (0,), ())
    assert mornings_of(memory, [0, 1, 0, 0]) == [0.0, 0.0, 1.0, 1.0]


OUTCOMES: dict[m.OutcomeKind, float] = {
    "any": 1.0, "first": 3.0, "max": 4.0, "min": 2.0, "mean": 3.0, "sum": 9.0, "final": 4.0,
}  # fmt: skip


@pytest.mark.parametrize("kind", OUTCOMES)
def test_outcomes_reduce_the_steps_of_their_window(kind: m.OutcomeKind) -> None:
    clock = b.quantity("clock", 0.0, flows=[1.0])  # 1, 2, 3, ... at the end of steps 0, 1, 2, ...
    formula = b.apply("eq", Quantity(0), 4.0) if kind in {"any", "first"} else Quantity(0)
    outcome = b.outcome("outcome", kind, formula, first_step=1, last_step=3)
    assert run_once(b.model(6, quantities=(clock,), outcomes=(outcome,))).outcomes.tolist() == [[OUTCOMES[kind]]]


def test_an_outcome_counts_the_events_of_its_window() -> None:
    outcome = b.outcome("outcome", "count", leaves=[0], first_step=1, last_step=2)
    assert run_once(b.model(5, outcomes=(outcome,), **acting(n_slots=2))).outcomes.tolist() == [[4.0]]


def test_what_never_happens_is_zero_and_its_first_step_minus_one() -> None:
    outcomes = (
        b.outcome("any", "any", 0.0),
        b.outcome("first", "first", 0.0),
        b.outcome("late", "mean", 1.0, first_step=9),
    )
    outcomes += (b.outcome("later", "first", 1.0, first_step=9),)
    assert run_once(b.model(3, outcomes=outcomes)).outcomes.tolist() == [[0.0, -1.0, 0.0, -1.0]]


def test_after_its_end_a_run_keeps_its_last_values() -> None:
    clock = b.quantity("clock", 0.0, flows=[1.0])
    outcomes = b.outcome("final", "final", Quantity(0)), b.outcome("late", "final", Quantity(0), first_step=2)
    ends = (b.apply("ge", Quantity(0), 2.0),)
    block = run_once(b.model(5, quantities=(clock,), outcomes=outcomes, ends=ends, **acting()))
    assert block.samples[:, 0, 0].tolist() == [1.0, 2.0, 2.0, 2.0, 2.0]
    assert block.sample_counts[:, 0, 0].tolist() == [1.0, 2.0, 2.0, 2.0, 2.0]
    assert block.outcomes.tolist() == [[2.0, 0.0]]
    assert block.last_step.tolist() == [1.0]
