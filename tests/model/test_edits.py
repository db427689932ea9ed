"""Each edit on a small scenario whose answer is known, from its text to the history that the reference tells."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest

from offramp.core.errors import InputError
from offramp.engine.formula import Reading, evaluate
from offramp.expr.ir import Const
from offramp.model.intervention import EMPTY
from offramp.model.lower import lower
from tests.engines.engines import differences
from tests.model.edited import block, days_of, differs, intervene, path_of, told
from tests.model.small import ALWAYS, CERTAIN

# Blue acts on each of the ten days, red never; `x` stays at 0.5.
ACTS = {"title": "Act", "utility": ALWAYS}
NEVER = {"base": -100}
MOVES = {
    "blue.act": ACTS,
    "blue.talk": {"title": "Talk", "utility": NEVER},
    "red.act": {"title": "Act", "utility": NEVER},
}
RAISES = {"blue.act": ACTS | {"effects": [{"on": "x", "add": 0.1}]}}
LEVEL = {"kind": "level", "unit": "index", "range": [0, 1], "start": 0.5}
TEN = list(range(10))


def channels(**of_blue):
    """Two actors, of whom blue has these channels."""
    red = {"title": "Red", "kind": "state", "channels": {"force": {"opportunities": CERTAIN}}}
    return {"blue": {"title": "Blue", "kind": "state", "channels": of_blue}, "red": red}


def test_a_forbidden_move_does_not_happen_in_its_window(loaded):
    history = told(loaded(moves=MOVES), "forbid blue.act from 2020-01-03 until 2020-01-05")
    assert days_of(history, "blue.act") == [0, 1, 5, 6, 7, 8, 9]
    assert days_of(history, "blue.talk") == []


def test_all_moves_of_an_actor_are_forbidden_at_once(loaded):
    assert told(loaded(moves=MOVES), "forbid blue.*").events == ()


def test_a_forbidden_variant_leaves_the_others(loaded):
    variants = {"here": {"utility": {"base": 50}}, "there": {}}
    history = told(loaded(moves={"blue.act": ACTS | {"variants": variants}}), "forbid blue.act[here]")
    assert days_of(history, "blue.act[there]") == TEN


def test_a_replaced_move_gives_its_place_to_another(loaded):
    history = told(loaded(moves=MOVES), "replace blue.act with blue.talk until 2020-01-04")
    assert days_of(history, "blue.talk") == [0, 1, 2, 3]
    assert days_of(history, "blue.act") == [4, 5, 6, 7, 8, 9]


def test_nothing_happens_where_the_replacement_cannot(loaded):
    moves = MOVES | {"blue.talk": {"title": "Talk", "utility": NEVER, "requires": "x > 0.6"}}
    assert told(loaded(moves=moves), "replace blue.act with blue.talk").events == ()


def test_only_the_cooldown_of_the_replacement_starts(loaded):
    moves = {
        "blue.act": ACTS | {"cooldown": "5 d"},
        "blue.talk": {"title": "Talk", "utility": NEVER, "cooldown": "3 d"},
    }
    history = told(loaded(moves=moves), "replace blue.act with blue.talk")
    assert days_of(history, "blue.talk") == [0, 3, 6, 9]


def test_only_the_replacement_enters_memory(loaded):
    quantities = {"x": LEVEL, "acts": LEVEL | {"range": [0, 99], "start": 0, "rest": "count(blue.act, 9 d)"}}
    quantities["acts"]["half_life"] = "0.001 d"
    history = told(loaded(moves=MOVES, quantities=quantities), "replace blue.act with blue.talk")
    assert set(path_of(history, "acts")) == {0.0}


def test_two_moves_that_replace_each_other_both_stay_away(loaded):
    assert told(loaded(moves=MOVES), "replace blue.act with blue.talk", "replace blue.talk with blue.act").events == ()


def test_a_move_gives_way_to_one_variant_of_another_even_if_that_is_not_the_best(loaded):
    variants = {"here": {"utility": {"base": 50}}, "there": {}}
    moves = {"blue.act": {"title": "Act", "utility": NEVER, "variants": variants}, "blue.talk": ACTS}
    history = told(loaded(moves=moves), "replace blue.talk with blue.act[there]")
    assert days_of(history, "blue.act[there]") == TEN


def test_an_event_in_its_own_channels_place_has_the_number_of_the_slot(loaded):
    history = told(loaded(moves=MOVES), "replace blue.act with blue.talk")
    assert {event.occurrence for event in history.events} == {0}


def test_an_actor_is_made_to_do_one_thing_in_place_of_all(loaded):
    history = told(loaded(moves=MOVES), "replace blue.* with blue.talk")
    assert {event.leaf for event in history.events} == {"blue.talk"}


def test_a_variant_gives_way_to_the_others_of_its_move(loaded):
    variants = {"here": {"utility": {"base": 50}}, "there": {}}
    scenario = loaded(moves={"blue.act": ACTS | {"variants": variants}})
    for by in ("blue.act", "blue.act[there]"):
        assert days_of(told(scenario, f"replace blue.act[here] with {by}"), "blue.act[there]") == TEN


def test_an_event_in_another_channels_place_has_noise_of_its_own(loaded):
    words = {"force": {"opportunities": CERTAIN}, "words": {"opportunities": CERTAIN}}
    moves = {
        "blue.act": ACTS | {"channel": "force"},
        "blue.talk": ACTS | {"channel": "words", "effects": [{"on": "x", "add": "Normal(0, 0.1)"}]},
    }
    history = told(loaded(moves=moves, actors=channels(**words)), "replace blue.act with blue.talk")
    sizes = [event.effects[0].size for event in history.events if event.step == 0]
    assert len(set(sizes)) == 2


def test_a_spontaneous_move_is_replaced_event_by_event(loaded):
    moves = {
        "blue.slip": {"title": "Slip", "rate": "50 / day", "max_per_day": 3},
        "blue.trip": {"title": "Trip", "rate": 0},
    }
    history = told(loaded(moves=moves), "replace blue.slip with blue.trip from 2020-01-10")
    assert days_of(history, "blue.slip") == sorted(3 * list(range(9)))
    assert days_of(history, "blue.trip") == [9, 9, 9]


def test_a_forced_move_happens_whatever_stands_against_it(loaded):
    moves = MOVES | {"red.act": {"title": "Act", "utility": NEVER, "requires": "x > 0.9", "cooldown": "20 d"}}
    history = told(
        loaded(moves=moves), "force red.act on 2020-01-04", "force red.act on 2020-01-06", "forbid red.act",
        "replace red.act with red.act",
    )  # fmt: skip
    assert days_of(history, "red.act") == [3, 5]


def test_a_forced_move_needs_no_opportunity_and_starts_its_cooldown(loaded):
    actors = channels(force={"opportunities": "1e-30 / day"})
    moves = {"blue.act": ACTS | {"cooldown": "4 d"}}
    assert days_of(told(loaded(moves=moves, actors=actors), "force blue.act on 2020-01-02"), "blue.act") == [1]
    history = told(loaded(moves=moves), "force blue.act on 2020-01-03")
    assert days_of(history, "blue.act") == [0, 2, 6]


def test_forced_moves_of_one_channel_take_its_slots_in_order(loaded):
    actors = channels(force={"opportunities": "1e-30 / day", "max_per_day": 2})
    moves = {"blue.act": ACTS, "blue.talk": ACTS}
    history = told(loaded(moves=moves, actors=actors), "force blue.talk on 2020-01-02", "force blue.act on 2020-01-02")
    assert [(event.leaf, event.occurrence) for event in history.events] == [("blue.talk", 0), ("blue.act", 1)]


def test_a_replacement_of_what_is_forbidden_besides_is_warned_of(loaded):
    scenario = loaded(moves=MOVES)
    (note,) = intervene(scenario, "forbid blue.act", "replace blue.act with blue.talk").notes
    assert (note.code, note.level, str(note.place)) == ("W703", "warning", "--do 2:1:1")
    edits = ["forbid blue.act from 2020-01-05", "replace blue.act with blue.talk until 2020-01-06"]
    assert intervene(scenario, *edits).notes == ()


def test_moves_that_may_be_forced_beyond_the_slots_are_warned_of(loaded):
    scenario = loaded(moves=MOVES)
    edits = ["if count(blue.act, 5 d) > 3 then force blue.act while", "force blue.talk on 2020-01-02"]
    (note,) = intervene(scenario, *edits).notes
    assert (note.code, note.level, str(note.place)) == ("W702", "warning", "--do 2:1:1")
    assert intervene(scenario, edits[0]).notes == ()
    assert intervene(scenario, edits[0], "force blue.act on 2020-01-02").notes == ()  # one move, twice


def test_more_forced_moves_than_slots_are_refused_where_they_stand(loaded):
    scenario = loaded(moves=MOVES)
    with pytest.raises(InputError) as caught:
        intervene(scenario, "force blue.act on 2020-01-02", "force blue.talk on 2020-01-02")
    (problem,) = caught.value.problems
    assert (problem.code, str(problem.place)) == ("E709", "--do 2:1:1")
    assert "`blue.force`" in problem.message
    assert intervene(scenario, "force blue.act on 2020-01-02", "force blue.talk on 2020-01-03").forces


def test_a_forced_variant_is_that_one_and_of_a_move_one_that_is_available(loaded):
    variants = {"here": {"utility": {"base": 50}, "requires": "x > 0.9"}, "there": {}}
    scenario = loaded(moves={"blue.act": {"title": "Act", "utility": NEVER, "variants": variants}})
    history = told(scenario, "force blue.act[here] on 2020-01-02", "force blue.act on 2020-01-03")
    assert [(event.step, event.leaf) for event in history.events] == [(1, "blue.act[here]"), (2, "blue.act[there]")]
    everywhere = {"here": variants["here"], "there": {"requires": "x > 0.9"}}
    scenario = loaded(moves={"blue.act": {"title": "Act", "utility": NEVER, "variants": everywhere}})
    assert days_of(told(scenario, "force blue.act on 2020-01-03"), "blue.act[here]") == [2]


def test_a_forced_move_keeps_to_variants_that_are_not_forbidden_as_long_as_there_is_one(loaded):
    variants = {"here": {"utility": {"base": 50}}, "there": {}}
    scenario = loaded(moves={"blue.act": {"title": "Act", "utility": NEVER, "variants": variants}})
    force = "force blue.act on 2020-01-02"
    assert days_of(told(scenario, force, "forbid blue.act[here]"), "blue.act[there]") == [1]
    assert days_of(told(scenario, force, "forbid blue.act"), "blue.act[here]") == [1]


def test_forced_moves_that_may_not_meet_are_not_refused_and_the_first_takes_the_slot(loaded):
    history = told(
        loaded(moves=MOVES, quantities={"x": LEVEL}), "if x > 0.4 then force blue.talk on 2020-01-03 once",
        "if x < 0.6 then force blue.act on 2020-01-03 once", "scale blue.force.opportunities by 0",
    )  # fmt: skip
    assert [(event.step, event.leaf) for event in history.events] == [(2, "blue.talk")]


def test_a_forced_spontaneous_move_happens_at_least_once(loaded):
    often = {"title": "Slip", "rate": "50 / day", "max_per_day": 2}
    scenario = loaded(moves={"blue.slip": {"title": "Slip", "rate": 0}, "blue.trip": often})
    history = told(scenario, "force blue.slip on 2020-01-05", "force blue.trip on 2020-01-05")
    assert days_of(history, "blue.slip") == [4]
    assert days_of(history, "blue.trip").count(4) == 2


def test_a_quantity_is_set_on_one_morning_and_goes_on_from_there(loaded):
    history = told(loaded(moves=RAISES), "set x = x / 10 on 2020-01-03")
    assert path_of(history, "x")[:5] == [0.6, 0.7, 0.17, 0.27, 0.37]


def test_a_set_beyond_the_range_is_cut_and_counted(loaded):
    scenario = loaded()
    model = lower(scenario)
    result = block(model, intervene(scenario, "set x = 3 * x on 2020-01-03", model=model), n_runs=1)
    assert result.samples[:4, 0, 0].tolist() == [0.5, 0.5, 1.0, 1.0]
    assert result.clips.tolist() == [[1.0]]


def test_a_held_quantity_keeps_its_value_against_effects_rules_and_drift(loaded):
    quantities = {"x": LEVEL | {"rest": 0, "half_life": "1 d", "noise": 0.1}}
    history = told(loaded(moves=RAISES, quantities=quantities), "hold x = 0.25 from 2020-01-02 until 2020-01-04")
    values = path_of(history, "x")
    assert values[1:4] == [0.25] * 3
    assert 0.25 not in (values[0], *values[4:])


def test_a_held_quantity_is_read_as_held_all_day(loaded):
    moves = {"blue.act": ACTS | {"requires": "x > 0.8"}}
    history = told(loaded(moves=moves), "hold x = 0.9 until 2020-01-03")
    assert days_of(history, "blue.act") == TEN  # it stays where it was held
    history = told(loaded(moves=moves), "hold x = 0.9 until 2020-01-03", "set x = 0.5 on 2020-01-04")
    assert days_of(history, "blue.act") == [0, 1, 2]


def test_a_quantity_held_at_itself_stays_as_it_was(loaded):
    delayed = {"blue.act": ACTS | {"effects": [{"on": "x", "add": 0.05, "delay": "2 d"}]}}
    values = path_of(told(loaded(moves=delayed), "hold x = x from 2020-01-04 until 2020-01-06"), "x")
    assert values == [0.5, 0.5, 0.55, 0.6, 0.6, 0.6, 0.65, 0.7, 0.75, 0.8]


def test_what_is_held_is_held_against_rules_before_anyone_chooses(loaded):
    pledge = {"kind": "truce", "by": "blue", "to": "red", "offer": "blue.talk", "condition": "x > 0.4", "until": "90 d"}
    moves = MOVES | {"red.act": {"title": "Act", "utility": ALWAYS, "requires": "pledge.truce.active == 1"}}
    scenario = loaded(moves=moves, pledges={"truce": pledge})
    offer = "force blue.talk on 2020-01-02"
    assert days_of(told(scenario, offer), "red.act") == [2, 3, 4, 5, 6, 7, 8, 9]
    assert days_of(told(scenario, offer, "hold pledge.truce.active = 0"), "red.act") == []


def test_what_is_held_is_held_against_learning_before_it_is_read_again(loaded):
    learns = [{"on": "blue.act", "toward": 1, "rate": 0.5}]
    belief = {"kind": "belief", "unit": "probability", "owner": "red", "start": 0.5, "updates": learns}
    scenario = loaded(moves=MOVES, quantities={"fear": belief})
    assert path_of(told(scenario, "hold fear = fear from 2020-01-03"), "fear") == [0.5, 0.75] + 8 * [0.875]


def test_what_is_held_is_held_against_effects_before_anything_flows_from_it(loaded):
    quantities = {"x": LEVEL, "y": {"kind": "stock", "unit": "1"}}
    flows = {"flow": {"on": "y", "per_day": "x"}}
    history = told(loaded(moves=RAISES, quantities=quantities, mechanisms=flows), "hold x = 0.25")
    assert path_of(history, "y")[:4] == [0.25, 0.5, 0.75, 1.0]


def test_the_later_of_two_holds_has_its_way_while_both_last(loaded):
    history = told(loaded(moves=RAISES), "hold x = 0.2", "hold x = 0.3 until 2020-01-02")
    assert path_of(history, "x")[:4] == [0.3, 0.3, 0.2, 0.2]


def test_a_shift_moves_a_parameter_in_every_run(loaded):
    scenario = loaded(parameters={"a": {"prior": "Normal(0, 1)"}, "b": {"prior": "Normal(0, 1)"}})
    model = lower(scenario)
    plain, shifted = block(model), block(model, intervene(scenario, "shift parameter.a by 2.5", model=model))
    difference = shifted.parameters - plain.parameters
    assert difference.round(5).tolist() == [[2.5, 0.0]] * 4


def test_a_scaled_rate_stops_at_zero_and_is_certain_when_large(loaded):
    slow = channels(force={"opportunities": "0.05 / day"})
    scenario = loaded(moves=MOVES, actors=slow)
    assert told(scenario, "scale blue.force.opportunities by 0").events == ()
    history = told(scenario, "scale blue.force.opportunities by 2000 from 2020-01-04", run=2)
    assert days_of(history, "blue.act")[-7:] == [3, 4, 5, 6, 7, 8, 9]


def test_factors_of_one_rate_multiply(loaded):
    scenario = loaded(moves=MOVES)
    model = lower(scenario)
    twice = intervene(
        scenario, "scale blue.force.opportunities by 0.25", "scale blue.force.opportunities by 4 from 2020-01-06",
        model=model,
    )  # fmt: skip
    once = intervene(scenario, "scale blue.force.opportunities by 0.25 until 2020-01-05", model=model)
    assert differences(block(model, twice), block(model, once)) == []


@pytest.mark.parametrize("rate", [0.001, 0.03, 0.3, 0.7, 1.9])
def test_where_no_factor_is_in_force_the_chance_is_the_scenarios_own(loaded, rate):
    scenario = loaded(moves=MOVES, actors=channels(force={"opportunities": f"{rate} / day"}))
    model = lower(scenario)
    (scale,) = intervene(scenario, "scale blue.force.opportunities by 3 from 2020-01-05", model=model).scales

    def chance(active: float) -> float:
        return float(evaluate(scale.node, Reading((), (), (), np.zeros(0, np.float32), active=[np.float32(active)])))

    own = model.channels[scale.index].probability
    assert isinstance(own, Const)
    assert chance(0) == np.float32(own.value)
    assert chance(1) == pytest.approx(-math.expm1(-3 * rate), rel=1e-6)


def test_a_spontaneous_rate_is_scaled(loaded):
    scenario = loaded(moves={"blue.slip": {"title": "Slip", "rate": "50 / day", "max_per_day": 2}})
    history = told(scenario, "scale blue.slip.rate by 0 from 2020-01-03")
    assert days_of(history, "blue.slip") == [0, 0, 1, 1]


def test_an_edit_comes_into_force_for_good_once_its_condition_holds(loaded):
    history = told(loaded(moves=RAISES), "if x > 0.65 then forbid blue.act once")
    assert days_of(history, "blue.act") == [0, 1]  # 0.7 on the morning of the third day
    history = told(loaded(moves=RAISES), "if x > 0.65 then set x = 0 once")
    assert path_of(history, "x")[:5] == [0.6, 0.7, 0.1, 0.2, 0.3]


def test_an_edit_is_in_force_on_the_days_on_which_its_condition_holds(loaded):
    history = told(loaded(moves=RAISES), "if x > 0.65 then set x = 0 while")
    assert path_of(history, "x") == [0.6, 0.7, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.1]
    history = told(loaded(moves=MOVES), "if after(2020-01-04) then forbid blue.act while until 2020-01-06")
    assert days_of(history, "blue.act") == [0, 1, 2, 6, 7, 8, 9]


def test_a_move_is_forced_when_its_condition_first_holds_or_on_each_such_day(loaded):
    rising = {"x": LEVEL | {"start": 0}}
    moves = {"blue.act": RAISES["blue.act"], "red.act": MOVES["red.act"]}
    scenario = loaded(moves=moves, quantities=rising)
    assert days_of(told(scenario, "if x > 0.55 then force red.act once"), "red.act") == [6]
    assert days_of(told(scenario, "if x > 0.55 then force red.act while"), "red.act") == [6, 7, 8, 9]
    assert days_of(told(scenario, "if x > 0.25 then force red.act on 2020-01-09 once"), "red.act") == [8]
    assert days_of(told(scenario, "if x < 0.25 then force red.act on 2020-01-09 while"), "red.act") == []


def test_a_window_outside_says_when_the_condition_is_watched_and_one_inside_when_the_edit_acts(loaded):
    scenario = loaded(moves=MOVES)
    early = "if before(2020-01-03) then forbid blue.act from 2020-01-06 once"
    assert days_of(told(scenario, early), "blue.act") == [0, 1, 2, 3, 4]
    assert days_of(told(scenario, f"{early} from 2020-01-04"), "blue.act") == TEN
    assert days_of(told(scenario, f"{early} until 2020-01-08"), "blue.act") == [0, 1, 2, 3, 4, 8, 9]
    inside = "if after(2020-01-02) then forbid blue.act until 2020-01-04 once"
    assert days_of(told(scenario, inside), "blue.act") == [0, 4, 5, 6, 7, 8, 9]


def test_a_condition_may_remember_what_the_scenario_does_not(loaded):
    scenario = loaded(moves=MOVES)
    model = lower(scenario)
    assert model.memories == ()
    edit = intervene(scenario, "if count(blue.act, 2 d) > 1 then forbid blue.act while", model=model)
    assert [memory.path for memory in edit.memories] == ["count(blue.act, 2 d)"]
    history = told(scenario, "if count(blue.act, 2 d) > 1 then forbid blue.act while")
    assert days_of(history, "blue.act") == [0, 1, 3, 4, 6, 7, 9]


def test_edits_of_one_day_act_in_order(loaded):
    edits = ["set x = 0.2 on 2020-01-02", "set x = 2 * x on 2020-01-02"]
    assert path_of(told(loaded(), *edits), "x")[1] == 0.4
    assert path_of(told(loaded(), *reversed(edits)), "x")[1] == 0.2


def test_edits_act_before_the_rules_of_pledges(loaded):
    pledge = {"kind": "truce", "by": "blue", "to": "red", "offer": "blue.talk", "condition": "x > 0.8", "until": "90 d"}
    scenario = loaded(moves=MOVES, pledges={"truce": pledge})
    history = told(scenario, "force blue.talk on 2020-01-02", "set x = 0.9 on 2020-01-04")
    assert path_of(history, "pledge.truce.active") == [0, 0, 0, 1, 1, 1, 1, 1, 1, 1]


def test_an_announced_edit_moves_the_beliefs_that_are_told_of_it(loaded):
    belief = {"kind": "belief", "unit": "probability", "owner": "red", "start": 0.5, "told_by": {"blue.act": 0.125}}
    scenario = loaded(moves=MOVES, quantities={"x": LEVEL, "fear": belief})
    assert set(path_of(told(scenario, "forbid blue.act"), "fear")) == {0.5}
    for edit in ("forbid blue.act announced from 2020-01-03", "forbid blue.* from 2020-01-03 announced",
                 "if after(2020-01-03) then forbid blue.act announced once"):  # fmt: skip
        assert path_of(told(scenario, edit), "fear") == [0.5, 0.5] + 8 * [0.125]
    assert path_of(told(scenario, "force blue.act on 2020-01-09 announced"), "fear")[7:] == [0.5, 0.125, 0.125]


def test_a_belief_is_told_what_it_lists_of_the_edits_own_subject(loaded):
    telling = {"blue.*": 0.25, "blue.act": 0.125, "blue.force.opportunities": 0.375}
    belief = {"kind": "belief", "unit": "probability", "owner": "red", "start": 0.5, "told_by": telling}
    scenario = loaded(moves=MOVES, quantities={"x": LEVEL, "fear": belief})
    edits = [
        "forbid blue.*",
        "forbid blue.act",
        "replace blue.act with blue.talk",
        "scale blue.force.opportunities by 2",
    ]
    fears = [path_of(told(scenario, f"{edit} announced"), "fear")[0] for edit in edits]
    assert fears == [0.25, 0.125, 0.125, 0.375]


def test_who_lists_only_a_rate_of_an_actor_is_not_told_of_its_moves(loaded):
    telling = {"blue.force.opportunities": 0.375}
    belief = {"kind": "belief", "unit": "probability", "owner": "red", "start": 0.5, "told_by": telling}
    with pytest.raises(InputError) as caught:
        intervene(loaded(moves=MOVES, quantities={"x": LEVEL, "fear": belief}), "forbid blue.* announced")
    assert [problem.code for problem in caught.value.problems] == ["E361"]


def test_what_a_belief_is_told_may_be_a_parameter_that_is_drawn_in_any_case(loaded):
    belief = {"kind": "belief", "unit": "1", "owner": "red", "start": 0.5, "told_by": {"x": "Beta(2, 2)"}}
    scenario = loaded(quantities={"x": LEVEL, "fear": belief})
    model = lower(scenario)
    assert [parameter.path for parameter in model.parameters] == ["fear.told_by.x"]
    result = block(model, intervene(scenario, "hold x = 0.1 announced", model=model))
    assert result.samples[0, 0].tolist() == result.parameters[:, 0].tolist()


@pytest.mark.parametrize(
    ("edit", "is_noted"),
    [
        ("scale blue.force.opportunities by 1", False),
        ("shift parameter.a by 0", False),
        ("shift x.seen_by.red.error by 0.1", True),  # no formula of red's reads `x`
        ("set x = 0.2 on 2020-01-09", True),
        ("forbid blue.act until 2020-01-02", True),
        ("replace blue.act with blue.act", True),
    ],
)
def test_an_edit_that_can_do_nothing_in_this_run_is_no_edit_at_all(loaded, edit, is_noted):
    seen = {"x": LEVEL | {"seen_by": {"blue": {}, "red": {"error": "Gamma(2, 9)"}}}}
    scenario = loaded(moves=MOVES, quantities=seen, parameters={"a": {"prior": "Normal(0, 1)"}})
    model = lower(scenario, start=date(2020, 1, 3), end=date(2020, 1, 8))
    null = intervene(scenario, edit, model=model)
    assert null.is_null
    assert null.first_step is None
    assert [note.code for note in null.notes] == ["W701"] * is_noted
    assert differences(block(model), block(model, null)) == []


def test_an_edit_that_finds_nothing_to_do_gives_the_same_bits_as_none(loaded):
    scenario = loaded(moves=MOVES)
    model = lower(scenario)
    idle = intervene(
        scenario, "forbid blue.talk", "replace red.act with red.act", "scale red.force.opportunities by 2",
        "if x > 2 then forbid blue.act once", "hold x = 0.5", model=model,
    )  # fmt: skip
    assert not idle.is_null
    assert differences(block(model), block(model, idle)) == []
    assert not differs(block(model), block(model, idle)).any()


def test_no_edits_are_the_empty_intervention(loaded):
    assert vars(intervene(loaded())) == vars(EMPTY)


def test_an_edit_outside_the_run_changes_nothing_and_says_so(loaded):
    scenario = loaded(moves=MOVES)
    model = lower(scenario, end=date(2020, 1, 5))
    null = intervene(scenario, "forbid blue.act from 2020-01-08", model=model)
    (note,) = null.notes
    assert null.is_null
    assert (note.code, note.level, str(note.place)) == ("W701", "warning", "--do 1:1:1")


def test_days_of_an_edit_mean_the_steps_that_hold_them(loaded):
    clock = {"start": "2020-01-01", "days": 70, "step": "1 week"}
    scenario = loaded(moves=MOVES, scenario={"name": "weeks", "title": "Weeks", "clock": clock})
    history = told(scenario, "forbid blue.act from 2020-01-10 until 2020-01-24", "force red.act on 2020-01-21")
    assert days_of(history, "blue.act") == [0, 4, 5, 6, 7, 8, 9]
    assert days_of(history, "red.act") == [2]


def test_the_trail_differs_from_the_step_on_which_runs_do(loaded):
    scenario = loaded(moves=RAISES)
    model = lower(scenario)
    edited = block(model, intervene(scenario, "forbid blue.act from 2020-01-04 until 2020-01-04", model=model))
    assert differs(block(model), edited).tolist() == [[False] * 4] * 3 + [[True] * 4] * 7


def test_a_run_that_is_over_keeps_a_trail(loaded):
    scenario = loaded(moves=RAISES, ends=["x > 0.75"])
    trail = block(lower(scenario)).trail
    assert trail is not None
    assert trail.shape == (10, 4)
    assert len({tuple(row) for row in trail}) == 10
