"""Edits as they are given to a run: policies and single lines, in order, refused together and each in its place."""

from __future__ import annotations

import pytest

from offramp.core.errors import InputError
from offramp.scenario.check import check_source
from offramp.scenario.given import edits_of
from offramp.scenario.limits import MAX_EDITS, MAX_POLICY_DEPTH
from offramp.scenario.load import load
from tests.scenario.folders import changed, write

POLICIES = """\
  restraint: [forbid blue.strike]
  calm:
    title: Calm
    edits: [policy restraint, hold tension = 0.1]
  all: [policy calm, scale blue.force.opportunities by 0.5, policy restraint]
"""


def opened(folder, policies=POLICIES):
    return load(write(folder, changed(("  restraint: [forbid blue.strike]\n", policies))))


def codes(folder, policies):
    return [
        problem.code
        for problem in check_source(write(folder, changed(("  restraint: [forbid blue.strike]\n", policies))))
    ]


def refused(loaded, **given):
    with pytest.raises(InputError) as caught:
        edits_of(loaded, **given)
    return [(problem.code, str(problem.place)) for problem in caught.value.problems]


def test_policies_come_first_written_out_in_order_then_single_edits(tmp_path):
    edits = edits_of(opened(tmp_path), do=["forbid guard.raid", "policy restraint"], policies=["all"])
    assert [(edit.path, edit.text) for edit in edits] == [
        ("policies.restraint.0", "forbid blue.strike"),
        ("policies.calm.edits.1", "hold tension = 0.1"),
        ("policies.all.1", "scale blue.force.opportunities by 0.5"),
        ("policies.restraint.0", "forbid blue.strike"),
        ("--do 1", "forbid guard.raid"),
        ("policies.restraint.0", "forbid blue.strike"),
    ]


def test_each_edit_knows_where_it_is_written(tmp_path):
    edits = edits_of(opened(tmp_path), do="forbid guard.raid", policies="restraint")
    assert [str(edit.place).rpartition("/")[2] for edit in edits] == ["scenario.yaml:75:15", "--do 1:1:1"]


def test_nothing_given_is_no_edit(tmp_path):
    assert edits_of(opened(tmp_path)) == ()


def test_everything_that_is_wrong_is_told_at_once_in_its_place(tmp_path):
    given = {
        "policies": ["restraint", "clam"],
        "do": ["forbid blue.stirke", "hold tension = 2", "forbid guard.raid", "if tensoin > 1 then dance once", ""],
    }
    assert refused(opened(tmp_path), **given) == [
        ("E202", "--do 1:1:8"),
        ("E610", "--do 2:1:16"),
        ("E357", "--do 4:1:21"),
        ("E357", "--do 5:1:1"),
        ("E215", "--policy 2:1:1"),
    ]


def test_a_hint_says_what_was_meant(tmp_path):
    with pytest.raises(InputError) as caught:
        edits_of(opened(tmp_path), policies="clam", do="forbid blue.stirke")
    move, policy = caught.value.problems
    assert "Did you mean `blue.strike`" in move.hint
    assert "Did you mean `calm`" in policy.hint


def test_what_is_no_text_is_refused_as_such(tmp_path):
    assert refused(opened(tmp_path), do=[3, None]) == [("E357", "--do 1:1:1"), ("E357", "--do 2:1:1")]


def test_policies_that_take_in_each_other_are_refused(tmp_path):
    circle = "  restraint: [policy calm]\n  calm: [forbid guard.raid, policy restraint]\n"
    assert codes(tmp_path, circle) == ["E362", "E362"]
    assert codes(tmp_path, "  restraint: [policy loose]\n  loose: [policy loose]\n") == ["E362"]


@pytest.mark.parametrize(("n", "found"), [(MAX_POLICY_DEPTH, []), (MAX_POLICY_DEPTH + 1, ["E362"])])
def test_policies_are_taken_in_to_a_certain_depth(tmp_path, n, found):
    chain = "".join(f"  p{k}: [policy p{k + 1}]\n" for k in range(n - 1)) + f"  p{n - 1}: [forbid blue.strike]\n"
    assert codes(tmp_path, f"  restraint: [forbid blue.strike]\n{chain}") == found


def test_policies_that_multiply_are_refused_before_they_cost_time(tmp_path):
    twice = "".join(f"  p{k}: [{', '.join([f'policy p{k + 1}'] * 50)}]\n" for k in range(6))
    found = codes(tmp_path, f"  restraint: [forbid blue.strike]\n{twice}  p6: []\n")
    assert set(found) == {"E362"}


def test_more_edits_than_can_be_given_are_refused(tmp_path):
    loaded = opened(tmp_path)
    many = ["forbid blue.strike"] * MAX_EDITS
    assert len(edits_of(loaded, do=many)) == MAX_EDITS
    assert refused(loaded, do=[*many, "forbid guard.raid"]) == [("E362", f"--do {MAX_EDITS + 1}:1:1")]


@pytest.mark.parametrize(
    ("told_by", "found"),
    [
        ("{blue.strike: 0.1}", []),
        ('{"blue.*": 0.1, tension: 0.2, guard.raid.utility.base: 0.3, blue.force.opportunities: "Beta(2, 2)"}', []),
        ("{blue.stirke: 0.1}", ["E217"]),
        ('{"green.*": 0.1}', ["E217"]),
        ('{"guard.raid[north]": 0.1}', ["E204"]),
        ("{blue.strike: 1.5}", ["E607"]),
        ("{blue.strike: 1 - tension}", ["E311"]),
    ],
)
def test_what_a_belief_is_told_is_checked(tmp_path, told_by, found):
    text = changed(("    owner: guard\n", f"    owner: guard\n    told_by: {told_by}\n"))
    assert [problem.code for problem in check_source(write(tmp_path, text))] == found


def test_only_beliefs_are_told(tmp_path):
    text = changed(("    kind: level\n", "    kind: level\n    told_by: {blue.strike: 0.1}\n"))
    assert [problem.code for problem in check_source(write(tmp_path, text))] == ["E333"]
