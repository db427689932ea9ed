"""Policies side by side: pictures with room around zero, few changed runs not shown, texts no finer than known."""

import numpy as np
import pytest

from offramp.analyse.alternatives import Alternative
from offramp.analyse.compare import Comparison, Divergence, OutcomeDifference
from offramp.analyse.standouts import Standout
from offramp.present.policy_tables import policy_tables, standout_words

DAYS = np.arange(3)


def outcome(
    kind: str, difference: float, half: float, *, changed: float = 0.5, spread: float = 2.0
) -> OutcomeDifference:
    return OutcomeDifference(
        "y", kind, "people", "Dead", baseline=0.2, edited=0.2 + difference, difference=difference,
        interval=(difference - half, difference + half), q05=None, q95=None, spread=spread, share_changed=changed,
        variance_ratio=None, n=1000,
    )  # fmt: skip


def comparison(name: str, one: OutcomeDifference) -> Comparison:
    parted = Divergence(0.5, None, None, None, None, DAYS, DAYS)
    return Comparison(Alternative(name, name), 1000, {"y": one}, parted, {}, {}, {}, {}, example=None)


def test_small_differences_get_small_pictures() -> None:
    (shares,) = policy_tables([comparison("a", outcome("any", 0.002, 0.001))])
    assert shares.span == "−5 to +5"
    assert shares.unit == "percentage points"
    (sizes,) = policy_tables([comparison("a", outcome("final", 0.01, 0.005))])
    assert sizes.span == "−0.5 to +0.5"  # a quarter of a standard deviation
    assert sizes.unit == "people"


def test_one_scale_serves_all_rows_of_a_table() -> None:
    (table,) = policy_tables([comparison(n, outcome("final", d, 1.0)) for n, d in (("a", 1.0), ("b", -8.0))])
    assert table.span == "−9 to +9"
    assert [(r.title, r.is_clear) for r in table.rows] == [("a", False), ("b", True)]


@pytest.mark.parametrize(
    ("changed", "few"), [(0.004, "different in fewer than 5 runs"), (0.0, "the same in every run")]
)
def test_few_changed_runs_are_said_not_shown(changed: float, few: str) -> None:
    (table,) = policy_tables([comparison("a", outcome("any", 0.003, 0.001, changed=changed))])
    assert (table.rows[0].few, table.rows[0].difference, table.rows[0].picture) == (few, "", "")


def test_outcomes_that_may_never_happen_have_no_table() -> None:
    assert policy_tables([comparison("a", outcome("first", 1.0, 0.1))]) == ()


def test_a_difference_is_told_with_both_sides_and_no_false_precision() -> None:
    told = standout_words(Standout(outcome("any", -0.0512345, 0.0123), -1.0))
    assert told == "Dead: from 20 % to 15 % (−5.1 points; interval −6.4 to −3.9)"
    told = standout_words(Standout(outcome("final", 3.14159, 0.5), 1.0))
    assert told == "Dead: from 0.2 to 3.34 (+3.14 people; interval +2.64 to +3.64)"
