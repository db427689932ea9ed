"""Fields that are a plain length of time: `10 d`, `2 weeks`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from offramp.core.units import DAYS_PER_UNIT, duration_days
from offramp.scenario.checks.context import Context
from offramp.scenario.document import QuantityDocument


def check_durations(context: Context) -> None:
    """Check every field that holds a length of time."""
    for path, text, may_be_zero in _durations(context):
        if text is None:
            continue
        days = duration_days(text)
        if days is None:
            context.report(
                "E324",
                path,
                f"`{text}` is not a length of time.",
                hint=f"Write a number, a blank and a unit: {', '.join(DAYS_PER_UNIT)}.",
            )
        elif days == 0.0 and not may_be_zero:
            context.report("E605", path, f"`{text}` is 0; it has to be above 0.")


def _durations(context: Context) -> Iterator[tuple[str, str | None, bool]]:
    """Path, text and whether it may be 0, of every such field."""
    document = context.document
    header = document.scenario
    yield "scenario.clock.step", header.clock.step, False
    yield "scenario.payoff_horizon", header.payoff_horizon, False
    for name, actor in document.actors.items():
        yield f"actors.{name}.discount_half_life", actor.discount_half_life, False
    for name, move in document.moves.items():
        yield f"moves.{name}.cooldown", move.cooldown, True
    for name, quantity in document.quantities.items():
        yield from _lags(f"quantities.{name}.seen_by", quantity)
    for name, pledge in document.pledges.items():
        yield f"pledges.{name}.until", pledge.until, False
        yield f"pledges.{name}.cost_half_life", pledge.cost_half_life, False
        yield f"pledges.{name}.within", pledge.within, False


def _lags(path: str, quantity: QuantityDocument) -> Iterator[tuple[str, str | None, bool]]:
    if isinstance(quantity.seen_by, Mapping):
        for observer, seen in quantity.seen_by.items():
            yield f"{path}.{observer}.lag", seen.lag if seen is not None else None, True
