"""What check says to a reader who does not know the language: one sentence of what is wrong, one of what to write."""

import os

import pytest

from offramp.scenario.check import check_source
from offramp.scenario.codes.entry import BASE
from tests.scenario.folders import changed, write

TERM = 'utility: {base: "Normal(-3, 1)"}'
EVIDENCE = "evidence: {status: assumed, why: a sketch}"
PLEDGE = f"pledges:\n  x: {{kind: threat, by: blue, to: guard, offer: blue.strike, fulfil: blue.strike, {EVIDENCE}}}\n"


def only(folder):
    """The one problem of a scenario."""
    (problem,) = check_source(folder)
    return problem


def only_of(tmp_path, *edits, more=""):
    return only(write(tmp_path, changed(*edits) + more))


def test_a_move_where_a_list_is_wanted_is_shown_as_a_list(tmp_path):
    assert only_of(tmp_path, more=PLEDGE).hint == "Write `[blue.strike]`."


@pytest.mark.parametrize("kept", ["blue_deaths", "resolve"])
def test_an_entry_renamed_into_another_is_one_problem(tmp_path, kept):
    assert only_of(tmp_path, (f"  {kept}:\n", "  tension:\n")).code == "E108"


def test_a_misspelt_name_is_found_beside_an_id_written_twice(tmp_path):
    text = changed(("  blue_deaths:\n", "  tension:\n"), ("any(tension > 0.95)", "any(tensoin > 0.95)"))
    assert [problem.code for problem in check_source(write(tmp_path, text))] == ["E108", "E201"]


def test_an_entry_renamed_in_a_part_is_one_problem(tmp_path):
    part = f"quantities:\n  tension: {{kind: flag, unit: '1', {EVIDENCE}}}\n"
    text = changed((TERM, "utility: {base: 1 * at_war}")) + "include: [part.yaml]\n"
    assert [problem.code for problem in check_source(write(tmp_path, text, part__yaml=part))] == ["E117"]


def test_a_section_written_twice_keeps_the_names_of_both(tmp_path):
    outcomes = "outcomes:\n  raids: count(guard.raid)\n  war: any(tension > 0.5)\n"
    policies = "policies: {calm: [forbid blue.strike]}\nclaims: {}\n"
    problems = check_source(write(tmp_path, changed(("edit: restraint", "edit: calm")) + outcomes + policies))
    said = [problem.message.partition(" is")[0] for problem in problems]
    assert {problem.code for problem in problems} == {"E108"}
    assert sorted(said) == ["`claims`", "`outcomes`", "`policies`", "`war`"]


def test_a_belief_without_owner_is_one_problem(tmp_path):
    assert only_of(tmp_path, ("    owner: guard\n", "")).code == "E332"


def test_a_belief_of_an_unknown_owner_is_one_problem(tmp_path):
    assert only_of(tmp_path, ("    owner: guard\n", "    owner: gaurd\n")).code == "E203"


@pytest.mark.parametrize(("written", "meant"), [("ln", "log"), ("sigmoid", "logistic"), ("logg", "log")])
def test_the_name_of_a_function_elsewhere_leads_to_ours(tmp_path, written, meant):
    problem = only_of(tmp_path, (TERM, f"utility: {{base: {written}(tension)}}"))
    assert (problem.code, problem.hint) == ("E213", f"Did you mean `{meant}`?")


@pytest.mark.parametrize("end", ["end: 9999-12-31", "days: 99999999999"])
def test_a_clock_that_never_ends_names_the_limit(tmp_path, end):
    problem = only_of(tmp_path, ("days: 180", end))
    assert problem.code == "E618"
    assert "9000-01-01" in problem.message
    assert "40,000 steps" in problem.hint


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("1.5", "`1.5` is too high; a probability is from 0 to 1."),
        ("-0.5", "`-0.5` is too low; a probability is from 0 to 1."),
        ("3 * 0.5", "`3 * 0.5` is 1.5; a probability is from 0 to 1."),
        ("Uniform(0, 1.5)", "`Uniform(0, 1.5)` can be as high as 1.5; a probability is from 0 to 1."),
        ("Gamma(2, 2)", "`Gamma(2, 2)` can be anything; a probability is from 0 to 1."),
    ],
)
def test_a_number_is_and_only_what_varies_can_be(tmp_path, written, said):
    edit = ("{on: tension, add: 0.2}", f'{{on: tension, add: 0.2, probability: "{written}"}}')
    assert only_of(tmp_path, edit).message == said


def test_a_half_life_is_what_it_is(tmp_path):
    assert only_of(tmp_path, ("half_life: 20 d", "half_life: -20 d")).message.startswith("`-20 d` is 0 or less;")


def test_the_scenario_itself_is_no_name(tmp_path):
    problem = only(write(tmp_path, BASE.removeprefix("offramp: 1\n")))
    assert (problem.message, problem.hint) == ("The scenario lacks `offramp`.", "Begin with `offramp: 1`.")


@pytest.mark.parametrize("name", ["tension.__class__", "half"])
def test_known_names_are_few_and_the_nearest(tmp_path, name):
    more = "".join(f"  other_{number}: {{kind: flag, unit: '1', {EVIDENCE}}}\n" for number in range(30))
    text = changed(("quantities:\n", f"quantities:\n{more}"), (TERM, f'utility: {{base: "1 * {name}"}}'))
    hint = next(problem.hint for problem in check_source(write(tmp_path, text)) if problem.level == "error")
    listed = hint.partition(": ")[2].split(", ")
    assert len(listed) == 8
    assert listed[-1].endswith(" more.")
    if name != "half":
        assert listed[0] == "tension"


@pytest.mark.parametrize("character", ["\x07", "\x1b", "\ufffe"])
def test_a_character_that_cannot_be_seen_is_found(tmp_path, character):
    problem = only_of(tmp_path, ("title: Air strike", f"title: Air {character}strike"))
    line = BASE[: BASE.index("Air strike")].count("\n") + 1
    assert (problem.place.line, problem.place.column) == (line, len("    title: Air ") + 1)
    assert f"U+{ord(character):04X}" in problem.message


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes of Unix")
@pytest.mark.parametrize("asked", [".", "scenario.yaml"])
def test_a_pipe_is_no_regular_file(tmp_path, asked):
    os.mkfifo(tmp_path / "scenario.yaml")
    problem = only(tmp_path / asked)
    assert problem.code == "E101"
    assert "is not a regular file" in problem.message


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="devices of Unix")
def test_a_device_is_no_regular_file():
    assert "is not a regular file" in only("/dev/null").message


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        ("r1,,day,2020-01-05,raid", "E504", "date"),
        ("r1,2020-01-05,day, ,raid", "E504", "known_from"),
    ],
)
def test_an_empty_cell_says_that_it_may_not_be_blank(tmp_path, row, code, column):
    mapped = "record: {events: record.csv, event_map: [{where: {what: raid}, move: guard.raid}]}\n"
    problem = only(write(tmp_path, BASE + mapped, record__csv=f"id,date,date_precision,known_from,what\n{row}\n"))
    assert problem.code == code
    assert problem.message == f"The cell `{column}` is empty; it may not be blank."
    assert len(problem.hint) > 40


def test_a_panel_shows_single_moves_with_the_nearest_name_for_a_wrong_one(tmp_path):
    def shown(move):
        return only(write(tmp_path, f"{BASE}panels: [{{title: Border, moves: [{move}]}}]\n"))

    assert shown("guard.*").code == "E309"
    assert (shown("guard.riad").code, "`guard.raid`" in shown("guard.riad").hint) == ("E202", True)
