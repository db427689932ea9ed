"""The public surface is documented, and both doors open fast.

Speed is measured in seconds of processor time, best of three: what the clock shows depends on what else is running, in
this suite above all, and on an idle machine the two agree.
"""

import inspect
import resource
import subprocess
import sys
from pathlib import Path

import pytest

import offramp
from tests.architecture.test_imports import plant

HEAVY = ("numba", "llvmlite", "plotly", "xarray", "pandas", "pyarrow", "scipy")
IMPORT_SECONDS = 0.5
HELP_SECONDS = 0.7


def undocumented(module: object, names: list[str]) -> list[str]:
    """Public names without a docstring of their own; plain values have none to give."""
    values = {name: getattr(module, name) for name in names}
    return [
        name
        for name, value in values.items()
        if (inspect.isclass(value) or callable(value)) and not (value.__doc__ or "").strip()
    ]


def output(code: str, *, folder: Path | None = None) -> str:
    """Run Python code in a fresh interpreter and return what it prints."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=folder)
    return done.stdout


def import_seconds(*, folder: Path | None = None) -> float:
    """Best of three times that a fresh interpreter needs to import the package."""
    code = "import time; t = time.process_time(); import offramp; print(time.process_time() - t)"
    return min(float(output(code, folder=folder)) for _ in range(3))


def heavy_modules(*, folder: Path | None = None) -> list[str]:
    """Slow packages that importing ours has loaded."""
    code = f"import sys, offramp; print(*[name for name in {HEAVY!r} if name in sys.modules])"
    return output(code, folder=folder).split()


def test_every_public_name_is_documented() -> None:
    assert undocumented(offramp, offramp.__all__) == []


def test_every_public_name_exists() -> None:
    assert [name for name in offramp.__all__ if not hasattr(offramp, name)] == []


def test_an_undocumented_name_is_found() -> None:
    class Planted:
        def bare(self) -> None: ...

    assert undocumented(Planted, ["bare"]) == ["bare"]


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert heavy_modules() == []


def test_importing_the_package_is_fast() -> None:
    assert import_seconds() < IMPORT_SECONDS


def test_a_heavy_import_is_found_and_its_time_measured(tmp_path: Path) -> None:
    plant(tmp_path, {"offramp.py": "import time, pyarrow\nwhile time.process_time() < 0.2: pass"})
    assert heavy_modules(folder=tmp_path) == ["pyarrow"]
    assert import_seconds(folder=tmp_path) > 0.05


@pytest.mark.parametrize("engine", ["reference", "compiled"])
def test_a_run_needs_no_labelled_arrays_nor_tables(engine: str) -> None:
    arguments = ["run", "two-rivals", "--runs", "1", "--engine", engine, "--json"]
    code = f"import sys; from offramp.cli.main import app; app({arguments!r}, standalone_mode=False)\n"
    code += "print(*[name for name in ('xarray', 'pandas', 'pyarrow') if name in sys.modules])"
    assert output(code).splitlines()[-1] == ""


def processor_seconds() -> float:
    """Processor time of all child processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def command_seconds(*arguments: str | Path) -> float:
    """Best of three times that a command needs."""
    seconds = []
    for _ in range(3):
        before = processor_seconds()
        subprocess.run(arguments, capture_output=True, check=True)
        seconds.append(processor_seconds() - before)
    return min(seconds)


def test_help_comes_at_once() -> None:
    assert command_seconds(Path(sys.executable).with_name("offramp"), "--help") < HELP_SECONDS


def test_the_time_of_a_command_is_measured() -> None:
    assert command_seconds(sys.executable, "-c", "import time\nwhile time.process_time() < 0.2: pass") >= 0.2
