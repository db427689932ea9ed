"""Problems print where, what and how to mend it; exceptions carry all of them, in order."""

import pickle

import pytest

from offramp.core.errors import OfframpError, Place, Problem, ScenarioError, sort_problems

LATE = Problem(
    "E204", "error", Place("s.yaml", 31, 40, 51), "`blue.stirke` is not a move.", "Did you mean `blue.strike`?"
)
EARLY = Problem("E101", "warning", Place("s.yaml", 2, 1), "unknown key `foo`")
NOWHERE = Problem("E701", "error", None, "`--runs` is 0")


def test_a_problem_prints_place_level_code_message_and_hint():
    assert str(LATE) == "s.yaml:31:40: error E204 `blue.stirke` is not a move.\n  Did you mean `blue.strike`?"
    assert str(NOWHERE) == "error E701 `--runs` is 0"


def test_a_place_without_a_line_is_its_file():
    assert str(Place("record.csv")) == "record.csv"


def test_problems_are_sorted_by_place_with_placeless_ones_first():
    assert sort_problems([LATE, EARLY, NOWHERE]) == (NOWHERE, EARLY, LATE)


def test_an_error_prints_every_problem_in_order():
    assert str(ScenarioError([LATE, EARLY])) == f"{EARLY}\n{LATE}"


def test_an_error_survives_the_way_between_processes():
    copy = pickle.loads(pickle.dumps(ScenarioError([LATE, EARLY])))
    assert type(copy) is ScenarioError
    assert copy.problems == (EARLY, LATE)


def test_every_error_is_caught_as_offramp_error():
    with pytest.raises(OfframpError):
        raise ScenarioError([EARLY])
