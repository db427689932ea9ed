"""Record, inputs and panels: data files that can be read, and maps to moves and quantities that exist."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from offramp.scenario.checks.context import Context
from offramp.scenario.checks.selectors import check_selector
from offramp.scenario.observed import data_problems


def check_observed(context: Context) -> None:
    """Check what was observed, and what is shown of it."""
    context.problems.extend(data_problems(context.loaded))
    _check_maps(context)
    titles: set[str] = set()
    for index, panel in enumerate(context.document.panels):
        path = f"panels.{index}"
        if panel.title in titles:
            context.report("E360", f"{path}.title", f"There is a panel `{panel.title}` already.")
        titles.add(panel.title)
        if (panel.quantity is None) == (not panel.moves):
            context.report("E356", path, f"The panel `{panel.title}` shows neither or both of `quantity` and `moves`.")
        if panel.quantity is not None:
            _check_quantity(context, f"{path}.quantity", panel.quantity)
        for place, move in enumerate(panel.moves):
            _check_move(context, f"{path}.moves.{place}", move)


def _check_maps(context: Context) -> None:
    record = context.document.record
    if record is None:
        return
    for index, events in enumerate(record.event_map):
        _check_named(context, f"record.event_map.{index}.move", events.move)
    for column, tally in record.marks.items():
        path = f"record.marks.{column}"
        found = context.names.quantities.get(tally)
        if found is None:
            context.known(path, tally, sort="quantity", section="quantities")
        elif found.kind != "tally":
            context.report("E511", path, f"`{tally}` is a {found.kind}; marks are added to tallies.")
    for index, series in enumerate(record.series_map):
        _check_quantity(context, f"record.series_map.{index}.quantity", series.quantity)
    needs = (("event_map", "events"), ("marks", "events"), ("series_map", "series"), ("totals", "recording"))
    for given, needed in needs:
        if getattr(record, given) and getattr(record, needed) is None:
            context.report_key(
                "E512",
                f"record.{given}",
                f"`{given}` is of no use without `{needed}`, which is not there.",
                hint=f"Add `{needed}: FILE.csv`.",
            )


def _check_named(context: Context, path: str, move: str | Mapping[str, float] | None) -> None:
    """Check what a rule makes of its rows: a move, several that come in question, or nothing."""
    if isinstance(move, str):
        _check_move(context, path, move)
    elif move is not None:
        _check_candidates(context, path, move)


def _check_candidates(context: Context, path: str, weights: Mapping[str, float]) -> None:
    """Check what a row may have been: names at their keys, probabilities that are some, no move beside its variant."""
    if not weights:
        context.report("E515", path, "The rule names no move.", hint="Write `move: null` for what is left out.")
    for move, weight in weights.items():
        own = f"{path}.{move}"
        before = len(context.problems)
        _check_move(context, own, move)
        at_key = [replace(found, place=context.loaded.keys[own]) for found in context.problems[before:]]
        context.problems[before:] = at_key
        if not 0 < weight <= 1:
            context.report("E515", own, f"The weight {weight:g} of `{move}` is not above 0 and at most 1.")
        if "[" in move and move.partition("[")[0] in weights:
            message = f"`{move}` stands beside the move of which it is a variant."
            context.report_key("E515", own, message, hint="Name the variants, each with its weight, or the move.")


def _check_move(context: Context, path: str, move: str) -> None:
    """Check the name of one move, of which variant may be left open; `blue.*` is not one."""
    if move.endswith(".*"):
        context.report("E309", path, f"`{move}` is not one move.", hint="Name the move.")
    else:
        check_selector(context, path, move)


def _check_quantity(context: Context, path: str, quantity: str) -> None:
    context.used.add(quantity)
    if quantity not in context.names.quantities:
        context.known(path, quantity, sort="quantity", section="quantities")
