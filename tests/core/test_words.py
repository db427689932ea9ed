"""Numbers as words."""

import pytest

from offramp.core.words import number, percent


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (0.0, "0"),
        (0.01234, "0.0123"),
        (12.34, "12.3"),
        (76.0, "76"),
        (1234.5, "1,234"),
        (-5200.0, "-5,200"),
        (99.96, "100.0"),
        (3e38, "3e+38"),
        (-2.5e15, "-2.5e+15"),
        (float("inf"), "inf"),
    ],
)
def test_numbers_have_three_figures_and_no_false_precision(value: float | None, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [(None, "–"), (0.0, "0.0 %"), (0.0004, "< 0.1 %"), (0.034, "3.4 %"), (0.5, "50 %"), (1.0, "100 %")],
)
def test_small_shares_are_not_rounded_to_nothing(share: float | None, text: str) -> None:
    assert percent(share) == text
