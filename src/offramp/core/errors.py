"""Problems found in what a user wrote, and the exceptions that carry them.

A fault in a scenario, a record or an option is normal input.  Whoever checks collects every ``Problem`` first and then
raises one exception with all of them, sorted by place; the command line, JSON output and editors only print.

    OfframpError
      ScenarioError    the written scenario is at fault          E1xx syntax and schema, E2xx names,
                                                                 E3xx kinds and units, E4xx evidence
      RecordError      the record of what happened is at fault   E5xx
      NumericsError    a computation cannot be trusted           E6xx
      InputError       an option or argument is at fault         E7xx
      ResourceError    time, memory or disk ran out; what was completed is kept

A traceback from any other exception is a bug of Offramp's.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning", "note"]


@dataclass(frozen=True, order=True)
class Place:
    """Where in a text file something stands.

    Attributes
    ----------
    file : path as the user would write it
    line, column : 1-based; 0 where the file as a whole is meant
    end_column : 1-based, exclusive; 0 where the end is not known
    """

    file: str
    line: int = 0
    column: int = 0
    end_column: int = 0

    def __str__(self) -> str:
        if not self.line:
            return self.file
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True)
class Problem:
    """One fault found in an input: where, what, and how to mend it.

    Attributes
    ----------
    code : stable and documented, such as ``E204``
    level : ``error`` stops the work; ``warning`` and ``note`` do not
    place : None where no file is at fault, such as for an option
    message : what is wrong, in the present tense, with the value as written in backticks
    hint : how to mend it; may be empty
    """

    code: str
    level: Level
    place: Place | None
    message: str
    hint: str = ""

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        remedy = f"\n  {self.hint}" if self.hint else ""
        return f"{where}{self.level} {self.code} {self.message}{remedy}"


class OfframpError(Exception):
    """Something that a user can mend, told as one or more problems.

    Parameters
    ----------
    problems : what was found, in any order; at least one
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sort_problems(problems)
        super().__init__(self.problems)  # kept whole, so that pickling between processes restores them

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


class ScenarioError(OfframpError):
    """The written scenario is at fault."""


class RecordError(OfframpError):
    """The record of what happened is at fault."""


class InputError(OfframpError):
    """An option or an argument is at fault."""


class NumericsError(OfframpError):
    """A computation cannot be trusted."""


class ResourceError(OfframpError):
    """Time, memory or disk ran out; what was completed is kept."""


def sort_problems(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Order problems by place, then code; those without a place come first."""
    nowhere = Place("")
    return tuple(sorted(problems, key=lambda problem: (problem.place or nowhere, problem.code, problem.message)))
