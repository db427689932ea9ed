"""Options of runs: what is out of range is refused in words, before any work begins."""

from __future__ import annotations

import datetime as dt

from offramp.core.errors import InputError, Problem

MAX_RUNS = 100_000_000
MAX_PARTICLES = 100_000
MAX_SEED = 2**64 - 1
Day = dt.date | str | None


def check_numbers(runs: object, seed: object) -> None:
    """Refuse numbers of runs and seeds that are out of range or no whole numbers.

    Raises
    ------
    InputError : E701 for runs, E702 for the seed; both are told if both are wrong.
    """
    problems = []
    if not _is_whole(runs, 1, MAX_RUNS):
        problems.append(fault("E701", f"`runs` is {runs!r}.", f"Ask for 1 to {MAX_RUNS:,} runs."))
    if not _is_whole(seed, 0, MAX_SEED):
        problems.append(fault("E702", f"`seed` is {seed!r}.", f"A seed is a whole number from 0 to {MAX_SEED}."))
    if problems:
        raise InputError(problems)


def check_particles(particles: int) -> None:
    """Refuse more particles than a machine can hold: each takes some tens of kilobytes, and all live at once.

    Raises
    ------
    InputError : E724.
    """
    if particles > MAX_PARTICLES:
        message = f"{particles:,} histories given a record are too many: they are all held in memory at once."
        raise InputError([fault("E724", message, f"Ask for at most {MAX_PARTICLES:,} runs or particles.")])


def check_run_number(run: object) -> None:
    """Refuse what is not the number of a run.

    Raises
    ------
    InputError : E706.
    """
    if not _is_whole(run, 0, MAX_SEED):
        raise InputError([fault("E706", f"`run` is {run!r}.", "Runs are numbered 0, 1, 2 and so on.")])


def as_day(value: Day) -> dt.date | None:
    """Read a day given as a date or as text; None stays None.

    Raises
    ------
    InputError : E707.
    """
    if isinstance(value, dt.datetime):
        return value.date()
    if value is None or isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(value)
    except (TypeError, ValueError):
        raise InputError([fault("E707", f"`{value}` is not a day.", "Write it as in 2019-05-01.")]) from None


def check_choice(name: str, value: object, *, choices: tuple[str, ...]) -> None:
    """Refuse a word that is none of the choices.

    Raises
    ------
    InputError : E708.
    """
    if value not in choices:
        raise InputError([fault("E708", f"`{name}` is {value!r}.", f"Choose {' or '.join(choices)}.")])


def fault(code: str, message: str, hint: str) -> Problem:
    """Make the problem of an option: it has no place in a file."""
    return Problem(code, "error", None, message, hint)


def _is_whole(value: object, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
