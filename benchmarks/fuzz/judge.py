"""Hand a case to Offramp as a user would, and say whether it was answered as it has to be.

Lawful answers are: it is checked clean (and then lowers and runs), or problems with places and words, or a refusal in
words by the command line. Unlawful: any other exception, a warning of Python, more than `CPU_SECONDS`, more than
`MEMORY_MIB` above what the process held, and whatever `guard` forbids.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import gc
import io
import json
import os
import shutil
import signal
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from rich.console import Console
from typer.main import get_command

from benchmarks.fuzz.cases import RICH, Case, Link, Odd
from benchmarks.fuzz.guard import BreachError, allow, watching
from offramp.cli import printing
from offramp.cli.main import app
from offramp.core.errors import InputError, OfframpError, Problem
from offramp.engine import reference
from offramp.expr import to_text
from offramp.expr.parse import ExpressionError, parse
from offramp.model.edits import lower_edits
from offramp.model.lower import lower
from offramp.model.model import Model
from offramp.scenario.check import check
from offramp.scenario.given import edits_of
from offramp.scenario.load import LoadedScenario, read_scenario
from offramp.scenario.observed import data_problems, observe
from offramp.scenario.window import default_window

CPU_SECONDS = 2.0
HANG_CPU_SECONDS = 20.0  # a case that takes so much is not waited for
HANG_SECONDS = 300.0  # nor one that waits, as for a pipe; a busy machine is no fault
MEMORY_MIB = 512
RUN_STEPS = 6  # days of the two runs that follow a clean check
RUN_EVERY = 4  # a clean check in so many is followed by runs


@dataclass(frozen=True)
class Verdict:
    """How a case was answered. fault : empty if lawfully; answer : in a word."""

    kind: str
    answer: str
    fault: str
    cpu_s: float
    peak_mib: float


class UnlawfulError(Exception):
    """An answer that is no traceback and still not right."""


class HangError(BaseException):
    """A case did not end."""


def judge(case: Case, number: int, folder: Path) -> Verdict:
    """Judge one case in a folder that is emptied first."""
    _lay_out(case, folder)
    gc.collect(0)
    _reset_peak()
    before = _peak_mib()
    began = time.process_time()
    answer, fault = _answer(case, number, folder)
    cpu_s = time.process_time() - began
    peak = _peak_mib() - before
    if not fault and cpu_s > CPU_SECONDS:
        fault = f"{cpu_s:.1f} s of processor time"
    if not fault and peak > MEMORY_MIB:
        fault = f"{peak:.0f} MiB of memory"
    return Verdict(case.kind, answer, fault, cpu_s, peak)


def _answer(case: Case, number: int, folder: Path) -> tuple[str, str]:
    """Return the answer in a word, and the fault if there is one."""
    do = _BY_KIND.get(case.kind, _judge_scenario)
    with watching(folder) as breaches, _limited(), _working_in(folder), warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            answer = do(case, number, folder)
        except HangError:
            return "hang", f"no end after {HANG_CPU_SECONDS:.0f} s of processor time or {HANG_SECONDS:.0f} s in all"
        except BreachError as breach:
            return "breach", str(breach)
        except UnlawfulError as unlawful:
            return "unlawful", str(unlawful)
        except BaseException as error:  # noqa: BLE001  # whatever else comes out is what the fuzzer looks for
            return "traceback", _told(error)
    return answer, "; ".join(breaches)


def _judge_scenario(case: Case, number: int, folder: Path) -> str:
    del case
    loaded, problems = read_scenario(folder)
    if loaded is None:
        return _told_in_words(problems, number)
    problems = check(loaded)
    if any(problem.level == "error" for problem in problems):
        return _told_in_words(problems, number)
    _told_in_words(problems, number)
    return _go_on(loaded, number)


def _go_on(loaded: LoadedScenario, number: int) -> str:
    """Lower what checks clean; run some of it."""
    window = default_window(loaded.document)
    try:
        model = lower(loaded, record=observe(loaded))
        if number % RUN_EVERY or len(model.leaves) > 30:
            return "lowered"
        end = min(window.end, window.start + dt.timedelta(days=RUN_STEPS * max(1, round(model.step_days)) - 1))
        short = lower(loaded, start=window.start, end=end, record=observe(loaded))
    except InputError:
        raise
    except OfframpError as error:  # what only lowering can find
        return _told_in_words(error.problems, number)
    reference.simulate(short, seed=1, first_run=0, n_runs=2, sample_steps=[short.n_steps - 1])
    return "run"


def _judge_table(case: Case, number: int, folder: Path) -> str:
    del case
    loaded = dataclasses.replace(_rich(), folder=folder)
    problems = data_problems(loaded)
    if any(problem.level == "error" for problem in problems):
        return _told_in_words(problems, number)
    return _go_on(loaded, number)


def _judge_formula(case: Case, number: int, folder: Path) -> str:
    del number, folder
    try:
        tree = parse(case.line)
    except ExpressionError as error:
        if not error.message or not 0 <= error.span.start <= error.span.end <= max(len(case.line), 1) + 1:
            raise UnlawfulError(f"{error.message!r} at {error.span} of {len(case.line)}") from None
        return "told"
    text = to_text(tree)
    if to_text(parse(text)) != text:
        raise UnlawfulError(f"printed {text!r} reads differently")
    return "read"


def _judge_edit(case: Case, number: int, folder: Path) -> str:
    """Read an edit as `--do` does; lower what is right, and run some of it."""
    del folder
    try:
        edits = edits_of(_rich(), do=[case.line])
        intervention = lower_edits(_rich(), _rich_model(), edits=edits, record=observe(_rich()))
    except InputError as error:
        return _told_in_words(error.problems, number)
    if number % RUN_EVERY:
        return "lowered"
    steps = [_rich_model().n_steps - 1]
    reference.simulate(_rich_model(), seed=1, first_run=0, n_runs=2, sample_steps=steps, intervention=intervention)
    return "run"


def _judge_command(case: Case, number: int, folder: Path) -> str:
    del number, folder
    status, printed, said = _invoke(case.arguments)
    if status not in (0, 1, 2, 3):
        raise UnlawfulError(f"exit status {status}")
    if "Traceback" in printed + said:
        raise UnlawfulError("a traceback is printed")
    if "--json" in case.arguments and printed.strip() and "Usage" not in printed:
        json.loads(printed)
    return f"status {status}"


def _invoke(arguments: Sequence[str]) -> tuple[object, str, str]:
    """Run the command line in this process: exit status, standard output, standard error."""
    printed, said = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    status: object = 0
    with redirect_stdout(printed), redirect_stderr(said):
        try:
            _program().main(args=list(arguments), prog_name="offramp")
        except SystemExit as end:
            status = end.code or 0
    return (status, *(stream.buffer.getvalue().decode() for stream in (printed, said)))  # type: ignore[attr-defined]


_BY_KIND: dict[str, Callable[[Case, int, Path], str]] = {
    "table": _judge_table,
    "formula": _judge_formula,
    "edit": _judge_edit,
    "command": _judge_command,
}


def _told_in_words(problems: tuple[Problem, ...], number: int) -> str:
    """Look at problems as the printers do."""
    for problem in problems:
        if not isinstance(problem, Problem) or not problem.message or not problem.code:
            raise UnlawfulError(f"no problem: {problem!r}")
    told = json.dumps([printing.problem_json(problem) for problem in problems], allow_nan=False, ensure_ascii=False)
    told.encode("utf-8")
    if number % 20 == 0:
        _printed(problems)
    return "told" if problems else "clean"


def _printed(problems: tuple[Problem, ...]) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    console, printing.errors = printing.errors, Console(file=stream, highlight=False, soft_wrap=True)
    try:
        printing.print_problems(problems)
        stream.flush()
    finally:
        printing.errors = console


@cache
def _program() -> Any:
    return get_command(app)


@cache
def _rich() -> LoadedScenario:
    loaded, problems = read_scenario(RICH)
    assert loaded is not None
    assert not problems
    return loaded


def _told(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    where = " < ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in reversed(frames[-4:]))
    return f"{type(error).__name__}: {str(error)[:200]} at {where}"


def warm_up(folder: Path) -> None:
    """Load what Offramp loads on first use, so that no case is blamed for it, nor the guard misled."""
    cache_folder = folder.parent / "cache"
    os.environ["OFFRAMP_CACHE"] = str(cache_folder)
    allow(cache_folder)
    for kind in ("damage", "table", "command"):
        case = Case(
            kind,
            {path.name: path.read_bytes() for path in RICH.iterdir()},
            arguments=("run", ".", "--engine=reference", "--runs=1", "--end=2020-01-06"),
        )
        _lay_out(case, folder)
        with _working_in(folder):
            _BY_KIND.get(kind, _judge_scenario)(case, 0, folder)
    for arguments in (
        ["--help"],
        ["run", "--nothing"],
        ["show", str(RICH)],
        ["check", "no-such", "--json"],
        ["cite", str(RICH)],
        ["schema"],
    ):
        _invoke(arguments)
    _judge_edit(Case("edit", line="forbid blue.act"), 0, folder)
    _printed(read_scenario(folder / "none")[1])
    _told(ValueError())


def _lay_out(case: Case, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, content in case.files.items():
        path = folder / name
        if isinstance(content, Link):
            path.symlink_to(content.target)
        elif isinstance(content, Odd):
            os.mkfifo(path) if content.what == "pipe" else path.mkdir()
        else:
            path.write_bytes(content)


@cache
def _rich_model() -> Model:
    return lower(_rich(), end=default_window(_rich().document).start + dt.timedelta(days=9), record=observe(_rich()))


@contextmanager
def _working_in(folder: Path) -> Iterator[None]:
    back = os.open(".", os.O_RDONLY)
    os.chdir(folder)
    try:
        yield
    finally:
        os.fchdir(back)
        os.close(back)


@contextmanager
def _limited() -> Iterator[None]:
    """Interrupt a case that hangs."""

    def stop(_number: int, _frame: Any) -> None:
        raise HangError

    waits, works = (signal.ITIMER_REAL, HANG_SECONDS), (signal.ITIMER_PROF, HANG_CPU_SECONDS)
    timers = {signal.SIGALRM: waits, signal.SIGPROF: works}
    before = {number: signal.signal(number, stop) for number in timers}
    for timer, seconds in timers.values():
        signal.setitimer(timer, seconds)
    try:
        yield
    finally:
        for number, (timer, _) in timers.items():
            signal.setitimer(timer, 0)
            signal.signal(number, before[number])


def _reset_peak() -> None:
    """Let the kernel count this process's largest memory anew (Linux; elsewhere it counts from the start)."""
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return


def _peak_mib() -> float:
    for line in Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0.0
