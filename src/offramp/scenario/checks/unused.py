"""What nothing reads, nothing writes, or nobody uses: warnings, and only where every entry could be read."""

from __future__ import annotations

from offramp.scenario.checks.context import Context


def check_unused(context: Context) -> None:
    """Warn of what is written and plays no part. Runs last: by then all that is read has been noted."""
    if context.is_partial or any(problem.code.startswith(("E1", "E2")) for problem in context.problems):
        return  # a formula that cannot be read, or a misspelt name, would have read something
    _check_unread(context)
    _check_unwritten(context)
    sections = {"parameters": "parameter", "calendar": "calendar", "inputs": "input", "switches": "switch"}
    for section, prefix in sections.items():
        for name in getattr(context.document, section):
            if f"{prefix}.{name}" not in context.used:
                context.report_key("W203", f"{section}.{name}", f"Nothing reads `{prefix}.{name}`.")
    for name in context.document.actors:
        if not context.names.moves_of(name) and not _is_mentioned(context, name):
            context.report_key("W206", f"actors.{name}", f"The actor `{name}` has no move and nothing refers to it.")


def _check_unread(context: Context) -> None:
    """A tally is a count kept to be shown, so nothing need read it."""
    for name, quantity in context.document.quantities.items():
        if quantity.kind != "tally" and name not in context.used:
            context.report_key("W201", f"quantities.{name}", f"Nothing reads the quantity `{name}`.")


def _check_unwritten(context: Context) -> None:
    document = context.document
    written = set(context.effect_targets.values()) | {mechanism.on for mechanism in document.mechanisms.values()}
    if document.record is not None:
        written |= {series.quantity for series in document.record.series_map}
    for name, quantity in document.quantities.items():
        is_revised = bool(quantity.updates or quantity.told_by)
        moves_alone = quantity.noise is not None or quantity.half_life is not None or is_revised
        if name not in written and not moves_alone:
            context.report_key("W202", f"quantities.{name}", f"Nothing changes the quantity `{name}`.")


def _is_mentioned(context: Context, actor: str) -> bool:
    document = context.document
    if any(told.sponsor == actor for told in document.actors.values()):
        return True
    if any(quantity.owner == actor for quantity in document.quantities.values()):
        return True
    if any(actor in (pledge.by, pledge.to) for pledge in document.pledges.values()):
        return True
    return any(move.target == actor or actor in (move.visible_to or ()) for move in document.moves.values())
