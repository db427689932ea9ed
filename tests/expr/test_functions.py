"""The table of functions agrees with the operations of the IR and with the families of distributions."""

import pytest

from offramp.core.distributions import FAMILIES
from offramp.expr import FUNCTIONS, find_function
from offramp.expr.ir import OPERATIONS


@pytest.mark.parametrize("row", FUNCTIONS, ids=lambda row: f"{row.name}-{row.role}")
def test_a_row_is_whole(row):
    assert row.meaning
    assert len(row.parameters) == len(row.kinds)
    assert row.required <= len(row.parameters)
    if row.op is not None:
        assert row.op in OPERATIONS
        assert row.variadic or OPERATIONS[row.op][0] == len(row.parameters)


@pytest.mark.parametrize("name", FAMILIES)
def test_every_family_has_a_row_with_its_arguments(name):
    row = find_function(name)
    assert row.role == "distribution"
    if name != "Categorical":
        assert row.parameters == tuple(argument for argument, _ in FAMILIES[name].arguments)
        assert bool(row.keywords) == FAMILIES[name].can_truncate


def test_rows_of_distributions_are_families():
    assert {row.name for row in FUNCTIONS if row.role == "distribution"} == set(FAMILIES)


@pytest.mark.parametrize(
    ("name", "outermost", "role"),
    [("count", False, "memory"), ("count", True, "reducer"), ("min", False, "arithmetic"), ("min", True, "reducer")],
)
def test_a_name_means_a_reducer_only_outermost(name, outermost, role):
    assert find_function(name, outermost=outermost).role == role


def test_an_unknown_name_is_none():
    assert find_function("log2") is None
