"""The public surface is documented, and both doors open fast."""

import inspect
import subprocess
import sys
import time
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
    code = "import time; t = time.perf_counter(); import offramp; print(time.perf_counter() - t)"
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


def test_a_slow_and_heavy_import_is_found(tmp_path: Path) -> None:
    plant(tmp_path, {"offramp.py": "import time, pyarrow; time.sleep(0.5)"})
    assert heavy_modules(folder=tmp_path) == ["pyarrow"]
    assert import_seconds(folder=tmp_path) >= IMPORT_SECONDS


@pytest.mark.parametrize("option", ["--help"])
def test_help_comes_at_once(option: str) -> None:
    seconds = []
    for _ in range(3):
        began = time.perf_counter()
        done = subprocess.run([Path(sys.executable).with_name("offramp"), option], capture_output=True, check=True)
        seconds.append(time.perf_counter() - began)
        assert b"Usage" in done.stdout
    assert min(seconds) < HELP_SECONDS
