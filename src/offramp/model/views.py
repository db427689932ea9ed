"""What an actor sees of a quantity: the truth, or a view of it with a lag and an error.

A quantity without `seen_by` is seen by everybody, exactly and at once; a belief by its owner alone. Where the size or
condition of an effect that an actor takes into account reads what the actor cannot see, the truth stands in;
`believes` is how a scenario says otherwise. (Utilities that name such a quantity are refused by `check`.)
"""

from __future__ import annotations

from offramp.core.noise import slot
from offramp.core.units import duration_days
from offramp.expr.ir import Node, Quantity, View
from offramp.model.lowering import Reading
from offramp.model.model import ViewModel
from offramp.model.nodes import ZERO
from offramp.scenario.document import Seen


def seen(reading: Reading, path: str, observer: str) -> Node:
    """Read a quantity as an actor sees it this morning."""
    names = reading.lowering.names
    quantity = names.quantities[path]
    seen_by = reading.lowering.plain.quantities[path].seen_by
    how = (seen_by.get(observer) if isinstance(seen_by, dict) else None) or Seen()
    lag = reading.lowering.steps.covering(duration_days(how.lag) or 0.0)
    error = reading.elsewhere(how.error, f"{path}.seen_by.{observer}.error")
    if lag == 0 and error == ZERO:
        return Quantity(quantity)
    name = f"{path}@{observer}"

    def make() -> ViewModel:
        drawn = None if error == ZERO else error
        return ViewModel(name, quantity, names.actors[observer], lag, drawn, slot("view", name))

    return View(reading.lowering.views.index(name, make))
