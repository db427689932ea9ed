"""What commands share: printing problems with their source line, JSON, and exit codes."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import typer
from rich.console import Console

from offramp.core.errors import OfframpError, Problem, ResourceError

if TYPE_CHECKING:
    from offramp.results.known import Beginning

FAULT, INTERRUPTED = 1, 3
errors = Console(stderr=True, highlight=False, soft_wrap=True)
out = Console(highlight=False)


def print_json(value: Any) -> None:
    """Print one JSON document on standard output; NaN and infinity are refused."""
    sys.stdout.write(json.dumps(value, allow_nan=False, indent=2, default=str) + "\n")


def problem_json(problem: Problem) -> dict[str, Any]:
    """Return a problem in the shape that `check --json` promises."""
    place = problem.place
    return {
        "code": problem.code,
        "file": place.file if place else None,
        "line": place.line if place else None,
        "column": place.column if place else None,
        "level": problem.level,
        "message": problem.message,
        "hint": problem.hint,
    }


def print_problems(problems: Sequence[Problem]) -> None:
    """Print problems on standard error, each with its source line and a caret line under the piece at fault."""
    for problem in problems:
        where = f"{problem.place}: " if problem.place else ""
        style = {"error": "bold red", "warning": "bold yellow"}.get(problem.level, "bold")
        errors.print(f"{where}", style="bold", end="", markup=False)
        errors.print(f"{problem.level} {problem.code}", style=style, markup=False)
        for line in _excerpt(problem):
            errors.print(line, markup=False)
        errors.print(f"  {problem.message}", markup=False)
        if problem.hint:
            errors.print(f"  {problem.hint}", markup=False)


def _excerpt(problem: Problem) -> list[str]:
    place = problem.place
    if place is None or not place.line:
        return []
    try:
        lines = Path(place.file).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    if place.line > len(lines):
        return []
    text = lines[place.line - 1][:200]
    width = max(1, min(place.end_column, len(text) + 1) - place.column) if place.end_column else 1
    carets = [] if place.column < 1 else [f"      | {' ' * (place.column - 1)}{'^' * width}"]
    return [f"{place.line:>5} | {text}", *carets]


def print_beginning(begins: Beginning, *, are_edited: bool) -> None:
    """Say what runs begin from, where they do not begin from the priors."""
    text = str(begins)
    out.print(text[0].upper() + text[1:], markup=False)
    if are_edited and begins.key == "conditioned":
        out.print("Edits without a day of their own act from the day after.", style="dim")


@contextmanager
def faults_told(*, as_json: bool = False) -> Iterator[None]:
    """Turn a user's fault into printed problems and its exit status."""
    try:
        yield
    except OfframpError as fault:
        if as_json:
            print_json({"ok": False, "problems": [problem_json(problem) for problem in fault.problems]})
        else:
            print_problems(fault.problems)
        raise typer.Exit(INTERRUPTED if isinstance(fault, ResourceError) else FAULT) from None
    except OSError as fault:
        refuse(f"{fault.strerror or fault}: {fault.filename or ''}".rstrip(": "), status=INTERRUPTED)


def refuse(message: str, *, status: int = FAULT) -> NoReturn:
    """Say what is wrong in one line and exit."""
    errors.print(message, style="red", markup=False)
    raise typer.Exit(status)
