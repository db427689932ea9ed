"""Actors: their goals, channels, sponsors and directives; and names that formulas could not hold."""

from __future__ import annotations

from offramp.scenario.checks.context import Context
from offramp.scenario.checks.names import RESERVED, SECTIONS
from offramp.scenario.document import Actor


def check_actors(context: Context) -> None:
    """Check every actor."""
    _check_reserved(context)
    for name, actor in context.document.actors.items():
        _check_goals(context, name, actor)
        _check_sponsor(context, name, actor)
        _check_directive(context, name, actor)
        if not context.is_partial:
            _check_channels(context, name, actor)


def _check_reserved(context: Context) -> None:
    document = context.document
    for section in ("quantities", "actors", "calendar", "inputs", "parameters", "switches", "pledges"):
        for name in getattr(document, section):
            if name in RESERVED or (section in {"actors", "quantities"} and name in SECTIONS):
                context.report_key("E219", f"{section}.{name}", f"`{name}` is a word of the language itself.")
    for name, move in document.moves.items():
        words = [*name.split("."), *move.variants]
        for word in words:
            if word in RESERVED:
                context.report_key("E219", f"moves.{name}", f"`{word}` is a word of the language itself.")


def _check_goals(context: Context, name: str, actor: Actor) -> None:
    for quantity in actor.goals:
        path = f"actors.{name}.goals.{quantity}"
        if quantity not in context.names.quantities:
            context.unknown(path, quantity, sort="quantity", known=context.names.quantities, section="quantities")
        elif not context.names.sees(name, quantity):
            context.report_key(
                "E351",
                path,
                f"`{name}` has a goal on `{quantity}`, which it cannot see.",
                hint=f"Add `{name}` to `seen_by`, or set the goal on something that `{name}` sees.",
            )
        context.used.add(quantity)


def _check_sponsor(context: Context, name: str, actor: Actor) -> None:
    path = f"actors.{name}.sponsor"
    if actor.sponsor is None:
        return
    if not context.known(path, actor.sponsor, sort="actor", section="actors"):
        return
    seen = [name]
    current: str | None = actor.sponsor
    while current is not None and current in context.document.actors:
        if current in seen:
            chain = " -> ".join([*seen, current])
            context.report(
                "E346", path, f"`{name}` sponsors itself: {chain}.", hint="A sponsor stands above its proxies."
            )
            return
        seen.append(current)
        current = context.document.actors[current].sponsor


def _check_directive(context: Context, name: str, actor: Actor) -> None:
    directive = actor.directive
    if directive is None:
        return
    path = f"actors.{name}.directive"
    if actor.sponsor is None:
        context.report_key(
            "E347",
            path,
            f"`{name}` has a directive but no `sponsor` to give it.",
            hint=f"Add `sponsor:` to `{name}`, or remove the directive.",
        )
    for index, move in enumerate(directive.moves):
        place = f"{path}.moves.{index}"
        if not context.known(place, move, sort="move", section="moves"):
            continue
        if not move.startswith(f"{name}."):
            context.report(
                "E348",
                place,
                f"`{move}` is not a move of `{name}`, which the directive binds.",
                hint=f"Moves of {name}: {', '.join(context.names.moves_of(name))}.",
            )
        elif context.document.moves[move].rate is not None:
            context.report(
                "E348",
                place,
                f"`{move}` happens by itself; no directive binds it.",
                hint="A directive bears on moves that are chosen.",
            )


def _check_channels(context: Context, name: str, actor: Actor) -> None:
    """Warn of channels without moves; moves whose channel is left open or unknown might be meant for any."""
    moves = [context.document.moves[move] for move in context.names.moves_of(name)]
    chosen = {move.channel for move in moves if move.rate is None}
    if chosen <= set(actor.channels):
        for channel in actor.channels:
            if channel not in chosen:
                context.report_key(
                    "W204", f"actors.{name}.channels.{channel}", f"No move uses the channel `{channel}`."
                )
