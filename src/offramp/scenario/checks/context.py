"""What every check shares: the document, where things are written, what is named, and the list of problems."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import cached_property

from offramp.core.errors import Problem
from offramp.expr.tree import Name, Span, Tree
from offramp.scenario.catalogue import problem
from offramp.scenario.checks.fields import Field, formula_fields
from offramp.scenario.checks.names import Names
from offramp.scenario.checks.values import Value
from offramp.scenario.document import Effect, ScenarioDocument
from offramp.scenario.load import LoadedScenario
from offramp.scenario.nearest import listing, nearest


class Context:
    """A scenario under check. `report` adds a problem at a path of the document, or at columns of its formula."""

    def __init__(self, loaded: LoadedScenario) -> None:
        self.loaded = loaded
        self.document: ScenarioDocument = loaded.document
        self.names = Names(loaded.document)
        self.problems: list[Problem] = []
        self.trees: dict[str, Tree] = {}  # path -> tree of each formula that could be read
        self.values: dict[str, Value] = {}  # path -> what each formula is worth
        self.used: set[str] = set()  # quantities, and `section.name` of all else, that formulas read

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """Every formula of the document."""
        return tuple(formula_fields(self.document))

    @cached_property
    def effects(self) -> dict[str, Effect]:
        """Every effect, believed ones included, by its path."""
        found: dict[str, Effect] = {}
        for name, move in self.document.moves.items():
            lists = {"effects": move.effects}
            lists |= {f"variants.{variant}.effects": told.effects for variant, told in move.variants.items()}
            if move.believes is not None:
                lists |= {"believes.replace": move.believes.replace or (), "believes.add": move.believes.add or ()}
            for label, effects in lists.items():
                found |= {f"moves.{name}.{label}.{index}": effect for index, effect in enumerate(effects)}
        return found

    @cached_property
    def effect_targets(self) -> dict[str, str]:
        """Path of an effect -> quantity on which it acts."""
        return {path: effect.on for path, effect in self.effects.items()}

    @cached_property
    def clock(self) -> tuple[int, int] | None:
        """First and last day of the clock as ordinals; None where it is not well written."""
        clock = self.document.scenario.clock
        if (clock.end is None) == (clock.days is None):
            return None
        first = clock.start.toordinal()
        last = clock.end.toordinal() if clock.end is not None else first + (clock.days or 1) - 1
        return (first, last) if first <= last <= LAST_DAY else None

    @property
    def is_partial(self) -> bool:
        """Whether faulty entries were set aside, so that absence proves nothing."""
        return bool(self.loaded.set_aside or self.loaded.misspelt)

    def report(self, code: str, path: str, message: str, *, hint: str | None = None, span: Span | None = None) -> None:
        """Add a problem at a path; with `span`, at columns of the formula there."""
        if code in _ABSENCES and path in self.loaded.misspelt:  # the key that is missing may be the misspelt one
            return
        self.problems.append(problem(code, self.loaded.locate(path, span), message, hint=hint))

    def report_key(self, code: str, path: str, message: str, *, hint: str | None = None) -> None:
        """Add a problem at the key of a path, where the name of a thing is at fault."""
        if code in _ABSENCES and path in self.loaded.misspelt:  # the key that is missing may be the misspelt one
            return
        place = self.loaded.keys.get(path) or self.loaded.locate(path)
        self.problems.append(problem(code, place, message, hint=hint))

    def unknown(
        self, path: str, name: str, *, sort: str, known: Iterable[str], section: str, span: Span | None = None
    ) -> None:
        """Report a name that stands for nothing; not where its entry was set aside for a fault of its own.

        Parameters
        ----------
        sort : what it should be, `quantity` or the like; known : all of that sort; section : where those are written
        """
        if f"{section}.{name}" in self.loaded.set_aside:
            return
        known = sorted(known)
        if section in self.loaded.doubled and nearest(name, known) is None:
            return  # of two entries of one id, the one left out may be the one meant
        aside = [path.removeprefix(f"{section}.") for path in self.loaded.set_aside if path.startswith(f"{section}.")]
        self.report(
            _CODES[sort],
            path,
            f"`{name}` is not {_article(sort)} {sort} of this scenario.",
            hint=self._suggest(name, sort, sorted({*known, *aside}), section),
            span=span,
        )

    def nearest_hint(self, name: str, known: Iterable[str], section: str) -> str:
        """Hint at the nearest entry of a section."""
        return self._suggest(name, section.removesuffix("s"), sorted(known), section)

    def _suggest(self, name: str, sort: str, known: list[str], section: str) -> str:
        near = nearest(name, known)
        if near is None:
            plural = _PLURALS.get(sort, f"{sort}s")
            return f"Known {plural}: {listing(name, known)}." if known else f"The scenario has no {sort} at all."
        place = self.loaded.keys.get(f"{section}.{near}")
        where = f" ({place.file.rpartition('/')[2]}:{place.line})" if place else ""
        prefix = near.partition(".")[0]
        siblings = [other.partition(".")[2] for other in known if sort == "move" and other.startswith(f"{prefix}.")]
        more = f"  Moves of {prefix}: {listing(near.partition('.')[2], siblings)}." if siblings else ""
        return f"Did you mean `{near}`{where}?{more}"

    def known(self, path: str, name: str, *, sort: str, section: str, span: Span | None = None) -> bool:
        """Tell whether a name is one of a section of the document, and report it if not."""
        entries: Iterable[str] = getattr(self.document, section)
        if name in entries:
            return True
        self.unknown(path, name, sort=sort, known=entries, section=section, span=span)
        return False

    def parameter_value(self, name: str) -> Value:
        """What a shared parameter is worth."""
        self.used.add(f"parameter.{name}")
        return self.values.get(f"parameters.{name}.prior", Value())

    def select(self, path: str, name: Name) -> list[str]:
        """Moves that `blue.strike`, `us.airstrike[syria]` or `blue.*` names; what names nothing is reported."""
        actor, _, rest = name.path.partition(".")
        if rest == "*":
            if self.known(path, actor, sort="actor", section="actors", span=name.span):
                return self.names.moves_of(actor)
            return []
        if not self.known(path, name.path, sort="move", section="moves", span=name.span):
            return []
        variants = self.document.moves[name.path].variants
        if name.variant is not None and name.variant not in variants:
            section = f"moves.{name.path}.variants"
            self.unknown(path, name.variant, sort="variant", known=variants, section=section, span=name.span)
            return []
        return [name.path]


LAST_DAY = dt.date(9000, 1, 1).toordinal()  # leaves the calendar room for the step after the last
_ABSENCES = {"E325", "E329", "E332", "E335", "E336", "E340", "E359", "E401", "E402", "E617"}
_CODES = {
    "quantity": "E201",
    "move": "E202",
    "actor": "E203",
    "variant": "E204",
    "calendar entry": "E205",
    "input": "E206",
    "parameter": "E207",
    "rate": "E207",
    "switch": "E208",
    "alternative": "E209",
    "pledge": "E210",
    "directive": "E211",
    "channel": "E212",
    "function": "E213",
    "outcome": "E214",
    "policy": "E215",
    "state of a pledge": "E216",
    "name": "E217",
}
_PLURALS = {
    "quantity": "quantities",
    "calendar entry": "calendar entries",
    "switch": "switches",
    "policy": "policies",
    "state of a pledge": "states of a pledge",
}


def _article(sort: str) -> str:
    return "an" if sort[0] in "aeiou" else "a"
