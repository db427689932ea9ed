"""What a comparison is asked for: alternatives as lists of edits, and which way of an outcome is better."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from offramp.analyse.readings import Switch
from offramp.core.errors import InputError, Problem
from offramp.core.options import fault
from offramp.ensemble.regret import Preference
from offramp.expr.parse import parse
from offramp.expr.tree import Call
from offramp.model.model import Model
from offramp.scenario.document import Policy, ScenarioDocument
from offramp.scenario.given import GivenEdit, edits_of
from offramp.scenario.load import LoadedScenario
from offramp.scenario.nearest import did_you_mean, listing

Texts = str | Sequence[str]  # one, or several in order
BASELINE = "baseline"
DIRECTIONS = {"lower": -1, "higher": 1}


@dataclass(frozen=True)
class Alternative:
    """One side that is compared with the baseline: its name, and its edits in order, those of policies written out.

    is_null : whether the edits are known to change nothing, whatever happens.
    """

    name: str
    title: str
    given: tuple[GivenEdit, ...] = ()
    is_null: bool = False

    @property
    def edits(self) -> tuple[str, ...]:
        """The edits as they are written."""
        return tuple(edit.text for edit in self.given)


def alternatives(
    loaded: LoadedScenario, *, do: Texts, policies: Texts, name: str | None = None
) -> tuple[Alternative, ...]:
    """List the alternatives: all edits of `do` together, then each policy.

    name : of the alternative that `do` makes; default, its edits.

    Raises
    ------
    InputError : an edit is at fault; there is none (E711); or two alternatives have one name (E712).
    """
    single = edits_of(loaded, do=do) if do else ()
    own = name or "; ".join(edit.text for edit in single)
    found = [Alternative(own, own, single)] if do else []
    for policy in (policies,) if isinstance(policies, str) else policies:
        found.append(Alternative(policy, _title(loaded, policy), edits_of(loaded, policies=policy)))
    problems = _naming_problems([one.name for one in found]) if found else [_nothing(loaded)]
    if problems:
        raise InputError(problems)
    return tuple(found)


def _title(loaded: LoadedScenario, policy: str) -> str:
    written = loaded.document.policies.get(policy)
    return written.title if isinstance(written, Policy) and written.title else policy.replace("_", " ")


def _nothing(loaded: LoadedScenario) -> Problem:
    known = ", ".join(loaded.document.policies)
    hint = f"Give an edit, such as `forbid {next(iter(loaded.document.moves), 'MOVE')}`"
    hint = f"{hint}, or a policy: {known}." if known else f"{hint}."
    return fault("E711", "There is nothing to compare the baseline with.", hint)


def _naming_problems(names: Sequence[str]) -> list[Problem]:
    taken = [name for i, name in enumerate(names) if name in (BASELINE, *names[:i])]
    return [
        fault(
            "E712", f"Two sides of the comparison are named `{name}`.", "Leave one out, or name your edits otherwise."
        )
        for name in taken
    ]


def preferences(model: Model, better: Mapping[str, str]) -> tuple[Preference, ...]:
    """Read which way of which outcomes is better.

    Raises
    ------
    InputError : an outcome that does not exist or lacks a value in some runs, or neither `lower` nor `higher` (E714).
    """
    names = [outcome.name for outcome in model.outcomes]
    problems = [problem for item in better.items() for problem in _preference_problems(model, *item)]
    if problems:
        raise InputError(problems)
    return tuple(Preference(names.index(name), DIRECTIONS[way]) for name, way in better.items())


def _preference_problems(model: Model, name: str, way: str) -> list[Problem]:
    kinds = {outcome.name: outcome.kind for outcome in model.outcomes}
    if name not in kinds:
        hint = f"{did_you_mean(name, kinds)}Outcomes: {listing(name, kinds)}."
        return [fault("E714", f"`{name}` is not an outcome of this scenario.", hint)]
    if way not in DIRECTIONS:
        return [fault("E714", f"`{way}` is no way for `{name}` to be better.", "Write `lower` or `higher`.")]
    if kinds[name] == "first":
        message = f"`{name}` has no value in runs in which it never happens."
        return [fault("E714", message, "Use an outcome with `any(...)` of the same condition.")]
    return []


def switches(document: ScenarioDocument) -> dict[str, Switch]:
    """Read the switches of a checked scenario: the question of each, and its alternatives in order."""
    found = {}
    for name, written in document.switches.items():
        prior = parse(written.prior)
        assert isinstance(prior, Call), "check lets a switch be Categorical only"
        found[name] = Switch(written.title or name, tuple(alternative for alternative, _ in prior.keywords))
    return found
