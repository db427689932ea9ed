"""Edits given to a run: policies by name, then single edits, written out in order, parsed and checked.

A text that is not in the scenario's files is placed by how it was given: `--do 1`, line 1, and its column.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from offramp.core.errors import InputError, Place
from offramp.scenario.checks.context import Context
from offramp.scenario.checks.formulas import check_fields
from offramp.scenario.checks.policies import Writing, check_edit, policy_lines
from offramp.scenario.edits import Edit
from offramp.scenario.load import LoadedScenario
from offramp.scenario.written import Scalar, TextFile


@dataclass(frozen=True, slots=True)
class GivenEdit:
    """An edit and where it comes from: `path` is `--do 1` or, of a policy, `policies.restraint.0`."""

    edit: Edit
    text: str
    path: str
    place: Place | None


def edits_of(
    loaded: LoadedScenario, *, do: Sequence[str] | str = (), policies: Sequence[str] | str = ()
) -> tuple[GivenEdit, ...]:
    """Read and check edits: those of the policies, in order, then those of `do`.

    Parameters
    ----------
    loaded : a scenario that has passed `check`
    do : edits, or lines `policy NAME`, as text; policies : names of policies of the scenario

    Raises
    ------
    InputError : with everything that is wrong with any of them.
    """
    wanted, single = _texts("--policy", policies), _texts("--do", do)
    context = Context(_with_texts(loaded, wanted | single))
    writing = Writing(context)
    lines: list[tuple[str, str]] = []
    for path, name in wanted.items():
        if context.known(path, name, sort="policy", section="policies"):
            lines += writing.out(policy_lines(context, name), (name,))
    lines += writing.out(list(single.items()))
    _read_parameters(context, [text for _, text in lines])
    edits = [(path, text, check_edit(context, path, text)) for path, text in lines]
    if context.problems:
        raise InputError(dict.fromkeys(context.problems))
    return tuple(
        GivenEdit(edit, text, path, context.loaded.locate(path)) for path, text, edit in edits if edit is not None
    )


def _read_parameters(context: Context, texts: Sequence[str]) -> None:
    """Read the formulas that edits ask about: shared parameters, and all others only for a shift, as they take time."""
    has_shift = any(text.split()[:1] == ["shift"] for text in texts)
    found = context.problems.copy()
    check_fields(context, (field for field in context.fields if has_shift or field.role == "prior"))
    context.problems[:] = found  # a scenario that has passed `check` has none of its own


def _texts(option: str, given: Sequence[str] | str) -> dict[str, str]:
    """Name texts by how they were given; one alone may come without a list."""
    texts = [given] if isinstance(given, str) else given
    return {f"{option} {number}": str(text) for number, text in enumerate(texts, 1)}


def _with_texts(loaded: LoadedScenario, texts: Mapping[str, str]) -> LoadedScenario:
    """Add texts to a scenario as if each were a file of one line."""
    scalars = {
        name: Scalar(text, Place(name, 1, 1, len(text) + 1), TextFile(name, text), 0, len(text))
        for name, text in texts.items()
    }
    places = {name: scalar.place for name, scalar in scalars.items()}
    return replace(loaded, scalars={**loaded.scalars, **scalars}, places={**loaded.places, **places})
