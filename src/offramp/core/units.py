"""Units of time: how a length of time is written and how many days it is.

A month is a twelfth of a Julian year (30.4375 days), so that `12 months` and `1 year` agree.
"""

from __future__ import annotations

import re

DAYS_PER_UNIT: dict[str, float] = {
    "d": 1.0,
    "day": 1.0,
    "days": 1.0,
    "week": 7.0,
    "weeks": 7.0,
    "month": 30.4375,
    "months": 30.4375,
    "year": 365.25,
    "years": 365.25,
}
RATE_UNITS: tuple[str, ...] = ("day", "week", "month", "year")  # what may follow `/`
MOST = 3.0e38  # largest float32, about
NUMBER = r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_DURATION = re.compile(rf"\s*({NUMBER})\s+([a-z]+)\s*", re.ASCII)


def duration_days(text: str) -> float | None:
    """Read a length of time such as `10 d` or `2 weeks`; None where the text is not one.

    Returns
    -------
    Days, not negative and at most `MOST`.
    """
    match = _DURATION.fullmatch(text)
    if match is None or match[2] not in DAYS_PER_UNIT:
        return None
    days = float(match[1]) * DAYS_PER_UNIT[match[2]]
    return days if days <= MOST else None


def duration_text(days: float) -> str:
    """Write a number of days so that `duration_days` reads the same number."""
    return f"{int(days) if days == int(days) else repr(days)} d"
