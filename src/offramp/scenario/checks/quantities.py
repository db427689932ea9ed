"""Quantities: what each kind may have, and what a belief needs."""

from __future__ import annotations

from offramp.expr.tree import Name
from offramp.scenario.checks.context import Context
from offramp.scenario.checks.names import read
from offramp.scenario.checks.parameters import parameter_paths, rate_paths
from offramp.scenario.checks.selectors import parse_selector
from offramp.scenario.document import BeliefRule, QuantityDocument

_RELAXING = {"level", "belief"}
_DRIFTING = {"level", "stock", "belief"}


def check_quantities(context: Context) -> None:
    """Check every quantity and mechanism."""
    for name, quantity in context.document.quantities.items():
        _check_range(context, name, quantity)
        _check_drift(context, name, quantity)
        _check_seen_by(context, name, quantity)
        _check_belief(context, name, quantity)
    for name, mechanism in context.document.mechanisms.items():
        path = f"mechanisms.{name}.on"
        target = context.document.quantities.get(mechanism.on)
        if target is None:
            context.known(path, mechanism.on, sort="quantity", section="quantities")
        elif target.kind not in _DRIFTING:
            context.report(
                "E331",
                path,
                f"`{mechanism.on}` is a {target.kind}; nothing flows into it.",
                hint="Mechanisms act on levels, stocks and beliefs; tallies and flags change by effects.",
            )


def _check_range(context: Context, name: str, quantity: QuantityDocument) -> None:
    path = f"quantities.{name}"
    if quantity.range is None:
        if quantity.kind == "level":
            context.report_key("E325", path, f"`{name}` is a level without a `range`.")
        return
    low, high = quantity.range
    if low is not None and high is not None and not low < high:
        context.report("E326", f"{path}.range", f"The range of `{name}`, [{low:g}, {high:g}], is empty.")
        return
    limits = {"flag": (0.0, 1.0), "belief": (0.0, 1.0), "tally": (0.0, None)}
    if quantity.kind not in limits:
        return
    least, greatest = limits[quantity.kind]
    outside = low is None or low < least or (greatest is not None and (high is None or high > greatest))
    if outside or (quantity.kind == "flag" and (low, high) != (0.0, 1.0)):
        whole = f"[{least:g}, {'infinity' if greatest is None else f'{greatest:g}'}]"
        context.report(
            "E327",
            f"{path}.range",
            f"The range of `{name}`, a {quantity.kind}, is not within {whole}.",
            hint="Leave `range` out: it has the range of its kind.",
        )


def _check_drift(context: Context, name: str, quantity: QuantityDocument) -> None:
    path = f"quantities.{name}"
    for key in ("rest", "half_life"):
        if getattr(quantity, key) is not None and quantity.kind not in _RELAXING:
            context.report_key(
                "E328",
                f"{path}.{key}",
                f"`{name}` is a {quantity.kind}; it does not relax.",
                hint="Only levels and beliefs have `rest` and `half_life`.",
            )
    if quantity.kind in _RELAXING and quantity.rest is not None and quantity.half_life is None:
        context.report_key(
            "E329",
            f"{path}.rest",
            f"`{name}` has a `rest` but no `half_life`.",
            hint="Say how fast: `half_life: 30 d`.",
        )
    if quantity.noise is not None and quantity.kind not in _DRIFTING:
        context.report_key(
            "E330",
            f"{path}.noise",
            f"`{name}` is a {quantity.kind}; it has no noise.",
            hint="Only levels, stocks and beliefs have `noise`.",
        )


def _check_seen_by(context: Context, name: str, quantity: QuantityDocument) -> None:
    path = f"quantities.{name}.seen_by"
    if quantity.seen_by is not None and quantity.kind == "belief":
        context.report_key("E334", path, f"`{name}` is a belief; its owner alone sees it.", hint="Remove `seen_by`.")
        return
    for index, actor in enumerate(quantity.seen_by or ()):
        place = f"{path}.{actor}" if isinstance(quantity.seen_by, dict) else f"{path}.{index}"
        context.known(place, actor, sort="actor", section="actors")


def _check_belief(context: Context, name: str, quantity: QuantityDocument) -> None:
    path = f"quantities.{name}"
    if quantity.kind != "belief":
        for key in ("owner", "updates", "told_by"):
            if getattr(quantity, key):
                context.report_key(
                    "E333", f"{path}.{key}", f"`{name}` is a {quantity.kind}; only beliefs have `{key}`."
                )
        return
    if quantity.owner is None:
        context.report_key("E332", path, f"`{name}` is a belief without an `owner`.")
    else:
        context.known(f"{path}.owner", quantity.owner, sort="actor", section="actors")
    for index, rule in enumerate(quantity.updates):
        _check_rule(context, f"{path}.updates.{index}", rule, quantity.owner)
    for subject in quantity.told_by:
        _check_subject(context, f"{path}.told_by.{subject}", subject)


def _check_subject(context: Context, path: str, subject: str) -> None:
    """Of what a belief is told: what an edit can name."""
    tree = read(subject)
    actor = subject.removesuffix(".*")
    if isinstance(tree, Name) and (tree.path in context.document.moves or actor in context.document.actors):
        context.select(path, tree)
        return
    known = {*context.names.quantities, *parameter_paths(context), *rate_paths(context)}
    if subject not in known:
        sorts = {*known, *context.document.moves}
        context.unknown(path, subject, sort="name", known=sorts, section="quantities")


def _check_rule(context: Context, path: str, rule: BeliefRule, owner: str | None) -> None:
    delta = (rule.toward is not None, rule.rate is not None)
    if (rule.likelihood is None and not all(delta)) or (rule.likelihood is not None and any(delta)):
        context.report("E335", path, "The rule is neither `toward` with `rate`, nor `likelihood` alone.")
    names = (rule.on,) if isinstance(rule.on, str) else rule.on
    if not names:
        context.report("E335", f"{path}.on", "The rule names no move.")
    for index, text in enumerate(names):
        place = f"{path}.on" if isinstance(rule.on, str) else f"{path}.on.{index}"
        selector = parse_selector(context, place, text)
        if selector is not None:
            _check_seen(context, place, selector, owner)


def _check_seen(context: Context, path: str, selector: Name, owner: str | None) -> None:
    moves = context.select(path, selector)
    if moves and owner in context.document.actors and not any(context.names.sees_move(str(owner), m) for m in moves):
        context.report(
            "E353",
            path,
            f"`{owner}` never sees `{selector.path}` (`visible_to`), and cannot learn from it.",
            hint=f"Add `{owner}` to `visible_to` of the move, or let it learn from what it sees.",
        )
