"""The range of a quantity, with the defaults of its kind; an open end is `UNBOUNDED`."""

from __future__ import annotations

from offramp.model.model import UNBOUNDED
from offramp.scenario.document import QuantityDocument

_DEFAULT: dict[str, tuple[float | None, float | None]] = {
    "tally": (0, None),
    "flag": (0, 1),
    "belief": (0, 1),
}


def range_of(quantity: QuantityDocument) -> tuple[float, float]:
    """Find the least and the greatest value of a quantity."""
    low, high = quantity.range or _DEFAULT.get(quantity.kind, (None, None))
    return -UNBOUNDED if low is None else float(low), UNBOUNDED if high is None else float(high)
