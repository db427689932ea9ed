"""A problem stands at the offending piece: file, line and column, inside formulas too."""

import pytest

from offramp.core.errors import Place
from offramp.expr.tree import Span
from offramp.scenario.check import check_source
from offramp.scenario.load import load
from tests.scenario.folders import changed, write

BASE_TERM = 'utility: {base: "Normal(-3, 1)"}'


def found_at(problem, folder):
    """The text at which a problem points."""
    line = (folder / "scenario.yaml").read_text().splitlines()[problem.place.line - 1]
    return line[problem.place.column - 1 : problem.place.end_column - 1]


@pytest.mark.parametrize(
    ("old", "new", "code", "piece"),
    [
        ("recent(blue.strike, 10 d)", "recent(blue.stirke, 10 d)", "E202", "blue.stirke"),
        (BASE_TERM, 'utility: {base: "1 + 2 * tensoin"}', "E201", "tensoin"),
        (BASE_TERM, "utility: {base: 1 + 2 * tensoin}", "E201", "tensoin"),
        (BASE_TERM, "utility: {base: '1 + 2 * tensoin'}", "E201", "tensoin"),
        (BASE_TERM, "utility:\n      base: >-\n        1 +\n          2 * tensoin", "E201", "tensoin"),
        (BASE_TERM, "utility:\n      base: |\n        1 +\n        2 * tensoin", "E201", "tensoin"),
        (BASE_TERM, 'utility: {base: "1 +\n     2 * tensoin"}', "E201", "tensoin"),
        (BASE_TERM, 'utility: {base: "Normal(-3, 0) * tension"}', "E620", "Normal(-3, 0)"),
        (BASE_TERM, 'utility: {base: "1 if since(guard.raid) > 10 else 0"}', "E302", "since(guard.raid) > 10"),
        ("[forbid blue.strike]", "[forbid blue.stirke]", "E202", "blue.stirke"),
        ("[forbid blue.strike]", '["if tensoin > 1 then forbid blue.strike once"]', "E201", "tensoin"),
        ("any(tension > 0.95)", "any(tension > 0.95, by=2030-01-01)", "E616", "2030-01-01"),
        ("requires: tension > 0.1", "requires: tension > 2", "E619", "tension > 2"),
        ("source: smith2020, at: p. 3", "source: smith2021, at: p. 3", "E403", "smith2021"),
        ("target: blue\n", "target: bleu\n", "E203", "bleu"),
        ("    rung: 6\n", "    rnug: 6\n", "E120", "rnug"),
        ("    rung: 6\n", "    rung: high\n", "E122", "high"),
        ("date: 2020-03-01", "date: 2020-3-1", "E125", "2020-3-1"),
    ],
)
def test_a_problem_points_at_the_piece(tmp_path, old, new, code, piece):
    folder = write(tmp_path, changed((old, new)))
    problem = next(problem for problem in check_source(folder) if problem.code == code)
    assert found_at(problem, folder) == piece


def test_an_escape_in_quotes_points_at_the_value_as_a_whole(tmp_path):
    folder = write(tmp_path, changed((BASE_TERM, r'utility: {base: "1\x20* tensoi\x6e"}')))
    (problem,) = check_source(folder)
    assert problem.code == "E201"
    assert problem.place.line == 67
    assert problem.place.column in range(21, 40)


def test_the_hint_says_where_the_nearest_name_is_defined(tmp_path):
    folder = write(tmp_path, changed(("recent(blue.strike, 10 d)", "recent(blue.stirke, 10 d)")))
    (problem,) = check_source(folder)
    assert problem.hint == "Did you mean `blue.strike` (scenario.yaml:62)?  Moves of blue: strike."


def test_paths_lead_to_places(tmp_path):
    loaded = load(write(tmp_path))
    shown = f"{tmp_path}/scenario.yaml"
    assert loaded.places["moves.guard.raid.utility.revenge"] == Place(shown, 54, 16, 67)
    assert loaded.places["moves.guard.raid"] == Place(shown, 46, 3, 13)
    assert loaded.keys["moves.guard.raid.effects"].line == 56
    assert loaded.locate("moves.guard.raid.effects.1.add") == Place(shown, 58, 32, 46)
    assert loaded.locate("moves.guard.raid.utility.base", Span(0, 6)) == Place(shown, 53, 14, 20)
    assert loaded.locate("moves.guard.raid.cooldown") == loaded.places["moves.guard.raid"]
    assert loaded.locate("nowhere") is None


def test_problems_come_in_order_of_place(tmp_path):
    text = changed(
        ("target: guard", "target: gaurd"), ("    rung: 4\n", "    rnug: 4\n"), ("kind: tally", "kind: taly")
    )
    problems = check_source(write(tmp_path, text))
    assert [problem.place.line for problem in problems] == sorted(problem.place.line for problem in problems)
    assert {problem.code for problem in problems} >= {"E120", "E123", "E203"}


def test_faults_of_shape_do_not_hide_others_nor_make_up_new_ones(tmp_path):
    text = changed(("kind: tally", "kind: taly"), ("any(tension > 0.95)", "any(tensoin > 0.95)"))
    problems = check_source(write(tmp_path, text))
    assert [problem.code for problem in problems] == ["E123", "E201"]  # none for the effect on the tally set aside
