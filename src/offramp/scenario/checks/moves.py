"""Moves: who makes them, in which channel, when they are available, what they do, who sees them."""

from __future__ import annotations

from collections.abc import Mapping

from offramp.scenario.checks.context import Context
from offramp.scenario.checks.walk import Walker
from offramp.scenario.document import Effect, Move
from offramp.scenario.nearest import did_you_mean, listing

PLOVER = [
    "AGREE",
    "CONSULT",
    "SUPPORT",
    "COOPERATE",
    "AID",
    "CONCEDE",
    "RETREAT",
    "REQUEST",
    "ACCUSE",
    "REJECT",
    "THREATEN",
    "PROTEST",
    "SANCTION",
    "MOBILIZE",
    "COERCE",
    "ASSAULT",
    "NONE",
]


def check_moves(context: Context) -> None:
    """Check every move."""
    for name, move in context.document.moves.items():
        actor = name.partition(".")[0]
        path = f"moves.{name}"
        if actor not in context.document.actors:
            _report_actor(context, path, actor)
        elif move.rate is None:
            _check_channel(context, name, move)
        if move.rate is not None:
            _check_spontaneous(context, path, move)
        elif move.max_per_day != 1:
            context.report_key(
                "E342",
                f"{path}.max_per_day",
                "`max_per_day` of a chosen move belongs to its channel.",
                hint="Move it to the channel.",
            )
        _check_words(context, path, move)
        _check_seen(context, path, move)
        _check_directs(context, name, move)
    for path, effect in context.effects.items():
        _check_effect(context, path, effect)
    _check_opportunities(context)
    _check_availability(context)


def _report_actor(context: Context, path: str, actor: str) -> None:
    if f"actors.{actor}" not in context.loaded.set_aside:
        context.report_key(
            "E203",
            path,
            f"`{actor}` is not an actor of this scenario.",
            hint=did_you_mean(actor, context.document.actors)
            + f"Actors: {listing(actor, sorted(context.document.actors))}.",
        )


def _check_channel(context: Context, name: str, move: Move) -> None:
    actor = name.partition(".")[0]
    channels = context.document.actors[actor].channels
    path = f"moves.{name}"
    listed = ", ".join(channels)
    if not channels:
        context.report_key(
            "E341",
            path,
            f"`{name}` is chosen, but `{actor}` has no channel in which to choose.",
            hint=f"Give `{actor}` a channel, or the move a `rate`.",
        )
    elif move.channel is None and len(channels) > 1:
        context.report_key(
            "E340",
            path,
            f"`{name}` names no channel, and `{actor}` has several.",
            hint=f"Write `channel:` with one of {listed}.",
        )
    elif move.channel is not None and move.channel not in channels:
        section = f"actors.{actor}.channels"
        context.unknown(f"{path}.channel", move.channel, sort="channel", known=channels, section=section)


def _check_spontaneous(context: Context, path: str, move: Move) -> None:
    for key in ("utility", "channel", "cooldown", "variants", "believes"):
        if getattr(move, key):
            context.report_key(
                "E343",
                f"{path}.{key}",
                f"A move with a `rate` happens by itself; it has no `{key}`.",
                hint=f"Remove `{key}`, or the `rate`.",
            )


def _check_words(context: Context, path: str, move: Move) -> None:
    if move.code is not None and move.code not in PLOVER:
        near = did_you_mean(move.code.upper(), PLOVER)
        context.report(
            "E220",
            f"{path}.code",
            f"`{move.code}` is not a PLOVER event class.",
            hint=f"{near}Classes: {', '.join(PLOVER)}.",
        )
    if move.target is not None:
        context.known(f"{path}.target", move.target, sort="actor", section="actors")


def _check_seen(context: Context, path: str, move: Move) -> None:
    for index, actor in enumerate(move.visible_to or ()):
        context.known(f"{path}.visible_to.{index}", actor, sort="actor", section="actors")
    if isinstance(move.attribution, Mapping):
        for actor in move.attribution:
            context.known(f"{path}.attribution.{actor}", actor, sort="actor", section="actors")


def _check_directs(context: Context, name: str, move: Move) -> None:
    actor = name.partition(".")[0]
    for proxy in move.directs:
        path = f"moves.{name}.directs.{proxy}"
        if not context.known(path, proxy, sort="actor", section="actors"):
            continue
        told = context.document.actors[proxy]
        if told.sponsor != actor:
            context.report_key(
                "E349",
                path,
                f"`{actor}` is not the sponsor of `{proxy}`, and cannot direct it.",
                hint=f"The sponsor of `{proxy}` is {f'`{told.sponsor}`' if told.sponsor else 'nobody'}.",
            )
        elif told.directive is None:
            context.report_key(
                "E349",
                path,
                f"`{proxy}` has no `directive` that a move could set.",
                hint=f"Add `directive:` to the actor `{proxy}`.",
            )


def _check_effect(context: Context, path: str, effect: Effect) -> None:
    given = [key for key in ("add", "set", "scale") if getattr(effect, key) is not None]
    if len(given) != 1:
        context.report(
            "E336",
            path,
            f"The effect has {' and '.join(f'`{key}`' for key in given) or 'no size'}.",
            hint="An effect has one of `add`, `set` and `scale`.",
        )
    quantity = context.names.quantities.get(effect.on)
    if quantity is None:
        known = context.document.quantities
        context.unknown(f"{path}.on", effect.on, sort="quantity", known=known, section="quantities")
        return
    if "." in effect.on and ".believes." not in path:
        context.report(
            "E338",
            f"{path}.on",
            f"`{effect.on}` is set by the {effect.on.partition('.')[0]} itself.",
            hint="Use `directs`, or the moves of the pledge.",
        )
    only = {"tally": "add", "flag": "set"}.get(quantity.kind)
    for key in given:
        if only is not None and key != only and ".believes." not in path:
            context.report(
                "E337",
                f"{path}.{key}",
                f"`{effect.on}` is a {quantity.kind}; `{key}` does not act on it.",
                hint=f"A {quantity.kind} takes only `{only}`.",
            )


def _check_opportunities(context: Context) -> None:
    for name, actor in context.document.actors.items():
        for channel in actor.channels:
            path = f"actors.{name}.channels.{channel}.opportunities"
            rate = context.values.get(path)
            if rate is not None and rate.kind != "unknown" and rate.never:
                context.report("E619", path, f"`{name}` never has an opportunity in `{channel}`: its rate is 0.")


def _check_availability(context: Context) -> None:
    for name, move in context.document.moves.items():
        path = f"moves.{name}"
        _check_requires(context, f"{path}.requires", name)
        never = [
            _check_requires(context, f"{path}.variants.{variant}.requires", f"{name}[{variant}]")
            for variant in move.variants
        ]
        if never and all(never):
            context.report_key("E619", path, f"No variant of `{name}` can ever be available.")
        rate = context.values.get(f"{path}.rate")
        if rate is not None and rate.kind != "unknown" and rate.never:
            context.report("E619", f"{path}.rate", f"`{name}` has a rate of 0 and can never happen.")


def _check_requires(context: Context, path: str, name: str) -> bool:
    value = context.values.get(path)
    if value is None or value.kind == "unknown" or not value.never:
        return False
    field = next(field for field in context.fields if field.path == path)
    Walker(context, field).report(
        "E619",
        context.trees[path],
        f"`{name}` can never be available: `{field.formula}` never holds.",
        hint="Compare it with the ranges of its quantities, and with what sets them.",
    )
    return True
